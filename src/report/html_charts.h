#ifndef RESCIND_REPORT_HTML_CHARTS_H
#define RESCIND_REPORT_HTML_CHARTS_H

#include "report/timeline.h"

/* Outcomes as one bar, with a text alternative. */
void html_outcome_bar(struct buf *b, const uint64_t outcome[OUTCOME_COUNT], uint64_t targets);
/* How long answers took. */
void html_latency(struct buf *b, const struct timeline *t);

#endif
