#ifndef RESCIND_WIRE_PACER_WALL_H
#define RESCIND_WIRE_PACER_WALL_H

/* What a wall tells the pacer. Times ending in _s are seconds. */

#include "wire/pacer_state.h"

void wall_seen(struct pacer *p, int64_t now);            /* its first refusal that counts */
void wall_let_through(struct pacer *p, int64_t sent_at); /* a success since */
void wall_end(struct pacer *p, int64_t now); /* the first success after it, or its like */
void wall_known(struct pacer *p, int64_t now, double hi); /* it would refuse `hi`, others say */
double wall_gap_s(struct pacer *p, double e);        /* to the next try of an untold one, e s old */
double wall_growth(const struct pacer *p, double y); /* d ln(rate) / dt, y s into the climb */

#endif
