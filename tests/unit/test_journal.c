/* The journal as a file: what a start does with each state it can find, who may write, and what a
 * disk that fails leaves behind. */

#include "journal_fixture.h"

#include "base/digest.h"
#include "base/durable.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

enum { ROWS = 20 };

static struct catalog *catalog;
static struct targets *targets;
static char *dir, *path;

static int setup(void **state)
{
    (void)state;
    catalog = catalog_new();
    targets = fixture_targets(catalog, ROWS);
    dir = fixture_dir();
    path = fixture_path(dir, "journal.jsonl");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    durable_set_ops(NULL);
    free(path);
    fixture_dir_remove(dir);
    targets_free(targets);
    catalog_free(catalog);
    return 0;
}

static void empty_dir(void)
{
    char *all = fixture_path(dir, "journal*");
    struct buf command = {0};
    buf_printf(&command, "rm -f %s", all);
    assert_int_equal(system(command.data), 0);
    buf_free(&command);
    free(all);
}

static void flush(struct journal *j)
{
    struct error err;
    if (journal_flush(j, &err) != 0)
        fail_msg("%s", err.text);
}

static void put(struct journal *j, struct record r)
{
    journal_put(j, &r);
}

/* A journal and its ledger, opened, recovered. */
struct both {
    struct journal *j;
    struct ledger *l;
    struct journal_recovery info;
};

static struct both recovered(void)
{
    struct error err;
    struct both b = {.j = journal_create(dir, &err), .l = ledger_new(targets)};
    if (!b.j || journal_recover(b.j, b.l, &b.info, &err) != 0)
        fail_msg("%s", err.text);
    return b;
}

static void done(struct both *b)
{
    journal_close(b->j);
    ledger_free(b->l);
}

/* Five batches: lines 1; 2; 3 to 5; 6 and 7; 8 and 9. */
static void write_sample(void)
{
    empty_dir();
    struct both b = recovered();
    put(b.j, rec_open(targets, 1, "1-20", FIXTURE_T0));
    flush(b.j);
    put(b.j, rec_try("1-10", FIXTURE_T0 + 1));
    flush(b.j);
    put(b.j, rec_end(0, OUTCOME_REVOKED, 1, FIXTURE_T0 + 2));
    put(b.j, rec_end(1, OUTCOME_ALREADY_ABSENT, 1, FIXTURE_T0 + 3));
    put(b.j, rec_retry(2, 1, true, FIXTURE_T0 + 4));
    flush(b.j);
    put(b.j, rec_end(2, OUTCOME_ABSENT_AFTER_RETRY, 2, FIXTURE_T0 + 5));
    put(b.j, rec_hold("openrouter", FIXTURE_T0 + 20000, FIXTURE_T0 + 6));
    flush(b.j);
    put(b.j, rec_end(3, OUTCOME_FAILED, 1, FIXTURE_T0 + 7));
    put(b.j, rec_end(4, OUTCOME_REVOKED, 1, FIXTURE_T0 + 8));
    flush(b.j);
    done(&b);
}

