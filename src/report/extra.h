#ifndef RESCIND_REPORT_EXTRA_H
#define RESCIND_REPORT_EXTRA_H

/* The columns that stand behind the others in the tables, where the manifest has them: account and
 * priority. Both end the line. */

#include "report/model.h"

void extra_names(const struct report *r, struct buf *out);
void extra_values(const struct report *r, const struct entry *e, struct buf *out);

#endif
