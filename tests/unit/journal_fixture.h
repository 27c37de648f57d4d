/* What the tests of the journal share: a table of targets, a directory, records by short names. */

#ifndef RESCIND_TESTS_JOURNAL_FIXTURE_H
#define RESCIND_TESTS_JOURNAL_FIXTURE_H

#include "base/buf.h"
#include "base/mem.h"
#include "journal/journal.h"
#include "journal/ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define FIXTURE_T0 1795239600000 /* 2026-11-21T05:40:00.000Z */

static const char *const fixture_column[] = {"openrouter", "requesty", "baseten"};

/* Row `i` of the fixture's table, whose targets take turns over three providers. */
static inline void fixture_id(uint32_t i, char id[80])
{
    if (i % 3 == 0)
        snprintf(id, 80, "%064x", i + 1);
    else if (i % 3 == 1)
        snprintf(id, 80, "%08x-0000-4000-8000-%012x", i, i);
    else
        snprintf(id, 80, "Key_%u-x", i);
}

static inline void fixture_extend(struct targets *t, uint32_t count)
{
    for (uint32_t i = targets_count(t); i < count; i++) {
        char id[80];
        bool fresh;
        struct error err;
        fixture_id(i, id);
        const struct definition *d = catalog_find(targets_catalog(t), fixture_column[i % 3], NULL);
        assert_non_null(d);
        assert_int_equal(targets_add(t, d, id, strlen(id), "", "", 0, i + 2, &fresh, &err), i);
    }
}

static inline struct targets *fixture_targets(struct catalog *catalog, uint32_t count)
{
    struct targets *t = targets_new(catalog);
    fixture_extend(t, count);
    return t;
}

/* Records. Their texts are in static room: one of each kind at a time. */
static inline struct record rec_open(const struct targets *t, unsigned run, const char *listed,
                                     int64_t at_ms)
{
    static char digest[65];
    targets_digest(t, targets_count(t), digest);
    return (struct record){.type = RECORD_OPEN,
                           .at_ms = at_ms,
                           .open = {.run = run,
                                    .tool = "rescind 1.0.0",
                                    .libcurl = "7.88.1",
                                    .pid = 4711,
                                    .action = "delete",
                                    .manifest_path = "keys.csv",
                                    .manifest_sha256 = digest,
                                    .rows = targets_count(t),
                                    .targets = targets_count(t),
                                    .digest = digest,
                                    .listed = listed,
                                    .shard = "0/1",
                                    .origins = "{\"openrouter\":\"https://openrouter.ai:443\"}",
                                    .options = "{\"max-rate\":\"5\"}"}};
}

static inline struct record rec_try(const char *rows, int64_t at_ms)
{
    return (struct record){.type = RECORD_TRY,
                           .at_ms = at_ms,
                           .try = {.rows = rows, .counts = {12, 1, 2, 3}, .rate = 812.5}};
}

static inline struct record rec_retry(uint32_t row, unsigned attempts, bool applied, int64_t at_ms)
{
    return (struct record){.type = RECORD_TRY,
                           .at_ms = at_ms,
                           .try = {.row = row,
                                   .attempts = attempts,
                                   .status = 503,
                                   .applied = applied,
                                   .error = "503 \"down\""}};
}

static inline struct record rec_end(uint32_t row, enum outcome o, unsigned attempts, int64_t at_ms)
{
    static char ids[64][80]; /* several can be in use at once */
    char *id = ids[row % 64];
    fixture_id(row, id);
    return (struct record){.type = RECORD_END,
                           .at_ms = at_ms,
                           .end = {.row = row,
                                   .provider = fixture_column[row % 3],
                                   .kind = "key",
                                   .id = id,
                                   .outcome = o,
                                   .status = outcome_absent(o) ? 404u : 200u,
                                   .attempts = attempts,
                                   .ms = 31,
                                   .error = outcome_failed(o) ? "gone wrong" : NULL}};
}

