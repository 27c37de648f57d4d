#ifndef RESCIND_RUN_RUN_VIEW_H
#define RESCIND_RUN_RUN_VIEW_H

/* What an observer is shown of a run. */

#include "run/parts.h"

/* Once, when the round trip is known: that the deadline cannot be met, if so. */
void view_foretell(struct lane *l, int64_t now);
/* Where a tick is due. */
void view_tick(struct runner *r, int64_t now);

#endif
