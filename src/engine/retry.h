#ifndef RESCIND_ENGINE_RETRY_H
#define RESCIND_ENGINE_RETRY_H

/* Retries of what failed without a rate signal (5xx, timeouts, lost connections): how long one
 * target waits, and whether its provider can bear a retry at all. Pure, like the pacer. */

#include "base/rng.h"

#include <stdbool.h>
#include <stdint.h>

/* Decorrelated jitter: min(20 s, U(0.5 s, 3 x previous)); previous 0 for the first. */
int64_t retry_backoff_us(struct rng *rng, int64_t previous_us);

/* The health of one pair. While more than half of its last 100 requests failed, retries are paid
 * from a budget (20% of requests, plus one a second). A pair that is down (nothing but failures) is
 * probed: one request at a time, further and further apart; after RETRY_PATIENCE without one
 * success it is given up for this run. */
#define RETRY_PATIENCE_US (300 * (int64_t)1000000)

struct health {
    struct rng rng;
    /* the state is the implementation's affair; see retry.c */
    double budget;
};

void health_init(struct health *h, uint64_t seed, int64_t now);
void health_answer(struct health *h, int64_t now, bool failed);
/* The earliest time at which a first attempt, or a retry, may go as far as health is concerned;
 * INT64_MAX: a probe is out, wait for its answer. */
int64_t health_next(const struct health *h, int64_t now, bool retry);
void health_sent(struct health *h, int64_t now, bool retry);
bool health_down(const struct health *h);
bool health_hopeless(const struct health *h, int64_t now);

#endif
