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

/* What an answer that ends a target means to these eyes. */
void gate_judge(const struct part *p, uint32_t row, struct verdict *v);

/* The target that goes alone has its answer: true where it is looked at again first, and then
 * `end` is called. */
bool gate_tries(struct lane *l, const struct flight *f, const struct http_answer *a,
                const struct verdict *v);
/* A target's end is in the journal. */
void gate_ended(struct part *p, const struct flight *f, const struct verdict *v);

/* Before anything is announced: the canary's targets, those that were seen first; and the order in
 * which each lane's go. */
void gates_order(struct runner *r);

/* The pass is over: what was being looked at again ends without it. */
void gates_finish(struct runner *r);

/* No more of a part is sent; what of it was not announced is left over. */
void part_stop(struct part *p, enum exit_code code, const char *reason);

#endif