static void a_journal_reads_back(void **state)
{
    (void)state;
    write_sample();
    struct error err;
    struct buf bytes = {0};
    char of_file[65], digest[65];
    struct both b = recovered();
    assert_int_equal(b.info.records, 9);
    assert_false(b.info.torn);
    assert_int_equal(ledger_outcome(b.l, 0), OUTCOME_REVOKED);
    assert_int_equal(ledger_outcome(b.l, 2), OUTCOME_ABSENT_AFTER_RETRY);
    assert_int_equal(ledger_outcome(b.l, 3), OUTCOME_FAILED);
    assert_int_equal(ledger_outcome(b.l, 9), OUTCOME_NOT_ATTEMPTED);
    assert_true(ledger_state(b.l, 9).open_try);
    assert_int_equal(ledger_hold_until(b.l, "openrouter"), FIXTURE_T0 + 20000);

    fixture_read(path, &bytes);
    sha256_of(bytes.data, bytes.len, of_file);
    journal_sha256(b.j, digest);
    assert_string_equal(digest, of_file);
    assert_int_equal(journal_size(b.j), bytes.len);

    assert_false(journal_dirty(b.j));
    put(b.j, rec_open(targets, 2, "1-20", FIXTURE_T0 + 100));
    put(b.j, rec_try("4,6-10", FIXTURE_T0 + 101));
    assert_true(journal_dirty(b.j));
    assert_int_equal(journal_oldest_ms(b.j), FIXTURE_T0 + 100);
    journal_sha256(b.j, digest);
    assert_string_equal(digest, of_file); /* of what is synced, no more */
    flush(b.j);
    assert_false(journal_dirty(b.j));
    flush(b.j); /* nothing to do */
    fixture_read(path, &bytes);
    sha256_of(bytes.data, bytes.len, of_file);
    journal_sha256(b.j, digest);
    assert_string_equal(digest, of_file);
    done(&b);

    struct ledger *l = ledger_new(targets);
    struct journal_recovery info;
    assert_int_equal(journal_read(dir, l, false, NULL, NULL, &info, digest, &err), 0);
    assert_int_equal(info.records, 11);
    assert_false(info.torn);
    assert_string_equal(digest, of_file);
    assert_int_equal(ledger_runs(l), 2);
    assert_true(ledger_state(l, 9).applied);
    ledger_free(l);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    buf_free(&bytes);
}

static void missing_ones(void **state)
{
    (void)state;
    empty_dir();
    struct error err;
    struct journal_recovery info;
    struct ledger *l = ledger_new(targets);
    assert_null(journal_lock(dir, &err));
    assert_int_equal(err.code, EXIT_NOINPUT);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(journal_read(dir, l, false, NULL, NULL, &info, NULL, &err), -1);
    assert_int_equal(err.code, EXIT_NOINPUT);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_null(journal_lock(dir, &err));
    assert_int_equal(journal_read(dir, l, false, NULL, NULL, &info, NULL, &err), -1);
    assert_int_equal(err.code, EXIT_NOINPUT);
    assert_int_equal(rmdir(path), 0);
    assert_null(journal_create("/proc/no/such", &err));
    assert_int_equal(err.code, EXIT_CANTCREATE);
    ledger_free(l);
}

/* Edits of the sample's bytes. Line numbers count from 1. */
static size_t line_start(const struct buf *b, unsigned line)
{
    size_t at = 0;
    while (--line)
        at = (size_t)((char *)memchr(b->data + at, '\n', b->len - at) - b->data) + 1;
    return at;
}

static void cut_out(struct buf *b, size_t from, size_t to)
{
    memmove(b->data + from, b->data + to, b->len - to);
    b->len -= to - from;
}

static void put_in(struct buf *b, size_t at, const void *bytes, size_t len)
{
    char *copy = mem_alloc(len); /* the bytes may be the buffer's own */
    memcpy(copy, bytes, len);
    buf_room(b, len);
    memmove(b->data + at + len, b->data + at, b->len - at);
    memcpy(b->data + at, copy, len);
    b->len += len;
    free(copy);
}

static void remove_line(struct buf *b, unsigned line)
{
    cut_out(b, line_start(b, line), line_start(b, line + 1));
}

static void repeat_lines(struct buf *b, unsigned first, unsigned beyond)
{
    size_t from = line_start(b, first), to = line_start(b, beyond);
    put_in(b, b->len, b->data + from, to - from);
}

static void swap_with_next(struct buf *b, unsigned line)
{
    size_t a = line_start(b, line), c = line_start(b, line + 1), e = line_start(b, line + 2);
    put_in(b, e, b->data + a, c - a);
    cut_out(b, a, c);
}

