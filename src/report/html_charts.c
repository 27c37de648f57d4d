#include "report/html_charts.h"
#include "report/html_text.h"

#include "base/text.h"

#include <math.h>
#include <stdio.h>

/* The charts that have no axis of time: outcomes as a bar, latencies as a histogram. Shapes are SVG
 * stretched to the width of the page; words beside them are HTML, so that they keep their size. */

/* A part that is there is seen: it gets at least this much of the bar's 1000 units. */
enum { BAR_UNITS = 1000, BAR_LEAST = 5 };

static double part_width(uint64_t n, uint64_t whole)
{
    double w = BAR_UNITS * (double)n / (double)whole;
    return n && w < BAR_LEAST ? BAR_LEAST : w;
}

static void put_bar_label(struct buf *b, const uint64_t outcome[OUTCOME_COUNT])
{
    const char *before = "";
    for (int o = OUTCOME_NONE + 1; o < OUTCOME_COUNT; o++)
        if (outcome[o]) {
            buf_printf(b, "%s%s ", before, outcome_word[o]);
            html_count(b, outcome[o]);
            before = ", ";
        }
}

void html_outcome_bar(struct buf *b, const uint64_t outcome[OUTCOME_COUNT], uint64_t targets)
{
    double sum = 0, x = 0;
    if (!targets)
        return;
    for (int o = OUTCOME_NONE + 1; o < OUTCOME_COUNT; o++)
        sum += part_width(outcome[o], targets);
    buf_printf(b,
               "<svg class=\"bar\" viewBox=\"0 0 %d 10\" preserveAspectRatio=\"none\" "
               "role=\"img\" aria-label=\"",
               BAR_UNITS);
    put_bar_label(b, outcome);
    buf_puts(b, "\">");
    for (int o = OUTCOME_NONE + 1; o < OUTCOME_COUNT; o++) {
        double w = part_width(outcome[o], targets) * BAR_UNITS / sum;
        if (!outcome[o])
            continue;
        buf_printf(b,
                   "<rect x=\"%.1f\" width=\"%.1f\" height=\"10\" style=\"fill:var(--%s)\">"
                   "<title>%s ",
                   x, x + w < BAR_UNITS - .5 ? w - 1 : w, outcome_word[o], outcome_word[o]);
        html_count(b, outcome[o]);
        buf_puts(b, "</title></rect>");
        x += w;
    }
    buf_puts(b, "</svg>\n");
}

static void put_ms(struct buf *b, double ms)
{
    if (ms < 9.95)
        buf_printf(b, "%.1f ms", ms);
    else if (ms < 999.5)
        buf_printf(b, "%.0f ms", ms);
    else if (ms < 9950)
        buf_printf(b, "%.1f s", ms / 1000);
    else
        buf_printf(b, "%.0f s", ms / 1000);
}

static void put_quantiles(struct buf *b, const struct timeline *t)
{
    buf_puts(b, "<p>Half of the final answers came within <strong>");
    put_ms(b, timeline_quantile(t, .5));
    buf_puts(b, "</strong>, 90% within <strong>");
    put_ms(b, timeline_quantile(t, .9));
    buf_puts(b, "</strong>, 99% within <strong>");
    put_ms(b, timeline_quantile(t, .99));
    buf_puts(b, "</strong> (each rounded up by at most a fifth).</p>\n");
}

static void put_latency_ticks(struct buf *b, size_t first, size_t count)
{
    size_t step = count > 32 ? 8 : count > 12 ? 4 : 2;
    buf_puts(b, "<div class=\"x\" aria-hidden=\"true\">");
    for (size_t i = first; i < first + count; i++) {
        double at = 100 * (double)(i + 1 - first) / (double)count;
        if (i % step || at < 4)
            continue;
        buf_printf(b, "<span%s style=\"left:%.2f%%\">", at > 96 ? " class=\"z\"" : "", at);
        put_ms(b, latency_bound_ms(i));
        buf_puts(b, "</span>");
    }
    buf_puts(b, "</div>\n");
}

static void put_histogram(struct buf *b, const struct timeline *t, size_t first, size_t count)
{
    uint64_t most = 1;
    for (size_t i = first; i < first + count; i++)
        most = t->latency[i] > most ? t->latency[i] : most;
    buf_puts(b, "<div class=\"plot\"><div class=\"y\" aria-hidden=\"true\"><span>");
    html_count(b, most);
    buf_printf(b,
               "</span><span>0</span></div>\n<svg class=\"tall\" viewBox=\"0 0 %zu 100\" "
               "preserveAspectRatio=\"none\" role=\"img\" aria-label=\"Histogram of latencies\">",
               count);
    for (size_t i = first; i < first + count; i++) {
        double h = 98 * (double)t->latency[i] / (double)most;
        if (!t->latency[i])
            continue;
        h = h < .8 ? .8 : h;
        buf_printf(b,
                   "<rect x=\"%zu.04\" y=\"%.1f\" width=\".92\" height=\"%.1f\" "
                   "style=\"fill:var(--rate)\"><title>up to ",
                   i - first, 100 - h, h);
        put_ms(b, latency_bound_ms(i));
        buf_puts(b, ": ");
        html_count(b, t->latency[i]);
        buf_puts(b, "</title></rect>");
    }
    buf_puts(b, "</svg>\n");
    put_latency_ticks(b, first, count);
    buf_puts(b, "</div>\n");
}

void html_latency(struct buf *b, const struct timeline *t)
{
    size_t first = 0, last = LATENCY_BUCKETS - 1;
    if (!t->answers)
        return;
    while (!t->latency[first])
        first++;
    while (!t->latency[last])
        last--;
    while (last - first < 7 && (first || last < LATENCY_BUCKETS - 1)) {
        first -= first > 0;
        last += last < LATENCY_BUCKETS - 1;
    }
    html_section(b, "latency", "Latency of final answers");
    put_quantiles(b, t);
    put_histogram(b, t, first, last - first + 1);
    html_section_end(b);
}
