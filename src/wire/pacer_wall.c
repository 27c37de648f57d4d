/* What a wall was, and how to go on after it: pacer.c tells the whole story. */

#include "wire/pacer_wall.h"

#include "wire/pacer_search.h"
#include "wire/pacer_terms.h"

#include <math.h>

#define OUTRUN 1.28 /* at the wall slow start has outrun what was refused by so much, at least */

/* Cheap walls. */
#define SHARE       .03 /* refusals per success aimed at when one costs no hold */
#define CUT         .05 /* over SHARE, so that one refusal is forgotten in about 30 successes */
#define DEBT_S      7.0 /* longest extra wait to pay back refusals beyond twice SHARE */
#define STEEP_MAX_S 1.5 /* beyond hi the search steepens in so long at most, */
#define STEEP_MIN_S .2  /* and at least */

/* Costly walls. */
#define EASE  .8  /* a burst that was followed by a long wall is repeated this much slower */
#define BURST .25 /* ... it was a burst when it took less than this share of the wall */
#define KEEP  .96 /* resume at this share of the mean of the verified and the refused rate */
#define BELOW .97 /* ... and no nearer to the refused one */
/* A wall of H s is risked again after 10 H: that costs up to 1/11 of the time, and a rise is
 * noticed within 15 s or so where H is 1 s. 20 gives 3% more on long runs, but 30 s. */
#define PROBE      10.0
#define HASTE      3.5  /* ... but after HASTE/L H when hi is e^L times the rate: much to gain */
#define TIGHT      .2   /* with less than this (ln) to gain, */
#define PROBE_SOON 30.0 /* a wall of H s is risked after 30 H, */
#define SOON_S     1.0  /* where that is a second or less */
/* Above RISEN: d ln(rate)/dt is RUSH over the longest of half a second, */
#define RUSH          .5
#define RUSH_S        .5  /* half a wall, */
#define RUSH_RTT      4.0 /* four round trips, */
#define RUSH_REQUESTS 5.0 /* and five requests' time: faster overshoots */

/* What a wall let through: successes of requests sent in this share of a round trip before it. */
#define THROUGH_TRIPS .75
#define THROUGH_LEAST 8    /* fewer say nothing */
#define THROUGH_KEEP  .97  /* resume at, */
#define THROUGH_HI    1.03 /* ... and this is hi */

/* Untold walls. */
#define LADDER     3    /* so many counted refusals before an earlier wall's length is believed */
#define AIM_S      .3   /* ... if it was this long */
#define AIM_MOST_S 60.0 /* one of an hour is no reason to sleep for an hour */

void wall_seen(struct pacer *p, int64_t now)
{
    p->wall_us = now;
    p->told = false;
    p->met_rate = p->rate;
    p->met_after_s = max2(seconds(now - p->cycle_us), 1e-3);
    p->outrun = p->slow_start ? max2(OUTRUN, exp2(1 / search_round_trips(p))) : 1;
    p->met_rtt_s = p->rtt_s; /* later those are left that took long */
    p->through_us = (int64_t)after(now, -THROUGH_TRIPS * p->rtt_s);
    p->through = 0;
}

void wall_let_through(struct pacer *p, int64_t sent_at)
{
    if (sent_at >= p->through_us && sent_at <= p->wall_us)
        p->through++;
}

/* Requests a second that came through as the wall began; 0: too few to say. */
static double through_rate(const struct pacer *p)
{
    return p->through < THROUGH_LEAST ? 0 : p->through / (THROUGH_TRIPS * p->met_rtt_s);
}

/* d ln(rate) / dt, `y` seconds after the climb began: evenly up to hi, then faster. */
double wall_growth(const struct pacer *p, double y)
{
    if (y < 0)
        return 0;
    double even = p->climb_log / p->climb_s;
    if (y <= p->climb_s)
        return even;
    if (p->rate > RISEN * p->hi)
        return RUSH / max2(max2(RUSH_S, RUSH_REQUESTS / p->rate),
                           max2(RUSH_RTT * p->rtt_s, p->wall_s / 2));
    if (p->wall_s > 0)
        return max2(even, (RISEN - 1) / p->wall_s);
    double over = (y - p->climb_s) / p->steep_s;
    return even * (1 + over * over);
}

/* What a wall that just ended was, in the words of the essay above. */
struct wall {
    double s, t, n, lo, hi;
    double through; /* 0: not known, or not to be believed */
    bool cheap;
};

static struct wall wall_read(const struct pacer *p, int64_t now)
{
    struct wall w = {.t = p->met_after_s, .n = (double)p->cycle_ok};
    w.s = max2(0, seconds(now - p->wall_us) - p->met_rtt_s);
    w.lo = w.n / (w.t + w.s);
    w.cheap = !p->told && w.s * p->met_rate <= FREE_REQUESTS;
    w.hi = p->slow_start && !w.cheap ? p->met_rate / p->outrun : p->met_rate;
    w.through = through_rate(p);
    if (w.cheap || w.s >= LONG_S || !(p->met_rtt_s > DISTANT_S))
        w.through = 0;
    if (w.through > 0)
        w.hi = min2(p->met_rate, THROUGH_HI * w.through);
    return w;
}

static void new_cycle(struct pacer *p, int64_t now)
{
    p->cycle_us = now;
    p->cycle_ok = p->cycle_refused = 0;
}

