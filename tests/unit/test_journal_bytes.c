/* Every truncation and every single-byte change of a whole journal: twenty targets, three runs,
 * holds, retries, a crash in between. A reader must find an exact prefix or refuse, and which of
 * the two is known beforehand: a change in the last batch is a torn tail from its line on, one
 * before it is refused by its line. RESCIND_EXHAUSTIVE=1 changes each byte to all 255 others. */

#include "journal_fixture.h"

#include "base/digest.h"

#include <fcntl.h>

enum { ROWS = 20, LINES_MAX = 100 };

static struct catalog *catalog;
static struct targets *targets;
static char *dir, *path;
static struct buf whole;

/* Of the whole journal: each line's first byte and the batch it belongs to, and what the ledger
 * knows before it. */
static size_t line_at[LINES_MAX + 1];
static uint64_t batch_of[LINES_MAX];
static uint32_t ledger_before[LINES_MAX + 1];
static size_t line_count;

static uint32_t mix(uint32_t sum, const void *bytes, size_t len)
{
    return crc32c(sum, bytes, len);
}

static uint32_t mix_text(uint32_t sum, const char *text)
{
    return mix(sum, text, strlen(text) + 1);
}

/* All that a ledger tells. */
static uint32_t fingerprint(const struct ledger *l)
{
    uint32_t sum = 0;
    for (uint32_t row = 0; row < ROWS; row++) {
        struct target_state s = ledger_state(l, row);
        uint32_t facts[] = {
            s.finished_s, s.finished_ms, s.attempts, s.ended, s.status,
            s.outcome,    s.open_try,    s.applied,  s.ever,  ledger_listed(l, row)};
        sum = mix_text(mix(sum, facts, sizeof facts), ledger_error(l, row));
        struct verification v = ledger_verification(l, row);
        int64_t found[] = {v.verified, v.status, v.at_ms};
        sum = mix_text(mix(sum, found, sizeof found), ledger_verification_error(l, row));
        const struct rotation *rotation = ledger_rotation(l, row);
        if (rotation)
            sum = mix(mix_text(mix_text(sum, rotation->marker), rotation->successor),
                      &rotation->step, sizeof rotation->step);
    }
    for (size_t i = 0; i < ledger_runs(l); i++) {
        const struct run_facts *run = ledger_run(l, i);
        int64_t facts[] = {run->opened_ms, run->closed_ms, run->exit_code};
        sum = mix_text(mix(sum, facts, sizeof facts), run->reason);
        sum = mix(sum, &run->requests, sizeof run->requests);
    }
    for (size_t i = 0; i < ledger_holds(l); i++)
        sum = mix(sum, &ledger_hold(l, i)->until_ms, sizeof(int64_t));
    for (size_t i = 0; i < ledger_slices(l); i++)
        sum = mix(sum, ledger_slice(l, i), sizeof(struct slice));
    return mix(sum, ledger_latency(l), LATENCY_BUCKETS * sizeof(uint64_t));
}

static void put(struct journal *j, struct record r)
{
    journal_put(j, &r);
}

static void flush(struct journal *j)
{
    struct error err;
    if (journal_flush(j, &err) != 0)
        fail_msg("%s", err.text);
}

static void first_run(struct journal *j)
{
    int64_t t = FIXTURE_T0;
    put(j, rec_open(targets, 1, "1-20", t));
    flush(j);
    put(j, rec_try("1-8", t + 1));
    flush(j);
    for (uint32_t row = 0; row < 4; row++)
        put(j, rec_end(row, row % 2 ? OUTCOME_ALREADY_ABSENT : OUTCOME_REVOKED, 1, t + 30 + row));
    put(j, rec_retry(4, 1, true, t + 40));
    put(j, rec_hold("https://openrouter.ai:443 OPENROUTER", t + 20000, t + 41));
    flush(j);
    put(j, rec_end(4, OUTCOME_ABSENT_AFTER_RETRY, 2, t + 60));
    put(j, rec_end(5, OUTCOME_FAILED, 1, t + 61));
    put(j, rec_close(75, "7-8", t + 70));
    flush(j);
}

