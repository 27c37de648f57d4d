/* The controller under test: wire/pacer.h. */

#include "play.h"

#include "wire/pacer.h"

#include <stddef.h>

static void ours_init(void *state, unsigned concurrency, uint64_t seed)
{
    pacer_init(state, &(struct pacer_config){.concurrency = concurrency, .seed = seed}, 0);
}

static int64_t ours_next(const void *state, int64_t now)
{
    return pacer_next(state, now);
}

static void ours_sent(void *state, int64_t now)
{
    pacer_sent(state, now);
}

static void ours_answer(void *state, int64_t now, int64_t sent_at, enum reply what, int64_t hold_us)
{
    static const enum pacer_answer said[] = {PACER_OK, PACER_REFUSED, PACER_SICK};
    pacer_answer(state, now, sent_at, said[what], hold_us);
}

static void ours_left(void *state, int64_t left)
{
    pacer_left(state, (uint64_t)left);
}

static double ours_rate(const void *state)
{
    return ((const struct pacer *)state)->rate;
}

_Static_assert(sizeof(struct pacer) <= CLIENT_SIZE, "it must fit");
const struct client client_pacer = {
    "pacer", ours_init, ours_next, ours_sent, ours_answer, ours_left, ours_rate,
};
