/* Durable file operations: which calls are made in which order, and what is left after each of them
 * fails. The calls are real; a table in between logs them and fails the one that a test names. */

#include "journal_fixture.h"

#include "base/durable.h"

#include <errno.h>
#include <fcntl.h>

static char *dir;

/* What was called, a letter each: o open, w write, p pwrite, d fdatasync, f fsync, t ftruncate,
 * r rename, u unlink, c close, b write_back. `fail_at` counts the calls of `fail_call`, from 1. */
static char calls[256];
static struct {
    char call;
    int at, error;
    size_t bytes; /* of a failing write, how many are written first */
} failing;

static bool fails(char call)
{
    size_t n = strlen(calls);
    if (n + 1 < sizeof calls) {
        calls[n] = call;
        calls[n + 1] = '\0';
    }
    if (call != failing.call || --failing.at != 0)
        return false;
    errno = failing.error;
    return true;
}

static int log_open(const char *path, int flags, mode_t mode)
{
    return fails('o') ? -1 : open(path, flags, mode);
}

static ssize_t log_write(int fd, const void *bytes, size_t len)
{
    if (!fails('w'))
        return write(fd, bytes, len);
    if (failing.bytes == 0)
        return -1;
    ssize_t n = write(fd, bytes, failing.bytes < len ? failing.bytes : len);
    failing.at = 1; /* a short write first, the error next */
    failing.bytes = 0;
    return n;
}

static ssize_t log_pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    return fails('p') ? -1 : pwrite(fd, bytes, len, at);
}

static off_t begun_from, begun_to; /* what the last write_back was of */

static void log_write_back(int fd, off_t from, off_t len)
{
    (void)fd;
    fails('b');
    begun_from = from;
    begun_to = from + len;
}

static int log_fdatasync(int fd)
{
    return fails('d') ? -1 : fdatasync(fd);
}

static int log_fsync(int fd)
{
    return fails('f') ? -1 : fsync(fd);
}

static int log_ftruncate(int fd, off_t size)
{
    return fails('t') ? -1 : ftruncate(fd, size);
}

static int log_rename(const char *from, const char *to)
{
    return fails('r') ? -1 : rename(from, to);
}

static int log_unlink(const char *path)
{
    return fails('u') ? -1 : unlink(path);
}

static int log_close(int fd)
{
    bool failed = fails('c');
    int r = close(fd);
    if (failed)
        errno = failing.error;
    return failed ? -1 : r;
}

static const struct durable_ops logging = {
    .open = log_open,
    .write = log_write,
    .pwrite = log_pwrite,
    .write_back = log_write_back,
    .fdatasync = log_fdatasync,
    .fsync = log_fsync,
    .ftruncate = log_ftruncate,
    .rename = log_rename,
    .unlink = log_unlink,
    .close = log_close,
};

static void watch(char call, int at, int error)
{
    calls[0] = '\0';
    failing.call = call;
    failing.at = at;
    failing.error = error;
    failing.bytes = 0;
}

static int setup(void **state)
{
    (void)state;
    dir = fixture_dir();
    durable_set_ops(&logging);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    durable_set_ops(NULL);
    fixture_dir_remove(dir);
    return 0;
}

static size_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? (size_t)st.st_size : SIZE_MAX;
}

static void opening_syncs_the_name(void **state)
{
    (void)state;
    char *path = fixture_path(dir, "append");
    struct error err;
    struct stat st;
    bool created = false;
    watch(0, 0, 0);
    int fd = durable_open_append(path, &created, &err);
    assert_true(fd >= 0 && created);
    assert_string_equal(calls, "oofc");
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_true(fcntl(fd, F_GETFL) & O_APPEND);
    durable_close(fd);
    watch(0, 0, 0); /* its maker may have been killed before it synced the name */
    fd = durable_open_append(path, &created, &err);
    assert_true(fd >= 0 && !created);
    assert_string_equal(calls, "ooofc");
    durable_close(fd);
    watch('f', 1, EIO);
    assert_int_equal(durable_open_append(path, NULL, &err), -1);
    assert_int_equal(err.code, EXIT_CANTCREATE);
    watch('f', 1, EINVAL); /* a file system without such a sync */
    fd = durable_open_append(path, NULL, &err);
    assert_true(fd >= 0);
    durable_close(fd);
    free(path);
    path = fixture_path(dir, "no/such/place");
    assert_int_equal(durable_open_append(path, NULL, &err), -1);
    assert_int_equal(err.code, EXIT_CANTCREATE);
    free(path);
    assert_int_equal(durable_open_append(dir, NULL, &err), -1);
    assert_int_equal(err.code, EXIT_CANTCREATE);
}

