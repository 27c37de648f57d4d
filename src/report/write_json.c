#include "report/report_forms.h"
#include "report/seen_by.h"
#include "report/timeline.h"

#include "base/clock.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

/* report.json, streamed: it never stands in memory as a tree. Members come in a fixed order.
 *
 *   {
 *     "schema": 1,
 *     "tool": "rescind 1.0.0",
 *     "manifest": {"path": "keys.csv", "sha256": "...", "rows": 10010, "duplicates": 10,
 *                  "rejected": 0, "targets": 10000},
 *     "totals": {"revoked": 9990, ..., "not_attempted": 0},
 *     "verified": {"confirmed_absent": 9988, "still_present": 2, "unproven": 0},
 *     ...
 *     "reasons": [{"provider": "requesty", "outcome": "failed", "status": 503, "error": "...",
 *                  "targets": 10}],
 *     "notes": [{"provider": "openrouter", "kind": "byok", "note": "the upstream ..."}],
 *     "failures_total": 10,
 *     "failures": [{"provider": "requesty", "kind": "key", "id": "...", "outcome": "failed",
 *                   "status": 503, "attempts": 8, "error": "...", "note": ""}],
 *     "rotated": [{"provider": "openrouter", "kind": "key", "id": "...", "successor": "..."}],
 *                                                              (of a rotation only)
 *     "unconfirmed_total": 2,
 *     "unconfirmed": [{"provider": "requesty", "kind": "key", "id": "...", "verified":
 *                      "still_present", "status": 200, "at": "...", "error": "", "note": ""}]
 *   }
 *
 * What is not known is null: times that have not come, a status where no answer came, the exit code
 * of a run that never closed. `failures` are the targets that count as failed, the first
 * FAILURES_LISTED of them; `unconfirmed` those that were verified and are not confirmed absent,
 * likewise; each of a definition with an account begins with `account`; `reasons` count everything
 * that is not done, so they sum to what remaining.csv lists. */

enum { FAILURES_LISTED = 1000 };

static void put_member(struct buf *b, const char *name)
{
    buf_printf(b, "  \"%s\": ", name);
}

static void put_text_member(struct buf *b, const char *name, const char *text)
{
    put_member(b, name);
    put_json_text(b, text);
    buf_puts(b, ",\n");
}

static void put_time_member(struct buf *b, const char *name, int64_t ms)
{
    put_member(b, name);
    put_json_time(b, ms);
    buf_puts(b, ",\n");
}

/* A JSON object that the journal carries as text. */
static void put_object(struct buf *b, const char *text)
{
    json_t *parsed = text ? json_loads(text, 0, NULL) : NULL;
    char *flat = json_is_object(parsed) ? json_dumps(parsed, JSON_PRESERVE_ORDER) : NULL;
    buf_puts(b, flat ? flat : "{}");
    free(flat);
    json_decref(parsed);
}

static void put_exit_code(struct buf *b, int code)
{
    if (code < 0)
        buf_puts(b, "null");
    else
        buf_put_u64(b, (unsigned)code);
}

static void put_number(struct buf *b, double n)
{
    buf_printf(b, "%.1f", isfinite(n) ? n : 0.0);
}

static void put_outcomes(struct buf *b, const uint64_t outcome[OUTCOME_COUNT], const char *between)
{
    for (int o = OUTCOME_NONE + 1; o < OUTCOME_COUNT; o++)
        buf_printf(b, "%s\"%s\": %llu", o == OUTCOME_NONE + 1 ? "" : between, outcome_word[o],
                   (unsigned long long)outcome[o]);
}

static void put_verified(struct buf *b, const uint64_t verified[VERIFIED_COUNT])
{
    put_member(b, "verified");
    buf_putc(b, '{');
    for (int v = VERIFIED_NONE + 1; v < VERIFIED_COUNT; v++)
        buf_printf(b, "%s\"%s\": %llu", v == VERIFIED_NONE + 1 ? "" : ", ", verified_word[v],
                   (unsigned long long)verified[v]);
    buf_puts(b, "},\n");
}

