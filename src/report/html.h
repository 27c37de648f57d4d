#ifndef RESCIND_REPORT_HTML_H
#define RESCIND_REPORT_HTML_H

/* What the parts of report.html share. */

#include "report/model.h"

extern const char html_style[]; /* the page's style sheet */

/* Text as HTML: escaped, made UTF-8; control characters become U+FFFD. At most `width` characters
 * (0: all), then an ellipsis. */
void html_text(struct buf *b, const char *text, size_t width);
void html_count(struct buf *b, uint64_t n); /* 1,234,567 */
void html_time(struct buf *b, int64_t ms);  /* <time>, or a dash for 0 */
void html_section(struct buf *b, const char *id, const char *title);
void html_section_end(struct buf *b);

/* Outcomes as one bar, with a text alternative. */
void html_outcome_bar(struct buf *b, const uint64_t outcome[OUTCOME_COUNT], uint64_t targets);
/* The course of the runs: rate, 429, holds. */
void html_timeline(struct buf *b, const struct report *r, const struct timeline *t);
void html_latency(struct buf *b, const struct timeline *t);

void html_reasons(struct buf *b, const struct report *r);
void html_verification(struct buf *b, const struct report *r);
void html_remaining(struct buf *b, const struct report *r);
void html_facts(struct buf *b, const struct report *r);

#endif
