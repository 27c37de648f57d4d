#include "report/metrics.h"
#include "report/model.h"
#include "report/sink.h"

#include <inttypes.h>
#include <string.h>

/* Prometheus' text format. Everything is a gauge about the last run: a file has no memory, so
 * nothing in it can count up. Alert on a timestamp that is old, an exit code that is not 0, targets
 * that are left.
 *
 *   # HELP rescind_targets Targets by provider and outcome.
 *   # TYPE rescind_targets gauge
 *   rescind_targets{manifest="keys.csv",action="delete",shard="0/1",provider="openrouter",
 *                   outcome="revoked"} 7012
 *
 * (on one line). Outcomes are all told, zeros included, so that a series never vanishes. */

struct gauge {
    struct buf *b;
    const struct metrics_facts *m;
    const char *name;
};

/* A label's value: backslash, quote and newline are escaped; what is no UTF-8 would make the
 * collector refuse the whole file. */
static void put_label(struct buf *b, const char *name, const char *value)
{
    struct buf clean = {0};
    put_utf8(&clean, value ? value : "");
    buf_printf(b, "%s=\"", name);
    for (const char *p = buf_text(&clean); *p; p++)
        if (*p == '\n')
            buf_puts(b, "\\n");
        else if (*p == '"' || *p == '\\')
            buf_printf(b, "\\%c", *p);
        else
            buf_putc(b, *p);
    buf_putc(b, '"');
    buf_free(&clean);
}

static struct gauge gauge(struct buf *b, const struct metrics_facts *m, const char *name,
                          const char *help)
{
    buf_printf(b, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
    return (struct gauge){b, m, name};
}

/* name{the job's labels */
static void put_series(const struct gauge *g)
{
    buf_printf(g->b, "%s{", g->name);
    put_label(g->b, "manifest", g->m->manifest);
    buf_putc(g->b, ',');
    put_label(g->b, "action", g->m->action);
    buf_putc(g->b, ',');
    put_label(g->b, "shard", g->m->shard);
}

static void put_more(const struct gauge *g, const char *name, const char *value)
{
    buf_putc(g->b, ',');
    put_label(g->b, name, value);
}

static void put_count(const struct gauge *g, uint64_t n)
{
    buf_printf(g->b, "} %" PRIu64 "\n", n);
}

static void put_seconds(struct buf *b, const struct metrics_facts *m, const char *name,
                        const char *help, int64_t ms)
{
    struct gauge g = gauge(b, m, name, help);
    put_series(&g);
    buf_printf(b, "} %" PRId64 ".%03d\n", ms / 1000, (int)(ms % 1000));
}

static void put_targets(struct buf *b, const struct report_facts *f, const struct metrics_facts *m)
{
    struct gauge g = gauge(b, m, "rescind_targets", "Targets by provider and outcome.");
    for (size_t i = 0; i < f->providers; i++)
        for (int o = OUTCOME_NONE + 1; o < OUTCOME_COUNT; o++) {
            put_series(&g);
            put_more(&g, "provider", f->provider[i].name);
            put_more(&g, "outcome", outcome_word[o]);
            put_count(&g, f->provider[i].outcome[o]);
        }
    g = gauge(b, m, "rescind_targets_left", "Targets that are not done.");
    put_series(&g);
    put_count(&g, f->targets - f->done);
}

/* Told when something was verified, and then all of it. */
static void put_verified(struct buf *b, const struct report *r, const struct metrics_facts *m)
{
    if (!report_was_verified(r))
        return;
    struct gauge g = gauge(b, m, "rescind_verified",
                           "Targets that are done, by what a later read "
                           "found of them.");
    for (int v = 0; v < VERIFIED_COUNT; v++) {
        put_series(&g);
        put_more(&g, "found", v ? verified_word[v] : "not_verified");
        put_count(&g, r->facts.verified[v]);
    }
}

static void put_requests(struct buf *b, const struct request_counts *n,
                         const struct metrics_facts *m)
{
    const struct {
        const char *name, *help;
        uint64_t n;
    } row[] = {
        {"rescind_last_run_requests", "Requests that the last run sent.", n->sent},
        {"rescind_last_run_http_429", "Answers 429 in the last run.", n->http_429},
        {"rescind_last_run_http_5xx", "Answers 5xx in the last run.", n->http_5xx},
        {"rescind_last_run_network_errors", "Requests that the network lost in the last run.",
         n->network_errors},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct gauge g = gauge(b, m, row[i].name, row[i].help);
        put_series(&g);
        put_count(&g, row[i].n);
    }
}

static void put_last_run(struct buf *b, const struct report *r, const struct metrics_facts *m)
{
    const struct report_run *last = &r->run[r->runs - 1];
    put_seconds(b, m, "rescind_last_run_duration_seconds", "How long the last run took.",
                last->end_ms - last->facts->opened_ms);
    put_requests(b, &last->facts->requests, m);
    struct gauge g = gauge(b, m, "rescind_build_info", "The tool and its libcurl.");
    put_series(&g);
    put_more(&g, "tool", last->facts->open.tool);
    put_more(&g, "libcurl", last->facts->open.libcurl);
    put_count(&g, 1);
}

void metrics_text(const struct report *r, const struct metrics_facts *m, struct buf *b)
{
    put_seconds(b, m, "rescind_last_run_timestamp_seconds", "When the last run ended.", m->at_ms);
    struct gauge g = gauge(b, m, "rescind_last_run_exit_code", "Its exit code; 0: all done.");
    put_series(&g);
    put_count(&g, (uint64_t)m->exit_code);
    if (!r)
        return;
    put_targets(b, &r->facts, m);
    put_verified(b, r, m);
    if (r->runs)
        put_last_run(b, r, m);
}

int report_metrics(const struct report *r, const struct metrics_facts *m, const char *path,
                   struct error *err)
{
    struct durable_file *file = durable_begin(path, 0644, err);
    struct buf text = {0};
    int rc = -1;
    if (!file)
        return -1;
    metrics_text(r, m, &text);
    if (durable_put(file, text.data, text.len, err))
        durable_abort(file);
    else
        rc = durable_commit(file, err);
    buf_free(&text);
    return rc;
}
