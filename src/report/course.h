#ifndef RESCIND_REPORT_COURSE_H
#define RESCIND_REPORT_COURSE_H

/* The course of the runs, made ready for a chart: an axis of the time that was spent in runs, with
 * narrow gaps for the time between them, and bins along it. */

#include "report/timeline.h"

enum { COURSE_BINS = 256, COURSE_STRETCHES = 48 };

/* Time in which at least one run was going on. */
struct stretch {
    int64_t from_ms, to_ms;
    double x; /* where it begins on the axis */
};

struct hold_span {
    int64_t from, to; /* ms, wall clock */
};

struct bin {
    double x, width;   /* on the axis */
    double requests_s; /* requests a second */
    double http_429;   /* answers */
    struct pace pace;  /* bound BOUND_NONE: an old run told its rate alone; rate 0: none told */
    int64_t from_ms, to_ms; /* wall clock */
};

struct course {
    struct stretch stretch[COURSE_STRETCHES];
    struct bin bin[COURSE_BINS + COURSE_STRETCHES];
    struct hold_span *hold; /* of all pairs, by time; none overlaps another */
    size_t stretches, bins, holds;
    int64_t bin_ms;    /* what a whole bin covers; 1 of the axis */
    double gap, width; /* of a gap, and of the axis */
};

/* False where there is nothing to show, and nothing to free. */
bool course_make(struct course *c, const struct report *r, const struct timeline *t);
void course_free(struct course *c);
double course_x(const struct course *c, int64_t ms);
int64_t course_time(const struct course *c, double x);

#endif