/* Ends without a close. */
static void second_run(struct journal *j)
{
    int64_t t = FIXTURE_T0 + 60000;
    put(j, rec_open(targets, 2, "1-20", t));
    put(j, rec_try("6-14", t + 1));
    flush(j);
    put(j, rec_end(5, OUTCOME_UNCONFIRMED, 2, t + 20));
    put(j, rec_retry(6, 1, false, t + 21));
    put(j, rec_rotate(12, ROTATION_CREATE, "0123456789abcdef", NULL, t + 22));
    flush(j);
    put(j, rec_rotate(12, ROTATION_CREATED, "0123456789abcdef", "new", t + 23));
    put(j, rec_rotate(12, ROTATION_REMOVED, "0123456789abcdef", "new", t + 24));
    put(j, rec_rotate(12, ROTATION_CREATE, "fedcba9876543210", NULL, t + 25));
    flush(j);
    for (uint32_t row = 6; row < 12; row++)
        put(j, rec_end(row, OUTCOME_REVOKED, 2, t + 30 + row));
    flush(j);
}

static void third_run(struct journal *j)
{
    int64_t t = FIXTURE_T0 + 120000;
    put(j, rec_open(targets, 3, "1-20", t));
    flush(j);
    put(j, rec_try("6,13-20", t + 1));
    flush(j);
    put(j, rec_end(5, OUTCOME_REVOKED, 3, t + 30));
    for (uint32_t row = 12; row < 17; row++)
        put(j, rec_end(row, OUTCOME_ABSENT_AFTER_RETRY, 2, t + 30 + row));
    flush(j);
    for (uint32_t row = 17; row < 20; row++)
        put(j, rec_end(row, OUTCOME_REVOKED, 1, t + 50 + row));
    put(j, rec_hold("https://openrouter.ai:443 OPENROUTER", t + 90000, t + 80));
    put(j, rec_look("1-3,6", t + 1090));
    flush(j);
    put(j, rec_found(0, VERIFIED_ABSENT, t + 91));
    put(j, rec_found(1, VERIFIED_PRESENT, t + 92));
    flush(j);
    put(j, rec_found(5, VERIFIED_UNPROVEN, t + 93));
    put(j, rec_close(0, "", t + 100));
    flush(j);
}

static void write_whole(void (*runs[])(struct journal *), size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct error err;
        struct journal_recovery info;
        struct journal *j = journal_create(dir, &err);
        struct ledger *l = ledger_new(targets);
        assert_int_equal(journal_recover(j, l, &info, &err), 0);
        runs[i](j);
        journal_close(j);
        ledger_free(l);
    }
}

static void learn_lines(void)
{
    struct record_reader *rr = record_reader_new();
    struct ledger *l = ledger_new(targets);
    uint32_t link = 0;
    for (size_t at = 0; at < whole.len; line_count++) {
        struct record r;
        struct error err;
        size_t len =
            (size_t)((char *)memchr(whole.data + at, '\n', whole.len - at) - (whole.data + at));
        assert_int_equal(record_read(rr, whole.data + at, len, line_count + 1, &link, &r),
                         LINE_GOOD);
        line_at[line_count] = at;
        batch_of[line_count] = r.batch;
        ledger_before[line_count] = fingerprint(l);
        assert_int_equal(ledger_apply(l, &r, &err), 0);
        at += len + 1;
    }
    line_at[line_count] = whole.len;
    ledger_before[line_count] = fingerprint(l);
    for (size_t i = 0; i < line_count; i++) /* each record leaves a trace */
        assert_int_not_equal(ledger_before[i], ledger_before[i + 1]);
    record_reader_free(rr);
    ledger_free(l);
}

static int setup(void **state)
{
    (void)state;
    catalog = catalog_new();
    targets = fixture_targets(catalog, ROWS);
    dir = fixture_dir();
    path = fixture_path(dir, "journal.jsonl");
    write_whole((void (*[])(struct journal *)){first_run, second_run, third_run}, 3);
    fixture_read(path, &whole);
    learn_lines();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    buf_free(&whole);
    free(path);
    fixture_dir_remove(dir);
    targets_free(targets);
    catalog_free(catalog);
    return 0;
}