static void put_requests(struct buf *b, const struct request_counts *n)
{
    buf_printf(b,
               "{\"sent\": %llu, \"http_429\": %llu, \"http_5xx\": %llu, \"network_errors\": %llu}",
               (unsigned long long)n->sent, (unsigned long long)n->http_429,
               (unsigned long long)n->http_5xx, (unsigned long long)n->network_errors);
}

static void put_manifest(struct buf *b, const struct report *r)
{
    struct manifest_sum m = report_manifest(r);
    put_member(b, "manifest");
    buf_puts(b, "{\n    \"path\": ");
    put_json_text(b, m.path);
    buf_puts(b, ",\n    \"sha256\": ");
    put_json_text(b, m.sha256);
    buf_printf(b,
               ",\n    \"rows\": %llu,\n    \"duplicates\": %llu,\n    \"rejected\": %llu,\n"
               "    \"targets\": %llu\n  },\n",
               (unsigned long long)m.rows, (unsigned long long)m.duplicates,
               (unsigned long long)m.rejected, (unsigned long long)r->facts.targets);
}

static void put_providers(struct buf *b, const struct report_facts *f)
{
    put_member(b, "providers");
    buf_putc(b, '{');
    for (size_t i = 0; i < f->providers; i++) {
        buf_puts(b, i ? ",\n    " : "\n    ");
        put_json_text(b, f->provider[i].name);
        buf_printf(b, ": {\n      \"targets\": %llu,\n      \"totals\": {",
                   (unsigned long long)f->provider[i].targets);
        put_outcomes(b, f->provider[i].outcome, ", ");
        buf_puts(b, "}\n    }");
    }
    buf_puts(b, f->providers ? "\n  },\n" : "},\n");
}

static void put_source(struct buf *b, const struct report_source *s)
{
    const struct run_facts *run = report_last_run(s);
    buf_puts(b, "{\"run_dir\": ");
    put_json_text(b, s->run_dir);
    buf_puts(b, ", \"journal_sha256\": ");
    put_json_text(b, s->journal_sha256);
    buf_puts(b, ",\n     \"manifest\": ");
    put_json_text(b, run ? run->open.manifest_path : NULL);
    buf_puts(b, ", \"manifest_sha256\": ");
    put_json_text(b, run ? run->open.manifest_sha256 : NULL);
    buf_puts(b, ", \"shard\": ");
    put_json_text(b, run ? run->open.shard : NULL);
    buf_puts(b, ",\n     \"origins\": ");
    put_object(b, run ? run->open.origins : NULL);
    buf_puts(b, ", \"options\": ");
    put_object(b, run ? run->open.options : NULL);
    buf_puts(b, "}");
}

static void put_sources(struct buf *b, const struct report *r)
{
    put_member(b, "sources");
    for (size_t s = 0; s < r->sources; s++) {
        buf_puts(b, s ? ",\n    " : "[\n    ");
        put_source(b, &r->source[s]);
    }
    buf_puts(b, r->sources ? "\n  ],\n" : "[],\n");
}

static void put_run(struct buf *b, const struct report *r, const struct report_run *run)
{
    const struct run_facts *f = run->facts;
    buf_printf(b, "{\"run\": %u, \"run_dir\": ", f->open.run);
    put_json_text(b, r->source[run->source].run_dir);
    buf_puts(b, ", \"started\": ");
    put_json_time(b, f->opened_ms);
    buf_puts(b, ", \"finished\": ");
    put_json_time(b, f->closed_ms);
    buf_puts(b, ", \"exit_code\": ");
    put_exit_code(b, f->closed_ms ? f->exit_code : -1);
    buf_puts(b, ", \"reason\": ");
    put_json_text(b, f->reason ? f->reason : "");
    buf_puts(b, ", \"requests\": ");
    put_requests(b, &f->requests);
    buf_putc(b, '}');
}

static void put_runs(struct sink *s, const struct report *r)
{
    put_member(&s->buf, "runs");
    for (size_t i = 0; i < r->runs; i++) {
        buf_puts(&s->buf, i ? ",\n    " : "[\n    ");
        put_run(&s->buf, r, &r->run[i]);
        sink_rest(s);
    }
    buf_puts(&s->buf, r->runs ? "\n  ],\n" : "[],\n");
}

