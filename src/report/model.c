#include "report/model.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The merged view is summed up once, in report_new; every form reads the same sums. Invariant:
 * facts.outcome, the providers' outcomes, and done + failed + left over each sum to facts.targets,
 * and reasons sum to the targets that are not done. */

const struct run_facts *report_last_run(const struct report_source *s)
{
    size_t runs = ledger_runs(s->ledger);
    return runs ? ledger_run(s->ledger, runs - 1) : NULL;
}

/* ---- runs ---- */

static int by_opening(const void *a, const void *b)
{
    const struct report_run *x = a, *y = b;
    if (x->facts->opened_ms != y->facts->opened_ms)
        return x->facts->opened_ms < y->facts->opened_ms ? -1 : 1;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    return x->facts->open.run < y->facts->open.run ? -1 : x->facts->open.run > y->facts->open.run;
}

static void collect_runs(struct report *r)
{
    for (size_t s = 0; s < r->sources; s++) {
        const struct ledger *l = r->source[s].ledger;
        size_t n = ledger_runs(l);
        r->run = mem_resize(r->run, r->runs + n + 1, sizeof *r->run);
        for (size_t i = 0; i < n; i++) {
            const struct run_facts *f = ledger_run(l, i);
            int64_t end = f->closed_ms ? f->closed_ms : f->opened_ms;
            r->run[r->runs++] = (struct report_run){f, s, end};
        }
    }
    qsort(r->run, r->runs, sizeof *r->run, by_opening);
}

/* A run that never closed lasted at least until the last of its targets finished. */
static void extend_open_run(struct report *r, size_t source, int64_t finished_ms)
{
    for (size_t i = r->runs; i-- > 0;) {
        struct report_run *run = &r->run[i];
        if (run->source != source || run->facts->opened_ms > finished_ms)
            continue;
        if (!run->facts->closed_ms && run->end_ms < finished_ms)
            run->end_ms = finished_ms;
        return;
    }
}

static void find_ends_of_open_runs(struct report *r)
{
    for (size_t s = 0; s < r->sources; s++) {
        const struct report_source *src = &r->source[s];
        bool open = false;
        for (size_t i = 0; i < r->runs; i++)
            open |= r->run[i].source == s && !r->run[i].facts->closed_ms;
        uint32_t rows = open ? targets_count(src->targets) : 0;
        for (uint32_t row = 0; row < rows; row++) {
            struct entry e = {.state = ledger_state(src->ledger, row)};
            int64_t finished = entry_finished_ms(&e);
            if (finished)
                extend_open_run(r, s, finished);
        }
    }
}

/* Runs of several directories overlap; what counts is the time in which any of them ran. */
static int64_t time_in_runs(const struct report *r)
{
    int64_t sum = 0, covered = INT64_MIN;
    for (size_t i = 0; i < r->runs; i++) {
        int64_t from = r->run[i].facts->opened_ms, to = r->run[i].end_ms;
        if (from < covered)
            from = covered;
        if (to > from) {
            sum += to - from;
            covered = to;
        }
    }
    return sum;
}

/* Exit codes, the most serious first; one that is not listed is more serious than all of them. */
static int severity(int code)
{
    static const int order[] = {EXIT_DONE,       EXIT_SOME_FAILED, EXIT_STOPPED,    -1,
                                EXIT_REFUSED,    EXIT_USAGE,       EXIT_DATA,       EXIT_NOINPUT,
                                EXIT_CANTCREATE, EXIT_CONFIG,      EXIT_CREDENTIAL, EXIT_IO};
    int n = (int)(sizeof order / sizeof *order);
    for (int i = 0; i < n; i++)
        if (order[i] == code)
            return i;
    return n;
}

/* Which shards of a manifest that was run in shards are not among several sources, "1/3, 2/3";
 * NULL: none. */
static char *missing_shards(const struct report *r)
{
    enum { SHARDS_MOST = 4096 };
    bool there[SHARDS_MOST] = {false};
    struct buf missing = {0};
    unsigned shards = 0;
    for (size_t s = 0; s < r->sources && r->sources > 1; s++) {
        const struct run_facts *last = report_last_run(&r->source[s]);
        unsigned k, n;
        if (!last || !last->open.shard || sscanf(last->open.shard, "%u/%u", &k, &n) != 2 || n < 2 ||
            n > SHARDS_MOST || k >= n || (shards && n != shards))
            return NULL;
        shards = n;
        there[k] = true;
    }
    for (unsigned k = 0; k < shards; k++)
        if (!there[k])
            buf_printf(&missing, "%s%u/%u", missing.len ? ", " : "", k, shards);
    return missing.data;
}

/* What is not here may live: a merged report of a part never ends as if it were the whole. */
static void note_missing(struct report *r)
{
    struct report_facts *f = &r->facts;
    f->missing = missing_shards(r);
    if (!f->missing || (*f->reason && severity(f->exit_code) > severity(EXIT_STOPPED)))
        return;
    snprintf(r->reason_text, sizeof r->reason_text,
             "what the shards %.400s hold is not in this report", f->missing);
    f->exit_code = EXIT_STOPPED;
    f->reason = r->reason_text;
}

