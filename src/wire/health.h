#ifndef RESCIND_WIRE_HEALTH_H
#define RESCIND_WIRE_HEALTH_H

/* Retries of what failed without a rate signal (5xx, 408, timeouts, lost connections): how long one
 * target waits, and whether its provider can bear a retry at all. Pure, like the pacer: `now` is
 * microseconds of any monotonic clock.
 *
 * The rules:
 *   target  waits min(20 s, U(0.5 s, 3 x previous)) before its next attempt (decorrelated jitter:
 *           targets that failed together do not come back together).
 *   well    anything goes.
 *   sick    more than half of the last 100 answers (of at least 20) were failures: first attempts
 *           go, retries are paid from a budget: 0.2 for each request sent plus 1 a second, at most
 *           10 saved up. A provider that merely fails now and then is not slowed.
 *   down    20 failures in a row: one request at a time, first attempts and retries alike. After
 *           the k-th failure of a probe nothing goes for 50 ms x 1.01^k x U(0.75, 1.25), at most
 *           5 s. That lets a manifest of 50 targets whose every request fails, three attempts
 *           each, come to its end in about 14 s, while a provider that is down under a large one
 *           gets about 130 requests in the first 10 s, 280 in the first minute and 435 in all. One
 *           success ends it.
 *   lost    down, and RETRY_PATIENCE_US since the first failure after the last success: given up
 *           for this run; what is left stays resumable.
 * A 429 is no failure (the pacer's affair): it is told as a success here. A 503 that asks for a
 * wait is the affair of both. */

#include "base/rng.h"

#include <stdbool.h>
#include <stdint.h>

/* Decorrelated jitter: min(20 s, U(0.5 s, 3 x previous)); previous 0 for the first. */
int64_t retry_backoff_us(struct rng *rng, int64_t previous_us);

#define RETRY_PATIENCE_US (300 * (int64_t)1000000)
#define RETRY_PROBE_MAX_US                                                                         \
    (5 * (int64_t)1000000) /* most between two probes of a pair that is down */

enum { HEALTH_WINDOW = 100 };

/* The health of one pair. Readable, not for others to change. */
struct health {
    struct rng rng;
    double budget;                              /* retries that may go now */
    int64_t budget_us;                          /* ... as of then */
    uint64_t failed[(HEALTH_WINDOW + 63) / 64]; /* the last answers, one bit each */
    unsigned seen, at, failures;                /* of the window: filled, next place, bits set */
    unsigned streak;                            /* failures since the last success */
    int64_t dark_us;                            /* the first of them */
    bool probe_out;
    int64_t probe_at_us; /* no probe before */
    double spacing_us;   /* between probes, before jitter */
};

void health_init(struct health *h, uint64_t seed, int64_t now);
/* One for each request that health_sent counted and that left. */
void health_answer(struct health *h, int64_t now, bool failed);
/* A request that was counted as sent and then never left. */
void health_unsent(struct health *h, int64_t now);
/* The earliest time at which a first attempt, or a retry, may go as far as health is concerned
 * (<= now: now); INT64_MAX: a probe is out, wait for its answer. */
int64_t health_next(const struct health *h, int64_t now, bool retry);
void health_sent(struct health *h, int64_t now, bool retry);
bool health_sick(const struct health *h);
bool health_down(const struct health *h);
bool health_hopeless(const struct health *h, int64_t now);

#endif