/* What reading finds is the first `lines` lines and nothing else. */
static void expect_prefix(const char *what, size_t at, size_t size, size_t lines)
{
    struct error err = {0};
    struct journal_recovery info;
    struct ledger *l = ledger_new(targets);
    if (journal_read(dir, l, false, NULL, NULL, &info, NULL, &err) != 0)
        fail_msg("%s %zu: %s", what, at, err.text);
    bool torn = line_at[lines] != size;
    if (info.records != lines || info.torn != torn || size - info.torn_bytes != line_at[lines] ||
        (torn && info.torn_line != lines + 1) || fingerprint(l) != ledger_before[lines])
        fail_msg("%s %zu: %d records, %d lines expected", what, at, (int)info.records, (int)lines);
    ledger_free(l);
}

static void expect_refusal(const char *what, size_t at, size_t line)
{
    struct error err = {0};
    struct journal_recovery info;
    struct ledger *l = ledger_new(targets);
    char named[4096];
    snprintf(named, sizeof named, "%s:%zu: ", path, line + 1);
    int result = journal_read(dir, l, false, NULL, NULL, &info, NULL, &err);
    if (result != -1 || err.code != EXIT_DATA || strncmp(err.text, named, strlen(named)) != 0)
        fail_msg("%s %zu: %d, %s", what, at, result, err.text);
    ledger_free(l);
}

static size_t line_of(size_t at)
{
    size_t line = 0;
    while (line_at[line + 1] <= at)
        line++;
    return line;
}

static void every_truncation(void **state)
{
    (void)state;
    for (size_t size = whole.len + 1; size-- > 0;) {
        assert_int_equal(truncate(path, (off_t)size), 0);
        size_t lines = size == whole.len ? line_count : line_of(size);
        expect_prefix("cut at", size, size, lines);
    }
}

static void change(int fd, size_t at, char now)
{
    size_t line = line_of(at);
    assert_int_equal(pwrite(fd, &now, 1, (off_t)at), 1);
    if (batch_of[line] == batch_of[line_count - 1])
        expect_prefix("change at", at, whole.len, line);
    else
        expect_refusal("change at", at, line);
}

static void every_change(void **state)
{
    (void)state;
    bool all = getenv("RESCIND_EXHAUSTIVE") != NULL;
    size_t changes = 0;
    fixture_write(path, whole.data, whole.len);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    for (size_t at = 0; at < whole.len; at++) {
        char was = whole.data[at];
        /* A flipped bit, a lost byte, a line's end where none was, and a neighbour that is as
         * good a digit or letter. */
        const char some[] = {(char)(was ^ 0x40), '\0', '\n', (char)(was ^ 1)};
        int count = all || was == '\n' ? 256 : (int)sizeof some;
        for (int i = 0; i < count; i++) {
            char now = count == 256 ? (char)i : some[i];
            if (now == was)
                continue;
            change(fd, at, now);
            changes++;
        }
        assert_int_equal(pwrite(fd, &was, 1, (off_t)at), 1);
    }
    close(fd);
    expect_prefix("all back at", 0, whole.len, line_count);
    print_message("%zu changes of %zu bytes in %zu lines\n", changes, whole.len, line_count);
}

/* Any stretch of bytes lost to zeros: still a prefix, or a refusal; never more than what is left
 * undamaged, never other records. */
static void every_hole(void **state)
{
    (void)state;
    static const char zeros[600];
    fixture_write(path, whole.data, whole.len);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    for (size_t len = 17; len <= sizeof zeros; len += 97)
        for (size_t at = 0; at + len <= whole.len; at += 11) {
            struct error err = {0};
            struct journal_recovery info;
            size_t line = line_of(at);
            assert_int_equal(pwrite(fd, zeros, len, (off_t)at), len);
            struct ledger *l = ledger_new(targets);
            if (journal_read(dir, l, false, NULL, NULL, &info, NULL, &err) == 0) {
                assert_int_equal(info.records, line);
                assert_int_equal(fingerprint(l), ledger_before[line]);
                /* The first batch that the hole touches, or none after it, is left. */
                assert_true(batch_of[line_of(at + len - 1)] == batch_of[line_count - 1]);
            } else {
                assert_int_equal(err.code, EXIT_DATA);
                assert_true(batch_of[line] != batch_of[line_count - 1]);
            }
            ledger_free(l);
            assert_int_equal(pwrite(fd, whole.data + at, len, (off_t)at), len);
        }
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_truncation),
        cmocka_unit_test(every_change),
        cmocka_unit_test(every_hole),
    };
    return cmocka_run_group_tests_name("journal, byte by byte", tests, setup, teardown);
}