static void appending(void **state)
{
    (void)state;
    static const struct {
        int error;
        size_t short_bytes;
        bool good;
        const char *calls;
    } rows[] = {
        {0, 0, true, "w"},        {EINTR, 0, true, "ww"},
        {EINTR, 2, true, "www"}, /* short, interrupted, the rest */
        {ENOSPC, 0, false, "wt"}, {ENOSPC, 2, false, "wwt"},
        {EIO, 2, false, "wwt"},   {EFBIG, 0, false, "wt"},
    };
    char *path = fixture_path(dir, "appended");
    struct error err;
    int fd = durable_open_append(path, NULL, &err);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t before = size_of(path);
        watch('w', rows[i].error ? 1 : 0, rows[i].error);
        failing.bytes = rows[i].short_bytes;
        int result = durable_append(fd, "12345", 5, (off_t)before, &err);
        assert_int_equal(result, rows[i].good ? 0 : -1);
        assert_string_equal(calls, rows[i].calls);
        assert_int_equal(size_of(path), before + (rows[i].good ? 5 : 0));
        if (!rows[i].good)
            assert_int_equal(err.code, EXIT_IO);
    }
    durable_close(fd);
    free(path);
}

static void syncing(void **state)
{
    (void)state;
    char *path = fixture_path(dir, "synced");
    struct error err;
    int fd = durable_open_append(path, NULL, &err);
    watch('d', 1, EINTR);
    assert_int_equal(durable_sync(fd, &err), 0);
    assert_string_equal(calls, "dd");
    watch('d', 1, EIO);
    assert_int_equal(durable_sync(fd, &err), -1);
    assert_string_equal(calls, "d"); /* never again */
    assert_int_equal(err.code, EXIT_IO);
    assert_int_equal(durable_append(fd, "12345", 5, 0, &err), 0);
    watch(0, 0, 0);
    assert_int_equal(durable_truncate(fd, 3, &err), 0);
    assert_string_equal(calls, "tf");
    assert_int_equal(size_of(path), 3);
    watch('t', 1, EIO);
    assert_int_equal(durable_truncate(fd, 1, &err), -1);
    watch('f', 1, EIO);
    assert_int_equal(durable_truncate(fd, 3, &err), -1);
    assert_int_equal(err.code, EXIT_IO);
    durable_close(fd);
    free(path);
}

static void rewriting_changes_nothing_and_syncs(void **state)
{
    (void)state;
    enum { SIZE = 200000 };
    static char bytes[SIZE];
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (char)(i * 7 + i / 251);
    char *path = fixture_path(dir, "rewritten");
    struct error err;
    struct buf now = {0};
    fixture_write(path, bytes, SIZE);
    int fd = durable_open_append(path, NULL, &err);
    watch('p', 1, EINTR);
    assert_int_equal(durable_rewrite(path, fd, 1000, SIZE, &err), 0);
    assert_string_equal(calls, "oppppp"
                               "dc");
    fixture_read(path, &now);
    assert_int_equal(now.len, SIZE);
    assert_memory_equal(now.data, bytes, SIZE);
    watch('p', 2, EIO);
    assert_int_equal(durable_rewrite(path, fd, 0, SIZE, &err), -1);
    assert_int_equal(err.code, EXIT_IO);
    watch('d', 1, EIO);
    assert_int_equal(durable_rewrite(path, fd, 0, SIZE, &err), -1);
    assert_int_equal(err.code, EXIT_IO);
    watch(0, 0, 0);
    assert_int_equal(durable_rewrite(path, fd, 0, SIZE + 1, &err), -1); /* shorter than was said */
    fixture_read(path, &now);
    assert_memory_equal(now.data, bytes, SIZE);
    durable_close(fd);
    buf_free(&now);
    free(path);
}

