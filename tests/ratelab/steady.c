/* One constant rate, holds obeyed: what a sender could do that had been told the best rate. The
 * yardstick for buckets without burst, where jitter alone makes refusals. */

#include "play.h"

#include <math.h>
#include <stddef.h>

static _Thread_local double steady_rate;

struct steady {
    double gap_us;
    int64_t slot, hold_until;
};

static void steady_init(void *state, unsigned concurrency, uint64_t seed)
{
    (void)concurrency;
    (void)seed;
    *(struct steady *)state = (struct steady){.gap_us = 1e6 / steady_rate};
}

static int64_t steady_next(const void *state, int64_t now)
{
    const struct steady *s = state;
    int64_t at = s->slot > s->hold_until ? s->slot : s->hold_until;
    return at > now ? at : now;
}

static void steady_sent(void *state, int64_t now)
{
    struct steady *s = state;
    s->slot = now + (int64_t)s->gap_us;
}

static void steady_answer(void *state, int64_t now, int64_t sent_at, enum reply what,
                          int64_t hold_us)
{
    (void)sent_at;
    struct steady *s = state;
    if (what == REPLY_REFUSED && hold_us > 0 && now + hold_us > s->hold_until)
        s->hold_until = now + hold_us;
}

static double steady_rate_of(const void *state)
{
    return 1e6 / ((const struct steady *)state)->gap_us;
}

static const struct client client_steady = {
    "steady", steady_init, steady_next, steady_sent, steady_answer, NULL, steady_rate_of,
};

double steady_best(const struct play_setup *setup, double most_w)
{
    enum { SEEDS = 2, STEPS = 22 };
    double best = 0;
    for (int step = 1; step <= STEPS; step++) {
        double eta = 0, w = 0;
        steady_rate = setup->limiter.rate * (step == STEPS ? .97 : step / 20.0);
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            struct play_setup s = *setup;
            s.client = &client_steady;
            s.seed = seed;
            struct play_result r = play(&s);
            eta += r.eta / SEEDS;
            w += r.w / SEEDS;
        }
        if (w <= most_w)
            best = fmax(best, eta);
    }
    return best;
}
