/* The forms for programs (report.json, report.csv, remaining.csv), and how the files appear. */

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "report_world.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void json_has_every_number(void **state)
{
    (void)state;
    struct world w = world_of_all_outcomes();
    struct report *r = world_report(&w);
    json_t *j = json_of(r);
    json_int_t sum = 0;
    for (int o = 1; o < OUTCOME_COUNT; o++) {
        json_int_t n = int_at(j, "totals", outcome_word[o]);
        assert_int_equal(n, o == OUTCOME_NOT_ATTEMPTED ? 2 : 1);
        sum += n;
    }
    assert_int_equal(json_object_size(json_object_get(j, "totals")), OUTCOME_COUNT - 1);
    assert_int_equal(sum, 11);
    assert_int_equal(int_at(j, "manifest", "targets"), 11);
    assert_int_equal(int_at(j, "manifest", "rows"), 14);
    assert_int_equal(int_at(j, "manifest", "duplicates"), 2);
    assert_int_equal(int_at(j, "manifest", "rejected"), 1);
    assert_string_equal(text_at(json_object_get(j, "manifest"), "path"), "keys.csv");
    assert_string_equal(text_at(json_object_get(j, "manifest"), "sha256"), SHA_A);
    assert_int_equal(int_at(j, "requests", "sent"), 12);
    assert_int_equal(int_at(j, "requests", "http_429"), 1);
    assert_int_equal(int_at(j, "requests", "http_5xx"), 2);
    assert_int_equal(int_at(j, "requests", "network_errors"), 3);
    assert_int_equal(int_at(j, "exit_code", NULL), 75);
    assert_string_equal(text_at(j, "reason"), "interrupted by SIGINT");
    assert_string_equal(text_at(j, "started"), "2026-11-21T05:40:00.000Z");
    assert_string_equal(text_at(j, "finished"), "2026-11-21T05:40:02.500Z");
    assert_true(json_real_value(json_object_get(j, "elapsed_s")) > 2.4999 &&
                json_real_value(json_object_get(j, "elapsed_s")) < 2.5001);
    assert_string_equal(text_at(j, "journal_sha256"), SHA_B);
    assert_string_equal(text_at(j, "tool"), "rescind 1.0.0");
    assert_string_equal(text_at(j, "libcurl"), "7.88.1");
    assert_string_equal(text_at(j, "action"), "delete");
    assert_string_equal(text_at(json_object_get(j, "options"), "max-rate"), "5");
    json_t *providers = json_object_get(j, "providers");
    assert_int_equal(int_at(providers, "openrouter", "targets"), 10);
    assert_int_equal(int_at(json_object_get(providers, "baseten"), "totals", "not_attempted"), 1);
    assert_int_equal(json_array_size(json_object_get(j, "runs")), 1);
    json_decref(j);
    report_free(r);
    world_free(&w);
}

static void json_lists_failures(void **state)
{
    (void)state;
    struct world w = world_of_all_outcomes();
    struct report *r = world_report(&w);
    json_t *j = json_of(r);
    json_t *failures = json_object_get(j, "failures");
    assert_int_equal(json_array_size(failures), 3);
    assert_int_equal(int_at(j, "failures_total", NULL), 3);
    json_t *last = json_array_get(failures, 2);
    assert_string_equal(text_at(last, "outcome"), "failed");
    assert_string_equal(text_at(last, "error"), "@no \"answer\", <i>none</i>");
    assert_string_equal(text_at(last, "note"), "=1+1, \"x\"\nsecond <b>line</b>");
    assert_true(json_is_null(json_object_get(last, "status")));
    assert_int_equal(int_at(json_array_get(failures, 0), "status", NULL), 404);
    json_int_t sum = 0;
    size_t i;
    json_t *reason;
    json_array_foreach(json_object_get(j, "reasons"), i, reason) sum +=
        int_at(reason, "targets", NULL);
    assert_int_equal(sum, 5); /* three failed, two not attempted */
    json_decref(j);
    report_free(r);
    world_free(&w);
}

static void json_bounds_failures(void **state)
{
    (void)state;
    struct world w = world_new("d");
    for (uint32_t i = 0; i < 1500; i++)
        world_key(&w, i, "");
    world_open(&w, START_MS, NULL);
    for (uint32_t i = 0; i < 1500; i++)
        world_end(&w, START_MS + 1, i, OUTCOME_FAILED, 503, 8, "down");
    struct report *r = world_report(&w);
    json_t *j = json_of(r);
    assert_int_equal(json_array_size(json_object_get(j, "failures")), 1000);
    assert_int_equal(int_at(j, "failures_total", NULL), 1500);
    assert_true(json_is_null(json_object_get(j, "finished")));
    assert_true(json_is_null(json_object_get(j, "exit_code")));
    json_decref(j);
    report_free(r);
    world_free(&w);
}

