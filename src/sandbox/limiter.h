#ifndef RESCIND_SANDBOX_LIMITER_H
#define RESCIND_SANDBOX_LIMITER_H

/* The rate limiters of the stand-in providers: pure state machines over (now), one per provider.
 * They are the same three that the pacer is judged against in simulation:
 *
 *   bucket:100/s:burst=5       token bucket, 100 a second, 5 deep (without burst: a second's worth)
 *   window:150/3s:phase=0.5    fixed window; phase is how far the first one has run at the start
 *   box:100/1s:out=5s          more than 100 in any second, refused ones too: out for 5 s
 *   none
 *
 * Each takes `:from=10s`, so that several make a schedule, counted from the first request. */

#include "base/error.h"

#include <stdint.h>

enum limiter_kind { LIMIT_NONE, LIMIT_BUCKET, LIMIT_WINDOW, LIMIT_BOX };
enum { LIMITER_STAGES = 8 };

struct limiter_stage {
    enum limiter_kind kind;
    int64_t from_us;
    double quota, burst, phase;
    int64_t per_us, out_us;
};

struct limiter {
    struct limiter_stage stage[LIMITER_STAGES];
    unsigned stages, current;
    int64_t start_us; /* of the first request; -1 before */
    int64_t last_us, window, blocked_until_us;
    double tokens, used;
    int64_t *arrivals; /* box: a ring of the last arrivals, quota of them */
    uint64_t ring, head, held;
};

/* EXIT_USAGE, without the option's name. */
int limiter_parse(const char *spec, struct limiter_stage *out, struct error *err);

void limiter_init(struct limiter *l);
/* Stages must come in the order of their `from`. EXIT_USAGE. */
int limiter_add(struct limiter *l, const struct limiter_stage *stage, struct error *err);
void limiter_free(struct limiter *l);

/* -1: admitted. Otherwise the microseconds until the limiter could admit again. `now` never goes
 * back. */
int64_t limiter_admit(struct limiter *l, int64_t now_us);

/* What it would still admit at the moment of the last request, for headers that tell, and how long
 * until that is whole again; -1: no limit. */
int64_t limiter_room(const struct limiter *l, int64_t *reset_us);
/* The quota in force, 0: none. */
double limiter_quota(const struct limiter *l);

#endif
