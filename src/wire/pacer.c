/* Finding a limit that nobody tells, from the refusals alone. pacer_search.c has the way to the
 * first wall, pacer_wall.c what is learned from each, pacer_brake.c how a busy server is told from
 * a limit.
 *
 * Pacing. Requests go in an even row, `rate` a second. The very first goes alone, to learn the
 * round trip, unless there are thousands. The rate never exceeds what may be in flight can carry,
 * or it would run away where that is the real limit, and the first refusal would find it anywhere.
 * What is in flight is a result: rate x round trip, up to `concurrency`.
 *
 * Slow start. From 30 a second the rate doubles every few round trips, the sooner the more targets
 * are left: what is in flight at the first refusal comes back refused.
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
 * Far away. A wall is news a round trip late, so what it let through while it began is measured:
 * the successes of requests sent just before the news. That is the limit itself, and where to
 * resume. And once a told hold was right, the next ones are believed: no lone probe after them.
 *
 * A server that stands still is neither: pacer_stall.c.
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
 * is in flight; hold_until never goes back; a wall never ends with a higher rate than met it. */

#include "wire/pacer.h"

#include "wire/pacer_search.h"
#include "wire/pacer_stall.h"
#include "wire/pacer_terms.h"
#include "wire/pacer_wall.h"

#include <math.h>

#define IN_FLIGHT 1.25 /* the rate is at most so many times what may be in flight can carry, */
#define SETTLE_S  .05  /* and comes down to that so slowly: a late turn is no long trip */
#define MARK_S    .7   /* the rate is verified one to two marks back; a longer wall spaces them */
/* So many in a row were refused again at their ends: then the ends say little, and the gaps grow as
 * those of an untold wall do, too. */
#define FALSE_HOLDS 3
#define EASED       .8 /* after a hold without a probe of its own, of the rate before */

/* Late turns of the caller's loop are made up by at most so much. */
#define LATE_WALLED_S 2e-3 /* afterwards: at 5,000 a second that is a burst of 10 */
#define LATE_SLOW_S   1e-3 /* where less than half a request fits in: a timer's lateness */

#define TRIP_MOST_S 60.0 /* more was no round trip: the clock leapt, or the process stood still */

#define MET_LEAST 5 /* so many successes have a part in the wall that a neighbour met */

/* Probes that got no answer about the rate. */
#define SINGLE    3  /* refusals in a row after which only one request is in flight */
#define SICK_ENDS 3  /* probes in a row that reached a sick server: the limiter let them pass */
#define UNHEARD   8  /* in flight at first, before anything was answered */
#define AIM_S     .3 /* walls of so long are met again with one request at a time */

/* How late the loop may be and still make up for it. Below half a request per turn there is nothing
 * to make up but a timer's lateness. */
static double late_s(const struct pacer *p)
{
    double turn = p->slow_start ? LATE_FREE_S : LATE_WALLED_S;
    return p->rate * turn > .5 ? turn : min2(LATE_SLOW_S, .5 / p->rate);
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
        .now_us = now,
        .room = -1,
    };
    if (p->config.concurrency == 0)
        p->config.concurrency = 1;
    brake_init(&p->brake);
    stall_init(p, now);
    p->rate = min2(START_RATE, search_ceiling(p));
}

void pacer_left(struct pacer *p, uint64_t left)
{
    p->left = left;
    if (p->begun || p->held || !p->slow_start)
        return;
    double rate = search_first_rate(left);
    p->single = !(rate > 0);
    p->rate = min2(max2(START_RATE, rate), search_ceiling(p));
}

/* ---- sending ---- */

/* Before any limit is known, what is out may at most double with each round trip in which so much
 * was out: a server that stops answering must not get the whole of `concurrency` meanwhile. */
static bool unheard(const struct pacer *p)
{
    return p->slow_start && p->in_flight >= UNHEARD + p->heard;
}

static void hear(struct pacer *p)
{
    p->heard += 2 * p->in_flight >= UNHEARD + p->heard;
}

int64_t pacer_next(const struct pacer *p, int64_t now)
{
    if (p->probe_out || p->in_flight >= search_flight_most(p) || unheard(p))
        return PACER_WAIT;
    int64_t at = (int64_t)ceil(p->slot_us);
    if (p->room == 0 && at < p->room_until)
        at = p->room_until;
    if (at < p->hold_until)
        at = p->hold_until;
    return stall_next(p, at > now ? at : now);
}

/* A clock that was set back is taken to stand still. */
static int64_t onward(struct pacer *p, int64_t now)
{
    if (now > p->now_us)
        p->now_us = now;
    return p->now_us;
}