static void csv_is_this(void **state)
{
    (void)state;
    struct world w = world_of_all_outcomes();
    struct report *r = world_report(&w);
    char *text = form_text(r, report_csv);
    const char *want =
        "provider,kind,id,outcome,status,attempts,finished,error,note\n"
        "openrouter,key,%1,revoked,200,1,2026-11-21T05:40:00.100Z,,\n"
        "openrouter,key,%2,disabled,200,2,2026-11-21T05:40:00.200Z,,\n"
        "openrouter,key,%3,enabled,200,3,2026-11-21T05:40:00.300Z,,\n"
        "openrouter,key,%4,rotated,200,4,2026-11-21T05:40:00.400Z,,\n"
        "openrouter,key,%5,already_absent,200,5,2026-11-21T05:40:00.500Z,,\n"
        "openrouter,key,%6,absent_after_retry,200,6,2026-11-21T05:40:00.600Z,,\n"
        "openrouter,key,%7,unproven_absent,404,7,2026-11-21T05:40:00.700Z,"
        "\"'@no \"\"answer\"\", <i>none</i>\",\n"
        "openrouter,key,%8,unconfirmed,404,8,2026-11-21T05:40:00.800Z,"
        "\"'@no \"\"answer\"\", <i>none</i>\",\n"
        "openrouter,key,%9,failed,,9,2026-11-21T05:40:00.900Z,"
        "\"'@no \"\"answer\"\", <i>none</i>\",\"'=1+1, \"\"x\"\"\nsecond <b>line</b>\"\n"
        "openrouter,key,%a,not_attempted,,0,,,\n"
        "baseten,key,-dash,not_attempted,,0,,,'-5\n";
    struct buf full = {0};
    for (const char *p = want; *p; p++) {
        char id[65];
        if (*p != '%')
            buf_putc(&full, *p);
        else
            buf_puts(&full, world_hash((uint32_t)strtoul((char[]){*++p, 0}, NULL, 16), id));
    }
    assert_string_equal(text, buf_text(&full));
    buf_free(&full);
    free(text);
    report_free(r);
    world_free(&w);
}

/* ---- what remains, read back ---- */

static void tell(void *at, const char *line)
{
    (void)at;
    fail_msg("%s", line);
}

static void reads_back(const struct world *w, const struct report *r, const bool *left)
{
    char path[] = "/tmp/remaining-XXXXXX.csv";
    int fd = mkstemps(path, 4);
    char *text = form_text(r, report_remaining);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    struct targets *t = targets_new(w->catalog);
    struct row_set *listed = row_set_new();
    struct manifest_facts facts;
    struct error err;
    struct manifest_options o = {.path = path, .tell = tell, .allow_empty = true};
    if (manifest_read(&o, t, listed, &facts, &err))
        fail_msg("%s", err.text);
    unlink(path);
    uint32_t n = 0;
    for (uint32_t row = 0; row < targets_count(w->targets); row++) {
        if (!left[row])
            continue;
        assert_true(n < targets_count(t));
        assert_true(targets_identity(t, n) == targets_identity(w->targets, row));
        assert_string_equal(targets_scope(t, n), targets_scope(w->targets, row));
        assert_string_equal(targets_note(t, n), targets_note(w->targets, row));
        n++;
    }
    assert_int_equal(n, targets_count(t));
    assert_int_equal(facts.rejected + facts.duplicates, 0);
    row_set_free(listed);
    targets_free(t);
    free(text);
}

static void remaining_reads_back(void **state)
{
    (void)state;
    static const char *const notes[] = {
        "", "plain", "=1+1", "a,\"b\"", "two\nlines", "gr\xc3\xbc\xc3\x9f", "-"};
    struct rng rng = rng_seed(11);
    for (int round = 0; round < 40; round++) {
        struct world w = world_new("d");
        bool left[64];
        for (uint32_t i = 0; i < 64; i++) {
            const char *note = notes[rng_next(&rng) % 7];
            char id[65];
            switch (rng_next(&rng) % (round < 20 ? 3 : 4)) {
            case 0:
                world_key(&w, i, note);
                break;
            case 1:
                snprintf(id, sizeof id, "%08x-0000-4000-8000-000000000000", i);
                world_add(&w, "openrouter", "byok", id, "", note);
                break;
            case 2:
                snprintf(id, sizeof id, "-_%u", i);
                world_add(&w, "baseten", "key", id, "", note);
                break;
            case 3:
                snprintf(id, sizeof id, "id,%u\"x\"", i);
                world_add(&w, "acme", "key", id, i % 2 ? "t;1\x1fp,1" : "t2\x1fp2", note);
            }
        }
        world_open(&w, START_MS, NULL);
        for (uint32_t i = 0; i < 64; i++) {
            enum outcome o = (enum outcome)(rng_next(&rng) % OUTCOME_COUNT);
            if (o != OUTCOME_NONE)
                world_end(&w, START_MS + 1, i, o, 500, 1, "");
            left[i] = !outcome_done(o);
        }
        struct report *r = world_report(&w);
        reads_back(&w, r, left);
        report_free(r);
        world_free(&w);
    }
}

