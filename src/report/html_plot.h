#ifndef RESCIND_REPORT_HTML_PLOT_H
#define RESCIND_REPORT_HTML_PLOT_H

/* Charts over a course's axis: a scale on the left, and an inline SVG that is stretched to the
 * page's width and 100 high, with holds and the gaps between runs behind what is drawn in it. */

#include "base/buf.h"
#include "report/course.h"

/* The next number that reads well on an axis. */
double plot_round_up(double n);
void plot_value(struct buf *b, double n);

/* Begins a chart whose scale goes to `top`; `class` "tall" or "short" is its height. The words of
 * its label are to be put next, then plot_draw, then what is drawn, then plot_close; what is put
 * after that belongs below it. */
void plot_open(struct buf *b, double top, const char *class, const struct course *c);
void plot_draw(struct buf *b, const struct course *c);
void plot_close(struct buf *b);

/* A line that steps from bin to bin, `y` (0 to 100) each, not drawn where that is negative; closed
 * down to the axis it is an area. `style`: CSS. */
void plot_steps(struct buf *b, const struct course *c, const double *y, bool area,
                const char *style);

#endif