void pacer_sent(struct pacer *p, int64_t now)
{
    now = onward(p, now);
    double due = max2(p->slot_us, (double)p->hold_until); /* a hold's time is not made up */
    p->slot_us = max2(after(now, -late_s(p)), due) + 1e6 / p->rate;
    stall_sent(p, now);
    p->in_flight++;
    p->begun = true;
    brake_sent(&p->brake, now, p->in_flight);
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

static void grow(struct pacer *p, int64_t now, double dt)
{
    double f;
    if (p->slow_start) {
        f = search_factor(p, dt);
    } else {
        if (seconds(now - p->mark_us) > MARK_S * max2(1.0, p->wall_s)) {
            p->verified = p->recent;
            p->recent = p->rate;
            p->mark_us = now;
        }
        f = 1 + min2(.5, wall_growth(p, ((double)now - p->climb_us) * 1e-6) * dt);
    }
    if (p->hearsay && p->rate > RISEN * p->hi) { /* no such limit here */
        p->slow_start = p->first_costly = true;
        p->hearsay = false;
    }
    double most = IN_FLIGHT * search_flight_most(p) / p->rtt_s, grown = p->rate * f;
    if (grown > most)
        grown = max2(most, min2(p->rate, p->rate * exp(-dt / SETTLE_S)));
    double before = p->rate;
    p->rate = min2(search_ceiling(p), max2(FLOOR_RATE, grown));
    if (p->slow_start) /* the next send's place follows the rate */
        p->slot_us += 1e6 / p->rate - 1e6 / before;
}

/* ---- answers ---- */

/* How long the request was under way, without what its connection took. */
static double trip_of(const struct pacer *p, int64_t now, int64_t sent_at)
{
    return min2(TRIP_MOST_S, max2(seconds(now - sent_at - p->delayed_us), 1e-6));
}

static void success(struct pacer *p, int64_t now, int64_t sent_at, bool stalled)
{
    double trip = trip_of(p, now, sent_at), dt = seconds(now - p->last_ok_us);
    if (p->stall_us == now) /* its silence is no time to grow by, but for a round trip of it */
        dt = min2(dt, p->rtt_s);
    bool first = !(p->rtt_s > 0);
    if (!stalled)
        p->rtt_s = first ? trip : .9 * p->rtt_s + .1 * trip;
    p->last_ok_us = now;
    p->cycle_ok++;
    p->all_ok++;
    if ((p->dark > 0 && sent_at <= p->epoch_us) || (p->held && sent_at < p->hold_until))
        return; /* sent before the wall or the hold: says nothing of its end */
    bool was_single = p->single;
    p->trusted |= was_single && p->held && p->rtt_s > DISTANT_S;
    p->single = p->probe_out = p->held = false;
    p->refused_running = p->duds = 0;
    if (p->dark > 0) {
        wall_end(p, now);
        dt = min2(dt, FREE_REQUESTS / p->rate); /* no more of the climb than a cheap one lasts */
    }
    if ((first || was_single) && p->slow_start)
        p->rate = min2(search_ceiling(p), search_rate(p, was_single));
    if (was_single)
        p->slot_us = max2((double)now, after(sent_at, 1 / p->rate));
    else if (!first)
        grow(p, now, dt);
}

static void count_refusal(struct pacer *p, int64_t now)
{
    p->epoch_us = now;
    p->probe_out = false;
    if (p->dark == 0)
        wall_seen(p, now);
    p->dark++;
}

/* Far away a lone probe costs two round trips a wall, and where one hold was told right the next
 * ones are believed: after their end requests go on at once, slower. */
static void told(struct pacer *p)
{
    if (!p->trusted)
        p->single = true;
    else if (!p->held)
        p->rate = min2(search_ceiling(p), max2(FLOOR_RATE, EASED * p->rate));
    p->told = p->held = true;
}

static int64_t hold_jitter_us(struct pacer *p, int64_t hold_us)
{
    return (int64_t)(rng_uniform(&p->rng, 0, min2(2.0, seconds(hold_us) / 10)) * 1e6);
}

static void told_hold(struct pacer *p, int64_t now, int64_t hold_us)
{
    hold(p, now + hold_us + hold_jitter_us(p, hold_us));
    told(p);
}

/* It came with all that had piled up: what it was told is obeyed, and nothing learned. */
static void refused_in_pile(struct pacer *p, int64_t now, int64_t hold_us)
{
    p->all_refused++;
    if (hold_us <= 0)
        return;
    hold(p, now + hold_us + hold_jitter_us(p, hold_us));
    p->single = p->held = true;
}

static void refused(struct pacer *p, int64_t now, int64_t sent_at, int64_t hold_us)
{
    p->all_refused++;
    p->cycle_refused++;
    p->refused_running++;
    bool counted = sent_at > p->epoch_us;
    if (p->held && sent_at >= p->hold_until)
        p->trusted = false;
    if (counted)
        count_refusal(p, now);
    double told_s = seconds(hold_us), beat = 1 / p->met_rate;
    if (hold_us > 0 && counted && p->dark > FALSE_HOLDS)
        delay(p, now, wall_gap_s(p, seconds(now - p->wall_us)));
    if (hold_us > 0 && told_s > FREE_REQUESTS * beat) {
        told_hold(p, now, hold_us);
        return;
    } else if (hold_us > 0) {
        hold(p, now + hold_us + (int64_t)(beat * 1e6));
    } else if (counted) {
        delay(p, now, wall_gap_s(p, seconds(now - p->wall_us)));
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
        wall_end(p, now);
    p->single = p->held = false;
}

static void one_less(struct pacer *p)
{
    if (p->in_flight > 0)
        p->in_flight--;
}

static void look_at_queue(struct pacer *p, int64_t now, int64_t sent_at, enum pacer_answer what,
                          bool stalled)
{
    struct brake *b = &p->brake;
    double trip = what == PACER_OK ? trip_of(p, now, sent_at) : -1;
    if (what == PACER_OK && p->dark > 0)
        wall_let_through(p, sent_at);
    if (what == PACER_SICK && p->slow_start && !stalled)
        brake_turned_away(b, now, sent_at, p->in_flight);
    brake_answer(b, now, sent_at, trip, p->in_flight, p->slow_start);
    if (b->lifted > 0 && p->rtt_s > 0)
        p->rate = min2(search_ceiling(p), max2(p->rate, b->lifted / p->rtt_s));
    b->lifted = 0;
}

void pacer_delayed(struct pacer *p, int64_t us)
{
    p->delayed_us = us > 0 ? us : 0;
}

void pacer_answer(struct pacer *p, int64_t now, int64_t sent_at, enum pacer_answer what,
                  int64_t hold_us)
{
    now = onward(p, now);
    bool probe = p->probe_out && sent_at >= p->probe_us; /* what was sent last */
    if (p->in_flight >= search_flight_most(p) &&
        (!p->slow_start || p->brake.cap < INFINITY)) /* not late: it had no place */
        p->slot_us = max2(p->slot_us, (double)now - 1e6 / p->rate);
    if (what == PACER_OK)
        hear(p);
    bool stalled = what != PACER_LOST && stall_answer(p, now, sent_at);
    one_less(p);
    if (probe)
        p->probe_out = false;
    look_at_queue(p, now, sent_at, what, stalled);
    switch (what) {
    case PACER_OK:
        success(p, now, sent_at, stalled);
        break;
    case PACER_REFUSED:
        if (stalled)
            refused_in_pile(p, now, hold_us);
        else
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
    p->delayed_us = 0;
}

void pacer_unsent(struct pacer *p, int64_t now)
{
    now = onward(p, now);
    one_less(p);
    if (p->probe_out) /* what was sent last, so it is this one */
        dud(p, now, false);
}

void pacer_hold(struct pacer *p, int64_t until)
{
    hold(p, until);
    p->single = p->held = true;
}

void pacer_start_from(struct pacer *p, int64_t now, double rate)
{
    if (!(rate > 0) || p->dark > 0)
        return;
    now = onward(p, now);
    if (!p->begun)
        p->single = p->held;
    wall_known(p, now, rate);
}

void pacer_neighbour_refused(struct pacer *p, int64_t now, int64_t hold_us)
{
    now = onward(p, now);
    if (p->dark == 0 && p->cycle_ok < MET_LEAST) { /* no part in it: nothing learned */
        pacer_hold(p, now + hold_us + hold_jitter_us(p, hold_us));
        return;
    }
    if (seconds(hold_us) * p->rate <= FREE_REQUESTS) {
        hold(p, now + hold_us);
        return;
    }
    if (p->dark == 0)
        count_refusal(p, now);
    p->epoch_us = now;
    told_hold(p, now, hold_us);
}

void pacer_share(struct pacer *p, double times)
{
    if (p->slow_start || p->dark > 0 || !(times > 0))
        return;
    p->rate = min2(search_ceiling(p), max2(FLOOR_RATE, p->rate * times));
    p->hi *= times;
    p->limit *= times;
    p->verified *= times;
    p->recent *= times;
}

void pacer_room(struct pacer *p, int64_t now, int64_t remaining, int64_t reset_us)
{
    if (remaining < 0 || reset_us <= 0)
        return;
    now = onward(p, now);
    /* Those in flight may not be counted in it yet. */
    p->room = remaining > p->in_flight ? remaining - p->in_flight : 0;
    p->room_until = now + (reset_us < PACER_ROOM_MOST_US ? reset_us : PACER_ROOM_MOST_US);
}
