#ifndef RESCIND_REPORT_MERGEABLE_H
#define RESCIND_REPORT_MERGEABLE_H

#include "report/report.h"

/* Whether these directories may be told as one: they must agree on the action, and each provider on
 * its origin, so that a rehearsal or a quarantine never passes for the deletion. EXIT_REFUSED. */
int report_mergeable(const struct report_source *sources, size_t count, struct error *err);

#endif
