#include "report/timeline.h"

#include <math.h>
#include <string.h>

/* Several ledgers' timelines on one grid. Each has slices of its own width, all a power of two
 * times one base, counted from its own first `open`; a slice falls into the slice of the grid that
 * its middle falls into, so that sums stay sums. Paces that stand at the same time add up. */

static int64_t first_open(const struct ledger *l)
{
    return ledger_runs(l) && ledger_slices(l) ? ledger_run(l, 0)->opened_ms : 0;
}

static void lay_grid(const struct report *r, struct timeline *t)
{
    int64_t end = 0;
    for (size_t s = 0; s < r->sources; s++) {
        const struct ledger *l = r->source[s].ledger;
        int64_t start = first_open(l);
        if (!start)
            continue;
        int64_t stop = start + ledger_slice_ms(l) * (int64_t)ledger_slices(l);
        if (!t->start_ms || start < t->start_ms)
            t->start_ms = start;
        if (ledger_slice_ms(l) > t->slice_ms)
            t->slice_ms = ledger_slice_ms(l);
        if (stop > end)
            end = stop;
    }
    if (!t->slice_ms)
        return;
    while ((end - t->start_ms + t->slice_ms - 1) / t->slice_ms > TIMELINE_SLICES)
        t->slice_ms *= 2;
    t->slices = (size_t)((end - t->start_ms + t->slice_ms - 1) / t->slice_ms);
}

static void add_timeline(struct timeline *t, const struct ledger *l)
{
    int64_t start = first_open(l), width = ledger_slice_ms(l);
    struct pace pace[TIMELINE_SLICES] = {{0}};
    if (!start)
        return;
    for (size_t i = 0; i < ledger_slices(l); i++) {
        const struct slice *from = ledger_slice(l, i);
        size_t at = (size_t)((start + width * (int64_t)i + width / 2 - t->start_ms) / t->slice_ms);
        struct slice *to = &t->slice[at < t->slices ? at : t->slices - 1];
        to->finished += from->finished;
        to->failed += from->failed;
        to->http_429 += from->http_429;
        to->requests += from->requests;
        pace[to - t->slice] = from->pace;
    }
    for (size_t i = 0; i < t->slices; i++)
        t->slice[i].pace = pace_both(t->slice[i].pace, pace[i]);
}

void report_timeline(const struct report *r, struct timeline *t)
{
    memset(t, 0, sizeof *t);
    lay_grid(r, t);
    for (size_t s = 0; s < r->sources; s++) {
        const uint64_t *latency = ledger_latency(r->source[s].ledger);
        add_timeline(t, r->source[s].ledger);
        for (size_t i = 0; i < LATENCY_BUCKETS; i++) {
            t->latency[i] += latency[i];
            t->answers += latency[i];
        }
    }
}

double latency_bound_ms(size_t bucket)
{
    return exp2((double)bucket / 4);
}

double timeline_quantile(const struct timeline *t, double q)
{
    uint64_t seen = 0;
    if (!t->answers)
        return 0;
    for (size_t i = 0; i < LATENCY_BUCKETS; i++) {
        seen += t->latency[i];
        if ((double)seen >= q * (double)t->answers)
            return latency_bound_ms(i);
    }
    return latency_bound_ms(LATENCY_BUCKETS - 1);
}
