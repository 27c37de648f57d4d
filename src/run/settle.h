#ifndef RESCIND_RUN_SETTLE_H
#define RESCIND_RUN_SETTLE_H

/* What the answer to a target's request means for its lane's queue, by the pass's rules. */

#include "wire/wire.h"

extern const struct wire_taker settle_taker; /* `at` is the lane */

#endif