static void directories(void **state)
{
    (void)state;
    struct error err;
    struct stat st;
    char *path = fixture_path(dir, "a//b/c/");
    watch(0, 0, 0);
    assert_int_equal(durable_mkdir(path, &err), 0);
    assert_string_equal(calls, "ofcofcofc"); /* each new name, and no other */
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    watch(0, 0, 0);
    assert_int_equal(durable_mkdir(path, &err), 0);
    assert_string_equal(calls, "ofc");
    free(path);
    path = fixture_path(dir, "file");
    fixture_write(path, "x", 1);
    assert_int_equal(durable_mkdir(path, &err), -1);
    assert_int_equal(err.code, EXIT_CANTCREATE);
    assert_non_null(strstr(err.text, "not a directory"));
    free(path);
    path = fixture_path(dir, "file/below");
    assert_int_equal(durable_mkdir(path, &err), -1);
    free(path);
    path = fixture_path(dir, "unsynced");
    watch('f', 1, EIO);
    assert_int_equal(durable_mkdir(path, &err), -1);
    free(path);
    assert_int_equal(chdir(dir), 0);
    assert_int_equal(durable_mkdir("relative/one", &err), 0);
    assert_int_equal(stat("relative/one", &st), 0);
    assert_int_equal(chdir("/"), 0);
}

static void whole_files(void **state)
{
    (void)state;
    char *path = fixture_path(dir, "report");
    struct error err;
    struct buf now = {0};
    watch(0, 0, 0);
    struct durable_file *f = durable_begin(path, 0644, &err);
    assert_int_equal(durable_put(f, "hello ", 6, &err), 0);
    assert_int_equal(durable_put(f, "world", 5, &err), 0);
    assert_int_equal(size_of(path), SIZE_MAX);
    assert_int_equal(durable_commit(f, &err), 0);
    assert_string_equal(calls, "uowdcrofc");
    fixture_read(path, &now);
    assert_string_equal(now.data, "hello world");
    f = durable_begin(path, 0644, &err);
    assert_int_equal(durable_put(f, "x", 1, &err), 0);
    durable_abort(f);
    durable_abort(NULL);
    fixture_read(path, &now);
    assert_string_equal(now.data, "hello world");
    buf_free(&now);
    free(path);
}

/* Small puts are collected, large ones are not copied; the order stays. */
static void large_files_are_on_their_way_early(void **state)
{
    (void)state;
    enum { LARGE = 700000, TIMES = 4 };
    static char large[LARGE];
    char *path = fixture_path(dir, "large");
    struct error err;
    struct buf now = {0}, want = {0};
    for (size_t i = 0; i < LARGE; i++)
        large[i] = (char)('a' + i % 23);
    watch(0, 0, 0);
    struct durable_file *f = durable_begin(path, 0644, &err);
    for (int i = 0; i < TIMES; i++) {
        assert_int_equal(durable_put(f, "row\n", 4, &err), 0);
        assert_int_equal(durable_put(f, large, LARGE, &err), 0);
        buf_puts(&want, "row\n");
        buf_put(&want, large, LARGE);
    }
    assert_string_equal(calls, "uowwwwbwwwwb");
    assert_int_equal(begun_from, 2 * (LARGE + 4));
    assert_int_equal(begun_to, TIMES * (LARGE + 4));
    assert_int_equal(durable_put(f, "end", 3, &err), 0);
    buf_puts(&want, "end");
    assert_int_equal(durable_commit(f, &err), 0);
    assert_string_equal(calls, "uowwwwbwwwwbwdcrofc");
    fixture_read(path, &now);
    assert_int_equal(now.len, want.len);
    assert_memory_equal(now.data, want.data, want.len);
    buf_free(&now);
    buf_free(&want);
    free(path);
}

/* Nothing is renamed over a device or a pipe. */
static void no_file_takes_a_pipe_s_place(void **state)
{
    (void)state;
    char *path = fixture_path(dir, "pipe");
    struct error err;
    struct stat st;
    assert_int_equal(mkfifo(path, 0600), 0);
    watch(0, 0, 0);
    assert_null(durable_begin(path, 0644, &err));
    assert_int_equal(err.code, EXIT_CANTCREATE);
    assert_string_equal(calls, "");
    assert_int_equal(stat(path, &st), 0);
    assert_true(S_ISFIFO(st.st_mode));
    unlink(path);
    free(path);
}

