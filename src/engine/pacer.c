/* The pacer: the port of the reference, essay to follow. */

#include "engine/pacer.h"

#include <math.h>

#define START_RATE    20.0
#define FLOOR_RATE    .2
#define TOP_RATE      1e5
#define DOUBLE_RTT    3.0
#define QUICK_S       .02
#define SHARE         .03
#define CUT           .05
#define FREE          3.0
#define LONG_S        2.5
#define PROBE         10.0
#define HASTE         3.5
#define EASE          .8
#define KEEP          .96
#define DEBT_S        7.0
#define BACK          1.6
#define FAR_S         5.0
#define LATE_FREE_S   5e-3
#define LATE_WALLED_S 2e-3

static double seconds(int64_t us)
{
    return (double)us * 1e-6;
}

static double us_of(double s)
{
    return s * 1e6;
}

static double min2(double a, double b)
{
    return a < b ? a : b;
}

static double max2(double a, double b)
{
    return a > b ? a : b;
}

static double ceiling(const struct pacer *p)
{
    return p->config.max_rate > 0 ? min2(TOP_RATE, p->config.max_rate) : TOP_RATE;
}

static double slack_s(const struct pacer *p)
{
    double turn = p->slow_start ? LATE_FREE_S : LATE_WALLED_S;
    return p->rate * turn > .5 ? turn : min2(1e-3, .5 / p->rate);
}

void pacer_init(struct pacer *p, const struct pacer_config *config, int64_t now)
{
    *p = (struct pacer){
        .config = *config,
        .rng = rng_seed(config->seed),
        .slow_start = true,
        .no_costly_wall_yet = true,
        .single = true,
        .epoch_us = INT64_MIN,
        .cycle_us = now,
        .last_ok_us = now,
        .slot_us = (double)now,
        .hold_until = INT64_MIN,
    };
    if (p->config.concurrency == 0)
        p->config.concurrency = 1;
    p->rate = min2(START_RATE, ceiling(p));
}

int64_t pacer_next(const struct pacer *p, int64_t now)
{
    if (p->probe_out || p->in_flight >= p->config.concurrency)
        return PACER_WAIT;
    int64_t slot = (int64_t)ceil(p->slot_us);
    int64_t at = slot > p->hold_until ? slot : p->hold_until;
    return at > now ? at : now;
}

void pacer_sent(struct pacer *p, int64_t now)
{
    double due = max2(p->slot_us, (double)p->hold_until); /* what a hold cost is not made up */
    p->slot_us = max2((double)now - us_of(slack_s(p)), due) + 1e6 / p->rate;
    p->in_flight++;
    if (p->single) {
        p->probe_out = true;
        p->probe_us = now;
    }
}

/* d ln(rate) / dt, `y` seconds after the climb began. */
static double growth(const struct pacer *p, double y)
{
    if (y < 0)
        return 0;
    double g = p->climb_log / p->climb_s;
    if (y <= p->climb_s)
        return g;
    if (p->rate <= 1.1 * p->refused_at) {
        if (p->wall_s > 0)
            return max2(g, .1 / p->wall_s);
        double over = (y - p->climb_s) / p->steep_s;
        return g * (1 + over * over);
    }
    return .5 / max2(.5, max2(4 * p->rtt_s, p->wall_s / 2));
}

static double start_after_costly(struct pacer *p, double wall_s, double lo, double hi)
{
    double t = p->met_after, n = (double)p->cycle_ok, start;
    if (p->no_costly_wall_yet || t < wall_s / 4) {
        start = EASE * n / max2(t, 1.0);
        if (wall_s < LONG_S)
            start = max2(start, sqrt(lo * hi));
    } else if (t > 2 * max2(1.0, wall_s)) {
        start = min2(KEEP * sqrt(p->verified * hi), .97 * hi);
    } else {
        start = wall_s < LONG_S ? sqrt(lo * min2(hi, n / t)) : 0;
    }
    return max2(lo, start);
}

static void new_cycle(struct pacer *p, int64_t now)
{
    p->cycle_us = now;
    p->cycle_ok = p->cycle_refused = 0;
}

