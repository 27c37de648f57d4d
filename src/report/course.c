#include "report/course.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The ledger's slices are of equal width over all time, so a night between two runs of a minute
 * makes them wider than both. A slice's counts belong to the part of it that lies in runs, so they
 * are spread evenly over the bins there; what falls beside every run (a clock that was set, a run
 * that never closed) goes to the nearest bin. Invariant: requests and 429 of the bins sum to those
 * of the timeline.
 *
 *   wall clock  |--run 1--|................................|----run 2----|
 *   axis        |--run 1--|..|----run 2----|
 *   bins        | | | | |    | | | | | | | */

enum { LEAST_STRETCH_MS = 100, LEAST_BIN_MS = 250, LEAST_BIN_LONG_MS = 1000, LONG_MS = 20000 };
#define GAP_SHARE .03 /* of what the runs take */

/* ---- stretches ---- */

struct run_span {
    int64_t from, to;
};

/* Runs come by opening. Those that overlap, or follow one another at once, are one stretch. */
static struct run_span *spans_of_runs(const struct report *r, size_t *count)
{
    struct run_span *span = mem_alloc((r->runs + 1) * sizeof *span);
    size_t n = 0;
    for (size_t i = 0; i < r->runs; i++) {
        int64_t from = r->run[i].facts->opened_ms, to = r->run[i].end_ms;
        if (to < from + LEAST_STRETCH_MS)
            to = from + LEAST_STRETCH_MS;
        if (n && from <= span[n - 1].to) {
            if (to > span[n - 1].to)
                span[n - 1].to = to;
        } else {
            span[n++] = (struct run_span){from, to};
        }
    }
    *count = n;
    return span;
}

static int longest_first(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return *x < *y ? 1 : -(*x > *y);
}

/* Only the longest pauses are cut out: the others stay on the axis, as time without requests. */
static int64_t least_pause(const struct run_span *span, size_t n)
{
    if (n <= COURSE_STRETCHES)
        return 0;
    int64_t *pause = mem_alloc(n * sizeof *pause), least;
    for (size_t i = 1; i < n; i++)
        pause[i - 1] = span[i].from - span[i - 1].to;
    qsort(pause, n - 1, sizeof *pause, longest_first);
    least = pause[COURSE_STRETCHES - 1] + 1;
    free(pause);
    return least;
}

static void find_stretches(struct course *c, const struct report *r)
{
    size_t n;
    struct run_span *span = spans_of_runs(r, &n);
    int64_t least = least_pause(span, n);
    for (size_t i = 0; i < n; i++) {
        struct stretch *last = c->stretches ? &c->stretch[c->stretches - 1] : NULL;
        if (last && span[i].from - last->to_ms < least)
            last->to_ms = span[i].to;
        else
            c->stretch[c->stretches++] = (struct stretch){span[i].from, span[i].to, 0};
    }
    free(span);
}

/* ---- the axis ---- */

static void lay_axis(struct course *c, int64_t slice_ms)
{
    int64_t all = 0;
    for (size_t i = 0; i < c->stretches; i++)
        all += c->stretch[i].to_ms - c->stretch[i].from_ms;
    c->bin_ms = (all + COURSE_BINS - 1) / COURSE_BINS;
    int64_t least = all > LONG_MS ? LEAST_BIN_LONG_MS : LEAST_BIN_MS;
    if (c->bin_ms < least)
        c->bin_ms = least;
    if (slice_ms < c->bin_ms) /* so that a slice of the first run falls into one bin */
        c->bin_ms = (c->bin_ms + slice_ms - 1) / slice_ms * slice_ms;
    c->gap = (double)all / (double)c->bin_ms * GAP_SHARE;
    for (size_t i = 0; i < c->stretches; i++) {
        struct stretch *s = &c->stretch[i];
        s->x = c->width + (i ? c->gap : 0);
        c->width = s->x + (double)(s->to_ms - s->from_ms) / (double)c->bin_ms;
    }
}

/* A rest of less than half a bin joins the bin before it: a rate over a moment says nothing. */
static int64_t bin_end(const struct course *c, const struct stretch *s, int64_t from)
{
    return s->to_ms - from < c->bin_ms + c->bin_ms / 2 ? s->to_ms : from + c->bin_ms;
}

static void lay_bins(struct course *c)
{
    for (const struct stretch *s = c->stretch; s < c->stretch + c->stretches; s++)
        for (int64_t from = s->from_ms, to; from < s->to_ms; from = to) {
            to = bin_end(c, s, from);
            c->bin[c->bins++] = (struct bin){.x = course_x(c, from),
                                             .width = (double)(to - from) / (double)c->bin_ms,
                                             .from_ms = from,
                                             .to_ms = to};
        }
}

