#ifndef RESCIND_REPORT_HTML_FACTS_H
#define RESCIND_REPORT_HTML_FACTS_H

#include "report/model.h"

/* Manifest, runs, tool: what the report is of. */
void html_facts(struct buf *b, const struct report *r);

#endif
