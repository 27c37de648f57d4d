#ifndef RESCIND_RUN_GATE_H
#define RESCIND_RUN_GATE_H

/* The evidence side of the pass that acts, a part at a time: the look before the first cut, the
 * first target that is deleted alone and looked at again, and what an answer is worth to the eyes
 * that got it. A part that these eyes see nothing of stops alone. */

#include "run/parts.h"

extern const char *const action_done[ACTION_COUNT]; /* "deleted", ... */

/* The lane's preflight has passed: its parts are looked at, and then it is ready. */
void gates_begin(struct lane *l);

/* Whether a target that the queue has next may be announced; and that it was. */
bool gate_lets(const struct part *p, uint32_t row);
void gate_sends(struct part *p, uint32_t row);
/* Whether another part that goes over the same lane has one that may. */
bool gates_let_others(const struct part *p);

/* What an answer that ends a target means to these eyes. */
void gate_judge(const struct part *p, uint32_t row, struct verdict *v);

/* A target's end is in the journal. */
void gate_ended(struct part *p, const struct flight *f, const struct verdict *v);

/* Before anything is announced: the canary's targets, those that were seen first; and the order in
 * which each lane's go. */
void gates_order(struct runner *r);

#endif