static double resume_cheap(struct pacer *p, const struct wall *w, int64_t now)
{
    double met = p->met_rate, enough = max2(1.0, 16 / met), start = met * (1 - CUT);
    double through = through_rate(p);
    if (p->slow_start)
        start = through > met / 2 && through < met ? through : max2(met / 2, min2(met, w->lo));
    else if (w->t < 3 * enough && p->cycle_ok + p->cycle_refused >= 5)
        start = min2(start, w->lo * (1 + SHARE));
    if (w->t >= enough || p->slow_start)
        new_cycle(p, now);
    return start;
}

static double resume_costly(struct pacer *p, const struct wall *w, int64_t now)
{
    double start = 0;
    if (w->through > 0) {
        start = min2(THROUGH_KEEP * w->through, w->hi);
    } else if (p->first_costly ||
               w->t < BURST * w->s) { /* a burst, then a long wall: once more, gently */
        start = EASE * w->n / max2(w->t, 1.0);
        if (w->s < LONG_S)
            start = max2(start, sqrt(w->lo * w->hi));
    } else if (w->t > 2 * max2(1.0, w->s)) { /* met after a long climb: the bracket is tight */
        start = min2(KEEP * sqrt(p->verified * w->hi), BELOW * w->hi);
    } else if (w->s < LONG_S) { /* met at once: far too fast */
        start = sqrt(w->lo * min2(w->hi, w->n / w->t));
    }
    new_cycle(p, now);
    p->first_costly = false;
    start = max2(w->lo, start);
    p->verified = p->recent = start;
    p->mark_us = now;
    return start;
}

/* How long to take back to hi: what the wall cost in time, in refusals, and in old refusals. */
static void plan_climb(struct pacer *p, const struct wall *w, int64_t now)
{
    double start = p->rate,
           cost_s = p->wall_s > 0 && p->told ? p->wall_s + p->met_rtt_s : p->wall_s;
    p->climb_log = max2(CUT, log(max2(1.0, w->hi / start)));
    double refusals = p->wall_s > 0 || p->climb_log < TIGHT ? max2(1, p->dark) : 1;
    double debt = (double)p->all_refused / SHARE / 2 - (double)p->all_ok;
    double search_s = min2(PROBE, HASTE / p->climb_log) * cost_s;
    if (p->climb_log < TIGHT) /* little to gain, and a rise is still noticed within a second */
        search_s = max2(search_s, min2(SOON_S, PROBE_SOON * cost_s));
    p->climb_s = max2(search_s, max2(refusals / (SHARE * start), min2(DEBT_S, debt / start)));
    p->steep_s = min2(STEEP_MAX_S, max2(p->climb_s / 2, STEEP_MIN_S));
    p->climb_us = after(now, p->wall_s * p->wall_s / 2); /* the longer it was, the later */
}

/* The first success after a wall, or what stands for one. */
void wall_end(struct pacer *p, int64_t now)
{
    struct wall w = wall_read(p, now);
    double start = w.cheap ? resume_cheap(p, &w, now) : resume_costly(p, &w, now);
    p->rate = min2(search_ceiling(p), max2(FLOOR_RATE, min2(start, BELOW * p->met_rate)));
    p->slow_start = p->hearsay = false;
    p->wall_s = w.cheap ? 0 : w.s;
    p->limit = w.cheap ? w.hi : w.s < LONG_S ? p->rate : w.lo;
    p->hi = w.hi;
    p->blind_cycle_s = w.t;
    p->blind_from_s = p->told ? 0 : seconds(p->epoch_us - p->wall_us);
    p->blind_to_s = p->told ? 0 : p->wall_s;
    plan_climb(p, &w, now);
    p->dark = 0;
}

void wall_known(struct pacer *p, int64_t now, double hi)
{
    struct wall w = {.hi = hi};
    p->rate = min2(search_ceiling(p), max2(FLOOR_RATE, hi * (1 - CUT)));
    p->slow_start = p->first_costly = p->told = false;
    p->hearsay = true;
    p->verified = p->recent = p->rate;
    p->mark_us = now;
    p->limit = p->hi = hi;
    p->wall_s = p->blind_cycle_s = p->blind_from_s = p->blind_to_s = 0;
    new_cycle(p, now);
    plan_climb(p, &w, now);
}

/* Where within (from, to] a wall should end, `e` seconds after it began. */
static double aim_s(const struct pacer *p, double e, double from, double to)
{
    if (e < from)
        return from - e;
    return e < to ? max2((to - from) / 3, p->rtt_s) : INFINITY;
}

/* How long to wait before the next try of an untold wall, `e` seconds old. It may be as long as the
 * one before (a penalty), or end a whole period after that one's end (a window). */
double wall_gap_s(struct pacer *p, double e)
{
    double beat = 1 / p->met_rate, jitter = rng_uniform(&p->rng, 1.0, 1.25);
    if (p->dark == 1)
        return min2(FAR_S, beat) * jitter;
    double step = max2(beat, STEP_S);
    double ladder = max2(step * pow(BACK, min2(p->dark, LADDER) - 1), (BACK - 1) * e);
    double gap = min2(FAR_S, ladder) * jitter;
    if (p->dark <= LADDER || p->blind_to_s < AIM_S)
        return gap;
    double shift = p->blind_cycle_s - p->met_after_s;
    double aim = min2(aim_s(p, e, p->blind_from_s, p->blind_to_s),
                      aim_s(p, e, p->blind_from_s + shift, p->blind_to_s + shift));
    if (e > p->blind_from_s + min2(0, shift))
        aim = min2(aim, gap);
    return aim < INFINITY ? max2(min2(aim, AIM_MOST_S), step) : gap;
}