static void sum_up_runs(struct report *r)
{
    struct report_facts *f = &r->facts;
    bool unfinished = false;
    int worst = -1;
    f->exit_code = -1;
    f->reason = "";
    for (size_t s = 0; s < r->sources; s++) {
        struct request_counts n = ledger_requests(r->source[s].ledger);
        f->requests.sent += n.sent;
        f->requests.http_429 += n.http_429;
        f->requests.http_5xx += n.http_5xx;
        f->requests.network_errors += n.network_errors;
        const struct run_facts *last = report_last_run(&r->source[s]);
        int code = last ? last->exit_code : -1;
        if (severity(code) > worst) {
            worst = severity(code);
            f->exit_code = code;
            f->reason = last && last->reason ? last->reason : "";
        }
        unfinished |= !last || !last->closed_ms;
        if (last && last->closed_ms > f->finished_ms)
            f->finished_ms = last->closed_ms;
    }
    for (size_t s = 0; s < r->sources; s++)
        f->salvaged |= r->source[s].salvaged;
    note_missing(r);
    if (f->salvaged) { /* whatever its last run said of itself */
        f->exit_code = EXIT_DATA;
        f->reason = "salvaged from a damaged journal";
    }
    if (unfinished)
        f->finished_ms = 0;
    f->started_ms = r->runs ? r->run[0].facts->opened_ms : 0;
    f->elapsed_ms = time_in_runs(r);
}

static enum action action_of(const struct run_facts *run)
{
    for (int a = 0; run && a < ACTION_COUNT; a++)
        if (run->open.action && strcmp(run->open.action, action_word[a]) == 0)
            return (enum action)a;
    return ACTION_DELETE;
}

/* ---- targets ---- */

static struct provider_totals *totals_of(struct report_facts *f, const char *provider)
{
    for (size_t i = 0; i < f->providers; i++)
        if (strcmp(f->provider[i].name, provider) == 0)
            return &f->provider[i];
    f->provider = mem_resize(f->provider, f->providers + 1, sizeof *f->provider);
    struct provider_totals *p = &f->provider[f->providers++];
    memset(p, 0, sizeof *p);
    snprintf(p->name, sizeof p->name, "%s", provider);
    return p;
}

static void note_reason(struct report *r, const struct entry *e)
{
    char id[ID_MAX + 1];
    targets_id(e->source->targets, e->row, id);
    bool tried = e->state.outcome != OUTCOME_NONE || e->state.attempts;
    reasons_add(&r->reasons, e->definition->shown, e->outcome, tried ? e->state.status : 0,
                ledger_error(e->source->ledger, e->row), id);
}

static void sum_up_targets(struct report *r)
{
    struct report_facts *f = &r->facts;
    struct cursor c = {.report = r};
    struct entry e;
    const struct definition *last = NULL;
    size_t provider = 0;
    struct kind_totals *kind = NULL;
    while (cursor_next(&c, &e)) {
        kind = kinds_add(&f->kinds, e.source->ledger, e.definition, &e.state, kind);
        if (e.definition != last) {
            last = e.definition;
            provider = (size_t)(totals_of(f, last->shown) - f->provider);
        }
        f->targets++;
        f->outcome[e.outcome]++;
        f->done += outcome_done(e.outcome);
        f->failed += outcome_failed(e.outcome);
        if (outcome_done(e.outcome))
            f->verified[e.verification.verified]++;
        f->provider[provider].targets++;
        f->provider[provider].outcome[e.outcome]++;
        if (!outcome_done(e.outcome))
            note_reason(r, &e);
    }
    reasons_sort(&r->reasons);
}

struct report *report_new(const struct report_source *sources, size_t count)
{
    struct report *r = mem_zalloc(1, sizeof *r);
    r->sources = count;
    r->source = mem_alloc((count ? count : 1) * sizeof *sources);
    if (count)
        memcpy(r->source, sources, count * sizeof *sources);
    reasons_init(&r->reasons);
    report_merge(r);
    collect_runs(r);
    find_ends_of_open_runs(r);
    sum_up_runs(r);
    r->facts.action = count ? action_of(report_last_run(&r->source[0])) : ACTION_DELETE;
    sum_up_targets(r);
    return r;
}

bool report_was_verified(const struct report *r)
{
    const uint64_t *n = r->facts.verified;
    return n[VERIFIED_ABSENT] + n[VERIFIED_PRESENT] + n[VERIFIED_UNPROVEN] > 0;
}

void report_free(struct report *r)
{
    if (!r)
        return;
    reasons_free(&r->reasons);
    free(r->facts.provider);
    free(r->facts.missing);
    kinds_free(&r->facts.kinds);
    free(r->source);
    free(r->first);
    free(r->entry);
    free(r->run);
    free(r);
}

const struct report_facts *report_facts(const struct report *r)
{
    return &r->facts;
}

struct manifest_sum report_manifest(const struct report *r)
{
    struct manifest_sum sum = {0};
    for (size_t s = 0; s < r->sources; s++) {
        const struct run_facts *run = report_last_run(&r->source[s]);
        const char *sha256 = run ? run->open.manifest_sha256 : NULL;
        bool again = false;
        for (size_t before = 0; before < s && sha256 && !again; before++) {
            const struct run_facts *b = report_last_run(&r->source[before]);
            again = b && b->open.manifest_sha256 && strcmp(b->open.manifest_sha256, sha256) == 0;
        }
        if (again)
            continue;
        sum.path = s == 0 && run ? run->open.manifest_path : NULL;
        sum.sha256 = s == 0 ? sha256 : NULL;
        sum.rows += run ? run->open.rows : 0;
        sum.duplicates += run ? run->open.duplicates : 0;
        sum.rejected += run ? run->open.rejected : 0;
    }
    return sum;
}
