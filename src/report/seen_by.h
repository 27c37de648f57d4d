#ifndef RESCIND_REPORT_SEEN_BY_H
#define RESCIND_REPORT_SEEN_BY_H

/* What was seen of each kind, and by whom, in each form of the report. */

#include "report/model.h"

/* What is to be said of a doubtful kind, for people. */
void seen_by_headline(const struct kind_totals *k, struct buf *out);
void seen_by_json(const struct report *r, struct buf *b);
void seen_by_html(const struct report *r, struct buf *b);

#endif
