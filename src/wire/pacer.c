/* Finding a limit that nobody tells, from the refusals alone.
 *
 * Pacing. Requests go in an even row, `rate` a second. The very first goes alone, to learn the
 * round trip. The rate never exceeds what `concurrency` requests in flight can carry, or it would
 * run away where that is the real limit, and the first refusal would find it anywhere.
 *
 * Slow start. From 30 a second, or up to 100 where the server is near, the rate doubles every three
 * round trips, so that at the first refusal a quarter of what was sent before is in flight; once
 * eight are, every six.
 *
 * A wall is a time in which the server takes nothing: from the first refusal that counts to the
 * first success of a request sent after the last one that counts. A refusal counts when its request
 * was sent after the news of the last counted one; the others were in flight already and say
 * nothing new. A wall lasts `wall_s`, told (Retry-After) or measured, and was met after n successes
 * in t seconds. Two facts carry the design:
 *
 *   lo = n / (t + wall_s)  is what running into the wall each time delivers: exact for a fixed
 *                          window and a deep bucket, too low for a shallow bucket or a penalty box;
 *   n / t                  is at or above the limit. The truth lies between, and closer the longer
 *                          t is.
 *
 * In a wall. A told hold is absolute: nothing goes before its end (plus jitter, so that several
 * clients do not come back together), then one probe; whatever the probe's answer is, the next one
 * may go only after it. An untold wall is tried again after a beat, then further and further apart,
 * one at a time; where the wall before was a long one, it is tried when that one's length, or its
 * period, says that it should end.
 *
 * After it. A cheap wall cost refusals but no time: go on 5% slower, which keeps refusals at about
 * 3% and the rate just above a bucket's. A costly one cost time: resume between `lo` and what was
 * seen to work, climb back to `hi`, the rate that was refused, over a time that grows with what the
 * wall cost, and go on beyond. 10% above the old `hi` the limit must have risen: grow fast.
 *
 *      rate
 *   hi  |     wall          _.-'| wall
 *       |    .'|        _.-'    |
 *       |  .'  |    _.-'        |   _.-
 *       |.'    |   | start      |  |
 *       +------+---+------------+--+----> time
 *         slow  hold    climb    hold
 *         start
 *
 * Example, a bucket of 40/s, 5 deep, that says "Retry-After: 1", 30 ms away: slow start meets it at
 * 138/s after 12 successes in 0.24 s: lo 10/s, hi 110/s, so 34/s next, refused two seconds later at
 * 52/s; from the fifth wall on it goes from 39.5 to 41.2/s in 10 s and holds for 1.05 s, one
 * refusal in 400 requests.
 *
 * Invariants: no request inside a told hold; at most one probe out; PACER_WAIT only while something
 * is in flight; hold_until never goes back. */

#include "wire/pacer.h"

#include <math.h>

/* Rates, requests a second. */
#define START_RATE 30.0  /* a factor of 10 or so from most providers' limits, either way */
#define NEAR_RATE  100.0 /* ... or up to so fast, */
#define NEAR_TRIP  .2    /* with at most so many in flight: where the round trip is short */
#define FLOOR_RATE .2    /* slowest: one request in 5 s still notices recovery */
#define TOP_RATE   1e5   /* fastest */

/* Slow start. */
#define DOUBLE_RTT       3.0   /* doubles in so many round trips, */
#define CROWD            7.0   /* ... and with more than so many in flight */
#define DOUBLE_CROWD_RTT 6.0   /* ... in so many, as each may come back as a refusal */
#define QUICK_S          .0125 /* but never quicker: a server a millisecond away gets no spike */
#define OUTRUN           1.28  /* at the wall it has outrun what was refused by so much */
#define IN_FLIGHT        1.25  /* the rate is at most so many times what concurrency can carry, */
#define SETTLE_S         .05   /* and comes down to that so slowly: a late turn is no long trip */

