/* The controller to beat: a plain port of a published reference design, kept as it was. It knows
 * successes and refusals, nothing else. */

#include "play.h"

#include "base/rng.h"

#include <math.h>
#include <stddef.h>

#define START_RATE 10.0
#define FLOOR_RATE .2
#define TOP_RATE   1e5
#define DOUBLE_RTT 3.0
#define QUICK_S    .02
#define SHARE      .03
#define CUT        .05
#define FREE       3.0
#define LONG_S     2.5
#define PROBE      10.0
#define HASTE      3.5
#define EASE       .8
#define KEEP       .96
#define DEBT_S     10.0
#define BACK       1.6
#define FAR_S      5.0

struct reference {
    unsigned concurrency;
    struct rng rng;
    double rate;        /* requests a second */
    double slot_us;     /* the next send's place in the even row */
    int64_t hold_until; /* nothing goes before */
    double rtt_s;       /* smoothed round trip, 0 while none was seen */
    unsigned in_flight;

    bool slow_start;
    bool no_costly_wall_yet;
    bool single;    /* one request in flight at a time: the first one, and every probe */
    bool probe_out; /* ... and it is out */

    int64_t epoch_us;         /* refusals of requests sent until then do not count again */
    int64_t cycle_us;         /* this cycle, from the end of the last wall: its start, */
    int64_t cycle_ok;         /* successes */
    int64_t cycle_refused;    /* and refusals */
    int64_t all_ok;           /* since the start: successes */
    int64_t all_refused;      /* and refusals */
    int64_t last_ok_us;       /* the last success */
    unsigned refused_running; /* refusals in a row, counted or not */

    unsigned dark;    /* counted refusals of the wall being met; 0: none is */
    int64_t wall_us;  /* that wall: since when, */
    bool told;        /* a hold was told, */
    double met_rate;  /* the rate that met it, */
    double met_after; /* and the length of the cycle before, seconds */

    double wall_s;     /* the last wall's length; 0: it was cheap */
    double refused_at; /* hi: the rate that the last wall refused */
    double climb_log;  /* ln(hi / the rate it left behind) */
    double climb_s;    /* to get back to hi */
    double steep_s;    /* beyond hi: after how long the climb steepens */
    double climb_us;   /* the climb's start */
    double verified;   /* the rate one to two marks ago */
    double recent;     /* the rate at the last mark */
    int64_t mark_us;   /* the last mark */
};

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

static double slack_s(const struct reference *p)
{
    return min2(1e-3, .5 / p->rate);
}

static void reference_init(void *state, unsigned concurrency, uint64_t seed)
{
    struct reference *p = state;
    int64_t now = 0;
    *p = (struct reference){
        .concurrency = concurrency,
        .rng = rng_seed(seed),
        .slow_start = true,
        .no_costly_wall_yet = true,
        .single = true,
        .epoch_us = INT64_MIN,
        .cycle_us = now,
        .last_ok_us = now,
        .slot_us = (double)now,
        .hold_until = INT64_MIN,
    };
    p->rate = START_RATE;
}

static int64_t reference_next(const void *state, int64_t now)
{
    const struct reference *p = state;
    if (p->probe_out || p->in_flight >= p->concurrency)
        return INT64_MAX;
    int64_t slot = (int64_t)ceil(p->slot_us);
    int64_t at = slot > p->hold_until ? slot : p->hold_until;
    return at > now ? at : now;
}

static void reference_sent(void *state, int64_t now)
{
    struct reference *p = state;
    p->slot_us = max2((double)now - us_of(slack_s(p)), p->slot_us) + 1e6 / p->rate;
    p->in_flight++;
    if (p->single) {
        p->probe_out = true;
    }
}

/* d ln(rate) / dt, `y` seconds after the climb began. */
static double growth(const struct reference *p, double y)
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
    return .7 / max2(.5, max2(4 * p->rtt_s, p->wall_s / 2));
}