static void edit(const char *what, struct buf *b)
{
    static const char zeros[5000];
    unsigned n = 0, m = 0;
    if (sscanf(what, "cut %u", &n) == 1)
        b->len -= n;
    else if (strcmp(what, "empty") == 0)
        b->len = 0;
    else if (strcmp(what, "zeros after") == 0)
        buf_put(b, zeros, sizeof zeros);
    else if (strcmp(what, "garbage after") == 0)
        buf_puts(b, "\xff\x01 foreign\nbytes\n\n");
    else if (strcmp(what, "last newline missing") == 0)
        b->len--;
    else if (sscanf(what, "change %u", &n) == 1)
        b->data[line_start(b, n) + 60] ^= 1;
    else if (sscanf(what, "zero %u to %u", &n, &m) == 2)
        memset(b->data + line_start(b, n), 0, line_start(b, m + 1) - line_start(b, n));
    else if (sscanf(what, "remove %u", &n) == 1)
        remove_line(b, n);
    else if (sscanf(what, "swap %u", &n) == 1)
        swap_with_next(b, n);
    else if (sscanf(what, "repeat %u to %u", &n, &m) == 2)
        repeat_lines(b, n, m + 1);
    else if (sscanf(what, "join %u", &n) == 1)
        cut_out(b, line_start(b, n + 1) - 1, line_start(b, n + 1));
    else if (sscanf(what, "split %u", &n) == 1)
        put_in(b, line_start(b, n) + 40, "\n", 1);
    else if (sscanf(what, "blank line before %u", &n) == 1)
        put_in(b, line_start(b, n), "\n", 1);
    else if (strcmp(what, "crlf") == 0) {
        for (size_t i = 0; i < b->len; i++)
            if (b->data[i] == '\n')
                put_in(b, i++, "\r", 1);
    } else if (strcmp(what, "spaces") == 0) {
        for (size_t i = 0; i < b->len; i++)
            if (b->data[i] == ':')
                put_in(b, ++i, " ", 1);
    } else if (strcmp(what, "bom") == 0) {
        put_in(b, 0, "\xef\xbb\xbf", 3);
    } else if (strcmp(what, "nothing") != 0) {
        fail_msg("no such edit: %s", what);
    }
}

static const struct {
    const char *edit;
    int bad_line; /* 0: nothing is bad; >0: a torn tail from there; <0: damage, naming it */
} finds[] = {
    {"nothing", 0},
    {"empty", 0},
    {"cut 1", 9},
    {"last newline missing", 9},
    {"cut 100", 9},
    {"zeros after", 10},
    {"garbage after", 10},
    {"change 9", 9},
    {"change 8", 8}, /* the last batch's first record */
    {"change 7", -7},
    {"change 6", -6},
    {"change 1", -1},
    {"zero 8 to 9", 8},
    {"zero 9 to 9", 9},
    {"zero 8 to 8", 8},
    {"zero 7 to 8", -7}, /* 9 is left, behind zeros, and knows that its batch began at 8 */
    {"zero 7 to 9", 7},  /* nothing proves that more than one batch is gone */
    {"zero 1 to 9", 1},
    {"zero 1 to 8", -1},
    {"remove 9", 0}, /* as if it had never been */
    {"remove 8", 8},
    {"remove 7", -7},
    {"remove 1", -1},
    {"swap 8", 8},
    {"swap 7", -7},
    {"swap 3", -3},
    {"repeat 8 to 9", 10},
    {"repeat 9 to 9", 10},
    {"repeat 3 to 9", 10},
    {"repeat 1 to 9", 10},
    {"join 8", 8},
    {"join 7", -7},
    {"split 9", 9},
    {"split 6", -6},
    {"blank line before 9", 9},
    {"blank line before 8", 8},
    {"blank line before 7", -7},
    {"crlf", -1},
    {"spaces", -1}, /* no head is left, but there is an `end`, so something was sent */
    {"bom", -1},
};