/* The first success after a wall. */
static void resume(struct pacer *p, int64_t now)
{
    double wall_s = max2(0, seconds(now - p->wall_us) - p->rtt_s);
    double t = p->met_after, n = (double)p->cycle_ok, met = p->met_rate;
    double lo = n / (t + wall_s), enough = max2(1.0, 16 / met), hi, start;
    if (!p->told && wall_s * met <= FREE) {
        wall_s = 0;
        hi = met;
        start = met * (1 - CUT);
        if (p->slow_start)
            start = max2(met / 2, min2(met, lo));
        else if (t < 3 * enough && p->cycle_ok + p->cycle_refused >= 5)
            start = min2(start, lo * (1 + SHARE));
        if (t >= enough || p->slow_start)
            new_cycle(p, now);
    } else {
        hi = p->slow_start ? met / 1.25 : met;
        start = start_after_costly(p, wall_s, lo, hi);
        new_cycle(p, now);
        p->no_costly_wall_yet = false;
        p->verified = p->recent = start;
        p->mark_us = now;
    }
    p->rate = start = min2(ceiling(p), max2(FLOOR_RATE, start));
    p->slow_start = false;
    p->wall_s = wall_s;
    p->cycle_s = t;
    p->wall_from_s = seconds(p->last_refused_us - p->wall_us);
    p->wall_to_s = p->told ? 0 : wall_s;
    p->refused_at = hi;
    p->climb_log = max2(CUT, log(max2(1.0, hi / start)));
    double cost_s = p->told && wall_s > 0 ? wall_s + p->rtt_s : wall_s;
    double share = SHARE * start;
    double bads = wall_s > 0 || p->climb_log < .2 ? p->dark : 1;
    double debt = ((double)p->all_refused / SHARE / 2 - (double)p->all_ok) / start;
    p->climb_s =
        max2(min2(PROBE, HASTE / p->climb_log) * cost_s, max2(bads / share, min2(DEBT_S, debt)));
    p->steep_s = min2(1.5, max2(p->climb_s / 2, .2));
    p->climb_us = (double)now + us_of(wall_s * wall_s / 2);
}

static void success(struct pacer *p, int64_t now, int64_t sent_at)
{
    double d = seconds(now - sent_at), dt = seconds(now - p->last_ok_us);
    p->rtt_s = p->rtt_s > 0 ? .9 * p->rtt_s + .1 * d : max2(d, 1e-6);
    p->last_ok_us = now;
    p->cycle_ok++;
    p->all_ok++;
    if (p->dark > 0 && sent_at <= p->epoch_us)
        return;
    bool was_single = p->single;
    p->single = p->hold_until > now;
    p->probe_out = false;
    p->refused_running = p->dud = 0;
    if (p->dark > 0)
        resume(p, now);
    p->dark = 0;
    if (was_single) {
        p->slot_us = max2((double)now, (double)sent_at + 1e6 / p->rate);
        return;
    }
    double f;
    if (p->slow_start) {
        f = min2(2.0, exp2(dt / max2(QUICK_S, (p->rate * p->rtt_s > 8 ? 6 : 3) * p->rtt_s)));
    } else {
        if (seconds(now - p->mark_us) > .7 * max2(1.0, p->wall_s)) {
            p->verified = p->recent;
            p->recent = p->rate;
            p->mark_us = now;
        }
        f = 1 + min2(.5, growth(p, ((double)now - p->climb_us) * 1e-6) * dt);
    }
    double most = 1.25 * p->config.concurrency / p->rtt_s;
    p->rate = min2(ceiling(p), min2(most, p->rate * f));
}

/* Where in (from, to] the wall is expected to end, `e` seconds after it began. */
static double aim_s(const struct pacer *p, double e, double from, double to)
{
    if (e < from)
        return from - e;
    return e < to ? max2((to - from) / 3, p->rtt_s) : INFINITY;
}