/* Late turns of the caller's loop are made up by at most so much. */
#define LATE_FREE_S   5e-3 /* while no limit was met: a turn can answer tens of requests */
#define LATE_WALLED_S 2e-3 /* afterwards: at 5,000 a second that is a burst of 10 */
#define LATE_SLOW_S   1e-3 /* where less than half a request fits in: a timer's lateness */

/* Cheap walls. */
#define FREE_REQUESTS 3.0 /* a wall of fewer requests' time is cheap */
#define SHARE         .03 /* refusals per success aimed at when one costs no hold */
#define CUT           .05 /* over SHARE, so that one refusal is forgotten in about 30 successes */
#define DEBT_S        7.0 /* longest extra wait to pay back refusals beyond twice SHARE */
#define STEEP_MAX_S   1.5 /* beyond hi the search steepens in so long at most, */
#define STEEP_MIN_S   .2  /* and at least */

/* Costly walls. */
#define LONG_S 2.5 /* longer ones are windows or penalties, where lo is the truth */
#define EASE   .8  /* a burst that was followed by a long wall is repeated this much slower */
#define BURST  .25 /* ... it was a burst when it took less than this share of the wall */
#define KEEP   .96 /* resume at this share of the mean of the verified and the refused rate */
#define BELOW  .97 /* ... and no nearer to the refused one */
/* A wall of H s is risked again after 10 H: that costs up to 1/11 of the time, and a rise is
 * noticed within 15 s or so where H is 1 s. 20 gives 3% more on long runs, but 30 s. */
#define PROBE         10.0
#define HASTE         3.5  /* ... but after HASTE/L H when hi is e^L times the rate: much to gain */
#define TIGHT         .2   /* with less than this (ln) to gain, */
#define PROBE_SOON    30.0 /* a wall of H s is risked after 30 H, */
#define SOON_S        1.0  /* where that is a second or less */
#define MARK_S        .7 /* the rate is verified one to two marks back; a longer wall spaces them */
#define RISEN         1.1 /* this much above hi the limit has risen */
#define RUSH          .5  /* then d ln(rate)/dt is this over the longest of half a second, */
#define RUSH_S        .5  /* half a wall, */
#define RUSH_RTT      4.0 /* four round trips, */
#define RUSH_REQUESTS 5.0 /* and five requests' time: faster overshoots */

/* Untold walls, and probes that got no answer about the rate. */
#define BACK      1.6 /* tries STEP_S x 1.6^k apart, which is 0.6 of the time since the first */
#define STEP_S    .02 /* ... or a beat, where that is longer */
#define FAR_S     5.0 /* ... at most: the end of a long wall is overslept by 3 s on average */
#define LADDER    3   /* so many counted refusals before an earlier wall's length is believed */
#define AIM_S     .3  /* ... if it was this long */
#define SINGLE    3   /* refusals in a row after which only one request is in flight */
#define SICK_ENDS 3   /* probes in a row that reached a sick server: the limiter let them pass */
#define ROOM_S    60  /* "no room" on a success is believed for so long */

static double min2(double a, double b)
{
    return a < b ? a : b;
}

static double max2(double a, double b)
{
    return a > b ? a : b;
}

static double seconds(int64_t us)
{
    return (double)us * 1e-6;
}

static double after(int64_t now, double s)
{
    return (double)now + s * 1e6;
}

/* How late the loop may be and still make up for it. Below half a request per turn there is nothing
 * to make up but a timer's lateness. */
static double late_s(const struct pacer *p)
{
    double turn = p->slow_start ? LATE_FREE_S : LATE_WALLED_S;
    return p->rate * turn > .5 ? turn : min2(LATE_SLOW_S, .5 / p->rate);
}

/* Making up lateness must not break the ceiling over any second: hence the margin. */
static double ceiling(const struct pacer *p)
{
    double most = p->config.max_rate / (1 + LATE_FREE_S);
    return p->config.max_rate > 0 && most < TOP_RATE ? most : TOP_RATE;
}