static void what_a_start_finds(void **state)
{
    (void)state;
    struct buf original = {0}, bytes = {0}, now = {0};
    write_sample();
    fixture_read(path, &original);
    for (size_t i = 0; i < sizeof finds / sizeof *finds; i++) {
        const char *what = finds[i].edit;
        const int bad = finds[i].bad_line;
        struct error err = {0};
        struct journal_recovery info, read_info;
        empty_dir();
        buf_clear(&bytes);
        buf_put(&bytes, original.data, original.len);
        edit(what, &bytes);
        fixture_write(path, bytes.data, bytes.len);

        struct ledger *l = ledger_new(targets), *l2 = ledger_new(targets);
        struct journal *j = journal_lock(dir, &err);
        assert_non_null(j);
        int read_result = journal_read(dir, l2, false, NULL, NULL, &read_info, NULL, NULL);
        int result = journal_recover(j, l, &info, &err);
        journal_close(j);
        assert_int_equal(read_result, result);
        fixture_read(path, &now);
        if (bad < 0) {
            char named[4096];
            snprintf(named, sizeof named, "%s:%d: ", path, -bad);
            if (result != -1 || err.code != EXIT_DATA || !strstr(err.text, named) ||
                !strstr(err.text, "rescind report --salvage "))
                fail_msg("%s: %d, %s", what, result, err.text);
            assert_int_equal(now.len, bytes.len); /* refused, and not a byte changed */
            assert_memory_equal(now.data, bytes.data, now.len);
        } else {
            if (result != 0)
                fail_msg("%s: %s", what, err.text);
            if (info.torn != (bad > 0) || (bad > 0 && info.torn_line != (uint64_t)bad))
                fail_msg("%s: torn %d at line %d", what, info.torn, (int)info.torn_line);
            assert_true(read_info.torn == info.torn && read_info.torn_line == info.torn_line &&
                        read_info.torn_bytes == info.torn_bytes);
            size_t kept = bad > 0 ? line_start(&bytes, (unsigned)bad) : bytes.len;
            assert_int_equal(now.len, kept);
            assert_memory_equal(now.data, bytes.data, kept);
            assert_true(kept <= original.len && memcmp(now.data, original.data, kept) == 0);
        }
        if (bad > 0) {
            char *aside = fixture_path(dir, info.torn_file);
            assert_string_equal(info.torn_file, "journal.torn-1");
            fixture_read(aside, &now);
            size_t kept = line_start(&bytes, (unsigned)bad);
            assert_int_equal(info.torn_bytes, bytes.len - kept);
            assert_int_equal(now.len, bytes.len - kept);
            assert_memory_equal(now.data, bytes.data + kept, now.len);
            free(aside);
        }
        ledger_free(l);
        ledger_free(l2);
    }
    buf_free(&original);
    buf_free(&bytes);
    buf_free(&now);
}

/* Damage, repair, append, reopen: and again, each tail in a file of its own. */
static void after_a_cut_it_goes_on(void **state)
{
    (void)state;
    struct error err;
    char of_file[65], digest[65];
    struct buf bytes = {0};
    write_sample();
    for (unsigned round = 1; round <= 3; round++) {
        FILE *f = fopen(path, "ab");
        fputs("{\"s\":99,\"b\":1,\"p\":\"torn", f);
        fclose(f);
        char expected[32];
        struct both b = recovered();
        snprintf(expected, sizeof expected, "journal.torn-%u", round);
        assert_string_equal(b.info.torn_file, expected);
        assert_int_equal(b.info.records, 8 + round);
        put(b.j, rec_open(targets, round + 1, "1-20", FIXTURE_T0 + 100));
        flush(b.j);
        fixture_read(path, &bytes);
        sha256_of(bytes.data, bytes.len, of_file);
        journal_sha256(b.j, digest);
        assert_string_equal(digest, of_file);
        done(&b);
    }
    struct ledger *l = ledger_new(targets);
    struct journal_recovery info;
    assert_int_equal(journal_read(dir, l, false, NULL, NULL, &info, digest, &err), 0);
    assert_int_equal(info.records, 12);
    ledger_free(l);
    buf_free(&bytes);
}