static double start_after_costly(struct reference *p, double wall_s, double lo, double hi)
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

static void new_cycle(struct reference *p, int64_t now)
{
    p->cycle_us = now;
    p->cycle_ok = p->cycle_refused = 0;
}

/* The first success after a wall. */
static void resume(struct reference *p, int64_t now)
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
    p->rate = start = min2(TOP_RATE, max2(FLOOR_RATE, start));
    p->slow_start = false;
    p->wall_s = wall_s;
    p->refused_at = hi;
    p->climb_log = max2(CUT, log(max2(1.0, hi / start)));
    double share = SHARE * start;
    double bads = wall_s > 0 || p->climb_log < .2 ? p->dark : 1;
    double debt = ((double)p->all_refused / SHARE / 2 - (double)p->all_ok) / start;
    p->climb_s =
        max2(min2(PROBE, HASTE / p->climb_log) * wall_s, max2(bads / share, min2(DEBT_S, debt)));
    p->steep_s = min2(2.0, max2(p->climb_s / 2, .2));
    p->climb_us = (double)now + us_of(wall_s * wall_s / 2);
}

static void success(struct reference *p, int64_t now, int64_t sent_at)
{
    double d = seconds(now - sent_at), dt = seconds(now - p->last_ok_us);
    p->rtt_s = p->rtt_s > 0 ? .9 * p->rtt_s + .1 * d : max2(d, 1e-6);
    p->last_ok_us = now;
    p->cycle_ok++;
    p->all_ok++;
    if (p->dark > 0 && sent_at <= p->epoch_us)
        return;
    bool was_single = p->single;
    p->single = false;
    p->probe_out = false;
    p->refused_running = 0;
    if (p->dark > 0)
        resume(p, now);
    p->dark = 0;
    if (was_single) {
        p->slot_us = (double)sent_at + 1e6 / p->rate;
        return;
    }
    double f;
    if (p->slow_start) {
        f = min2(2.0, exp2(dt / max2(QUICK_S, DOUBLE_RTT * p->rtt_s)));
    } else {
        if (seconds(now - p->mark_us) > max2(1.0, p->wall_s)) {
            p->verified = p->recent;
            p->recent = p->rate;
            p->mark_us = now;
        }
        f = 1 + min2(.5, growth(p, ((double)now - p->climb_us) * 1e-6) * dt);
    }
    double most = 1.25 * p->concurrency / p->rtt_s;
    p->rate = min2(TOP_RATE, min2(most, p->rate * f));
}

static void refused(struct reference *p, int64_t now, int64_t sent_at, int64_t hold_us)
{
    p->all_refused++;
    p->cycle_refused++;
    p->refused_running++;
    if (sent_at > p->epoch_us) {
        p->epoch_us = now;
        p->probe_out = false;
        if (p->dark == 0) {
            p->wall_us = now;
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
    } else {
        if (p->dark > 1)
            gap = max2(gap, QUICK_S) * pow(BACK, p->dark - 1);
        gap = min2(FAR_S, gap) * rng_uniform(&p->rng, 1.0, 1.25);
        p->slot_us = max2(p->slot_us, (double)now + us_of(gap));
    }
    if (p->refused_running >= 3 || p->slow_start)
        p->single = true;
}

static void reference_answer(void *state, int64_t now, int64_t sent_at, enum reply what,
                             int64_t hold_us)
{
    struct reference *p = state;
    p->in_flight--;
    if (what == REPLY_OK)
        success(p, now, sent_at);
    else if (what == REPLY_SICK)
        p->probe_out = false;
    else
        refused(p, now, sent_at, hold_us);
}

static double reference_rate(const void *state)
{
    return ((const struct reference *)state)->rate;
}

_Static_assert(sizeof(struct reference) <= CLIENT_SIZE, "it must fit");
const struct client client_reference = {
    "reference",      reference_init, reference_next, reference_sent,
    reference_answer, NULL,           reference_rate,
};
