#include "report/html_course.h"
#include "report/html_plot.h"
#include "report/html_text.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

#include <math.h>
#include <stdlib.h>

/* The course of the runs as charts over one axis, each under its key: requests a second with the
 * pacers' rate, how many were in flight, their round trip, what bounded the rate, and 429 answers.
 * A journal of the first formats tells the rate alone. */

enum { TICKS = 4, BINS = COURSE_BINS + COURSE_STRETCHES };

static const struct {
    const char *words, *colour;
} bound_shown[BOUND_COUNT] = {
    [BOUND_DISTANCE] = {"distance", "rate"},
    [BOUND_QUOTA] = {"quota", "limited"},
    [BOUND_CAPACITY] = {"capacity", "disabled"},
    [BOUND_HOLD] = {"hold", "hold"},
    [BOUND_MAX_RATE] = {"--max-rate", "revoked"},
    [BOUND_CONCURRENCY] = {"--concurrency", "not_attempted"},
};

/* ---- keys ---- */

static void key_open(struct buf *b)
{
    buf_puts(b, "<ul class=\"key\">");
}

static void key_item(struct buf *b, const char *colour, const char *words)
{
    buf_printf(b, "<li><span class=\"s\" style=\"--c:var(--%s)\"></span>%s</li>", colour, words);
}

static void key_close(struct buf *b)
{
    buf_puts(b, "</ul>\n");
}

/* ---- charts ---- */

static void close_chart(struct buf *b)
{
    plot_close(b);
    buf_puts(b, "</div>\n");
}

/* How high each bin's value stands on a chart up to `top`; negative where it has none. */
static bool heights(const struct course *c, const double *value, double top, double *y)
{
    bool any = false;
    for (size_t i = 0; i < c->bins; i++) {
        y[i] = value[i] > 0 && value[i] <= top ? 100 * value[i] / top : -1;
        any |= y[i] >= 0;
    }
    return any;
}

static double most_of(const struct course *c, const double *value)
{
    double most = 0;
    for (size_t i = 0; i < c->bins; i++)
        most = fmax(most, value[i]);
    return most;
}

static void put_rate_chart(struct buf *b, const struct course *c)
{
    double requests[BINS], rate[BINS], y[BINS];
    for (size_t i = 0; i < c->bins; i++) {
        requests[i] = c->bin[i].requests_s;
        rate[i] = c->bin[i].pace.rate;
    }
    double most = most_of(c, requests), used = most;
    for (size_t i = 0; i < c->bins; i++)
        if (rate[i] <= used * 1.25)
            most = fmax(most, rate[i]);
    double top = plot_round_up(most);
    bool told = heights(c, rate, top, y);
    key_open(b);
    key_item(b, "rate", "requests a second");
    if (told)
        buf_puts(b, "<li><span aria-hidden=\"true\">\xe2\x95\x8c\xe2\x95\x8c </span>the pacer's "
                    "rate</li>");
    if (c->holds)
        key_item(b, "hold", "hold");
    if (c->stretches > 1)
        key_item(b, "gap", "between runs (cut short)");
    key_close(b);
    plot_open(b, top, "tall", c);
    buf_puts(b, "Requests a second over time, at most ");
    plot_value(b, floor(most));
    plot_draw(b, c);
    for (size_t i = 0; i < c->bins; i++)
        requests[i] *= 100 / top;
    plot_steps(b, c, requests, true, "fill:var(--rate-fill);stroke:var(--rate);stroke-width:1.5");
    if (told)
        plot_steps(b, c, y, false,
                   "fill:none;stroke:var(--ink);stroke-width:1.25;stroke-dasharray:4 3");
    close_chart(b);
}

/* A chart of one value that the journal told; none where it did not. */
static void put_told_chart(struct buf *b, const struct course *c, const double *value, bool area,
                           const char *words, const char *label)
{
    double y[BINS], most = most_of(c, value), top = plot_round_up(most);
    if (!heights(c, value, top, y))
        return;
    key_open(b);
    key_item(b, "rate", words);
    key_close(b);
    plot_open(b, top, "short", c);
    buf_printf(b, "%s over time, at most ", label);
    plot_value(b, most);
    plot_draw(b, c);
    plot_steps(b, c, y, area,
               area ? "fill:var(--rate-fill);stroke:var(--rate);stroke-width:1.5"
                    : "fill:none;stroke:var(--rate);stroke-width:2");
    close_chart(b);
}

static void put_flight_charts(struct buf *b, const struct course *c)
{
    double in_flight[BINS], rtt_ms[BINS];
    for (size_t i = 0; i < c->bins; i++) {
        in_flight[i] = c->bin[i].pace.in_flight;
        rtt_ms[i] = c->bin[i].pace.rtt_ms;
    }
    put_told_chart(b, c, in_flight, true, "requests in flight", "Requests in flight");
    put_told_chart(b, c, rtt_ms, false, "round trip, ms", "Round trip in milliseconds");
}