/* Whole, linked lines whose content no crash can have made. */
static void contradictions_are_refused_wherever_they_stand(void **state)
{
    (void)state;
    const struct {
        struct record r;
        uint64_t batch;
        const char *why;
    } rows[] = {
        {rec_end(0, OUTCOME_REVOKED, 1, FIXTURE_T0), 10, "done"},
        {rec_try("21", FIXTURE_T0), 10, "does not have"},
        {rec_found(12, VERIFIED_ABSENT, FIXTURE_T0), 10, "not done"},
        {rec_try("11", FIXTURE_T0), 9, "batch"},
        {rec_try("11", FIXTURE_T0), 11, "batch"},
        {{.type = RECORD_OPEN, .at_ms = FIXTURE_T0, .open = {.origins = "7"}}, 10, "no record"},
    };
    struct buf bytes = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {0};
        struct journal_recovery info;
        uint32_t link;
        write_sample();
        fixture_read(path, &bytes);
        size_t last = line_start(&bytes, 9);
        struct ledger *l = ledger_new(targets);
        assert_true(record_sum(bytes.data + last, bytes.len - last - 1, &link));
        record_write(&rows[i].r, 10, rows[i].batch, &link, &bytes);
        fixture_write(path, bytes.data, bytes.len);
        assert_int_equal(journal_read(dir, l, false, NULL, NULL, &info, NULL, &err), -1);
        assert_int_equal(err.code, EXIT_DATA);
        if (!strstr(err.text, rows[i].why) || !strstr(err.text, "journal.jsonl:10: "))
            fail_msg("%s", err.text);
        ledger_free(l);
    }
    struct ledger *l = ledger_new(targets);
    struct error err;
    struct journal_recovery info;
    uint32_t link = 0;
    struct record first = rec_try("1", FIXTURE_T0);
    buf_clear(&bytes);
    record_write(&first, 1, 1, &link, &bytes);
    fixture_write(path, bytes.data, bytes.len);
    assert_int_equal(journal_read(dir, l, false, NULL, NULL, &info, NULL, &err), -1);
    assert_non_null(strstr(err.text, "before any run"));
    ledger_free(l);
    buf_free(&bytes);
}

enum { NAMELESS, BY_ITS_NUMBER, BY_ANOTHER_SYSTEMS_NUMBER = INT32_MAX };

/* Waits for a child that holds the lock and has told so through a pipe. */
static pid_t holder(long introduces_itself, int *release)
{
    int ready[2], stop[2];
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(stop), 0);
    pid_t child = fork();
    if (child == 0) {
        close(ready[0]);
        close(stop[1]);
        struct error err;
        struct journal_recovery info;
        struct journal *j = journal_lock(dir, &err);
        struct ledger *l = ledger_new(targets);
        if (!j || journal_recover(j, l, &info, &err) != 0)
            _exit(1);
        struct record r = rec_open(targets, 2, "1-20", FIXTURE_T0 + 5000);
        r.open.pid = introduces_itself == BY_ITS_NUMBER ? getpid() : introduces_itself;
        if (introduces_itself != NAMELESS)
            journal_put(j, &r);
        if (journal_flush(j, &err) != 0 || write(ready[1], "x", 1) != 1)
            _exit(1);
        char byte;
        ssize_t n = read(stop[0], &byte, 1);
        _exit(n < 0);
    }
    close(ready[1]);
    close(stop[0]);
    char byte;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    *release = stop[1];
    return child;
}