static void put_holds(struct sink *s, const struct report *r)
{
    struct buf *b = &s->buf;
    const char *before = "\n      ";
    buf_puts(b, "    \"holds\": [");
    for (size_t i = 0; i < r->sources; i++)
        for (size_t h = 0; h < ledger_holds(r->source[i].ledger); h++) {
            const struct hold_facts *hold = ledger_hold(r->source[i].ledger, h);
            buf_printf(b, "%s{\"pair\": ", before);
            put_json_text(b, hold->pair);
            buf_puts(b, ", \"at\": ");
            put_json_time(b, hold->at_ms);
            buf_puts(b, ", \"until\": ");
            put_json_time(b, hold->until_ms);
            buf_puts(b, ", \"reason\": ");
            put_json_text(b, hold->reason ? hold->reason : "");
            buf_putc(b, '}');
            before = ",\n      ";
            sink_rest(s);
        }
    buf_puts(b, *before == ',' ? "\n    ],\n" : "],\n");
}

static void put_slices(struct buf *b, const struct timeline *t)
{
    buf_puts(b, "    \"start\": ");
    put_json_time(b, t->start_ms);
    buf_printf(
        b,
        ",\n    \"slice_ms\": %lld,\n    \"columns\": [\"finished\", \"failed\", "
        "\"http_429\", \"requests\", \"rate\", \"in_flight\", \"rtt_ms\"],\n    \"slices\": [",
        (long long)t->slice_ms);
    for (size_t i = 0; i < t->slices; i++) {
        const struct slice *v = &t->slice[i];
        buf_printf(b, "%s[%u, %u, %u, %u, ", i ? ",\n      " : "\n      ", v->finished, v->failed,
                   v->http_429, v->requests);
        put_number(b, v->pace.rate);
        buf_puts(b, ", ");
        buf_put_u64(b, v->pace.in_flight);
        buf_puts(b, ", ");
        put_number(b, v->pace.rtt_ms);
        buf_putc(b, ']');
    }
    buf_puts(b, t->slices ? "\n    ],\n    \"bounds\": [" : "],\n    \"bounds\": [");
    for (size_t i = 0; i < t->slices; i++)
        buf_printf(b, "%s\"%s\"", i ? ", " : "", bound_word[t->slice[i].pace.bound]);
    buf_puts(b, "],\n");
}

/* Only buckets that hold something: [upper bound in ms, answers]. */
static void put_latency(struct buf *b, const struct timeline *t)
{
    const char *before = "";
    buf_puts(b, "    \"latency_ms\": {\"p50\": ");
    put_number(b, timeline_quantile(t, .5));
    buf_puts(b, ", \"p90\": ");
    put_number(b, timeline_quantile(t, .9));
    buf_puts(b, ", \"p99\": ");
    put_number(b, timeline_quantile(t, .99));
    buf_puts(b, ", \"buckets\": [");
    for (size_t i = 0; i < LATENCY_BUCKETS; i++)
        if (t->latency[i]) {
            buf_printf(b, "%s[", before);
            put_number(b, latency_bound_ms(i));
            buf_printf(b, ", %llu]", (unsigned long long)t->latency[i]);
            before = ", ";
        }
    buf_puts(b, "]}\n");
}

static void put_history(struct sink *s, const struct report *r)
{
    struct timeline t;
    report_timeline(r, &t);
    put_member(&s->buf, "history");
    buf_puts(&s->buf, "{\n");
    put_slices(&s->buf, &t);
    put_holds(s, r);
    put_latency(&s->buf, &t);
    buf_puts(&s->buf, "  },\n");
}

static void put_status(struct buf *b, unsigned status)
{
    if (status)
        buf_put_u64(b, status);
    else
        buf_puts(b, "null");
}

