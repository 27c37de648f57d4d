#ifndef RESCIND_REPORT_HTML_COURSE_H
#define RESCIND_REPORT_HTML_COURSE_H

#include "report/timeline.h"

/* The course of the runs: rate, in flight, round trip, what bounds the rate, 429, holds. */
void html_timeline(struct buf *b, const struct report *r, const struct timeline *t);

#endif
