#ifndef RESCIND_WIRE_PATIENCE_H
#define RESCIND_WIRE_PATIENCE_H

/* How long one read is tried before it is given up. An answer about rate is no attempt, but waiting
 * for its end has one. */

#include "wire/http.h"

#include "base/rng.h"

enum { PATIENCE_ATTEMPTS = 4 };

/* Zero-initialised it is fresh. */
struct patience {
    unsigned attempts; /* that ended without a usable answer */
    int64_t end_us;    /* of waiting for holds */
};

/* When the read may be tried again: `now` after an answer about rate (the pacer holds), later after
 * another; -1: no more. `hold_until_us` is the pacer's hold, 0 for none; `most` the attempts. */
int64_t patience_again_us(struct patience *p, const struct http_answer *a, int64_t hold_until_us,
                          unsigned most, struct rng *rng, int64_t now);

#endif
