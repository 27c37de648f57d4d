#ifndef RESCIND_RUN_RUN_VIEW_H
#define RESCIND_RUN_RUN_VIEW_H

/* What an observer is shown of a run. */

#include "journal/pace.h"
#include "run/parts.h"

/* Of all its lanes that still send. */
struct pace pace_now(const struct runner *r, int64_t now);
/* Tells the journal, where that is due. */
void pace_tick(struct runner *r, int64_t now);

/* Once, when the round trip is known: that the deadline cannot be met, if so. */
void view_foretell(struct lane *l, int64_t now);
/* Where a tick is due. */
void view_tick(struct runner *r, int64_t now);

#endif