/* After any one failure the old file is whole and nothing is left beside it. */
static void whole_files_or_none(void **state)
{
    (void)state;
    static const struct {
        char call;
        int at;
        bool replaced;
    } rows[] = {{'o', 1, false}, {'w', 1, false}, {'w', 2, false}, {'d', 1, false},
                {'c', 1, false}, {'r', 1, false}, {'f', 1, true}};
    enum { BIG = 100000 };
    static char big[BIG];
    memset(big, 'b', BIG);
    char *path = fixture_path(dir, "old"), *beside = NULL;
    struct buf name = {0}, now = {0};
    buf_printf(&name, "%s.tmp-%ld", path, (long)getpid());
    beside = name.data;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {0};
        fixture_write(path, "old", 3);
        watch(rows[i].call, rows[i].at, ENOSPC);
        failing.bytes = rows[i].call == 'w' ? 5 : 0;
        struct durable_file *f = durable_begin(path, 0644, &err);
        if (f) {
            int put = durable_put(f, big, BIG, &err);
            put |= durable_put(f, big, 10, &err);
            assert_int_equal(durable_commit(f, &err), -1);
            assert_true(put == 0 || rows[i].call == 'w');
        }
        assert_int_equal(err.code, EXIT_CANTCREATE);
        assert_int_equal(size_of(beside), SIZE_MAX);
        fixture_read(path, &now);
        assert_int_equal(now.len, rows[i].replaced ? BIG + 10 : 3);
    }
    buf_free(&name);
    buf_free(&now);
    free(path);
}

static void locks_go_with_the_descriptor(void **state)
{
    (void)state;
    char *path = fixture_path(dir, "locked");
    struct error err;
    int first = durable_open_append(path, NULL, &err);
    int second = durable_open_append(path, NULL, &err);
    int third = open(path, O_RDONLY);
    assert_int_equal(durable_lock(first, &err), 0);
    assert_int_equal(durable_lock(first, &err), 0);
    assert_int_equal(durable_lock(second, &err), 1);
    close(third); /* a classic POSIX lock would be gone with this */
    assert_int_equal(durable_lock(second, &err), 1);
    durable_close(first);
    assert_int_equal(durable_lock(second, &err), 0);
    durable_close(second);
    assert_int_equal(durable_lock(second, &err), -1);
    assert_int_equal(err.code, EXIT_IO);
    free(path);
}

static void what_the_killed_left_is_swept(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool stays;
    } rows[] = {
        {"a.csv.tmp-12", false}, {"b.tmp-1", false},    {"a.csv", true},   {"a.csv.tmp-", true},
        {"a.csv.tmp-1x", true},  {"a.csv.tmp12", true}, {".tmp-12", true}, {"a.tmp-1.csv", true},
    };
    char *swept = fixture_path(dir, "swept"), *mine = fixture_path(dir, "swept/mine");
    struct error err;
    struct buf beside = {0};
    assert_int_equal(durable_mkdir(swept, &err), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *path = fixture_path(swept, rows[i].name);
        fixture_write(path, "x", 1);
        free(path);
    }
    struct durable_file *f = durable_begin(mine, 0600, &err);
    buf_printf(&beside, "%s.tmp-%ld", mine, (long)getpid());
    durable_sweep(swept);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *path = fixture_path(swept, rows[i].name);
        assert_int_equal(size_of(path) != SIZE_MAX, rows[i].stays);
        free(path);
    }
    assert_int_not_equal(size_of(beside.data), SIZE_MAX); /* its writer lives */
    assert_int_equal(durable_commit(f, &err), 0);
    durable_sweep(swept);
    assert_int_not_equal(size_of(mine), SIZE_MAX);
    durable_sweep("/no/such/directory");
    buf_free(&beside);
    free(mine);
    free(swept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opening_syncs_the_name),
        cmocka_unit_test(appending),
        cmocka_unit_test(syncing),
        cmocka_unit_test(rewriting_changes_nothing_and_syncs),
        cmocka_unit_test(directories),
        cmocka_unit_test(whole_files),
        cmocka_unit_test(large_files_are_on_their_way_early),
        cmocka_unit_test(no_file_takes_a_pipe_s_place),
        cmocka_unit_test(whole_files_or_none),
        cmocka_unit_test(what_the_killed_left_is_swept),
        cmocka_unit_test(locks_go_with_the_descriptor),
    };
    return cmocka_run_group_tests_name("durable", tests, setup, teardown);
}
