#ifndef RESCIND_TESTS_REPORT_WORLD_H
#define RESCIND_TESTS_REPORT_WORLD_H

/* Run directories without files, for the tests of the report: a table, and a ledger that is told
 * records. cmocka.h has been included before. */

#include "base/clock.h"
#include "base/mem.h"
#include "manifest/manifest.h"
#include "report/mergeable.h"
#include "report/metrics.h"
#include "report/model.h"
#include "report/report.h"
#include "report/report_forms.h"
#include "report/summary.h"
#include "report/timeline.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define START_MS INT64_C(1795239600000) /* 2026-11-21T05:40:00Z */
#define SHA_A    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

struct world {
    struct catalog *catalog;
    struct targets *targets;
    struct ledger *ledger;
    const char *run_dir;
    unsigned runs;
    struct record_counts counts;
};

static const char own_definition[] = "[provider acme key]\n"
                                     "title = Acme keys\n"
                                     "base = https://acme.example\n"
                                     "credential = ACME_KEY\n"
                                     "header = Authorization: Bearer {secret}\n"
                                     "scope = team\n"
                                     "scope = project\n"
                                     "id.name = key id\n"
                                     "id.class = printable\n"
                                     "id.length = 1-60\n"
                                     "delete = DELETE /teams/{team}/projects/{project}/keys/{id}\n"
                                     "gone.status = 404\n"
                                     "gone.form = /error exists\n"
                                     "stop.status = 401 403\n";

__attribute__((unused)) static struct world world_new(const char *run_dir)
{
    struct world w = {.catalog = catalog_new(), .run_dir = run_dir};
    struct error err;
    if (catalog_add(w.catalog, "own", 1, own_definition, &err))
        fail_msg("%s", err.text);
    w.targets = targets_new(w.catalog);
    w.ledger = ledger_new(w.targets);
    return w;
}

__attribute__((unused)) static void world_free(struct world *w)
{
    ledger_free(w->ledger);
    targets_free(w->targets);
    catalog_free(w->catalog);
}

__attribute__((unused)) static struct report_source world_source(const struct world *w)
{
    return (struct report_source){
        .targets = w->targets, .ledger = w->ledger, .run_dir = w->run_dir, .journal_sha256 = SHA_B};
}

__attribute__((unused)) static struct report *world_report(const struct world *w)
{
    struct report_source s = world_source(w);
    return report_new(&s, 1);
}

__attribute__((unused)) static uint32_t world_add(struct world *w, const char *provider,
                                                  const char *kind, const char *id,
                                                  const char *scope, const char *note)
{
    struct error err;
    bool fresh;
    const struct definition *d = catalog_find(w->catalog, provider, kind);
    assert_non_null(d);
    uint32_t row =
        targets_add(w->targets, d, id, strlen(id), scope, note, strlen(note), 0, &fresh, &err);
    assert_true(row != UINT32_MAX);
    assert_true(fresh);
    return row;
}

/* The n-th OpenRouter key. */
__attribute__((unused)) static char *world_hash(uint32_t n, char out[65])
{
    snprintf(out, 65, "%064x", n);
    return out;
}

__attribute__((unused)) static uint32_t world_key(struct world *w, uint32_t n, const char *note)
{
    char id[65];
    return world_add(w, "openrouter", "key", world_hash(n, id), "", note);
}

__attribute__((unused)) static void world_apply(struct world *w, const struct record *r)
{
    struct error err = {0};
    if (ledger_apply(w->ledger, r, &err))
        fail_msg("%s", err.text);
}

/* A run over `listed` (NULL: all rows so far). */
__attribute__((unused)) static void world_open(struct world *w, int64_t at_ms, const char *listed)
{
    char digest[65], all[32];
    uint32_t n = targets_count(w->targets);
    targets_digest(w->targets, n, digest);
    snprintf(all, sizeof all, "1-%u", n);
    w->counts = (struct record_counts){0};
    struct record r = {.type = RECORD_OPEN,
                       .at_ms = at_ms,
                       .open = {.run = ++w->runs,
                                .tool = "rescind 1.0.0",
                                .libcurl = "7.88.1",
                                .pid = 123,
                                .action = "delete",
                                .manifest_path = "keys.csv",
                                .manifest_sha256 = SHA_A,
                                .rows = n + 3,
                                .duplicates = 2,
                                .rejected = 1,
                                .targets = n,
                                .digest = digest,
                                .listed = listed ? listed
                                          : n    ? all
                                                 : "",
                                .shard = "0/1",
                                .origins = "{\"openrouter\":\"https://openrouter.ai:443\"}",
                                .options = "{\"max-rate\":\"5\",\"yes\":\"\"}"}};
    world_apply(w, &r);
}

