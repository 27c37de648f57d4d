/* A disk that can lose what was not synced, behind the table of durable_set_ops.
 *
 * Calls go to real files in one directory, which stand for the page cache: what the process and its
 * successors read as long as the machine stays up. Beside them is kept what a power cut would
 * leave: the synced bytes of each file, which bytes are dirty since, and the names as they were at
 * the directory's last sync and after each change since.
 *
 *   sim_kill        the process is gone, the page cache stays
 *   sim_power_cut   each file becomes a mixture: for each stretch of dirty bytes the old ones, the
 *                   new ones, zeros or garbage; any size between those it had; the names of any
 *                   moment since the directory was synced
 *
 * A failed fdatasync leaves dirty bytes clean without having stored them (PostgreSQL's lesson): no
 * later sync stores them, unless they are written again.
 *
 * Calls are counted, and at a given one the process dies (that call and all later ones do nothing),
 * or the call fails. */

#ifndef RESCIND_TESTS_SIM_DISK_H
#define RESCIND_TESTS_SIM_DISK_H

#include "base/buf.h"
#include "base/durable.h"
#include "base/mem.h"
#include "base/rng.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIM_NAMES = 12, SIM_INODES = 400, SIM_MOMENTS = 64, SIM_FDS = 64 };

enum sim_byte { SIM_STORED, SIM_DIRTY, SIM_LOST /* clean, and not stored */ };

struct sim_inode {
    struct buf now;    /* as the page cache has it */
    struct buf stored; /* as the disk has it */
    struct buf state;  /* enum sim_byte of each byte of `now` */
    size_t least;      /* the smallest size since the last sync */
};

struct sim_names {
    struct {
        char name[64];
        int inode;
    } at[SIM_NAMES];
    size_t count;
};

struct sim {
    const char *dir;
    struct rng rng;
    struct sim_inode inode[SIM_INODES];
    int inodes;
    struct sim_names moment[SIM_MOMENTS]; /* the first is synced, the last is now */
    size_t moments;
    struct {
        bool used, append, is_dir;
        int inode;
        size_t at;
    } fd[SIM_FDS];
    int calls;
    int die_at;  /* 0: never */
    int fail_at; /* 0: never */
    bool dead, failed;
    struct buf history; /* all that was ever to be in the journal, torn or not */
};

static struct sim sim;

static inline uint64_t sim_random(uint64_t below)
{
    return rng_next(&sim.rng) % below;
}

static inline struct sim_names *sim_now(void)
{
    return &sim.moment[sim.moments - 1];
}

static inline const char *sim_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static inline int sim_find(const struct sim_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->at[i].name, name) == 0)
            return (int)i;
    return -1;
}

/* A change of names begins: the moment before it stays as one that a power cut may bring back. */
static inline struct sim_names *sim_names_change(void)
{
    if (sim.moments == SIM_MOMENTS)
        abort();
    sim.moment[sim.moments] = *sim_now();
    return &sim.moment[sim.moments++];
}

static inline void sim_name_remove(struct sim_names *names, const char *name)
{
    int i = sim_find(names, name);
    if (i >= 0)
        names->at[i] = names->at[--names->count];
}

static inline void sim_name_add(struct sim_names *names, const char *name, int inode)
{
    sim_name_remove(names, name);
    if (names->count == SIM_NAMES)
        abort();
    snprintf(names->at[names->count].name, sizeof names->at[0].name, "%s", name);
    names->at[names->count++].inode = inode;
}

/* Whether this call is to do nothing. The dying call of a write does a part of it first. */
static inline bool sim_gone(void)
{
    sim.calls++;
    if (sim.die_at && sim.calls >= sim.die_at)
        sim.dead = true;
    if (sim.dead) {
        errno = EIO;
        return true;
    }
    return false;
}

static inline bool sim_fails(int error)
{
    if (!sim.fail_at || sim.calls < sim.fail_at || sim.failed)
        return false;
    sim.failed = true;
    errno = error;
    return true;
}

static inline int sim_open(const char *path, int flags, mode_t mode)
{
    bool is_dir = flags & O_DIRECTORY;
    if (sim_gone() || sim_fails(EIO))
        return -1;
    int fd = open(path, flags, mode);
    if (fd < 0)
        return -1;
    if (fd >= SIM_FDS)
        abort();
    int inode = -1;
    if (!is_dir) {
        const char *name = sim_base(path);
        int known = sim_find(sim_now(), name);
        if (known < 0) {
            if (sim.inodes == SIM_INODES)
                abort();
            inode = sim.inodes++;
            sim_name_add(sim_names_change(), name, inode);
        } else {
            inode = sim_now()->at[known].inode;
        }
    }
    sim.fd[fd].used = true;
    sim.fd[fd].append = flags & O_APPEND;
    sim.fd[fd].is_dir = is_dir;
    sim.fd[fd].inode = inode;
    sim.fd[fd].at = 0;
    return fd;
}

