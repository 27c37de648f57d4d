#include "report/html.h"

#include "base/clock.h"
#include "base/mem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The course of the runs as two charts over one axis: requests a second with the pacers' rate, and
 * 429 answers; holds lie behind both. Slices are put together into at most BINS_MAX bins. The time
 * between runs is cut out of the axis: a night between two runs of a minute would leave nothing to
 * see of either. */

enum { BINS_MAX = 256, GAP_LEAST = 3, TICKS = 4 };
#define GAP_SHARE .03 /* of what the runs take */

struct bin {
    double requests, http_429, rate;
    bool idle; /* in no run */
};

struct course {
    struct bin bin[BINS_MAX];
    double x[BINS_MAX + 1]; /* where a bin begins; the last one: the whole width */
    size_t bins;
    int64_t start_ms, width_ms; /* of a bin */
    uint64_t gaps;
};

static bool in_a_run(const struct report *r, int64_t from, int64_t to)
{
    for (size_t i = 0; i < r->runs; i++)
        if (r->run[i].facts->opened_ms < to && r->run[i].end_ms >= from)
            return true;
    return false;
}

static void fill_bins(struct course *c, const struct report *r, const struct timeline *t)
{
    int64_t span = (int64_t)t->slices * t->slice_ms, least = span > 20000 ? 1000 : 250;
    size_t group = (t->slices + BINS_MAX - 1) / BINS_MAX;
    while ((int64_t)group * t->slice_ms < least && group < t->slices)
        group++;
    c->start_ms = t->start_ms;
    c->width_ms = (int64_t)group * t->slice_ms;
    for (size_t i = 0; i < t->slices; i++) {
        struct bin *bin = &c->bin[i / group];
        bin->requests += t->slice[i].requests;
        bin->http_429 += t->slice[i].http_429;
        if (t->slice[i].rate > 0)
            bin->rate = (double)t->slice[i].rate;
    }
    c->bins = (t->slices + group - 1) / group;
    for (size_t i = 0; i < c->bins; i++) {
        int64_t from = c->start_ms + (int64_t)i * c->width_ms;
        c->bin[i].idle = !(c->bin[i].requests > 0) && !in_a_run(r, from, from + c->width_ms);
    }
}

/* How many bins from this one on are idle, if they are worth cutting out; else 0. */
static size_t gap_at(const struct course *c, size_t i)
{
    size_t n = 0;
    while (i + n < c->bins && c->bin[i + n].idle)
        n++;
    return n >= GAP_LEAST ? n : 0;
}

static void lay_axis(struct course *c)
{
    double x = 0, busy = (double)c->bins;
    for (size_t i = 0, n; i < c->bins; i += n ? n : 1) {
        n = gap_at(c, i);
        busy -= (double)n;
        c->gaps += n > 0;
    }
    for (size_t i = 0; i < c->bins;) {
        size_t n = gap_at(c, i), k = 0;
        double step = n ? busy * GAP_SHARE / (double)n : 1;
        do {
            c->x[i++] = x;
            x += step;
        } while (++k < n);
    }
    c->x[c->bins] = x;
}

static double x_of(const struct course *c, int64_t ms)
{
    if (ms <= c->start_ms)
        return 0;
    size_t i = (size_t)((ms - c->start_ms) / c->width_ms);
    if (i >= c->bins)
        return c->x[c->bins];
    double part = (double)((ms - c->start_ms) % c->width_ms) / (double)c->width_ms;
    return c->x[i] + part * (c->x[i + 1] - c->x[i]);
}

static int64_t time_at(const struct course *c, double x)
{
    size_t i = 0;
    while (i + 1 < c->bins && c->x[i + 1] < x)
        i++;
    double wide = c->x[i + 1] - c->x[i];
    double part = wide > 0 ? (x - c->x[i]) / wide : 0;
    return c->start_ms + (int64_t)(((double)i + part) * (double)c->width_ms);
}

/* ---- holds ---- */

struct span {
    int64_t from, to;
};

