/* Every call that makes bytes or names survive a crash, and nothing else. Policy (what to do after
 * a failure) is the caller's; here is only the order of calls that each promise needs. */

#include "base/durable.h"

#include "base/buf.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PUT_CHUNK = 1 << 16, WRITE_BACK_CHUNK = 1 << 20 };

static int real_open(const char *path, int flags, mode_t mode)
{
    return open(path, flags, mode);
}

/* With no flag that waits it neither reports nor clears an error of the pages: the sync still tells
 * of it (sync_file_range(2)). */
static void real_write_back(int fd, off_t from, off_t len)
{
    sync_file_range(fd, from, len, SYNC_FILE_RANGE_WRITE);
}

static int real_reserve(int fd, off_t from, off_t len)
{
    return fallocate(fd, FALLOC_FL_KEEP_SIZE, from, len);
}

static const struct durable_ops real_ops = {
    .open = real_open,
    .write = write,
    .pwrite = pwrite,
    .write_back = real_write_back,
    .reserve = real_reserve,
    .fdatasync = fdatasync,
    .fsync = fsync,
    .ftruncate = ftruncate,
    .rename = rename,
    .unlink = unlink,
    .close = close,
};
static const struct durable_ops *ops = &real_ops;

void durable_set_ops(const struct durable_ops *replacement)
{
    ops = replacement ? replacement : &real_ops;
}

static int sync_retrying(int (*sync)(int), int fd)
{
    int r;
    do
        r = sync(fd);
    while (r < 0 && errno == EINTR); /* interrupted before anything was said of the pages */
    return r;
}

/* The part of a path before its last name, "." where there is none. */
static char *parent_of(const char *path)
{
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        len--;
    while (len > 0 && path[len - 1] != '/')
        len--;
    while (len > 1 && path[len - 1] == '/')
        len--;
    return len ? mem_string_n(path, len) : mem_string(".");
}

/* Syncs the directory that holds this name. EINVAL is what file systems say that have no such sync
 * and need none (fsync(2)). */
static int sync_name(const char *path)
{
    char *dir = parent_of(path);
    int fd = ops->open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    free(dir);
    if (fd < 0)
        return -1;
    int r = sync_retrying(ops->fsync, fd);
    int saved = errno;
    ops->close(fd);
    errno = saved;
    return r < 0 && errno != EINVAL ? -1 : 0;
}

int durable_open_append(const char *path, bool *created, struct error *err)
{
    const int flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NONBLOCK;
    bool fresh = true;
    int fd = ops->open(path, flags | O_CREAT | O_EXCL, 0600);
    if (fd < 0 && errno == EEXIST) {
        fresh = false;
        fd = ops->open(path, flags, 0);
    }
    if (fd < 0)
        return error_set(err, EXIT_CANTCREATE, "cannot open %s for appending:", path);
    struct stat st;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        ops->close(fd);
        return error_set(err, EXIT_CANTCREATE, "%s is not a regular file", path);
    }
    if (sync_name(path) < 0) {
        error_set(err, EXIT_CANTCREATE, "cannot sync the directory of %s:", path);
        ops->close(fd);
        return -1;
    }
    if (created)
        *created = fresh;
    return fd;
}

static int write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = ops->write(fd, bytes, len);
        if (n < 0) {
            if (errno == EINTR)
                continue;
            return -1;
        }
        if (n == 0) {
            errno = EIO; /* write(2) has no such answer for a regular file and len > 0 */
            return -1;
        }
        bytes += n;
        len -= (size_t)n;
    }
    return 0;
}

int durable_append(int fd, const void *bytes, size_t len, off_t size, struct error *err)
{
    if (write_all(fd, bytes, len) == 0)
        return 0;
    error_set(err, EXIT_IO, "write:");
    /* Where this fails as well, a torn tail stays for the next start to cut. */
    while (ops->ftruncate(fd, size) < 0 && errno == EINTR)
        ;
    return -1;
}

int durable_sync(int fd, struct error *err)
{
    if (sync_retrying(ops->fdatasync, fd) < 0)
        return error_set(err, EXIT_IO, "fdatasync:");
    return 0;
}

static bool is_full(int error)
{
    return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

int durable_reserve(int fd, off_t from, off_t len, struct error *err)
{
    int r = 0;
    if (ops->reserve)
        do
            r = ops->reserve(fd, from, len);
        while (r < 0 && errno == EINTR);
    return r < 0 && is_full(errno) ? error_set(err, EXIT_IO, "no space for what is to come:") : 0;
}

void durable_unreserve(int fd, off_t from, off_t len)
{
    if (ops == &real_ops)
        (void)!fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, from, len);
}

