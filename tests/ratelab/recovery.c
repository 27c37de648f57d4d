#include "recovery.h"

#include <math.h>

#define LOOK_S    2.0 /* delivered over so long, */
#define DELIVERED .95 /* this share of the new limit */
#define OVERSHOOT 1.1 /* after a step down, no more than this */

const struct recovery_case recovery_cases[RECOVERY_CASES] = {
    {5, 20}, {100, 300}, {10, 35}, {120, 400}, {300, 50}, {20, 5}, {250, 60}, {40, 10},
};

enum { RING = 4096 };

struct watch {
    const struct recovery_case *c;
    int64_t ring[RING]; /* the last successes */
    unsigned first, count;
    double at_s;
};

static void watch_step(void *to, int64_t now, bool ok, double rate)
{
    (void)rate;
    struct watch *w = to;
    double since = (double)now * 1e-6 - RECOVERY_STEP_S;
    if (!ok || since < 0 || w->at_s < INFINITY)
        return;
    while (w->count > 0 && w->ring[w->first] < now - (int64_t)(LOOK_S * 1e6)) {
        w->first = (w->first + 1) % RING;
        w->count--;
    }
    w->ring[(w->first + w->count) % RING] = now;
    w->count++;
    double full = LOOK_S * w->c->to;
    bool enough = w->count >= DELIVERED * full;
    bool settled = w->c->to > w->c->from || w->count <= OVERSHOOT * full;
    if (since >= LOOK_S && enough && settled)
        w->at_s = since;
}

double recovery_s(const struct recovery_case *c, const struct client *client, enum hint hint,
                  int64_t turn_us, uint64_t seed)
{
    struct watch w = {.c = c, .at_s = INFINITY};
    struct play_setup s = {
        .limiter = {LIMITER_BUCKET, .rate = c->from, .burst = 10,
                    .steps = {{RECOVERY_STEP_S, c->to}}},
        .client = client,
        .hint = hint,
        .rtt_s = .03,
        .sigma = .05,
        .turn_us = turn_us,
        .requests = (int64_t)(c->from * RECOVERY_STEP_S + c->to * 60),
        .concurrency = 32,
        .seed = seed,
        .most_s = 600,
        .trace = watch_step,
        .trace_to = &w,
    };
    play(&s);
    return w.at_s;
}

static void watch_rate(void *to, int64_t now, bool ok, double rate)
{
    (void)ok;
    double *at_s = to;
    if (rate >= 1e4 && *at_s == INFINITY)
        *at_s = (double)now * 1e-6;
}

struct ramp ramp_measure(const struct client *client, double rtt_s, int64_t turn_us)
{
    struct ramp r = {.to_10k_s = INFINITY};
    struct play_setup s = {
        .limiter = {.kind = LIMITER_NONE},
        .client = client,
        .rtt_s = rtt_s,
        .sigma = .05,
        .turn_us = turn_us,
        .requests = 100000,
        .concurrency = 32,
        .seed = 1,
        .most_s = 600,
        .trace = watch_rate,
        .trace_to = &r.to_10k_s,
    };
    struct play_result result = play(&s);
    /* An answer is seen, and the next request sent, at the end of a turn only. */
    double cycle =
        turn_us > 0 ? ceil(rtt_s * 1e6 / (double)turn_us + .05) * (double)turn_us * 1e-6 : rtt_s;
    r.rate = (double)s.requests / result.seconds;
    r.lost_s = result.seconds - (double)s.requests * cycle / s.concurrency;
    return r;
}