double course_x(const struct course *c, int64_t ms)
{
    const struct stretch *s = c->stretch, *end = c->stretch + c->stretches;
    if (ms <= s->from_ms)
        return 0;
    for (; s < end; s++) {
        if (ms <= s->to_ms)
            return s->x + (double)(ms - s->from_ms) / (double)c->bin_ms;
        if (s + 1 < end && ms < s[1].from_ms)
            return s[1].x -
                   c->gap * (double)(s[1].from_ms - ms) / (double)(s[1].from_ms - s->to_ms);
    }
    return c->width;
}

int64_t course_time(const struct course *c, double x)
{
    for (size_t i = 0; i < c->stretches; i++) {
        const struct stretch *s = &c->stretch[i];
        int64_t ms = s->from_ms + (int64_t)((x - s->x) * (double)c->bin_ms + .5);
        if (x < s->x) /* in the gap before it */
            return s->from_ms;
        if (ms <= s->to_ms)
            return ms;
    }
    return c->stretch[c->stretches - 1].to_ms;
}

/* ---- holds ---- */

static int by_start(const void *a, const void *b)
{
    const struct hold_span *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

/* Of all pairs, as spans that do not overlap. */
static void find_holds(struct course *c, const struct report *r)
{
    size_t n = 0, kept = 0;
    for (size_t s = 0; s < r->sources; s++)
        n += ledger_holds(r->source[s].ledger);
    struct hold_span *span = mem_alloc((n + 1) * sizeof *span);
    n = 0;
    for (size_t s = 0; s < r->sources; s++)
        for (size_t i = 0; i < ledger_holds(r->source[s].ledger); i++) {
            const struct hold_facts *h = ledger_hold(r->source[s].ledger, i);
            if (h->until_ms > h->at_ms)
                span[n++] = (struct hold_span){h->at_ms, h->until_ms};
        }
    qsort(span, n, sizeof *span, by_start);
    for (size_t i = 0; i < n; i++)
        if (kept && span[i].from <= span[kept - 1].to) {
            if (span[i].to > span[kept - 1].to)
                span[kept - 1].to = span[i].to;
        } else {
            span[kept++] = span[i];
        }
    c->hold = span;
    c->holds = kept;
}

/* ---- what the bins hold ---- */

static int64_t overlap_ms(const struct bin *b, int64_t from, int64_t to)
{
    int64_t low = b->from_ms > from ? b->from_ms : from, high = b->to_ms < to ? b->to_ms : to;
    return high > low ? high - low : 0;
}

static struct bin *nearest(struct course *c, int64_t ms)
{
    size_t i = 0;
    while (i + 1 < c->bins && c->bin[i + 1].from_ms <= ms)
        i++;
    return &c->bin[i];
}

static void add(struct bin *b, const struct slice *s, double share)
{
    b->requests_s += s->requests * share; /* a count until finish() */
    b->http_429 += s->http_429 * share;
    b->pace = pace_later(b->pace, s->pace);
}

static void add_slice(struct course *c, const struct slice *s, int64_t from, int64_t to)
{
    int64_t in_runs = 0;
    for (size_t i = 0; i < c->bins; i++)
        in_runs += overlap_ms(&c->bin[i], from, to);
    if (!in_runs) {
        add(nearest(c, from), s, 1);
        return;
    }
    for (size_t i = 0; i < c->bins; i++) {
        int64_t here = overlap_ms(&c->bin[i], from, to);
        if (here)
            add(&c->bin[i], s, (double)here / (double)in_runs);
    }
}

static bool is_held(const struct course *c, int64_t ms)
{
    for (size_t i = 0; i < c->holds; i++)
        if (ms >= c->hold[i].from && ms < c->hold[i].to)
            return true;
    return false;
}

/* Nothing is announced in a hold, so what was told before it would stand there. Of several pairs
 * only one may be held: then the others' requests go on. */
static void show_hold(struct bin *b)
{
    if (b->pace.bound != BOUND_NONE && b->requests_s < b->pace.rate / 2)
        b->pace.bound = BOUND_HOLD;
    if (!(b->requests_s > 0))
        b->pace.in_flight = 0;
}

static void finish(struct course *c)
{
    for (struct bin *b = c->bin; b < c->bin + c->bins; b++) {
        b->requests_s *= 1000 / (double)(b->to_ms - b->from_ms);
        if (is_held(c, (b->from_ms + b->to_ms) / 2))
            show_hold(b);
    }
}

bool course_make(struct course *c, const struct report *r, const struct timeline *t)
{
    memset(c, 0, sizeof *c);
    if (!t->slices)
        return false;
    find_stretches(c, r);
    find_holds(c, r);
    lay_axis(c, t->slice_ms);
    lay_bins(c);
    for (size_t i = 0; i < t->slices; i++) {
        int64_t from = t->start_ms + (int64_t)i * t->slice_ms;
        add_slice(c, &t->slice[i], from, from + t->slice_ms);
    }
    finish(c);
    return true;
}

void course_free(struct course *c)
{
    free(c->hold);
    *c = (struct course){0};
}