static inline void sim_set(struct buf *b, size_t at, const void *bytes, size_t len)
{
    if (at + len > b->len) {
        buf_room(b, at + len - b->len);
        memset(b->data + b->len, 0, at + len - b->len);
        b->len = at + len;
    }
    memcpy(b->data + at, bytes, len);
}

/* `at` is never beyond the end: files are appended to, or written over. */
static inline void sim_dirty(struct buf *state, size_t at, size_t len)
{
    size_t was = state->len;
    if (at + len > was) {
        buf_room(state, at + len - was);
        state->len = at + len;
    }
    if (len)
        memset(state->data + at, SIM_DIRTY, len);
}

static inline ssize_t sim_put(int fd, const void *bytes, size_t len, size_t at)
{
    struct sim_inode *i = &sim.inode[sim.fd[fd].inode];
    ssize_t n;
    if (sim.fd[fd].append)
        n = write(fd, bytes, len);
    else
        n = pwrite(fd, bytes, len, (off_t)at);
    if (n != (ssize_t)len)
        abort();
    sim_set(&i->now, at, bytes, len);
    sim_dirty(&i->state, at, len);
    return n;
}

static inline bool sim_is_journal(int fd)
{
    int known = sim_find(sim_now(), "journal.jsonl");
    return known >= 0 && sim_now()->at[known].inode == sim.fd[fd].inode;
}

static inline ssize_t sim_write(int fd, const void *bytes, size_t len)
{
    bool was_dead = sim.dead;
    size_t at = sim.fd[fd].append ? sim.inode[sim.fd[fd].inode].now.len : sim.fd[fd].at;
    if (!was_dead && sim_is_journal(fd)) {
        sim.history.len = at;
        buf_put(&sim.history, bytes, len);
    }
    bool gone = sim_gone(), fails = !gone && sim_fails(sim_random(2) ? ENOSPC : EIO);
    size_t part = gone || fails ? sim_random(len + 1) : len;
    if (!gone && !fails && sim_random(16) == 0)
        part = 1 + sim_random(len); /* a short write is no failure */
    if (was_dead || (gone && part == 0))
        return -1;
    int error = errno;
    if (part)
        sim_put(fd, bytes, part, at);
    sim.fd[fd].at = at + part;
    errno = error;
    return gone || fails ? -1 : (ssize_t)part;
}

static inline ssize_t sim_pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    bool was_dead = sim.dead;
    bool gone = sim_gone(), fails = !gone && sim_fails(EIO);
    size_t part = gone || fails ? sim_random(len + 1) : len;
    if (!was_dead && part)
        sim_put(fd, bytes, part, (size_t)at);
    if (gone || fails)
        errno = EIO;
    return gone || fails ? -1 : (ssize_t)part;
}

/* Stores what is dirty. */
static inline void sim_store(struct sim_inode *i)
{
    size_t had = i->stored.len;
    if (i->stored.len > i->now.len)
        i->stored.len = i->now.len;
    size_t from = i->stored.len; /* nothing before the first dirty byte changes */
    const char *dirty_from = from ? memchr(i->state.data, SIM_DIRTY, from) : NULL;
    if (dirty_from)
        from = (size_t)(dirty_from - i->state.data);
    for (size_t at = from; at < i->now.len; at++) {
        bool dirty = i->state.data[at] == SIM_DIRTY;
        char byte = dirty ? i->now.data[at] : at < had ? i->stored.data[at] : '\0';
        sim_set(&i->stored, at, &byte, 1);
        if (dirty)
            i->state.data[at] = SIM_STORED;
    }
    i->least = i->now.len;
}

static inline int sim_fdatasync(int fd)
{
    struct sim_inode *i = &sim.inode[sim.fd[fd].inode];
    if (sim_gone())
        return -1;
    if (sim_fails(EIO)) {
        if (sim_random(2))
            sim_store(i); /* it failed, and yet it is there */
        for (size_t at = 0; at < i->now.len; at++)
            if (i->state.data[at] == SIM_DIRTY)
                i->state.data[at] = SIM_LOST;
        errno = EIO;
        return -1;
    }
    sim_store(i);
    return 0;
}

static inline int sim_fsync(int fd)
{
    if (!sim.fd[fd].is_dir)
        return sim_fdatasync(fd);
    if (sim_gone() || sim_fails(EIO))
        return -1;
    sim.moment[0] = *sim_now();
    sim.moments = 1;
    return 0;
}

static inline int sim_ftruncate(int fd, off_t size)
{
    struct sim_inode *i = &sim.inode[sim.fd[fd].inode];
    if (sim_gone() || sim_fails(EIO))
        return -1;
    if (ftruncate(fd, size) != 0 || (size_t)size > i->now.len)
        abort();
    i->now.len = i->state.len = (size_t)size;
    if (i->least > i->now.len)
        i->least = i->now.len;
    return 0;
}

static inline int sim_rename(const char *from, const char *to)
{
    if (sim_gone() || sim_fails(EIO))
        return -1;
    if (rename(from, to) != 0)
        return -1;
    struct sim_names *names = sim_names_change();
    int inode = names->at[sim_find(names, sim_base(from))].inode;
    sim_name_remove(names, sim_base(from));
    sim_name_add(names, sim_base(to), inode);
    return 0;
}