static void remaining_is_a_header_when_nothing_is_left(void **state)
{
    (void)state;
    struct world w = world_new("d");
    world_add(&w, "acme", "key", "a", "t\x1fp", "");
    world_open(&w, START_MS, NULL);
    world_end(&w, START_MS + 1, 0, OUTCOME_REVOKED, 200, 1, "");
    struct report *r = world_report(&w);
    char *text = form_text(r, report_remaining);
    assert_string_equal(text, "provider,kind,id,note\n");
    free(text);
    report_free(r);
    world_free(&w);
}

/* ---- files ---- */

static char *slurp(const char *dir, const char *name)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "r");
    struct buf b = {0};
    char part[4096];
    size_t n;
    if (!f)
        return NULL;
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        buf_put(&b, part, n);
    fclose(f);
    char *text = mem_string(buf_text(&b));
    buf_free(&b);
    return text;
}

static const char *const files[] = {"report.json", "report.csv", "report.html", "remaining.csv"};

static int renames_left;
static int rename_fails(const char *from, const char *to)
{
    if (renames_left-- > 0)
        return rename(from, to);
    errno = EIO;
    return -1;
}

static ssize_t write_fails(int fd, const void *bytes, size_t len)
{
    (void)fd, (void)bytes, (void)len;
    errno = ENOSPC;
    return -1;
}

static int open_for_real(const char *path, int flags, mode_t mode)
{
    return open(path, flags, mode);
}

static void no_write_back(int fd, off_t from, off_t len)
{
    (void)fd, (void)from, (void)len;
}

static struct durable_ops real_ops(void)
{
    return (struct durable_ops){.open = open_for_real,
                                .write = write,
                                .write_back = no_write_back,
                                .fdatasync = fdatasync,
                                .fsync = fsync,
                                .ftruncate = ftruncate,
                                .rename = rename,
                                .unlink = unlink,
                                .close = close};
}

static void count_files(const char *dir, int want)
{
    DIR *d = opendir(dir);
    int n = 0;
    for (struct dirent *e; (e = readdir(d));)
        n += e->d_name[0] != '.';
    closedir(d);
    assert_int_equal(n, want);
}

static void files_appear_whole_or_not_at_all(void **state)
{
    (void)state;
    char dir[] = "/tmp/report-XXXXXX", path[300];
    assert_non_null(mkdtemp(dir));
    struct world w = world_of_all_outcomes();
    struct report *r = world_report(&w);
    struct durable_ops ops = real_ops();
    struct error err = {0};
    struct stat st;
    ops.write = write_fails;
    durable_set_ops(&ops);
    assert_int_equal(report_write(r, dir, &err), -1);
    assert_int_equal(err.code, EXIT_CANTCREATE);
    count_files(dir, 0);
    ops = real_ops();
    ops.rename = rename_fails;
    renames_left = 0;
    durable_set_ops(&ops);
    assert_int_equal(report_write(r, dir, &err), -1);
    assert_int_equal(err.code, EXIT_CANTCREATE);
    count_files(dir, 0);
    durable_set_ops(NULL);
    assert_int_equal(report_write(r, dir, &err), 0);
    count_files(dir, 4);
    char *before[4], *after;
    for (size_t i = 0; i < 4; i++) {
        before[i] = slurp(dir, files[i]);
        snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
    }
    world_end(&w, START_MS + 9000, 8, OUTCOME_REVOKED, 200, 3, "");
    report_free(r);
    r = world_report(&w);
    ops = real_ops();
    ops.write = write_fails;
    durable_set_ops(&ops);
    assert_int_equal(report_write(r, dir, &err), -1);
    for (size_t i = 0; i < 4; i++) {
        after = slurp(dir, files[i]);
        assert_string_equal(before[i], after);
        free(after);
    }
    durable_set_ops(NULL);
    assert_int_equal(report_write(r, dir, &err), 0);
    for (size_t i = 0; i < 4; i++) {
        after = slurp(dir, files[i]);
        assert_string_not_equal(before[i], after);
        free(after);
        free(before[i]);
        snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        unlink(path);
    }
    assert_int_equal(rmdir(dir), 0);
    assert_int_equal(report_write(r, "/nonexistent/dir", &err), -1);
    assert_int_equal(err.code, EXIT_CANTCREATE);
    report_free(r);
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_has_every_number),
        cmocka_unit_test(json_lists_failures),
        cmocka_unit_test(json_bounds_failures),
        cmocka_unit_test(csv_is_this),
        cmocka_unit_test(remaining_reads_back),
        cmocka_unit_test(remaining_is_a_header_when_nothing_is_left),
        cmocka_unit_test(files_appear_whole_or_not_at_all),
    };
    return cmocka_run_group_tests_name("report_forms", tests, NULL, NULL);
}