void pacer_init(struct pacer *p, const struct pacer_config *config, int64_t now)
{
    *p = (struct pacer){
        .config = *config,
        .rng = rng_seed(config->seed),
        .slow_start = true,
        .first_costly = true,
        .single = true,
        .epoch_us = INT64_MIN,
        .hold_until = INT64_MIN,
        .cycle_us = now,
        .last_ok_us = now,
        .slot_us = (double)now,
        .room = -1,
    };
    if (p->config.concurrency == 0)
        p->config.concurrency = 1;
    p->rate = min2(START_RATE, ceiling(p));
}

/* ---- sending ---- */

int64_t pacer_next(const struct pacer *p, int64_t now)
{
    if (p->probe_out || p->in_flight >= p->config.concurrency)
        return PACER_WAIT;
    int64_t at = (int64_t)ceil(p->slot_us);
    if (p->room == 0 && at < p->room_until)
        at = p->room_until;
    if (at < p->hold_until)
        at = p->hold_until;
    return at > now ? at : now;
}

void pacer_sent(struct pacer *p, int64_t now)
{
    double due = max2(p->slot_us, (double)p->hold_until); /* a hold's time is not made up */
    p->slot_us = max2(after(now, -late_s(p)), due) + 1e6 / p->rate;
    p->in_flight++;
    if (p->room > 0)
        p->room--;
    if (p->single) {
        p->probe_out = true;
        p->probe_us = now;
    }
}

static void delay(struct pacer *p, int64_t now, double s)
{
    p->slot_us = max2(p->slot_us, after(now, s));
}

static void hold(struct pacer *p, int64_t until)
{
    if (until > p->hold_until)
        p->hold_until = until;
}

/* ---- the climb ---- */

/* d ln(rate) / dt, `y` seconds after the climb began: evenly up to hi, then faster. */
static double growth(const struct pacer *p, double y)
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

static double slow_start_factor(const struct pacer *p, double dt)
{
    double rtts = p->rate * p->rtt_s > CROWD ? DOUBLE_CROWD_RTT : DOUBLE_RTT;
    return min2(2.0, exp2(dt / max2(QUICK_S, rtts * p->rtt_s)));
}

static void grow(struct pacer *p, int64_t now, double dt)
{
    double f;
    if (p->slow_start) {
        f = slow_start_factor(p, dt);
    } else {
        if (seconds(now - p->mark_us) > MARK_S * max2(1.0, p->wall_s)) {
            p->verified = p->recent;
            p->recent = p->rate;
            p->mark_us = now;
        }
        f = 1 + min2(.5, growth(p, ((double)now - p->climb_us) * 1e-6) * dt);
    }
    double most = IN_FLIGHT * p->config.concurrency / p->rtt_s, grown = p->rate * f;
    if (grown > most)
        grown = max2(most, min2(p->rate, p->rate * exp(-dt / SETTLE_S)));
    double before = p->rate;
    p->rate = min2(ceiling(p), grown);
    if (p->slow_start) /* the next send's place follows the rate */
        p->slot_us += 1e6 / p->rate - 1e6 / before;
}

/* ---- the end of a wall ---- */

/* What a wall that just ended was, in the words of the essay above. */
struct wall {
    double s, t, n, lo, hi;
    bool cheap;
};

static struct wall wall_read(const struct pacer *p, int64_t now)
{
    struct wall w = {.t = p->met_after_s, .n = (double)p->cycle_ok};
    w.s = max2(0, seconds(now - p->wall_us) - p->rtt_s);
    w.lo = w.n / (w.t + w.s);
    w.cheap = !p->told && w.s * p->met_rate <= FREE_REQUESTS;
    w.hi = p->slow_start && !w.cheap ? p->met_rate / OUTRUN : p->met_rate;
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
    if (p->slow_start)
        start = max2(met / 2, min2(met, w->lo));
    else if (w->t < 3 * enough && p->cycle_ok + p->cycle_refused >= 5)
        start = min2(start, w->lo * (1 + SHARE));
    if (w->t >= enough || p->slow_start)
        new_cycle(p, now);
    return start;
}