static void one_writer(void **state)
{
    (void)state;
    struct error err;
    int release;
    write_sample();
    pid_t child = holder(BY_ITS_NUMBER, &release);
    char named[128];
    snprintf(named, sizeof named, "process %ld, since 2026-11-21T05:40:05.000Z", (long)child);
    assert_null(journal_lock(dir, &err));
    assert_int_equal(err.code, EXIT_STOPPED);
    if (!strstr(err.text, named))
        fail_msg("%s", err.text);
    assert_null(journal_create(dir, &err));
    assert_int_equal(err.code, EXIT_STOPPED);
    struct ledger *l = ledger_new(targets); /* reading needs no lock */
    struct journal_recovery info;
    assert_int_equal(journal_read(dir, l, false, NULL, NULL, &info, NULL, &err), 0);
    ledger_free(l);

    kill(child, SIGKILL); /* and its lock is gone with it */
    assert_int_equal(waitpid(child, NULL, 0), child);
    close(release);
    struct both b = recovered();
    assert_int_equal(b.info.records, 10);
    put(b.j, rec_close(0, "", FIXTURE_T0 + 6000));
    flush(b.j);
    done(&b);

    child = holder(NAMELESS, &release);
    assert_null(journal_lock(dir, &err));
    assert_int_equal(err.code, EXIT_STOPPED);
    assert_non_null(strstr(err.text, "not yet written who it is"));
    close(release);
    assert_int_equal(waitpid(child, NULL, 0), child);

    child = holder(BY_ANOTHER_SYSTEMS_NUMBER, &release);
    assert_null(journal_lock(dir, &err));
    assert_int_equal(err.code, EXIT_STOPPED);
    assert_non_null(strstr(err.text, "process 2147483647, since 2026-11-21T05:40:05.000Z"));
    assert_non_null(strstr(err.text, "another container"));
    close(release);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

/* A disk that fails. */
static int write_errno, sync_errno;
static size_t write_first;
static unsigned writes, syncs;

static ssize_t bad_write(int fd, const void *bytes, size_t len)
{
    writes++;
    if (!write_errno)
        return write(fd, bytes, len);
    if (write_first) {
        ssize_t n = write(fd, bytes, write_first < len ? write_first : len);
        write_first = 0;
        return n;
    }
    errno = write_errno;
    return -1;
}

static int bad_sync(int fd)
{
    syncs++;
    if (!sync_errno)
        return fdatasync(fd);
    errno = sync_errno;
    return -1;
}

static int real_open(const char *name, int flags, mode_t mode)
{
    return open(name, flags, mode);
}

static const struct durable_ops bad_disk = {.open = real_open,
                                            .write = bad_write,
                                            .pwrite = pwrite,
                                            .fdatasync = bad_sync,
                                            .fsync = fsync,
                                            .ftruncate = ftruncate,
                                            .rename = rename,
                                            .unlink = unlink,
                                            .close = close};

static void after_a_failure_nothing_is_written(void **state)
{
    (void)state;
    static const struct {
        int write_errno, sync_errno;
        size_t first;
        const char *says;
        uint64_t records_after;
    } rows[] = {
        {ENOSPC, 0, 0, "No space left", 9},
        {ENOSPC, 0, 77, "No space left", 9},
        {EIO, 0, 300, "Input/output error", 9},
        {0, EIO, 0, "Input/output error", 11}, /* unknown, so the next start makes it sure */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {0};
        write_sample();
        struct both b = recovered();
        uint64_t size = journal_size(b.j);
        char before[65], after[65];
        journal_sha256(b.j, before);
        durable_set_ops(&bad_disk);
        write_errno = rows[i].write_errno;
        sync_errno = rows[i].sync_errno;
        write_first = rows[i].first;
        put(b.j, rec_open(targets, 2, "1-20", FIXTURE_T0));
        put(b.j, rec_try("4", FIXTURE_T0));
        assert_false(journal_failed(b.j));
        assert_int_equal(journal_flush(b.j, &err), -1);
        assert_int_equal(err.code, EXIT_IO);
        if (!strstr(err.text, rows[i].says) || !strstr(err.text, path))
            fail_msg("%s", err.text);
        assert_true(journal_failed(b.j));
        assert_false(journal_dirty(b.j));
        assert_int_equal(journal_size(b.j), size);

        write_errno = sync_errno = 0; /* the disk is well again, this process stays out */
        writes = syncs = 0;
        put(b.j, rec_try("5", FIXTURE_T0));
        assert_false(journal_dirty(b.j));
        assert_int_equal(journal_flush(b.j, &err), -1);
        assert_int_equal(err.code, EXIT_IO);
        assert_int_equal(writes + syncs, 0);
        journal_sha256(b.j, after);
        assert_string_equal(before, after);
        done(&b);
        durable_set_ops(NULL);
        b = recovered(); /* the same command carries on */
        assert_int_equal(b.info.records, rows[i].records_after);
        assert_false(b.info.torn);
        done(&b);
    }
}

static void a_start_makes_the_last_batch_sure(void **state)
{
    (void)state;
    struct error err;
    struct journal_recovery info;
    write_sample();
    struct journal *j = journal_lock(dir, &err);
    struct ledger *l = ledger_new(targets);
    durable_set_ops(&bad_disk);
    sync_errno = EIO;
    syncs = 0;
    assert_int_equal(journal_recover(j, l, &info, &err), -1);
    assert_int_equal(err.code, EXIT_IO);
    assert_int_equal(syncs, 1);
    sync_errno = 0;
    durable_set_ops(NULL);
    journal_close(j);
    ledger_free(l);
}

static void a_tail_that_cannot_be_kept_is_not_cut(void **state)
{
    (void)state;
    struct error err;
    struct journal_recovery info;
    struct buf before = {0}, now = {0};
    write_sample();
    fixture_read(path, &before);
    before.len -= 10;
    fixture_write(path, before.data, before.len);
    struct journal *j = journal_lock(dir, &err);
    struct ledger *l = ledger_new(targets);
    durable_set_ops(&bad_disk);
    write_errno = ENOSPC;
    assert_int_equal(journal_recover(j, l, &info, &err), -1);
    assert_int_equal(err.code, EXIT_IO);
    write_errno = 0;
    durable_set_ops(NULL);
    journal_close(j);
    ledger_free(l);
    fixture_read(path, &now);
    assert_int_equal(now.len, before.len);
    struct both b = recovered();
    assert_true(b.info.torn);
    done(&b);
    buf_free(&before);
    buf_free(&now);
}

/* The writer's own guard: a row that is done, or a record that would not read back. */
static void a_writer_that_contradicts_itself_is_stopped(void **state)
{
    (void)state;
    const struct record rows[] = {
        rec_try("1", FIXTURE_T0),
        rec_end(0, OUTCOME_FAILED, 2, FIXTURE_T0),
        rec_try("20-21", FIXTURE_T0),
        {.type = RECORD_END,
         .at_ms = FIXTURE_T0,
         .end = {.row = 9, .provider = "x", .kind = "key", .id = "y", .outcome = OUTCOME_REVOKED}},
        {.type = RECORD_OPEN, .at_ms = FIXTURE_T0, .open = {.origins = "[\n]"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err;
        write_sample();
        struct both b = recovered();
        uint64_t size = journal_size(b.j);
        put(b.j, rec_try("11", FIXTURE_T0));
        put(b.j, rows[i]);
        assert_true(journal_failed(b.j));
        assert_int_equal(journal_flush(b.j, &err), -1);
        assert_int_equal(err.code, EXIT_IO);
        assert_non_null(strstr(err.text, "not written"));
        assert_int_equal(journal_size(b.j), size);
        done(&b);
    }
    struct error err;
    struct journal *j = journal_lock(dir, &err);
    put(j, rec_try("11", FIXTURE_T0));
    assert_int_equal(journal_flush(j, &err), -1);
    assert_non_null(strstr(err.text, "not recovered"));
    journal_close(j);
}

static void collect(void *at, const char *line)
{
    buf_puts(at, line + strlen(path));
    buf_putc(at, '\n');
}

static void salvage_takes_what_is_whole(void **state)
{
    (void)state;
    static const struct {
        const char *edit;
        uint64_t records;
        const char *told;
    } rows[] = {
        {"nothing", 9, ""},
        {"change 4", 8,
         ":4: left out: this line does not match its checksum\n"
         ":5: taken, but record 4 before it is missing\n"},
        {"zero 3 to 6", 5,
         ":3: left out: this line does not match its checksum\n"
         ":3: taken, but records 3 to 6 before it are missing\n"},
        {"remove 7", 8, ":7: taken, but record 7 before it is missing\n"},
        {"repeat 3 to 9", 9,
         ":10: left out: each line from here to line 16 repeats or contradicts one before it\n"},
        {"swap 4", 8,
         ":4: taken, but record 4 before it is missing\n"
         ":5: left out: this line repeats or contradicts one before it\n"},
        {"crlf", 0, ":1: left out: each line from here to line 9 does not match its checksum\n"},
        {"cut 5", 8, ":9: left out: this line does not match its checksum\n"},
        {"remove 1", 8, ":1: taken, but record 1 before it is missing\n"},
    };
    struct buf bytes = {0}, told = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err;
        struct journal_recovery info;
        char digest[65], of_file[65];
        write_sample();
        fixture_read(path, &bytes);
        edit(rows[i].edit, &bytes);
        fixture_write(path, bytes.data, bytes.len);
        sha256_of(bytes.data, bytes.len, of_file);
        struct ledger *l = ledger_new(targets);
        buf_clear(&told);
        assert_int_equal(journal_read(dir, l, true, collect, &told, &info, digest, &err), 0);
        assert_string_equal(buf_text(&told), rows[i].told);
        assert_int_equal(info.records, rows[i].records);
        assert_string_equal(digest, of_file);
        ledger_free(l);
    }
    buf_free(&bytes);
    buf_free(&told);
}

/* Lines that no buffer of a usual size holds: whole, and as garbage. */
static void huge_lines(void **state)
{
    (void)state;
    enum { MANY = 400000, GARBAGE = 40 << 20 };
    struct error err;
    struct journal_recovery info;
    struct buf listed = {0};
    struct targets *many = fixture_targets(catalog, MANY);
    for (uint32_t row = 1; row <= MANY; row += 2) {
        if (row > 1)
            buf_putc(&listed, ',');
        buf_put_u64(&listed, row);
    }
    assert_true(listed.len > 1 << 20);
    empty_dir();
    struct journal *j = journal_create(dir, &err);
    struct ledger *l = ledger_new(many);
    assert_int_equal(journal_recover(j, l, &info, &err), 0);
    put(j, rec_open(many, 1, buf_text(&listed), FIXTURE_T0));
    flush(j);
    put(j, rec_try("399999", FIXTURE_T0));
    flush(j);
    uint64_t good = journal_size(j);
    journal_close(j);
    ledger_free(l);

    char *garbage = mem_alloc(GARBAGE);
    memset(garbage, 'g', GARBAGE);
    FILE *f = fopen(path, "ab");
    assert_int_equal(fwrite(garbage, 1, GARBAGE, f), GARBAGE);
    fclose(f);
    free(garbage);
    l = ledger_new(many);
    j = journal_lock(dir, &err);
    assert_int_equal(journal_recover(j, l, &info, &err), 0);
    assert_true(info.torn && info.torn_line == 3 && info.torn_bytes == GARBAGE);
    assert_int_equal(journal_size(j), good);
    assert_true(ledger_state(l, 399998).open_try);
    assert_false(ledger_listed(l, 1));
    journal_close(j);
    ledger_free(l);
    targets_free(many);
    buf_free(&listed);
}

/* What a finished target costs: at most 350 bytes of journal, and a small part of the 128 bytes of
 * memory. One in fifty was retried, one in a hundred failed. */
static void a_target_costs(void **state)
{
    (void)state;
    enum { MANY = 30000, AHEAD = 200 };
    struct error err;
    struct journal_recovery info;
    struct targets *many = fixture_targets(catalog, MANY);
    struct ledger *l = ledger_new(many);
    empty_dir();
    struct journal *j = journal_create(dir, &err);
    assert_int_equal(journal_recover(j, l, &info, &err), 0);
    put(j, rec_open(many, 1, "1-30000", FIXTURE_T0));
    for (uint32_t first = 0; first < MANY; first += AHEAD) {
        char rows[32];
        snprintf(rows, sizeof rows, "%u-%u", first + 1, first + AHEAD);
        put(j, rec_try(rows, FIXTURE_T0 + first));
        for (uint32_t row = first; row < first + AHEAD; row++) {
            if (row % 50 == 0)
                put(j, rec_retry(row, 1, true, FIXTURE_T0 + row));
            put(j, rec_end(row, row % 100 ? OUTCOME_REVOKED : OUTCOME_FAILED, 1, FIXTURE_T0 + row));
        }
    }
    put(j, rec_close(1, "", FIXTURE_T0 + MANY));
    flush(j);
    assert_true(journal_size(j) < (uint64_t)MANY * 350);
    assert_true(ledger_memory(l) < (size_t)MANY * 28);
    print_message("%.1f bytes of journal and %.1f of memory a target\n",
                  (double)journal_size(j) / MANY, (double)ledger_memory(l) / MANY);
    journal_close(j);
    ledger_free(l);
    targets_free(many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_journal_reads_back),
        cmocka_unit_test(missing_ones),
        cmocka_unit_test(what_a_start_finds),
        cmocka_unit_test(after_a_cut_it_goes_on),
        cmocka_unit_test(contradictions_are_refused_wherever_they_stand),
        cmocka_unit_test(one_writer),
        cmocka_unit_test(after_a_failure_nothing_is_written),
        cmocka_unit_test(a_start_makes_the_last_batch_sure),
        cmocka_unit_test(a_tail_that_cannot_be_kept_is_not_cut),
        cmocka_unit_test(a_writer_that_contradicts_itself_is_stopped),
        cmocka_unit_test(salvage_takes_what_is_whole),
        cmocka_unit_test(huge_lines),
        cmocka_unit_test(a_target_costs),
    };
    return cmocka_run_group_tests_name("journal", tests, setup, teardown);
}