static void put_reasons(struct buf *b, const struct reasons *s)
{
    put_member(b, "reasons");
    for (size_t i = 0; i < s->count; i++) {
        const struct reason *v = &s->at[i];
        buf_puts(b, i ? ",\n    " : "[\n    ");
        buf_puts(b, "{\"provider\": ");
        put_json_text(b, v->provider);
        buf_printf(b, ", \"outcome\": \"%s\", \"status\": ", outcome_word[v->outcome]);
        put_status(b, v->status);
        buf_puts(b, ", \"error\": ");
        put_json_text(b, v->text);
        buf_printf(b, ", \"targets\": %llu}", (unsigned long long)v->targets);
    }
    buf_puts(b, s->count ? "\n  ],\n" : "[],\n");
}

static void put_notes(struct buf *b, const struct report *r)
{
    const struct kinds *kinds = &r->facts.kinds;
    bool any = false;
    put_member(b, "notes");
    for (size_t i = 0; i < kinds->count; i++) {
        const char *note = kinds_note(kinds, i, r->facts.action);
        if (!note)
            continue;
        buf_puts(b, any ? ",\n    {\"provider\": " : "[\n    {\"provider\": ");
        put_json_text(b, kinds->at[i].definition->provider);
        buf_printf(b, ", \"kind\": \"%s\", \"note\": ", kinds->at[i].kind);
        put_json_text(b, note);
        buf_putc(b, '}');
        any = true;
    }
    buf_puts(b, any ? "\n  ],\n" : "[],\n");
}

/* Opens an object with what names a target. */
static void put_target(struct buf *b, const struct entry *e)
{
    char id[ID_MAX + 1];
    targets_id(e->source->targets, e->row, id);
    buf_puts(b, "{");
    if (e->definition->account) {
        buf_puts(b, "\"account\": ");
        put_json_text(b, e->definition->account);
        buf_puts(b, ", ");
    }
    buf_puts(b, "\"provider\": ");
    put_json_text(b, e->definition->provider);
    buf_puts(b, ", \"kind\": ");
    put_json_text(b, e->definition->kind);
    buf_puts(b, ", \"id\": ");
    put_json_text(b, id);
}

static void put_failure(struct buf *b, const struct entry *e)
{
    put_target(b, e);
    buf_printf(b, ", \"outcome\": \"%s\", \"status\": ", outcome_word[e->outcome]);
    put_status(b, e->state.status);
    buf_printf(b, ", \"attempts\": %u, \"finished\": ", (unsigned)e->state.attempts);
    put_json_time(b, entry_finished_ms(e));
    buf_puts(b, ", \"error\": ");
    put_json_text(b, ledger_error(e->source->ledger, e->row));
    buf_puts(b, ", \"note\": ");
    put_json_text(b, targets_note(e->source->targets, e->row));
    buf_putc(b, '}');
}

static void put_finding(struct buf *b, const struct entry *e)
{
    put_target(b, e);
    buf_printf(b, ", \"verified\": \"%s\", \"status\": ", verified_word[e->verification.verified]);
    put_status(b, e->verification.status);
    buf_puts(b, ", \"at\": ");
    put_json_time(b, e->verification.at_ms);
    buf_puts(b, ", \"error\": ");
    put_json_text(b, ledger_verification_error(e->source->ledger, e->row));
    buf_puts(b, ", \"note\": ");
    put_json_text(b, targets_note(e->source->targets, e->row));
    buf_putc(b, '}');
}

/* Those that are still there before those of which nothing is proved. */
static void put_findings(struct sink *s, const struct report *r)
{
    static const enum verified order[] = {VERIFIED_PRESENT, VERIFIED_UNPROVEN};
    const uint64_t *n = r->facts.verified;
    uint64_t listed = 0;
    buf_printf(&s->buf, "  \"unconfirmed_total\": %llu,\n  \"unconfirmed\": [",
               (unsigned long long)(n[VERIFIED_PRESENT] + n[VERIFIED_UNPROVEN]));
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        struct cursor c = {.report = r};
        struct entry e;
        for (uint64_t left = n[order[i]];
             left && listed < FAILURES_LISTED && cursor_next(&c, &e);) {
            if (e.verification.verified != order[i])
                continue;
            left--;
            buf_puts(&s->buf, listed++ ? ",\n    " : "\n    ");
            put_finding(&s->buf, &e);
            sink_rest(s);
        }
    }
    buf_puts(&s->buf, listed ? "\n  ]\n" : "]\n");
}

