#ifndef RESCIND_REPORT_HTML_VERIFIED_H
#define RESCIND_REPORT_HTML_VERIFIED_H

#include "report/model.h"

/* What was found of the targets that are done. */
void html_verification(struct buf *b, const struct report *r);

#endif
