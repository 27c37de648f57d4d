/* The journal as a file: one writer, one batch per sync.
 *
 *   journal_put ... journal_put     lines collect in memory, the ledger already knows them
 *   journal_flush                   one write, one fdatasync: now they are facts
 *
 * What goes into a batch is read back from its bytes before it is applied, so the ledger of the
 * process that writes a journal and of one that reads it later cannot differ, and nothing is ever
 * written that could not be read. */

#include "journal/journal.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/durable.h"
#include "base/mem.h"
#include "journal/lines.h"
#include "journal/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEPT_BUFFER = 4 << 20, COPY_BUFFER = 1 << 20, RESERVE_AHEAD = 256 << 10 };

struct journal {
    char *dir, *path;
    int fd;
    struct ledger *ledger; /* NULL before journal_recover */
    struct record_reader *reader;
    struct buf pending;
    uint64_t seq, batch; /* of the last record, and the first of what is pending */
    uint32_t link;
    int64_t oldest_ms;
    uint64_t size; /* bytes that are written and synced */
    uint64_t room; /* up to here the disk is reserved */
    struct sha256 *sha;
    bool failed;
    struct error failure;
};

static char *path_in(const char *dir, const char *name)
{
    struct buf path = {0};
    buf_printf(&path, "%s/%s", dir, name);
    return path.data;
}

/* The last `open` of a journal that somebody else is writing; false where there is none, or where a
 * `close` followed: then the writer of now has not introduced itself yet. */
static bool last_open(int fd, long *pid, int64_t *since_ms)
{
    static const char opening[] = "\"type\":\"open\"", closing[] = "\"type\":\"close\"";
    struct lines *lines = lines_new(fd, LINE_MAX_BYTES);
    struct record_reader *rr = record_reader_new();
    struct line line;
    struct record r;
    bool open = false;
    while (lines_next(lines, &line, NULL) > 0) {
        size_t head = line.text ? line.len < 100 ? line.len : 100 : 0;
        if (head && memmem(line.text, head, opening, sizeof opening - 1)) {
            uint32_t link = 0;
            if (record_read(rr, line.text, line.len, 0, &link, &r) != LINE_BAD_LINK ||
                r.type != RECORD_OPEN)
                continue;
            *pid = r.open.pid;
            *since_ms = r.at_ms;
            open = true;
        } else if (head && memmem(line.text, head, closing, sizeof closing - 1)) {
            open = false;
        }
    }
    record_reader_free(rr);
    lines_free(lines);
    return open;
}

static int refuse_held(const struct journal *j, struct error *err)
{
    long pid;
    int64_t since_ms;
    char since[CLOCK_TEXT];
    bool known = last_open(j->fd, &pid, &since_ms);
    if (known && (kill((pid_t)pid, 0) == 0 || errno == EPERM))
        return error_set(err, EXIT_STOPPED,
                         "%s: another rescind is at work here: process %ld, since %s", j->dir, pid,
                         clock_text(since_ms, since));
    /* One of another container has a number that means nothing here. */
    if (known)
        return error_set(
            err, EXIT_STOPPED,
            "%s: another process has locked the journal. The last that wrote to it was "
            "process %ld, since %s, which this system does not have: it runs in "
            "another container, or a new one has just begun",
            j->dir, pid, clock_text(since_ms, since));
    return error_set(err, EXIT_STOPPED,
                     "%s: another process has locked the journal and has not yet written who it is",
                     j->dir);
}

/* A place that takes no journal: read-only, full, without locks (NFS), or none at all (/dev/fd). */
static void elsewhere(const struct journal *j, struct error *err)
{
    if (!err)
        return;
    size_t len = strlen(err->text);
    snprintf(err->text + len, sizeof err->text - len,
             ". No journal can be kept in %s: name another place with --run-dir", j->dir);
    err->code = EXIT_CANTCREATE;
}

static struct journal *lock(struct journal *j, struct error *err)
{
    int held = durable_lock(j->fd, err);
    if (held == 0) {
        durable_sweep(j->dir);
        return j;
    }
    if (held > 0)
        refuse_held(j, err);
    else {
        error_prefix(err, "%s", j->path);
        elsewhere(j, err);
    }
    journal_close(j);
    return NULL;
}

static struct journal *journal_new(const char *run_dir)
{
    struct journal *j = mem_zalloc(1, sizeof *j);
    j->dir = mem_string(run_dir);
    j->path = path_in(run_dir, "journal.jsonl");
    j->fd = -1;
    j->reader = record_reader_new();
    return j;
}

