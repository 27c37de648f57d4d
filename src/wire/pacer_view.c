/* What the pacer shows to others, and what keeps its rate from being higher. */

#include "wire/pacer.h"

#include "wire/pacer_search.h"
#include "wire/pacer_terms.h"

#define FULL .95 /* this much of a ceiling is at it */

static enum bound bound_of(const struct pacer *p, int64_t now)
{
    double most = search_flight_most(p);
    if (p->hold_until > now || p->held || p->dark > 0 || (p->room == 0 && p->room_until > now))
        return BOUND_HOLD;
    if (p->config.max_rate > 0 && p->rate >= FULL * search_ceiling(p))
        return BOUND_MAX_RATE;
    if (p->in_flight >= FULL * most)
        return most < p->config.concurrency ? BOUND_CAPACITY : BOUND_CONCURRENCY;
    return p->slow_start ? BOUND_DISTANCE : BOUND_QUOTA;
}

struct pacer_view pacer_view(const struct pacer *p, int64_t now)
{
    return (struct pacer_view){
        .rate = p->rate,
        .limit = p->rate > RISEN * p->hi && p->wall_s < LONG_S ? 0 : p->limit,
        .hold_until = p->hold_until > now ? p->hold_until : 0,
        .probing = p->single && (p->dark > 0 || p->held),
        .in_flight = p->in_flight,
        .rtt_s = p->rtt_s,
        .bound = bound_of(p, now),
    };
}
