/* Slow start: from nothing to the first wall.
 *
 * What was sent in the last round trip before the news of a wall comes back refused, so how fast to
 * grow is a question of what refusals may cost: a share of the job. A hundred thousand targets pay
 * for a few hundred with what they win; three hundred targets should meet no wall at all. And a
 * server that is merely busy should not be surprised by more than a few tens of requests. */

#include "wire/pacer_search.h"

#include "wire/pacer_terms.h"

#include <math.h>

#define NEAR_RATE 100.0 /* first, or up to so fast, */
#define NEAR_TRIP .2    /* with at most so many in flight: where the round trip is short */

#define DOUBLE_RTT       3.0    /* doubles in so many round trips, */
#define CROWD            7.0    /* ... and with more than so many in flight */
#define DOUBLE_CROWD_RTT 6.0    /* ... in so many, as each may come back as a refusal */
#define QUICK_S          .0125  /* but never quicker: a server a millisecond away gets no spike */
#define SPEND            .008   /* refusals that the search may cost for each target */
#define SPARED           1000.0 /* ... beyond so many: those of a small job buy nothing */
#define SURPRISE         22.0   /* more in flight a round trip, and no more than that */

#define MANY        5000   /* with so many targets nothing waits for the first answer */
#define FIRST_SHARE 200.0  /* ... but goes at this share of them a second, */
#define FIRST_LEAST 30.0   /* at least */
#define FIRST_MOST  120.0  /* and at most */
#define FIRST_TRIP  8.0    /* then so many in flight, */
#define TRIP_SHARE  2000.0 /* or this share of the targets */

#define TOP_RATE 1e5 /* fastest */

/* Making up lateness must not break the ceiling over any second: hence the margin. */
double search_ceiling(const struct pacer *p)
{
    double most = p->config.max_rate / (1 + LATE_FREE_S);
    return p->config.max_rate > 0 && most < TOP_RATE ? most : TOP_RATE;
}

double search_flight_most(const struct pacer *p)
{
    return min2(p->config.concurrency, p->brake.cap);
}

double search_first_rate(uint64_t left)
{
    return left < MANY ? 0 : max2(FIRST_LEAST, min2(FIRST_MOST, (double)left / FIRST_SHARE));
}

double search_rate(const struct pacer *p, bool alone)
{
    double rate = alone ? min2(NEAR_RATE, NEAR_TRIP / p->rtt_s) : 0;
    if (p->left >= MANY && p->rtt_s > DISTANT_S)
        rate = max2(rate, min2(FIRST_TRIP, (double)p->left / TRIP_SHARE) / p->rtt_s);
    return max2(p->rate, rate);
}

double search_round_trips(const struct pacer *p)
{
    double flight = p->rate * p->rtt_s, doubled = M_LN2 * flight;
    double careful = flight > CROWD ? DOUBLE_CROWD_RTT : DOUBLE_RTT;
    double budget = SPEND * max2(1, (double)p->left - SPARED);
    double dear = p->rtt_s > DISTANT_S ? min2(careful, doubled / budget) : careful;
    return max2(max2(1, doubled / SURPRISE), dear);
}

double search_factor(const struct pacer *p, double dt)
{
    return min2(2.0, exp2(dt / max2(QUICK_S, search_round_trips(p) * p->rtt_s)));
}

double search_estimate_s(const struct pacer_config *config, uint64_t targets, double rtt_s)
{
    struct pacer p = {.config = *config, .left = targets, .rtt_s = rtt_s};
    double most = min2(search_ceiling(&p), config->concurrency / rtt_s), s = 2 * rtt_s;
    double left = (double)targets;
    p.rate = max2(START_RATE, search_first_rate(targets));
    p.rate = search_rate(&p, true);
    while (p.rate < most && left > p.rate * rtt_s) {
        left -= p.rate * rtt_s;
        s += rtt_s;
        p.left = (uint64_t)left;
        p.rate *= search_factor(&p, rtt_s);
    }
    return targets ? s + left / min2(p.rate, most) : 0;
}
