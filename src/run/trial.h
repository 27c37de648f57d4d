#ifndef RESCIND_RUN_TRIAL_H
#define RESCIND_RUN_TRIAL_H

/* What is looked at again before it counts, of one part: the first seen target, which is deleted
 * alone where a success says nothing; and each that was seen, had nothing sent for it, and is said
 * to be absent. */

#include "run/parts.h"

/* Whether a target of this eye went through before. */
bool trial_passed_before(const struct part *p, uint16_t eye);

/* The next seen target goes alone; where there is none, nothing more can be tried. */
void trial_choose(struct part *p);

/* Whether an absence contradicts what was seen; and whether it is looked at again. */
bool trial_doubts(const struct part *p, uint32_t row, enum outcome o);
bool trial_rechecks(const struct part *p, uint32_t row, enum outcome o);

/* A target has its answer: true where it is looked at again first, and then the pass's `end` is
 * called. */
bool trial_takes(struct lane *l, const struct flight *f, const struct http_answer *a,
                 const struct verdict *v);

/* The pass is over: what was being looked at again ends without it. */
void trials_finish(struct runner *r);

#endif