/* ---- what bounded the rate ---- */

static void put_bound_key(struct buf *b, const struct course *c)
{
    double share[BOUND_COUNT] = {0}, all = 0;
    for (const struct bin *bin = c->bin; bin < c->bin + c->bins; bin++) {
        share[bin->pace.bound] += bin->width;
        all += bin->width;
    }
    key_open(b);
    buf_puts(b, "<li>what bounded the rate:</li>");
    for (int i = BOUND_NONE + 1; i < BOUND_COUNT; i++)
        if (share[i] > 0)
            buf_printf(b, "<li><span class=\"s\" style=\"--c:var(--%s)\"></span>%s %.0f%%</li>",
                       bound_shown[i].colour, bound_shown[i].words,
                       fmax(1, floor(100 * share[i] / all + .5)));
    key_close(b);
}

/* Its words stand in the band where they have room; the key has them all. */
static void put_bounds(struct buf *b, const struct course *c)
{
    size_t told = 0;
    for (size_t i = 0; i < c->bins; i++)
        told += c->bin[i].pace.bound != BOUND_NONE;
    if (!told)
        return;
    put_bound_key(b, c);
    buf_puts(b, "<div class=\"plot\"><div></div><div class=\"band\">");
    for (size_t i = 0, next; i < c->bins; i = next) {
        enum bound bound = c->bin[i].pace.bound;
        for (next = i + 1; next < c->bins && c->bin[next].pace.bound == bound; next++)
            ;
        const struct bin *last = &c->bin[next - 1];
        if (bound == BOUND_NONE)
            continue;
        buf_printf(
            b, "<span style=\"left:%.2f%%;width:%.2f%%;--c:var(--%s)\" title=\"%s\">%s</span>",
            100 * c->bin[i].x / c->width, 100 * (last->x + last->width - c->bin[i].x) / c->width,
            bound_shown[bound].colour, bound_shown[bound].words, bound_shown[bound].words);
    }
    buf_puts(b, "</div></div>\n");
}

/* ---- refusals ---- */

/* Of a slice that lies across two bins each has its part: counts are rounded only for the eye. */
static void put_429_chart(struct buf *b, const struct course *c)
{
    double most = 1, all = 0;
    for (size_t i = 0; i < c->bins; i++) {
        most = fmax(most, ceil(c->bin[i].http_429));
        all += c->bin[i].http_429;
    }
    key_open(b);
    key_item(b, "limited", "answers 429");
    key_close(b);
    plot_open(b, most, "short", c);
    buf_puts(b, "Answers 429 over time, in all ");
    plot_value(b, floor(all + .5));
    plot_draw(b, c);
    for (size_t i = 0; i < c->bins; i++) {
        const struct bin *bin = &c->bin[i];
        double h = fmax(100 * bin->http_429 / most, 4);
        if (bin->http_429 > 0)
            buf_printf(b,
                       "<rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\" "
                       "style=\"fill:var(--limited)\"><title>%.0f</title></rect>",
                       bin->x, 100 - h, bin->width, h, ceil(bin->http_429 - 1e-6));
    }
    plot_close(b);
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

static void put_note(struct buf *b, const struct course *c, const struct timeline *t)
{
    int64_t held = 0;
    char text[TEXT_SPAN];
    for (size_t i = 0; i < c->holds; i++)
        held += c->hold[i].to - c->hold[i].from;
    buf_printf(b, "<p class=\"note\">Times are UTC; one step covers %.3g s.",
               (double)c->bin_ms / 1000);
    if (t->slice_ms > c->bin_ms)
        buf_printf(b, " Counts were kept in steps of %s and are spread over the time in runs.",
                   text_span(t->slice_ms * 1000, text));
    if (c->holds)
        buf_printf(b, " Held %zu time%s, %s in all.", c->holds, c->holds == 1 ? "" : "s",
                   text_span(held * 1000, text));
    buf_puts(b, "</p>\n");
}

void html_timeline(struct buf *b, const struct report *r, const struct timeline *t)
{
    struct course *c = mem_alloc(sizeof *c);
    if (r->facts.requests.sent && course_make(c, r, t)) {
        html_section(b, "course", "Course");
        put_rate_chart(b, c);
        put_flight_charts(b, c);
        put_bounds(b, c);
        put_429_chart(b, c);
        put_ticks(b, c);
        put_note(b, c, t);
        html_section_end(b);
        course_free(c);
    }
    free(c);
}