struct journal *journal_lock(const char *run_dir, struct error *err)
{
    struct journal *j = journal_new(run_dir);
    struct stat st;
    if (stat(j->path, &st) < 0) {
        error_set(err, EXIT_NOINPUT, "cannot read %s:", j->path);
    } else if ((j->fd = durable_open_append(j->path, NULL, err)) >= 0) {
        return lock(j, err);
    } else if (err) {
        err->code = EXIT_IO; /* it is there and takes no writing: a file system gone read-only */
    }
    journal_close(j);
    return NULL;
}

struct journal *journal_create(const char *run_dir, struct error *err)
{
    struct journal *j = journal_new(run_dir);
    if (durable_mkdir(run_dir, err) == 0 && (j->fd = durable_open_append(j->path, NULL, err)) >= 0)
        return lock(j, err);
    elsewhere(j, err);
    journal_close(j);
    return NULL;
}

/* Copies what is to be cut off into journal.torn-N, N the first that is free. */
static int keep_aside(const struct journal *j, const struct scan *s, struct journal_recovery *info,
                      struct error *err)
{
    char *path = NULL;
    struct stat st;
    for (unsigned n = 1; !path; n++) {
        snprintf(info->torn_file, sizeof info->torn_file, "journal.torn-%u", n);
        path = path_in(j->dir, info->torn_file);
        if (lstat(path, &st) == 0) {
            free(path);
            path = NULL;
        }
    }
    struct durable_file *aside = durable_begin(path, 0600, err);
    free(path);
    if (!aside)
        return -1;
    char *chunk = mem_alloc(COPY_BUFFER);
    int result = 0;
    for (uint64_t at = s->good_end; at < s->size && result == 0;) {
        size_t want = s->size - at < COPY_BUFFER ? (size_t)(s->size - at) : COPY_BUFFER;
        ssize_t n = pread(j->fd, chunk, want, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            result = error_set(err, EXIT_IO, "%s: read:", j->path);
        else
            result = durable_put(aside, chunk, (size_t)n, err);
        at += n > 0 ? (uint64_t)n : 0;
    }
    free(chunk);
    if (result == 0)
        return durable_commit(aside, err);
    durable_abort(aside);
    return -1;
}

/* The digest of what stays. Only after a cut: otherwise the scan has it. */
static int digest_again(struct journal *j, struct error *err)
{
    struct lines *lines = lines_new(j->fd, LINE_MAX_BYTES);
    struct line line;
    int more;
    while ((more = lines_next(lines, &line, err)) > 0)
        ;
    if (more == 0) {
        sha256_free(j->sha);
        j->sha = lines_take_digest(lines);
    }
    lines_free(lines);
    return more;
}

static int cut_tail(struct journal *j, const struct scan *s, struct journal_recovery *info,
                    struct error *err)
{
    info->torn = true;
    info->torn_line = s->torn_line;
    info->torn_bytes = (size_t)(s->size - s->good_end);
    if (keep_aside(j, s, info, err) < 0) {
        if (err)
            err->code = EXIT_IO;
        return -1;
    }
    if (durable_truncate(j->fd, (off_t)s->good_end, err) < 0)
        return error_prefix(err, "%s", j->path);
    return digest_again(j, err);
}

/* What to do about damage. */
static int advise(const char *run_dir, struct error *err)
{
    if (!err || err->code != EXIT_DATA)
        return -1;
    size_t len = strlen(err->text);
    snprintf(err->text + len, sizeof err->text - len,
             ". 'rescind report --salvage %s' shows what can be trusted", run_dir);
    return -1;
}

int journal_recover(struct journal *j, struct ledger *l, struct journal_recovery *info,
                    struct error *err)
{
    struct scan s;
    *info = (struct journal_recovery){0};
    if (journal_scan(j->fd, j->path, l, &s, &j->sha, err) < 0)
        return advise(j->dir, err);
    info->records = s.records;
    if (s.torn_line && cut_tail(j, &s, info, err) < 0)
        return -1;
    if (s.records && durable_rewrite(j->path, j->fd, (off_t)s.batch_at, (off_t)s.good_end, err) < 0)
        return -1;
    j->seq = s.records;
    j->link = s.link;
    j->size = s.good_end;
    j->ledger = l;
    return 0;
}

static void fail(struct journal *j, const struct error *why)
{
    j->failed = true;
    j->failure = *why;
    j->failure.code = EXIT_IO;
    buf_clear(&j->pending);
}

void journal_put(struct journal *j, const struct record *r)
{
    if (j->failed)
        return;
    struct error why = {.code = EXIT_IO, .text = "it was not recovered first"};
    size_t start = j->pending.len;
    uint64_t seq = j->seq + 1, batch = start ? j->batch : seq;
    uint32_t link = j->link, again = j->link;
    struct record back;
    record_write(r, seq, batch, &link, &j->pending);
    const char *line = j->pending.data + start;
    size_t len = j->pending.len - start - 1;
    bool good = len <= LINE_MAX_BYTES && !memchr(line, '\n', len) &&
                record_read(j->reader, line, len, seq, &again, &back) == LINE_GOOD;
    if (!good)
        error_set(&why, EXIT_IO, "a record would not read back");
    if (!j->ledger || !good || ledger_apply(j->ledger, &back, &why) < 0) {
        error_prefix(&why, "%s: not written", j->path);
        fail(j, &why);
        return;
    }
    if (start == 0) {
        j->batch = seq;
        j->oldest_ms = back.at_ms;
    }
    j->seq = seq;
    j->link = link;
}

/* What has no name any more is lost with this process, however well it is synced. */
static int check_name(const struct journal *j, struct error *err)
{
    struct stat st;
    if (fstat(j->fd, &st) == 0 && st.st_nlink == 0)
        return error_set(err, EXIT_IO, "was removed while a run writes to it");
    return 0;
}

static uint64_t whole_pages(uint64_t bytes)
{
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    return (bytes + page - 1) / page * page;
}

int journal_reserve(struct journal *j, uint64_t bytes, struct error *err)
{
    uint64_t need = whole_pages(j->size + j->pending.len + bytes);
    off_t from = (off_t)(j->room > j->size ? j->room : j->size);
    if (j->failed || need <= j->room)
        return 0;
    /* From the end of what is reserved, which is one of a page: where there is no space, tmpfs
     * gives back what was not written of all the pages that it was asked for, those that an earlier
     * call had got, too (Linux 6.1, shmem_fallocate).
     *
     * More than is needed, so that it need not be done at once again; else what is needed. */
    uint64_t more = whole_pages(need + bytes + RESERVE_AHEAD);
    if (durable_reserve(j->fd, from, (off_t)more - from, NULL) == 0) {
        j->room = more;
        return 0;
    }
    if (durable_reserve(j->fd, from, (off_t)need - from, err) != 0)
        return error_prefix(err, "%s", j->path);
    j->room = need;
    return 0;
}

int journal_flush(struct journal *j, struct error *err)
{
    struct error why;
    if (!j->failed && j->pending.len) {
        if (durable_append(j->fd, j->pending.data, j->pending.len, (off_t)j->size, &why) < 0 ||
            durable_sync(j->fd, &why) < 0 || check_name(j, &why) < 0) {
            error_prefix(&why, "%s", j->path);
            fail(j, &why);
        } else {
            sha256_add(j->sha, j->pending.data, j->pending.len);
            j->size += j->pending.len;
            if (j->pending.cap > KEPT_BUFFER)
                buf_free(&j->pending);
            buf_clear(&j->pending);
        }
    }
    if (!j->failed)
        return 0;
    if (err)
        *err = j->failure;
    return -1;
}

bool journal_dirty(const struct journal *j)
{
    return j->pending.len > 0;
}

int64_t journal_oldest_ms(const struct journal *j)
{
    return j->oldest_ms;
}

uint64_t journal_size(const struct journal *j)
{
    return j->size;
}

bool journal_failed(const struct journal *j)
{
    return j->failed;
}

void journal_sha256(const struct journal *j, char out[65])
{
    if (j->sha)
        sha256_hex(j->sha, out);
    else
        sha256_of("", 0, out);
}

void journal_close(struct journal *j)
{
    if (!j)
        return;
    if (j->fd >= 0 && j->room > j->size && !j->failed)
        durable_unreserve(j->fd, (off_t)j->size, (off_t)(j->room - j->size));
    if (j->fd >= 0)
        durable_close(j->fd);
    record_reader_free(j->reader);
    sha256_free(j->sha);
    buf_free(&j->pending);
    free(j->dir);
    free(j->path);
    free(j);
}

int journal_read(const char *run_dir, struct ledger *l, bool salvage,
                 void (*tell)(void *at, const char *line), void *tell_at,
                 struct journal_recovery *info, char digest[65], struct error *err)
{
    *info = (struct journal_recovery){0};
    char *path = path_in(run_dir, "journal.jsonl");
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct scan s;
    struct sha256 *sha = NULL;
    int result;
    if (fd < 0)
        result = error_set(err, EXIT_NOINPUT, "cannot read %s:", path);
    else if (salvage)
        result = journal_scan_salvage(fd, path, l, tell, tell_at, &s, &sha, err);
    else if ((result = journal_scan(fd, path, l, &s, &sha, err)) < 0)
        advise(run_dir, err);
    if (result == 0) {
        info->records = s.records;
        info->torn = s.torn_line != 0;
        info->torn_line = s.torn_line;
        info->torn_bytes = info->torn ? (size_t)(s.size - s.good_end) : 0;
        if (digest)
            sha256_hex(sha, digest);
    }
    sha256_free(sha);
    if (fd >= 0)
        close(fd);
    free(path);
    return result;
}
