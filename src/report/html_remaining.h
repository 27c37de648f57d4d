#ifndef RESCIND_REPORT_HTML_REMAINING_H
#define RESCIND_REPORT_HTML_REMAINING_H

/* What is not done: grouped by why, and row by row. */

#include "report/model.h"

void html_reasons(struct buf *b, const struct report *r);
void html_remaining(struct buf *b, const struct report *r);

#endif