static int copy_over(int from_fd, int to_fd, off_t from, off_t to)
{
    char *chunk = mem_alloc(PUT_CHUNK);
    int result = 0;
    while (result == 0 && from < to) {
        size_t want = to - from < PUT_CHUNK ? (size_t)(to - from) : PUT_CHUNK;
        ssize_t n = pread(from_fd, chunk, want, from);
        if (n == 0)
            errno = EIO; /* it became shorter under our lock */
        if (n <= 0) {
            result = n < 0 && errno == EINTR ? 0 : -1;
            continue;
        }
        for (ssize_t done = 0; done < n && result == 0;) {
            ssize_t w = ops->pwrite(to_fd, chunk + done, (size_t)(n - done), from + done);
            if (w > 0)
                done += w;
            else if (w == 0 || errno != EINTR)
                result = -1;
        }
        from += n;
    }
    free(chunk);
    return result;
}

int durable_rewrite(const char *path, int fd, off_t from, off_t to, struct error *err)
{
    /* A descriptor of its own: with O_APPEND Linux's pwrite appends (pwrite(2), BUGS). */
    int again = ops->open(path, O_WRONLY | O_CLOEXEC, 0);
    if (again < 0)
        return error_set(err, EXIT_IO, "cannot open %s for writing:", path);
    int result = 0;
    if (copy_over(fd, again, from, to) < 0)
        result = error_set(err, EXIT_IO, "%s: write:", path);
    else if (sync_retrying(ops->fdatasync, again) < 0)
        result = error_set(err, EXIT_IO, "%s: fdatasync:", path);
    ops->close(again);
    return result;
}

int durable_truncate(int fd, off_t size, struct error *err)
{
    int r;
    do
        r = ops->ftruncate(fd, size);
    while (r < 0 && errno == EINTR);
    if (r < 0)
        return error_set(err, EXIT_IO, "ftruncate:");
    if (sync_retrying(ops->fsync, fd) < 0)
        return error_set(err, EXIT_IO, "fsync:");
    return 0;
}

int durable_close(int fd)
{
    return ops->close(fd);
}

static int make_one(const char *path, bool last, struct error *err)
{
    bool fresh = mkdir(path, 0700) == 0;
    if (!fresh && errno != EEXIST)
        return error_set(err, EXIT_CANTCREATE, "cannot make directory %s:", path);
    struct stat st;
    if (!fresh && (stat(path, &st) < 0 || !S_ISDIR(st.st_mode)))
        return error_set(err, EXIT_CANTCREATE, "%s is in the way: not a directory", path);
    /* One that was there may be there since a moment only, its maker killed before the sync; but
     * where it is old, its parent need not be readable to us. */
    if ((fresh || last) && sync_name(path) < 0 && fresh)
        return error_set(err, EXIT_CANTCREATE, "cannot sync the directory of %s:", path);
    return 0;
}

int durable_mkdir(const char *path, struct error *err)
{
    char *prefix = mem_string(path);
    int result = 0;
    for (char *at = prefix; result == 0;) {
        at += strspn(at, "/");
        if (*at == '\0')
            break;
        at += strcspn(at, "/");
        bool last = at[strspn(at, "/")] == '\0';
        char was = *at;
        *at = '\0';
        result = make_one(prefix, last, err);
        *at = was;
    }
    free(prefix);
    return result;
}

struct durable_file {
    int fd;
    bool failed;
    char *path, *beside;
    struct buf pending;
    off_t size, on_its_way; /* bytes that were written, and whose way to the disk has begun */
};

struct durable_file *durable_begin(const char *path, mode_t mode, struct error *err)
{
    struct buf beside = {0};
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
        /* the rename would take the place of a device or a pipe */
        error_set(err, EXIT_CANTCREATE, "%s is not a regular file", path);
        return NULL;
    }
    buf_printf(&beside, "%s.tmp-%ld", path, (long)getpid());
    ops->unlink(beside.data); /* of a process that had our number and was killed */
    int fd = ops->open(beside.data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0) {
        error_set(err, EXIT_CANTCREATE, "cannot create %s:", beside.data);
        buf_free(&beside);
        return NULL;
    }
    durable_lock(fd, NULL); /* only for durable_sweep: without it the file may be taken for stale */
    struct durable_file *f = mem_zalloc(1, sizeof *f);
    f->fd = fd;
    f->path = mem_string(path);
    f->beside = beside.data;
    return f;
}