static inline struct record rec_seen(const char *provider, const char *account, enum look look,
                                     const char *rows, int64_t at_ms)
{
    return (struct record){
        .type = RECORD_SEEN,
        .at_ms = at_ms,
        .seen = {
            .provider = provider, .kind = "key", .account = account, .look = look, .rows = rows}};
}

static inline struct record rec_look(const char *rows, int64_t at_ms)
{
    return (struct record){.type = RECORD_VERIFY,
                           .at_ms = at_ms,
                           .verify = {.rows = rows, .counts = {14, 1, 2, 3}, .rate = 100}};
}

static inline struct record rec_found(uint32_t row, enum verified v, int64_t at_ms)
{
    static char ids[64][80];
    char *id = ids[row % 64];
    fixture_id(row, id);
    return (struct record){.type = RECORD_VERIFY,
                           .at_ms = at_ms,
                           .verify = {.row = row,
                                      .provider = fixture_column[row % 3],
                                      .kind = "key",
                                      .id = id,
                                      .verified = v,
                                      .status = v == VERIFIED_ABSENT ? 404u : 200u,
                                      .ms = 12,
                                      .error = v == VERIFIED_UNPROVEN ? "cannot tell" : NULL}};
}

static inline struct record rec_pace(int64_t at_ms)
{
    return (struct record){
        .type = RECORD_PACE,
        .at_ms = at_ms,
        .pace = {.counts = {12, 1, 2, 3}, .pace = {812.5, 160, .34, BOUND_MAX_RATE}}};
}

static inline struct record rec_hold(const char *pair, int64_t until_ms, int64_t at_ms)
{
    return (struct record){
        .type = RECORD_HOLD,
        .at_ms = at_ms,
        .hold = {.pair = pair, .reason = "429, asked to wait 20s", .until_ms = until_ms}};
}

static inline struct record rec_rotate(uint32_t row, enum rotation_step step, const char *marker,
                                       const char *successor, int64_t at_ms)
{
    return (struct record){
        .type = RECORD_ROTATE, .at_ms = at_ms, .rotate = {row, step, marker, successor}};
}

static inline struct record rec_close(int code, const char *unsent, int64_t at_ms)
{
    return (struct record){.type = RECORD_CLOSE,
                           .at_ms = at_ms,
                           .close = {.exit_code = code,
                                     .reason = code ? "stopped by SIGINT" : "",
                                     .unsent = unsent,
                                     .counts = {20, 2, 2, 3}}};
}

static inline void apply(struct ledger *l, struct record r)
{
    struct error err = {0};
    if (ledger_apply(l, &r, &err) != 0)
        fail_msg("%s", err.text);
}

static inline void refuse(struct ledger *l, struct record r, const char *why)
{
    struct error err = {0};
    assert_int_equal(ledger_apply(l, &r, &err), -1);
    assert_int_equal(err.code, EXIT_DATA);
    if (!strstr(err.text, why))
        fail_msg("'%s' does not speak of '%s'", err.text, why);
}

/* A directory of its own for each test binary, gone at the end. */
static inline char *fixture_dir(void)
{
    const char *base = getenv("TMPDIR");
    struct buf path = {0};
    buf_printf(&path, "%s/rescind-test-XXXXXX", base && *base ? base : "/tmp");
    assert_non_null(mkdtemp(path.data));
    return path.data;
}

static inline void fixture_dir_remove(char *dir)
{
    struct buf command = {0};
    buf_printf(&command, "rm -rf '%s'", dir);
    assert_int_equal(system(command.data), 0);
    buf_free(&command);
    free(dir);
}

static inline char *fixture_path(const char *dir, const char *name)
{
    struct buf path = {0};
    buf_printf(&path, "%s/%s", dir, name);
    return path.data;
}

static inline void fixture_write(const char *path, const void *bytes, size_t len)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static inline void fixture_read(const char *path, struct buf *out)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t n;
    buf_clear(out);
    while ((n = fread(buf_room(out, 65536), 1, 65536, f)) > 0) {
        out->len += n;
        out->data[out->len] = '\0';
    }
    fclose(f);
}

#endif