static inline int sim_unlink(const char *path)
{
    if (sim_gone())
        return -1;
    if (unlink(path) != 0)
        return -1;
    sim_name_remove(sim_names_change(), sim_base(path));
    return 0;
}

static inline int sim_close(int fd)
{
    bool gone = sim_gone();
    sim.fd[fd].used = false;
    int r = close(fd); /* a dead process's descriptors go too */
    return gone ? -1 : r;
}

static inline void sim_write_back(int fd, off_t from, off_t len)
{
    (void)fd, (void)from, (void)len; /* what is not synced may be stored at any time */
}

static const struct durable_ops sim_ops = {
    .open = sim_open,
    .write = sim_write,
    .pwrite = sim_pwrite,
    .write_back = sim_write_back,
    .fdatasync = sim_fdatasync,
    .fsync = sim_fsync,
    .ftruncate = sim_ftruncate,
    .rename = sim_rename,
    .unlink = sim_unlink,
    .close = sim_close,
};

static inline void sim_write_real(const char *name, const struct buf *bytes)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", sim.dir, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, buf_text(bytes), bytes->len) != (ssize_t)bytes->len)
        abort();
    close(fd);
}

static inline void sim_unlink_all(void)
{
    char path[300];
    for (size_t i = 0; i < sim_now()->count; i++) {
        snprintf(path, sizeof path, "%s/%s", sim.dir, sim_now()->at[i].name);
        unlink(path);
    }
}

/* What a power cut makes of a file's bytes. */
static inline void sim_mixture(struct sim_inode *i)
{
    struct buf left = {0};
    size_t most = i->now.len > i->stored.len ? i->now.len : i->stored.len, size;
    switch (sim_random(4)) {
    case 0:
        size = i->stored.len;
        break;
    case 1:
        size = i->now.len;
        break;
    default:
        size = i->least + sim_random(most - i->least + 1);
    }
    size_t lengths[] = {1, 40, 200, 512, 100000};
    for (size_t at = 0; at < size;) {
        size_t end = at + 1 + sim_random(lengths[sim_random(5)]);
        unsigned choice = (unsigned)sim_random(4);
        for (; at < end && at < size; at++) {
            bool has_now = at < i->now.len, has_old = at < i->stored.len;
            char byte = has_old ? i->stored.data[at] : '\0';
            bool sure = has_old && (!has_now || i->state.data[at] == SIM_STORED);
            if (!sure && has_now && choice < 2)
                byte = i->now.data[at];
            else if (!sure && !has_old && choice == 2)
                byte = (char)sim_random(256);
            buf_putc(&left, byte);
        }
    }
    buf_free(&i->now);
    i->now = left;
    buf_clear(&i->stored);
    buf_put(&i->stored, buf_text(&left), left.len);
    buf_clear(&i->state);
    sim_dirty(&i->state, 0, left.len);
    if (left.len)
        memset(i->state.data, SIM_STORED, left.len);
    i->least = left.len;
}

static inline void sim_revive(void)
{
    sim.dead = sim.failed = false;
    sim.calls = sim.die_at = sim.fail_at = 0;
}

/* The page cache drops what it holds to be clean: what a failed sync lost is now seen to be. */
static inline void sim_evict(void)
{
    for (size_t n = 0; n < sim_now()->count; n++) {
        struct sim_inode *i = &sim.inode[sim_now()->at[n].inode];
        for (size_t at = 0; at < i->now.len; at++)
            if (i->state.data[at] == SIM_LOST)
                i->now.data[at] = at < i->stored.len ? i->stored.data[at] : '\0';
        sim_write_real(sim_now()->at[n].name, &i->now);
    }
}

static inline void sim_kill(void)
{
    if (sim_random(4) == 0)
        sim_evict();
    sim_revive();
}

static inline void sim_power_cut(void)
{
    sim_unlink_all();
    sim.moment[0] = sim.moment[sim_random(sim.moments)];
    sim.moments = 1;
    for (size_t n = 0; n < sim_now()->count; n++) {
        sim_mixture(&sim.inode[sim_now()->at[n].inode]);
        sim_write_real(sim_now()->at[n].name, &sim.inode[sim_now()->at[n].inode].now);
    }
    sim_revive();
}

static inline void sim_begin(const char *dir, uint64_t seed)
{
    sim.dir = dir;
    sim.rng = rng_seed(seed);
    sim.moments = 1;
    sim.moment[0].count = 0;
    sim_revive();
}

static inline void sim_end(void)
{
    sim_unlink_all();
    for (int i = 0; i < sim.inodes; i++) {
        buf_free(&sim.inode[i].now);
        buf_free(&sim.inode[i].stored);
        buf_free(&sim.inode[i].state);
        sim.inode[i].least = 0;
    }
    sim.inodes = 0;
    buf_clear(&sim.history);
}

#endif
