#ifndef RESCIND_RUN_PREFLIGHT_H
#define RESCIND_RUN_PREFLIGHT_H

/* Before the first delete: is this credential the right kind, and is it among the targets itself?
 *
 * All lanes wait for each other's reads, so that a wrong credential is told before anything is
 * deleted: until each was read or given up on, which stops that lane alone. */

#include "run/parts.h"

/* Refuses where an own id that needs no read is among the targets; else begins the reads, and
 * then the looks at the targets (gate.h). The queues are filled. */
void preflight_begin(struct runner *r);

#endif
