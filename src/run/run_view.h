#ifndef RESCIND_RUN_RUN_VIEW_H
#define RESCIND_RUN_RUN_VIEW_H

/* What an observer is shown of a run. */

#include "run/parts.h"

/* Where a tick is due. */
void view_tick(struct runner *r, int64_t now);

#endif
