#ifndef RESCIND_RUN_ADMIT_H
#define RESCIND_RUN_ADMIT_H

/* Admission: which target goes next, and when.
 *
 * A fresh target passes four doors: the guards let it be announced, its `try` gets onto the disk,
 * the pacer's time comes, and a slot is free. Announcing runs ahead of sending by what the present
 * rate sends in a quarter of a second, so that one sync serves many requests. */

#include "run/parts.h"

void lane_announce(struct lane *l, int64_t now);
/* Whether a target could go, were its announcement on disk. */
/* Whether targets may go over it now, as far as the run is concerned. */
bool lane_may_send(const struct lane *l, int64_t now);
bool lane_needs_flush(struct lane *l, int64_t now);
void lane_send(struct lane *l, int64_t now);
/* When there is something to do without an answer; INT64_MAX: not before one. */
int64_t lane_next_us(struct lane *l, int64_t now);

#endif