static double resume_costly(struct pacer *p, const struct wall *w, int64_t now)
{
    double start = 0;
    if (p->first_costly || w->t < BURST * w->s) { /* a burst, then a long wall: once more, gently */
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
    double start = p->rate, cost_s = p->wall_s > 0 && p->told ? p->wall_s + p->rtt_s : p->wall_s;
    p->climb_log = max2(CUT, log(max2(1.0, w->hi / start)));
    double refusals = p->wall_s > 0 || p->climb_log < TIGHT ? p->dark : 1;
    double debt = (double)p->all_refused / SHARE / 2 - (double)p->all_ok;
    double search_s = min2(PROBE, HASTE / p->climb_log) * cost_s;
    if (p->climb_log < TIGHT) /* little to gain, and a rise is still noticed within a second */
        search_s = max2(search_s, min2(SOON_S, PROBE_SOON * cost_s));
    p->climb_s = max2(search_s, max2(refusals / (SHARE * start), min2(DEBT_S, debt / start)));
    p->steep_s = min2(STEEP_MAX_S, max2(p->climb_s / 2, STEEP_MIN_S));
    p->climb_us = after(now, p->wall_s * p->wall_s / 2); /* the longer it was, the later */
}

/* The first success after a wall, or what stands for one. */
static void resume(struct pacer *p, int64_t now)
{
    struct wall w = wall_read(p, now);
    double start = w.cheap ? resume_cheap(p, &w, now) : resume_costly(p, &w, now);
    p->rate = min2(ceiling(p), max2(FLOOR_RATE, start));
    p->slow_start = false;
    p->wall_s = w.cheap ? 0 : w.s;
    p->limit = w.cheap ? w.hi : w.s < LONG_S ? p->rate : w.lo;
    p->hi = w.hi;
    p->blind_cycle_s = w.t;
    p->blind_from_s = p->told ? 0 : seconds(p->epoch_us - p->wall_us);
    p->blind_to_s = p->told ? 0 : p->wall_s;
    plan_climb(p, &w, now);
    p->dark = 0;
}

/* ---- answers ---- */

static void success(struct pacer *p, int64_t now, int64_t sent_at)
{
    double trip = max2(seconds(now - sent_at), 1e-6), dt = seconds(now - p->last_ok_us);
    p->rtt_s = p->rtt_s > 0 ? .9 * p->rtt_s + .1 * trip : trip;
    p->last_ok_us = now;
    p->cycle_ok++;
    p->all_ok++;
    if ((p->dark > 0 && sent_at <= p->epoch_us) || (p->held && sent_at < p->hold_until))
        return; /* sent before the wall or the hold: says nothing of its end */
    bool was_single = p->single;
    p->single = p->probe_out = p->held = false;
    p->refused_running = p->duds = 0;
    if (p->dark > 0)
        resume(p, now);
    if (was_single && p->slow_start)
        p->rate = min2(ceiling(p), max2(p->rate, min2(NEAR_RATE, NEAR_TRIP / p->rtt_s)));
    if (was_single)
        p->slot_us = max2((double)now, after(sent_at, 1 / p->rate));
    else
        grow(p, now, dt);
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
static double blind_gap_s(struct pacer *p, double e)
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
    return aim < INFINITY ? max2(aim, step) : gap;
}

static void count_refusal(struct pacer *p, int64_t now)
{
    p->epoch_us = now;
    p->probe_out = false;
    if (p->dark == 0) {
        p->wall_us = now;
        p->told = false;
        p->met_rate = p->rate;
        p->met_after_s = max2(seconds(now - p->cycle_us), 1e-3);
    }
    p->dark++;
}

static void refused(struct pacer *p, int64_t now, int64_t sent_at, int64_t hold_us)
{
    p->all_refused++;
    p->cycle_refused++;
    p->refused_running++;
    bool counted = sent_at > p->epoch_us;
    if (counted)
        count_refusal(p, now);
    double told_s = seconds(hold_us), beat = 1 / p->met_rate;
    if (hold_us > 0 && told_s > FREE_REQUESTS * beat) {
        double jitter = rng_uniform(&p->rng, 0, min2(2.0, told_s / 10));
        hold(p, now + hold_us + (int64_t)(jitter * 1e6));
        p->told = p->single = p->held = true;
    } else if (hold_us > 0) {
        hold(p, now + hold_us + (int64_t)(beat * 1e6));
    } else if (counted) {
        delay(p, now, blind_gap_s(p, seconds(now - p->wall_us)));
    }
    if (p->refused_running >= SINGLE || p->slow_start || p->blind_to_s > AIM_S)
        p->single = true;
}

/* A probe ended in neither success nor refusal: its place is free, later and later. With no wall
 * and no hold there was nothing to prove. */
static void dud(struct pacer *p, int64_t now, bool reached)
{
    p->probe_out = false;
    p->duds++;
    double gap = max2(1 / p->rate, STEP_S) * pow(BACK, min2(p->duds, 30));
    delay(p, now, min2(FAR_S, gap) * rng_uniform(&p->rng, 1.0, 1.25));
    bool waiting = p->dark > 0 || p->held;
    if (waiting && !(reached && p->duds >= SICK_ENDS))
        return;
    if (p->hold_until > now)
        return;
    if (p->dark > 0)
        resume(p, now);
    p->single = p->held = false;
}

static void one_less(struct pacer *p)
{
    if (p->in_flight > 0)
        p->in_flight--;
}

void pacer_answer(struct pacer *p, int64_t now, int64_t sent_at, enum pacer_answer what,
                  int64_t hold_us)
{
    bool probe = p->probe_out && sent_at >= p->probe_us;         /* what was sent last */
    if (p->in_flight >= p->config.concurrency && !p->slow_start) /* not late: it had no place */
        p->slot_us = max2(p->slot_us, (double)now - 1e6 / p->rate);
    one_less(p);
    if (probe)
        p->probe_out = false;
    switch (what) {
    case PACER_OK:
        success(p, now, sent_at);
        break;
    case PACER_REFUSED:
        refused(p, now, sent_at, hold_us);
        break;
    case PACER_SICK:
    case PACER_LOST:
        if (probe)
            dud(p, now, what == PACER_SICK);
        break;
    }
    if (p->in_flight == 0)
        p->probe_out = false;
}

void pacer_unsent(struct pacer *p, int64_t now)
{
    one_less(p);
    if (p->probe_out) /* what was sent last, so it is this one */
        dud(p, now, false);
}

void pacer_hold(struct pacer *p, int64_t until)
{
    hold(p, until);
    p->single = p->held = true;
}

void pacer_room(struct pacer *p, int64_t now, int64_t remaining, int64_t reset_us)
{
    if (remaining < 0 || reset_us <= 0)
        return;
    /* Those in flight may not be counted in it yet. */
    p->room = remaining > p->in_flight ? remaining - p->in_flight : 0;
    int64_t most = ROOM_S * (int64_t)1000000;
    p->room_until = now + (reset_us < most ? reset_us : most);
}

struct pacer_view pacer_view(const struct pacer *p, int64_t now)
{
    return (struct pacer_view){
        .rate = p->rate,
        .limit = p->rate > RISEN * p->hi && p->wall_s < LONG_S ? 0 : p->limit,
        .hold_until = p->hold_until > now ? p->hold_until : 0,
        .probing = p->single && (p->dark > 0 || p->held),
    };
}
