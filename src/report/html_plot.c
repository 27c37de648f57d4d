#include "report/html_plot.h"
#include "report/html_text.h"

#include <math.h>
#include <string.h>

static void put_band(struct buf *b, double from, double to, const char *colour, const char *title)
{
    buf_printf(b,
               "<rect x=\"%.2f\" width=\"%.2f\" height=\"100\" style=\"fill:var(--%s)\"><title>%s"
               "</title></rect>",
               from, to - from, colour, title);
}

/* Bands nearer to each other than can be seen become one: their number is bounded. */
static void put_backdrop(struct buf *b, const struct course *c)
{
    double hair = c->width / 500, from = -1, to = -1;
    for (size_t i = 1; i < c->stretches; i++)
        put_band(b, c->stretch[i].x - c->gap, c->stretch[i].x, "gap", "between two runs");
    for (size_t i = 0; i < c->holds; i++) {
        double x = course_x(c, c->hold[i].from), y = course_x(c, c->hold[i].to);
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

double plot_round_up(double n)
{
    static const double steps[] = {1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10};
    double unit = n > 0 ? pow(10, floor(log10(n))) : 1;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (steps[i] * unit >= n * .9999)
            return steps[i] * unit;
    return n;
}

void plot_value(struct buf *b, double n)
{
    if (n >= 100 || fabs(n - floor(n)) < 1e-9)
        html_count(b, (uint64_t)n);
    else
        buf_printf(b, "%.3g", n);
}

void plot_open(struct buf *b, double top, const char *class, const struct course *c)
{
    bool tall = strcmp(class, "tall") == 0;
    buf_puts(b, "<div class=\"plot\"><div class=\"y\" aria-hidden=\"true\"><span>");
    plot_value(b, top);
    if (tall) {
        buf_puts(b, "</span><span>");
        plot_value(b, top / 2);
    }
    buf_printf(b,
               "</span><span>0</span></div>\n<svg class=\"%s\" viewBox=\"0 0 %.2f 100\" "
               "preserveAspectRatio=\"none\" role=\"img\" aria-label=\"",
               class, c->width);
}

void plot_draw(struct buf *b, const struct course *c)
{
    buf_puts(b, "\">");
    put_backdrop(b, c);
}

void plot_close(struct buf *b)
{
    buf_puts(b, "</svg>\n");
}

/* Whether the next bin begins where this one ends: not so across a gap. */
static bool joined(const struct course *c, size_t i)
{
    return i + 1 < c->bins && c->bin[i + 1].x < c->bin[i].x + c->bin[i].width + c->gap / 2;
}

void plot_steps(struct buf *b, const struct course *c, const double *y, bool area,
                const char *style)
{
    bool drawing = false;
    buf_printf(b, "<path style=\"%s\" vector-effect=\"non-scaling-stroke\" d=\"", style);
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
    buf_puts(b, "\"/>");
}