__attribute__((unused)) static void world_try(struct world *w, int64_t at_ms, const char *rows,
                                              uint64_t sent, uint64_t http_429, double rate)
{
    w->counts.sent = sent;
    w->counts.http_429 = http_429;
    struct record r = {.type = RECORD_TRY,
                       .at_ms = at_ms,
                       .try = {.rows = rows, .counts = w->counts, .rate = rate}};
    world_apply(w, &r);
}

__attribute__((unused)) static void world_pace(struct world *w, int64_t at_ms, uint64_t sent,
                                               uint64_t http_429, struct pace pace)
{
    w->counts.sent = sent;
    w->counts.http_429 = http_429;
    struct record r = {
        .type = RECORD_PACE, .at_ms = at_ms, .pace = {.counts = w->counts, .pace = pace}};
    world_apply(w, &r);
}

__attribute__((unused)) static void world_end(struct world *w, int64_t at_ms, uint32_t row,
                                              enum outcome o, unsigned status, unsigned attempts,
                                              const char *error)
{
    char id[ID_MAX + 1];
    const struct definition *d = targets_definition(w->targets, row);
    targets_id(w->targets, row, id);
    struct record r = {.type = RECORD_END,
                       .at_ms = at_ms,
                       .end = {.row = row,
                               .provider = d->provider,
                               .kind = d->kind,
                               .id = id,
                               .outcome = o,
                               .status = status,
                               .attempts = attempts,
                               .ms = 10 + row % 90,
                               .error = error}};
    world_apply(w, &r);
}

__attribute__((unused)) static void world_hold(struct world *w, int64_t at_ms, int64_t until_ms)
{
    struct record r = {
        .type = RECORD_HOLD,
        .at_ms = at_ms,
        .hold = {.pair = "openrouter", .reason = "429 Retry-After: 20", .until_ms = until_ms}};
    world_apply(w, &r);
}

__attribute__((unused)) static void world_close(struct world *w, int64_t at_ms, int exit_code,
                                                const char *reason)
{
    struct record r = {
        .type = RECORD_CLOSE,
        .at_ms = at_ms,
        .close = {.exit_code = exit_code, .reason = reason, .unsent = "", .counts = w->counts}};
    world_apply(w, &r);
}

/* Every outcome once, with texts that need care; one run, 2.5 s, stopped. */
__attribute__((unused)) static struct world world_of_all_outcomes(void)
{
    struct world w = world_new("keys.run");
    for (uint32_t o = 1; o < OUTCOME_COUNT; o++)
        world_key(&w, o, o == OUTCOME_FAILED ? "=1+1, \"x\"\nsecond <b>line</b>" : "");
    world_add(&w, "baseten", "key", "-dash", "", "-5");
    world_open(&w, START_MS, NULL);
    world_try(&w, START_MS + 100, "1-5", 0, 0, 100);
    world_try(&w, START_MS + 500, "6-8", 7, 1, 100);
    world_hold(&w, START_MS + 1000, START_MS + 1500);
    for (int o = 1; o < OUTCOME_NOT_ATTEMPTED; o++)
        world_end(&w, START_MS + 100 * o, (uint32_t)o - 1, (enum outcome)o,
                  outcome_done((enum outcome)o) ? 200
                  : o == OUTCOME_FAILED         ? 0
                                                : 404,
                  (unsigned)o, outcome_done((enum outcome)o) ? "" : "@no \"answer\", <i>none</i>");
    w.counts = (struct record_counts){12, 1, 2, 3};
    world_close(&w, START_MS + 2500, EXIT_STOPPED, "interrupted by SIGINT");
    return w;
}

/* A form, as text. */
__attribute__((unused)) static char *form_text(const struct report *r,
                                               void (*form)(const struct report *, struct sink *))
{
    struct sink s = {0};
    form(r, &s);
    assert_int_equal(sink_end(&s), 0);
    char *text = mem_string(buf_text(&s.buf));
    buf_free(&s.buf);
    return text;
}

__attribute__((unused)) static json_t *json_of(const struct report *r)
{
    char *text = form_text(r, report_json);
    json_error_t e;
    json_t *j = json_loads(text, JSON_REJECT_DUPLICATES, &e);
    if (!j)
        fail_msg("line %d: %s", e.line, e.text);
    free(text);
    return j;
}

__attribute__((unused)) static json_int_t int_at(const json_t *j, const char *a, const char *b)
{
    const json_t *v = json_object_get(j, a);
    if (b)
        v = json_object_get(v, b);
    if (!json_is_integer(v))
        fail_msg("%s %s is no integer", a, b ? b : "");
    return json_integer_value(v);
}

__attribute__((unused)) static const char *text_at(const json_t *j, const char *a)
{
    return json_string_value(json_object_get(j, a));
}

#endif
