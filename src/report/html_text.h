#ifndef RESCIND_REPORT_HTML_TEXT_H
#define RESCIND_REPORT_HTML_TEXT_H

/* What the parts of report.html share: its style, and texts of any origin. */

#include "base/buf.h"

#include <stdint.h>

extern const char html_style[]; /* the page's style sheet */

/* Text as HTML: escaped, made UTF-8; control characters become U+FFFD. At most `width` characters
 * (0: all), then an ellipsis. */
void html_text(struct buf *b, const char *text, size_t width);
void html_count(struct buf *b, uint64_t n); /* 1,234,567 */
void html_time(struct buf *b, int64_t ms);  /* <time>, or a dash for 0 */
void html_section(struct buf *b, const char *id, const char *title);
void html_section_end(struct buf *b);

#endif