/* How long to wait before the next try in a wall that tells nothing, `e` seconds old. */
static double blind_gap_s(struct pacer *p, double e)
{
    double beat = 1 / p->met_rate;
    if (p->dark == 1)
        return min2(FAR_S, beat) * rng_uniform(&p->rng, 1.0, 1.25);
    double gap =
        min2(FAR_S, max2(max2(beat, QUICK_S) * (p->dark < 4 ? pow(BACK, p->dark - 1) : BACK),
                         (BACK - 1) * e));
    gap *= rng_uniform(&p->rng, 1.0, 1.25);
    if (p->dark < 4 || p->wall_to_s < .3)
        return gap;
    double back = p->cycle_s - p->met_after;
    double same = aim_s(p, e, p->wall_from_s, p->wall_to_s);
    double period = aim_s(p, e, p->wall_from_s + back, p->wall_to_s + back);
    double aim = min2(same, period), first = min2(p->wall_from_s, p->wall_from_s + back);
    if (e > first)
        aim = min2(aim, gap);
    return aim < INFINITY ? max2(aim, max2(beat, QUICK_S)) : gap;
}

static void refused(struct pacer *p, int64_t now, int64_t sent_at, int64_t hold_us)
{
    p->all_refused++;
    p->cycle_refused++;
    p->refused_running++;
    bool counted = sent_at > p->epoch_us;
    if (counted) {
        p->epoch_us = now;
        if (p->dark > 0)
            p->last_refused_us = now;
        p->probe_out = false;
        if (p->dark == 0) {
            p->wall_us = p->last_refused_us = now;
            p->told = false;
            p->met_rate = p->rate;
            p->met_after = max2(seconds(now - p->cycle_us), 1e-3);
        }
        p->dark++;
    }
    double hold = seconds(hold_us), gap = 1 / p->met_rate;
    if (hold_us > 0 && hold * p->met_rate > FREE) {
        int64_t until =
            now + hold_us + (int64_t)us_of(rng_uniform(&p->rng, 0, min2(2.0, hold / 10)));
        p->hold_until = until > p->hold_until ? until : p->hold_until;
        p->told = p->single = true;
    } else if (hold_us > 0) {
        int64_t until = now + hold_us + (int64_t)us_of(gap);
        p->hold_until = until > p->hold_until ? until : p->hold_until;
    } else if (counted) {
        gap = blind_gap_s(p, seconds(now - p->wall_us));
        p->slot_us = max2(p->slot_us, (double)now + us_of(gap));
    }
    if (p->refused_running >= 3 || p->slow_start || p->wall_to_s > .3)
        p->single = true;
}

/* Neither success nor refusal: the probe's place is free again, later and later. */
static void dud(struct pacer *p, int64_t now)
{
    p->probe_out = false;
    p->dud++;
    double gap = min2(FAR_S, max2(1 / p->rate, QUICK_S) * pow(BACK, min2(p->dud, 30)));
    p->slot_us = max2(p->slot_us, (double)now + us_of(gap * rng_uniform(&p->rng, 1.0, 1.25)));
    if (p->dark == 0 && p->hold_until <= now)
        p->single = false;
}

void pacer_answer(struct pacer *p, int64_t now, int64_t sent_at, enum pacer_answer what,
                  int64_t hold_us)
{
    if (p->in_flight > 0)
        p->in_flight--;
    if (what == PACER_OK)
        success(p, now, sent_at);
    else if (what == PACER_REFUSED)
        refused(p, now, sent_at, hold_us);
    else if (p->probe_out && sent_at == p->probe_us)
        dud(p, now);
}

void pacer_unsent(struct pacer *p, int64_t now)
{
    if (p->in_flight > 0)
        p->in_flight--;
    if (p->probe_out)
        dud(p, now);
}

void pacer_hold(struct pacer *p, int64_t until)
{
    if (until <= p->hold_until)
        return;
    p->hold_until = until;
    p->single = true;
}

void pacer_room(struct pacer *p, int64_t now, int64_t remaining, int64_t reset_us)
{
    if (remaining > 0 || reset_us <= 0)
        return;
    int64_t until = now + reset_us;
    if (until > p->hold_until)
        p->hold_until = until;
}

struct pacer_view pacer_view(const struct pacer *p, int64_t now)
{
    return (struct pacer_view){
        .rate = p->rate,
        .limit = p->refused_at,
        .hold_until = p->hold_until > now ? p->hold_until : 0,
        .probing = p->single && p->probe_out,
    };
}