static void put_failures(struct sink *s, const struct report *r)
{
    struct cursor c = {.report = r};
    struct entry e;
    uint64_t listed = 0, all = r->facts.failed;
    buf_printf(&s->buf, "  \"failures_total\": %llu,\n  \"failures\": [", (unsigned long long)all);
    while (listed < all && listed < FAILURES_LISTED && cursor_next(&c, &e)) {
        if (!outcome_failed(e.outcome))
            continue;
        buf_puts(&s->buf, listed++ ? ",\n    " : "\n    ");
        put_failure(&s->buf, &e);
        sink_rest(s);
    }
    buf_puts(&s->buf, listed ? "\n  ],\n" : "],\n");
}

/* All of them: which key took the place of which is what a rotation is for. */
static void put_rotated(struct sink *s, const struct report *r)
{
    struct cursor c = {.report = r};
    struct entry e;
    bool any = false;
    if (r->facts.action != ACTION_ROTATE)
        return;
    put_member(&s->buf, "rotated");
    buf_puts(&s->buf, "[");
    while (cursor_next(&c, &e)) {
        if (e.outcome != OUTCOME_ROTATED)
            continue;
        buf_puts(&s->buf, any ? ",\n    " : "\n    ");
        put_target(&s->buf, &e);
        buf_puts(&s->buf, ", \"successor\": ");
        put_json_text(&s->buf, entry_successor(&e));
        buf_putc(&s->buf, '}');
        any = true;
        sink_rest(s);
    }
    buf_puts(&s->buf, any ? "\n  ],\n" : "],\n");
}

static void put_outset(struct buf *b, const struct report *r)
{
    const struct run_facts *run = r->sources ? report_last_run(&r->source[0]) : NULL;
    buf_puts(b, "{\n  \"schema\": 1,\n");
    put_text_member(b, "tool", run ? run->open.tool : NULL);
    put_text_member(b, "libcurl", run ? run->open.libcurl : NULL);
    put_text_member(b, "action", action_word[r->facts.action]);
    put_manifest(b, r);
    put_member(b, "totals");
    buf_puts(b, "{\n    ");
    put_outcomes(b, r->facts.outcome, ",\n    ");
    buf_puts(b, "\n  },\n");
    put_verified(b, r->facts.verified);
}

static void put_course(struct buf *b, const struct report *r)
{
    const struct report_facts *f = &r->facts;
    buf_printf(b, "  \"dropped\": %llu,\n", (unsigned long long)f->dropped);
    put_member(b, "requests");
    put_requests(b, &f->requests);
    buf_puts(b, ",\n");
    put_time_member(b, "started", f->started_ms);
    put_time_member(b, "finished", f->finished_ms);
    buf_printf(b, "  \"elapsed_s\": %.3f,\n  \"exit_code\": ", (double)f->elapsed_ms / 1000);
    put_exit_code(b, f->exit_code);
    buf_puts(b, ",\n");
    put_text_member(b, "reason", f->reason);
    buf_printf(b, "  \"salvaged\": %s,\n", f->salvaged ? "true" : "false");
}

void report_json(const struct report *r, struct sink *s)
{
    const struct report_source *only = r->sources == 1 ? &r->source[0] : NULL;
    const struct run_facts *run = only ? report_last_run(only) : NULL;
    put_outset(&s->buf, r);
    put_course(&s->buf, r);
    put_text_member(&s->buf, "journal_sha256", only ? only->journal_sha256 : NULL);
    put_member(&s->buf, "options");
    put_object(&s->buf, run ? run->open.options : NULL);
    buf_puts(&s->buf, ",\n");
    put_providers(&s->buf, &r->facts);
    seen_by_json(r, &s->buf);
    put_sources(&s->buf, r);
    put_runs(s, r);
    put_history(s, r);
    put_reasons(&s->buf, &r->reasons);
    put_notes(&s->buf, r);
    put_failures(s, r);
    put_rotated(s, r);
    put_findings(s, r);
    buf_puts(&s->buf, "}\n");
}
