#include "report/html_course.h"
#include "report/course.h"
#include "report/html_text.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The course of the runs as two charts over one axis: requests a second with the pacers' rate, and
 * 429 answers; holds and the gaps between runs lie behind both. */

enum { TICKS = 4 };

/* ---- holds ---- */

struct hold_span {
    int64_t from, to;
};

static int by_start(const void *a, const void *b)
{
    const struct hold_span *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

/* Holds of all pairs, as spans that do not overlap. */
static struct hold_span *spans_of_holds(const struct report *r, size_t *count)
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
static void put_backdrop(struct buf *b, const struct course *c, const struct hold_span *hold,
                         size_t n)
{
    double hair = c->width / 500, from = -1, to = -1;
    for (size_t i = 1; i < c->stretches; i++)
        put_band(b, c->stretch[i].x - c->gap, c->stretch[i].x, "gap", "between two runs");
    for (size_t i = 0; i < n; i++) {
        double x = course_x(c, hold[i].from), y = course_x(c, hold[i].to);
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
               class, c->width);
}

/* Whether the next bin begins where this one ends: not so across a gap. */
static bool joined(const struct course *c, size_t i)
{
    return i + 1 < c->bins && c->bin[i + 1].x < c->bin[i].x + c->bin[i].width + c->gap / 2;
}

/* A line that steps from bin to bin, not drawn where y is negative; closed down to the axis it is
 * an area. */
static void put_steps(struct buf *b, const struct course *c, const double *y, bool area)
{
    bool drawing = false;
    for (size_t i = 0; i < c->bins; i++) {
        if (y[i] < 0) {
            drawing = false;
            continue;
        }
        if (!drawing && area)
            buf_printf(b, "M%.2f 100V%.1f", c->bin[i].x, 100 - y[i]);
        else if (!drawing)
            buf_printf(b, "M%.2f %.1f", c->bin[i].x, 100 - y[i]);
        else
            buf_printf(b, "V%.1f", 100 - y[i]);
        buf_printf(b, "H%.2f", c->bin[i].x + c->bin[i].width);
        drawing = joined(c, i);
        if (area && (!drawing || y[i + 1] < 0))
            buf_puts(b, "V100");
    }
}

static void put_rate_chart(struct buf *b, const struct course *c, const struct hold_span *hold,
                           size_t n)
{
    double most = 0, y[COURSE_BINS + COURSE_STRETCHES];
    bool told = false;
    for (size_t i = 0; i < c->bins; i++)
        most = fmax(most, c->bin[i].requests_s);
    for (size_t i = 0; i < c->bins; i++)
        if (c->bin[i].rate_s <= most * 1.25)
            most = fmax(most, c->bin[i].rate_s);
    double top = round_up(most);
    put_plot(b, c, top, "tall");
    buf_puts(b, "Requests a second over time, at most ");
    put_value(b, floor(most));
    buf_puts(b, "\">");
    put_backdrop(b, c, hold, n);
    for (size_t i = 0; i < c->bins; i++)
        y[i] = 100 * c->bin[i].requests_s / top;
    buf_puts(b, "<path style=\"fill:var(--rate-fill);stroke:var(--rate);stroke-width:1.5\" "
                "vector-effect=\"non-scaling-stroke\" d=\"");
    put_steps(b, c, y, true);
    buf_puts(b, "\"/>");
    for (size_t i = 0; i < c->bins; i++) {
        y[i] = c->bin[i].rate_s > 0 && c->bin[i].rate_s <= top ? 100 * c->bin[i].rate_s / top : -1;
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

/* Of a slice that lies across two bins each has its part: counts are rounded only for the eye. */
static void put_429_chart(struct buf *b, const struct course *c, const struct hold_span *hold,
                          size_t n)
{
    double most = 1, all = 0;
    for (size_t i = 0; i < c->bins; i++) {
        most = fmax(most, ceil(c->bin[i].http_429));
        all += c->bin[i].http_429;
    }
    put_plot(b, c, most, "short");
    buf_puts(b, "Answers 429 over time, in all ");
    put_value(b, floor(all + .5));
    buf_puts(b, "\">");
    put_backdrop(b, c, hold, n);
    for (size_t i = 0; i < c->bins; i++) {
        const struct bin *bin = &c->bin[i];
        double h = fmax(100 * bin->http_429 / most, 4);
        if (bin->http_429 > 0)
            buf_printf(b,
                       "<rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\" "
                       "style=\"fill:var(--limited)\"><title>%.0f</title></rect>",
                       bin->x, 100 - h, bin->width, h, ceil(bin->http_429 - 1e-6));
    }
    buf_puts(b, "</svg>\n");
}

static void put_ticks(struct buf *b, const struct course *c)
{
    int64_t span = c->bin[c->bins - 1].to_ms - c->bin[0].from_ms;
    char text[CLOCK_TEXT];
    buf_puts(b, "<div class=\"x\" aria-hidden=\"true\">");
    for (int i = 0; i <= TICKS; i++) {
        const char *class = i == 0 ? " class=\"a\"" : i == TICKS ? " class=\"z\"" : "";
        int64_t at = course_time(c, c->width * i / TICKS);
        buf_printf(b, "<span%s style=\"left:%d%%\">", class, 100 * i / TICKS);
        clock_text(at, text);
        if (span < 10000)
            buf_printf(b, "+%.*f s", span < 2000 ? 2 : 1, (double)(at - c->bin[0].from_ms) / 1000);
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
        rate |= c->bin[i].rate_s > 0;
    buf_puts(b,
             "<ul class=\"key\"><li><span class=\"s\" style=\"--c:var(--rate)\"></span>requests a "
             "second</li>");
    if (rate)
        buf_puts(b, "<li><span aria-hidden=\"true\">\xe2\x95\x8c\xe2\x95\x8c </span>the pacer's "
                    "rate</li>");
    buf_puts(b, "<li><span class=\"s\" style=\"--c:var(--limited)\"></span>answers 429</li>");
    if (holds)
        buf_puts(b, "<li><span class=\"s\" style=\"--c:var(--hold)\"></span>hold</li>");
    if (c->stretches > 1)
        buf_puts(b, "<li><span class=\"s\" style=\"--c:var(--gap)\"></span>between runs (cut "
                    "short)</li>");
    buf_puts(b, "</ul>\n");
}

static void put_note(struct buf *b, const struct course *c, const struct timeline *t,
                     const struct hold_span *hold, size_t n)
{
    int64_t held = 0;
    char text[TEXT_SPAN];
    for (size_t i = 0; i < n; i++)
        held += hold[i].to - hold[i].from;
    buf_printf(b, "<p class=\"note\">Times are UTC; one step covers %.3g s.",
               (double)c->bin_ms / 1000);
    if (t->slice_ms > c->bin_ms)
        buf_printf(b, " Counts were kept in steps of %s and are spread over the time in runs.",
                   text_span(t->slice_ms * 1000, text));
    if (n)
        buf_printf(b, " Held %zu time%s, %s in all.", n, n == 1 ? "" : "s",
                   text_span(held * 1000, text));
    buf_puts(b, "</p>\n");
}

void html_timeline(struct buf *b, const struct report *r, const struct timeline *t)
{
    size_t holds = 0;
    struct course *c = mem_alloc(sizeof *c);
    if (!r->facts.requests.sent || !course_make(c, r, t)) {
        free(c);
        return;
    }
    struct hold_span *hold = spans_of_holds(r, &holds);
    html_section(b, "course", "Course");
    put_key(b, c, holds);
    put_rate_chart(b, c, hold, holds);
    put_429_chart(b, c, hold, holds);
    put_ticks(b, c);
    put_note(b, c, t, hold, holds);
    html_section_end(b);
    free(hold);
    free(c);
}