/* A large file's way to the disk begins while the rest of it is made. */
static int put_now(struct durable_file *f, const void *bytes, size_t len, struct error *err)
{
    if (write_all(f->fd, bytes, len) < 0) {
        f->failed = true;
        return error_set(err, EXIT_CANTCREATE, "cannot write %s:", f->beside);
    }
    f->size += (off_t)len;
    if (f->size - f->on_its_way >= WRITE_BACK_CHUNK) {
        ops->write_back(f->fd, f->on_its_way, f->size - f->on_its_way);
        f->on_its_way = f->size;
    }
    return 0;
}

static int put_pending(struct durable_file *f, struct error *err)
{
    int result = put_now(f, buf_text(&f->pending), f->pending.len, err);
    buf_clear(&f->pending);
    return result;
}

int durable_put(struct durable_file *f, const void *bytes, size_t len, struct error *err)
{
    if (f->failed)
        return error_set(err, EXIT_CANTCREATE, "cannot write %s", f->beside);
    if (len < PUT_CHUNK) {
        buf_put(&f->pending, bytes, len);
        return f->pending.len < PUT_CHUNK ? 0 : put_pending(f, err);
    }
    return put_pending(f, err) == 0 ? put_now(f, bytes, len, err) : -1;
}

static void file_free(struct durable_file *f)
{
    free(f->path);
    free(f->beside);
    buf_free(&f->pending);
    free(f);
}

int durable_commit(struct durable_file *f, struct error *err)
{
    if (f->failed)
        error_set(err, EXIT_CANTCREATE, "cannot write %s", f->beside);
    else if (put_pending(f, err) == 0 && sync_retrying(ops->fdatasync, f->fd) < 0) {
        f->failed = true;
        error_set(err, EXIT_CANTCREATE, "cannot sync %s:", f->beside);
    }
    if (ops->close(f->fd) < 0 && !f->failed) {
        f->failed = true;
        error_set(err, EXIT_CANTCREATE, "cannot close %s:", f->beside);
    }
    if (!f->failed && ops->rename(f->beside, f->path) < 0) {
        f->failed = true;
        error_set(err, EXIT_CANTCREATE, "cannot rename %s to %s:", f->beside, f->path);
    }
    int result = 0;
    if (f->failed) {
        ops->unlink(f->beside);
        result = -1;
    } else if (sync_name(f->path) < 0) {
        result = error_set(err, EXIT_CANTCREATE, "cannot sync the directory of %s:", f->path);
    }
    file_free(f);
    return result;
}

void durable_abort(struct durable_file *f)
{
    if (!f)
        return;
    ops->close(f->fd);
    ops->unlink(f->beside);
    file_free(f);
}

int durable_lock(int fd, struct error *err)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
        return 0;
    if (errno == EAGAIN || errno == EACCES)
        return 1;
    return error_set(err, EXIT_IO, "fcntl(F_OFD_SETLK):");
}

static bool is_temporary(const char *name)
{
    const char *tail = strrchr(name, '.');
    if (!tail || tail == name || strncmp(tail, ".tmp-", 5) != 0)
        return false;
    size_t digits = strspn(tail + 5, "0123456789");
    return digits > 0 && tail[5 + digits] == '\0';
}

void durable_sweep(const char *dir)
{
    DIR *entries = opendir(dir);
    if (!entries)
        return;
    for (struct dirent *e; (e = readdir(entries));) {
        if (!is_temporary(e->d_name))
            continue;
        struct buf path = {0};
        buf_printf(&path, "%s/%s", dir, e->d_name);
        int fd = ops->open(path.data, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
        if (fd >= 0) {
            if (durable_lock(fd, NULL) == 0)
                ops->unlink(path.data);
            ops->close(fd);
        }
        buf_free(&path);
    }
    closedir(entries);
}

struct durable_space {
    int fd;
    char *path;
};

struct durable_space *durable_space_keep(const char *path, off_t bytes, struct error *err)
{
    struct buf beside = {0};
    buf_printf(&beside, "%s.tmp-%ld", path, (long)getpid());
    ops->unlink(beside.data); /* of a process that had our number and was killed */
    struct durable_space *s = mem_zalloc(1, sizeof *s);
    s->path = beside.data;
    s->fd = ops->open(s->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (s->fd < 0) {
        error_set(err, EXIT_CANTCREATE, "cannot create %s:", s->path);
    } else {
        durable_lock(s->fd, NULL);
        if (durable_reserve(s->fd, 0, bytes, err) == 0)
            return s;
        if (err)
            err->code = EXIT_CANTCREATE;
    }
    durable_space_release(s);
    return NULL;
}

void durable_space_release(struct durable_space *s)
{
    if (!s)
        return;
    if (s->fd >= 0) {
        ops->close(s->fd);
        ops->unlink(s->path);
    }
    free(s->path);
    free(s);
}