static int by_start(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

/* Holds of all pairs, as spans that do not overlap. */
static struct span *spans_of_holds(const struct report *r, size_t *count)
{
    size_t n = 0, kept = 0;
    for (size_t s = 0; s < r->sources; s++)
        n += ledger_holds(r->source[s].ledger);
    struct span *span = mem_alloc((n + 1) * sizeof *span);
    n = 0;
    for (size_t s = 0; s < r->sources; s++)
        for (size_t i = 0; i < ledger_holds(r->source[s].ledger); i++) {
            const struct hold_facts *h = ledger_hold(r->source[s].ledger, i);
            if (h->until_ms > h->at_ms)
                span[n++] = (struct span){h->at_ms, h->until_ms};
        }
    qsort(span, n, sizeof *span, by_start);
    for (size_t i = 0; i < n; i++)
        if (kept && span[i].from <= span[kept - 1].to) {
            if (span[i].to > span[kept - 1].to)
                span[kept - 1].to = span[i].to;
        } else {
            span[kept++] = span[i];
        }
    *count = kept;
    return span;
}

static void put_band(struct buf *b, double from, double to, const char *colour, const char *title)
{
    buf_printf(b,
               "<rect x=\"%.2f\" width=\"%.2f\" height=\"100\" style=\"fill:var(--%s)\"><title>%s"
               "</title></rect>",
               from, to - from, colour, title);
}

/* Bands nearer to each other than can be seen become one: their number is bounded. */
static void put_backdrop(struct buf *b, const struct course *c, const struct span *hold, size_t n)
{
    double hair = c->x[c->bins] / 500, from = -1, to = -1;
    for (size_t i = 0, gap; i < c->bins; i += gap ? gap : 1) {
        gap = gap_at(c, i);
        if (gap)
            put_band(b, c->x[i], c->x[i + gap], "gap", "between two runs");
    }
    for (size_t i = 0; i < n; i++) {
        double x = x_of(c, hold[i].from), y = x_of(c, hold[i].to);
        y = y < x + hair ? x + hair : y;
        if (from >= 0 && x > to + hair) {
            put_band(b, from, to, "hold", "hold");
            from = -1;
        }
        from = from < 0 ? x : from;
        to = y;
    }
    if (from >= 0)
        put_band(b, from, to, "hold", "hold");
}

/* ---- charts ---- */

/* The next number that reads well on an axis. */
static double round_up(double n)
{
    static const double steps[] = {1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10};
    double unit = n > 0 ? pow(10, floor(log10(n))) : 1;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (steps[i] * unit >= n * .9999)
            return steps[i] * unit;
    return n;
}

static void put_value(struct buf *b, double n)
{
    if (n >= 100 || fabs(n - floor(n)) < 1e-9)
        html_count(b, (uint64_t)n);
    else
        buf_printf(b, "%.3g", n);
}

static void put_plot(struct buf *b, const struct course *c, double top, const char *class)
{
    bool tall = strcmp(class, "tall") == 0;
    buf_puts(b, "<div class=\"plot\"><div class=\"y\" aria-hidden=\"true\"><span>");
    put_value(b, top);
    if (tall) {
        buf_puts(b, "</span><span>");
        put_value(b, top / 2);
    }
    buf_printf(b,
               "</span><span>0</span></div>\n<svg class=\"%s\" viewBox=\"0 0 %.2f 100\" "
               "preserveAspectRatio=\"none\" role=\"img\" aria-label=\"",
               class, c->x[c->bins]);
}

/* A line that steps from bin to bin; closed down to the axis it is an area. */
static void put_steps(struct buf *b, const struct course *c, const double *y, bool area)
{
    bool down = true;
    for (size_t i = 0; i < c->bins; i++) {
        if (y[i] < 0) {
            down = true;
            continue;
        }
        if (down)
            buf_printf(b, "M%.2f %s", c->x[i], area ? "100" : "");
        if (down && !area)
            buf_printf(b, "%.1f", 100 - y[i]);
        else
            buf_printf(b, "V%.1f", 100 - y[i]);
        buf_printf(b, "H%.2f", c->x[i + 1]);
        if (area)
            buf_puts(b, i + 1 < c->bins && y[i + 1] >= 0 ? "" : "V100");
        down = false;
    }
}

static void put_rate_chart(struct buf *b, const struct course *c, const struct span *hold, size_t n)
{
    double seconds = (double)c->width_ms / 1000, most = 0, y[BINS_MAX];
    bool told = false;
    for (size_t i = 0; i < c->bins; i++)
        most = fmax(most, c->bin[i].requests / seconds);
    for (size_t i = 0; i < c->bins; i++)
        if (c->bin[i].rate <= most * 1.25)
            most = fmax(most, c->bin[i].rate);
    double top = round_up(most);
    put_plot(b, c, top, "tall");
    buf_puts(b, "Requests a second over time, at most ");
    put_value(b, floor(most));
    buf_puts(b, "\">");
    put_backdrop(b, c, hold, n);
    for (size_t i = 0; i < c->bins; i++)
        y[i] = 100 * c->bin[i].requests / seconds / top;
    buf_puts(b, "<path style=\"fill:var(--rate-fill);stroke:var(--rate);stroke-width:1.5\" "
                "vector-effect=\"non-scaling-stroke\" d=\"");
    put_steps(b, c, y, true);
    buf_puts(b, "\"/>");
    for (size_t i = 0; i < c->bins; i++) {
        y[i] = c->bin[i].rate > 0 && c->bin[i].rate <= top ? 100 * c->bin[i].rate / top : -1;
        told |= y[i] >= 0;
    }
    if (told) {
        buf_puts(b, "<path style=\"fill:none;stroke:var(--ink);stroke-width:1.25;"
                    "stroke-dasharray:4 3\" vector-effect=\"non-scaling-stroke\" d=\"");
        put_steps(b, c, y, false);
        buf_puts(b, "\"/>");
    }
    buf_puts(b, "</svg>\n</div>\n");
}

static void put_429_chart(struct buf *b, const struct course *c, const struct span *hold, size_t n)
{
    double most = 0, all = 0;
    for (size_t i = 0; i < c->bins; i++) {
        most = fmax(most, c->bin[i].http_429);
        all += c->bin[i].http_429;
    }
    put_plot(b, c, fmax(most, 1), "short");
    buf_puts(b, "Answers 429 over time, in all ");
    put_value(b, all);
    buf_puts(b, "\">");
    put_backdrop(b, c, hold, n);
    for (size_t i = 0; i < c->bins; i++) {
        double h = 100 * c->bin[i].http_429 / fmax(most, 1);
        if (!(c->bin[i].http_429 > 0))
            continue;
        h = h < 4 ? 4 : h;
        buf_printf(b,
                   "<rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\" "
                   "style=\"fill:var(--limited)\"><title>%.0f</title></rect>",
                   c->x[i], 100 - h, c->x[i + 1] - c->x[i], h, c->bin[i].http_429);
    }
    buf_puts(b, "</svg>\n");
}

static void put_ticks(struct buf *b, const struct course *c)
{
    int64_t span = (int64_t)c->bins * c->width_ms;
    char text[CLOCK_TEXT];
    buf_puts(b, "<div class=\"x\" aria-hidden=\"true\">");
    for (int i = 0; i <= TICKS; i++) {
        const char *class = i == 0 ? " class=\"a\"" : i == TICKS ? " class=\"z\"" : "";
        int64_t at = time_at(c, c->x[c->bins] * i / TICKS);
        buf_printf(b, "<span%s style=\"left:%d%%\">", class, 100 * i / TICKS);
        clock_text(at, text);
        if (span < 10000)
            buf_printf(b, "+%.1f s", (double)(at - c->start_ms) / 1000);
        else if (span < 86400000)
            buf_printf(b, "%.8s", text + 11);
        else
            buf_printf(b, "%.5s %.5s", text + 5, text + 11);
        buf_puts(b, "</span>");
    }
    buf_puts(b, "</div></div>\n");
}

static void put_key(struct buf *b, const struct course *c, size_t holds)
{
    bool rate = false;
    for (size_t i = 0; i < c->bins; i++)
        rate |= c->bin[i].rate > 0;
    buf_puts(b,
             "<ul class=\"key\"><li><span class=\"s\" style=\"--c:var(--rate)\"></span>requests a "
             "second</li>");
    if (rate)
        buf_puts(b, "<li><span aria-hidden=\"true\">\xe2\x95\x8c\xe2\x95\x8c </span>the pacer's "
                    "rate</li>");
    buf_puts(b, "<li><span class=\"s\" style=\"--c:var(--limited)\"></span>answers 429</li>");
    if (holds)
        buf_puts(b, "<li><span class=\"s\" style=\"--c:var(--hold)\"></span>hold</li>");
    if (c->gaps)
        buf_puts(b, "<li><span class=\"s\" style=\"--c:var(--gap)\"></span>between runs (cut "
                    "short)</li>");
    buf_puts(b, "</ul>\n");
}

void html_timeline(struct buf *b, const struct report *r, const struct timeline *t)
{
    size_t holds = 0;
    if (!t->slices)
        return;
    struct course *c = mem_zalloc(1, sizeof *c);
    struct span *hold = spans_of_holds(r, &holds);
    fill_bins(c, r, t);
    lay_axis(c);
    html_section(b, "course", "Course");
    put_key(b, c, holds);
    put_rate_chart(b, c, hold, holds);
    put_429_chart(b, c, hold, holds);
    put_ticks(b, c);
    buf_printf(b, "<p class=\"note\">Times are UTC; one step covers %.3g s. ",
               (double)c->width_ms / 1000);
    buf_printf(b, "%zu hold%s.</p>\n", holds, holds == 1 ? "" : "s");
    html_section_end(b);
    free(hold);
    free(c);
}
