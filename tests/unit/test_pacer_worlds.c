/* The pacer's promises in worlds drawn at random: limiters, workers, distances, losses, hints,
 * options, neighbours, and clocks that are no good. Each world is played with a fake clock, and
 * every promise is looked at after every event; a world is its seed. */

#include "../ratelab/recovery.h"

#include "wire/pacer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SECOND = 1000 * 1000, FLIGHTS = 512, SENDS = 4096, WORLDS = 10000, STEPS = 1200 };
#define TIMEOUT_S   3.0  /* what is lost is known to be so after that */
#define IDLE_S      8.0  /* nothing in flight, and something may go: it goes within that */
#define WALL_S      61.0 /* ... or in an untold wall, where the one before was a long one */
#define JITTER_S    2.0  /* after a hold that was told */
#define FIRST       8    /* in flight, whatever the concurrency, where there are thousands */
#define FLOOR       .2   /* a second: no slower, whatever happens */
#define RECOVERED_S 25.0 /* after a step */
#define LATE_S      5e-3 /* a late loop makes up for so much */

enum clock { CLOCK_GOOD, CLOCK_LEAPS, CLOCK_SLIPS, CLOCK_FALLS, CLOCKS };

struct flight {
    int64_t sent, back; /* by the pacer's clock, by the world's */
    enum pacer_answer what;
    double hold_s;
};

struct world {
    uint64_t seed;
    struct rng rng;
    struct pacer p;
    struct pacer_config config;
    struct limiter limiter;
    struct capacity capacity;
    enum hint hint;
    enum clock clock;
    double rtt_s, sigma, loss, sick, outage_s; /* in each 20 s: all is lost for so long */
    unsigned events;                           /* other callers, in a thousand steps */

    int64_t now, skew, latest;     /* the world's time; the pacer's is so much more; its latest */
    struct flight flight[FLIGHTS]; /* the last one comes back first */
    unsigned flying;

    int64_t told_until, room_until, ready; /* by the pacer's clock */
    int64_t told_most, room_most;          /* ... and by one that stands still where that falls */
    int64_t room;
    int64_t sends[SENDS]; /* a ring */
    unsigned count, refused_running, since_refused;
    double met_rate, peak_rate;
    int64_t tenth_us; /* a tenth of a second, since then, */
    unsigned tenth;   /* with so many sends */
    unsigned walls, taken;
};

static double draw(struct world *w, double lo, double hi)
{
    return rng_uniform(&w->rng, lo, hi);
}

static double draw_scale(struct world *w, double lo, double hi)
{
    return exp(draw(w, log(lo), log(hi)));
}

static bool one_in(struct world *w, unsigned n)
{
    return rng_next(&w->rng) % n == 0;
}

#define PICK(w, list) ((list)[rng_next(&(w)->rng) % (sizeof(list) / sizeof *(list))])

static void draw_server(struct world *w)
{
    static const enum limiter_kind kinds[] = {LIMITER_NONE, LIMITER_BUCKET, LIMITER_BUCKET,
                                              LIMITER_WINDOW, LIMITER_BOX};
    static const enum hint hints[] = {HINT_NONE, HINT_SECONDS, HINT_MS};
    static const double losses[] = {0, 0, 0, .01, .2}, sick[] = {0, 0, .02, .4};
    struct limiter_spec l = {.kind = PICK(w, kinds)};
    double rate = draw_scale(w, 1, 2000);
    l.rate = rate;
    l.burst = fmax(1, draw_scale(w, 1, 2 * rate));
    l.width = draw_scale(w, .5, 10);
    l.quota = (int)fmax(1, fmin(LIMITER_HISTORY / 2, rate * l.width));
    l.phase = draw(w, 0, l.width);
    l.out = draw_scale(w, 2, 600);
    limiter_init(&w->limiter, &l);
    struct capacity_spec c = {.span_s = draw_scale(w, .001, .05)};
    if (one_in(w, 3)) {
        c.workers = 1 + (unsigned)(rng_next(&w->rng) % 32);
        c.queue = one_in(w, 2) ? 16 : 0;
    }
    capacity_init(&w->capacity, &c);
    w->hint = PICK(w, hints);
    w->rtt_s = draw_scale(w, .0005, .5);
    w->sigma = draw(w, 0, .4);
    w->loss = PICK(w, losses);
    w->sick = PICK(w, sick);
    w->outage_s = one_in(w, 6) ? draw(w, 1, 15) : 0;
}

static void begin(struct world *w, uint64_t seed)
{
    static const double max_rates[] = {0, 0, 0, .5, 7.5, 100, 2500};
    static const unsigned at_once[] = {1, 2, 8, 32, FLIGHTS, FLIGHTS};
    memset(w, 0, sizeof *w);
    w->seed = seed;
    w->rng = rng_seed(seed * 7919);
    draw_server(w);
    w->clock = one_in(w, 3) ? (enum clock)(rng_next(&w->rng) % CLOCKS) : CLOCK_GOOD;
    w->events = one_in(w, 2) ? 0 : 10;
    w->skew = (int64_t)(rng_next(&w->rng) % 1000) * SECOND;
    w->told_until = w->room_until = w->told_most = w->room_most = INT64_MIN;
    w->room = -1;
    w->latest = w->ready = w->skew;
    w->config = (struct pacer_config){PICK(w, max_rates), PICK(w, at_once), seed};
    pacer_init(&w->p, &w->config, w->skew);
    if (one_in(w, 2))
        pacer_left(&w->p, (uint64_t)draw_scale(w, 50, 100000));
    w->peak_rate = w->p.rate;
}

/* ---- the promises ---- */

static int64_t clock_of(const struct world *w)
{
    return w->now + w->skew;
}

#define PROMISE(w, what) promised(w, what, #what, __func__)

static void promised(const struct world *w, bool kept, const char *what, const char *promise)
{
    if (kept)
        return;
    print_error("world %llu, clock %d, %.6f s: %s: not %s\n", (unsigned long long)w->seed,
                (int)w->clock, (double)w->now / SECOND, promise, what);
    fail();
}

static void nothing_goes_inside_a_hold(const struct world *w, int64_t at)
{
    PROMISE(w, at >= w->told_until);
    PROMISE(w, w->room != 0 || at >= w->room_until);
}

static void a_hold_is_never_shortened(const struct world *w)
{
    struct pacer_view v = pacer_view(&w->p, clock_of(w));
    PROMISE(w, w->told_until <= clock_of(w) || v.hold_until >= w->told_until);
}

static void in_flight_stays_below_its_caps(const struct world *w)
{
    PROMISE(w, w->flying < w->config.concurrency);
    PROMISE(w, w->flying < w->p.brake.cap);
}

/* Any second has at most max_rate sends, and no rate is above it. */
static void the_option_is_a_ceiling(struct world *w)
{
    double most = w->config.max_rate;
    if (!(most > 0))
        return;
    PROMISE(w, w->p.rate <= most);
    unsigned within = (unsigned)(most + 1);
    w->sends[w->count++ % SENDS] = w->now;
    if (w->count > within && within < SENDS && w->clock == CLOCK_GOOD)
        PROMISE(w, w->now - w->sends[(w->count - 1 - within) % SENDS] >= SECOND);
}

/* In a tenth of a second goes what the highest rate in it is good for, and what a late loop makes
 * up. */
static void sends_follow_the_rate(struct world *w)
{
    if (w->now - w->tenth_us >= SECOND / 10) {
        w->tenth_us = w->now;
        w->tenth = 0;
        w->peak_rate = w->p.rate;
    }
    w->tenth++;
    if (w->clock == CLOCK_GOOD)
        PROMISE(w, w->tenth <= w->peak_rate * (.1 + LATE_S) + 2);
}

/* While all is refused one at a time is tried. */
static void one_at_a_time_after_refusals(const struct world *w)
{
    PROMISE(w, w->hint != HINT_NONE || w->refused_running < 3 || w->since_refused == 0);
}

static void what_is_learned_is_a_number(const struct world *w)
{
    const struct pacer *p = &w->p;
    double least = w->config.max_rate > 0 ? fmin(FLOOR, .99 * w->config.max_rate) : FLOOR;
    struct pacer_view v = pacer_view(p, clock_of(w));
    PROMISE(w, isfinite(v.rate) && v.rate >= least && v.rate <= 1e5);
    PROMISE(w, isfinite(v.limit) && v.limit >= 0);
    PROMISE(w, isfinite(v.rtt_s) && v.rtt_s >= 0 && v.rtt_s < 1000);
    PROMISE(w, w->taken == 0 || v.rtt_s > 0);
    PROMISE(w, isfinite(p->slot_us) && isfinite(p->hi) && p->hi >= 0);
    PROMISE(w, isfinite(p->climb_us) && isfinite(p->climb_s) && isfinite(p->climb_log));
    PROMISE(w, p->brake.cap >= 4 && isfinite(p->brake.base_s) && p->brake.base_s >= 0);
    PROMISE(w, isfinite(p->brake.spread_s) && isfinite(p->brake.rate));
    PROMISE(w, v.in_flight == w->flying && v.bound != BOUND_NONE);
}

/* Where nothing is in flight, something goes soon after it may; where something is, what comes back
 * of it is waited for at most. */
static void it_never_stalls(const struct world *w)
{
    bool long_wall = w->p.dark > 0 && w->hint == HINT_NONE;
    int64_t next = pacer_next(&w->p, clock_of(w)),
            idle = (int64_t)((long_wall ? WALL_S : IDLE_S) * SECOND);
    if (w->config.max_rate > 0)
        idle += (int64_t)(SECOND / w->config.max_rate);
    PROMISE(w, next != PACER_WAIT || w->flying > 0);
    int64_t ready = w->ready > w->latest ? w->ready : w->latest;
    if (w->told_most > ready)
        ready = w->told_most + (int64_t)(JITTER_S * SECOND);
    if (w->room == 0 && w->room_most > ready)
        ready = w->room_most;
    PROMISE(w, w->flying > 0 || next <= ready + idle);
}

static void a_wall_makes_it_slower(struct world *w, unsigned dark_before, double rate_before)
{
    if (dark_before == 0 && w->p.dark > 0)
        w->met_rate = rate_before;
    if (dark_before > 0 && w->p.dark == 0) {
        w->walls++;
        PROMISE(w, w->p.rate < w->met_rate || w->p.rate < 1.1 * FLOOR);
    }
}

/* Only what may be in flight makes a success slow it, and it makes nothing run away. */
static void a_success_keeps_the_rate(const struct world *w, unsigned dark_before,
                                     double rate_before)
{
    double carried = fmin(w->config.concurrency, w->p.brake.cap) / w->p.rtt_s;
    double most = 1.26 * fmax(FIRST, w->config.concurrency) / w->p.rtt_s;
    if (dark_before > 0)
        return;
    PROMISE(w, w->p.rate >= .99 * fmin(rate_before, carried));
    PROMISE(w, w->p.rate <= fmax(FLOOR, fmax(rate_before, most)));
}

/* One that was sent after a hold's end, and no wall is met. */
static void a_success_ends_a_hold(const struct world *w, int64_t sent)
{
    bool over = w->p.dark == 0 && sent >= w->told_until && sent >= w->p.hold_until;
    PROMISE(w, !over || (!w->p.held && !pacer_view(&w->p, clock_of(w)).probing));
}

/* ---- the world ---- */

static void fly(struct world *w, struct flight f)
{
    unsigned i = w->flying++;
    for (; i > 0 && w->flight[i - 1].back < f.back; i--)
        w->flight[i] = w->flight[i - 1];
    w->flight[i] = f;
}

static double told_s(struct world *w, double wait_s)
{
    return w->hint == HINT_NONE ? -1 : w->hint == HINT_MS ? wait_s : ceil(wait_s);
}

static void serve(struct world *w, int64_t sent)
{
    struct flight f = {.sent = sent, .what = PACER_OK, .hold_s = -1};
    double at_s = (double)w->now / SECOND + w->rtt_s / 2, done_s = at_s, queued_s;
    bool out = w->outage_s > 0 && fmod(at_s, 20) < w->outage_s;
    double wait_s = out ? -1 : limiter_admit(&w->limiter, at_s);
    if (out || draw(w, 0, 1) < w->loss) {
        f.what = PACER_LOST;
        done_s += TIMEOUT_S;
    } else if (wait_s >= 0) {
        f.what = PACER_REFUSED;
        f.hold_s = told_s(w, wait_s);
    } else if (!capacity_take(&w->capacity, at_s, &done_s, &queued_s) || draw(w, 0, 1) < w->sick) {
        f.what = PACER_SICK;
    }
    double back_s = w->rtt_s / 2 * exp(w->sigma * draw(w, -2, 2));
    f.back = (int64_t)((done_s + back_s) * SECOND) + 1;
    fly(w, f);
}

static void send_all(struct world *w)
{
    while (w->flying < FLIGHTS && pacer_next(&w->p, clock_of(w)) <= clock_of(w)) {
        int64_t at = clock_of(w);
        nothing_goes_inside_a_hold(w, at);
        in_flight_stays_below_its_caps(w);
        one_at_a_time_after_refusals(w);
        pacer_sent(&w->p, at);
        sends_follow_the_rate(w);
        the_option_is_a_ceiling(w);
        w->since_refused++;
        w->room -= w->room > 0;
        w->ready = at > w->ready ? at : w->ready;
        if (w->events && one_in(w, 50)) {
            pacer_unsent(&w->p, at);
            w->since_refused = 0;
        } else {
            serve(w, at);
        }
    }
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void hear_hold(struct world *w, int64_t at, int64_t us)
{
    w->told_until = later(w->told_until, at + us);
    w->told_most = later(w->told_most, later(at, w->latest) + us);
}

static void answer(struct world *w)
{
    struct flight f = w->flight[--w->flying];
    int64_t at = clock_of(w), hold_us = f.hold_s < 0 ? -1 : (int64_t)(f.hold_s * SECOND);
    unsigned dark = w->p.dark;
    double rate = w->p.rate;
    if (w->events && one_in(w, 20))
        pacer_delayed(&w->p, (int64_t)draw(w, 0, SECOND));
    pacer_answer(&w->p, at, f.sent, f.what, hold_us);
    if (hold_us > 0)
        hear_hold(w, at, hold_us);
    w->taken += f.what == PACER_OK;
    bool learned = f.what == PACER_REFUSED && f.sent > w->p.stall_us;
    w->refused_running = learned ? w->refused_running + 1 : 0;
    w->since_refused = 0;
    w->peak_rate = fmax(w->peak_rate, w->p.rate);
    w->ready = at > w->ready ? at : w->ready;
    a_wall_makes_it_slower(w, dark, rate);
    if (f.what == PACER_OK) {
        a_success_keeps_the_rate(w, dark, rate);
        a_success_ends_a_hold(w, f.sent);
    }
}

/* What other callers say. */
static void event(struct world *w)
{
    int64_t at = clock_of(w), us = (int64_t)(draw_scale(w, .001, 20) * SECOND);
    switch (rng_next(&w->rng) % 6) {
    case 0:
        pacer_hold(&w->p, at + us);
        hear_hold(w, at, us);
        break;
    case 1:
        w->room = (int64_t)(rng_next(&w->rng) % 4);
        pacer_room(&w->p, at, w->room, us);
        w->room = w->room > w->flying ? w->room - w->flying : 0;
        w->room_until = at + us;
        w->room_most = later(at, w->latest) + us;
        break;
    case 2:
        pacer_neighbour_refused(&w->p, at, us);
        hear_hold(w, at, us);
        w->met_rate = INFINITY;
        break;
    case 3:
        pacer_share(&w->p, draw_scale(w, .2, 5));
        w->met_rate = INFINITY;
        break;
    case 4:
        pacer_start_from(&w->p, at, draw(w, -10, 1000));
        w->met_rate = INFINITY;
        break;
    default:
        pacer_left(&w->p, rng_next(&w->rng) % 10000);
    }
    w->peak_rate = fmax(w->peak_rate, w->p.rate);
}

/* A suspended machine, a caller that reads the clock twice, and one whose clock is set back. */
static void trouble_the_clock(struct world *w)
{
    if (w->clock == CLOCK_LEAPS && one_in(w, 100))
        w->skew += (int64_t)(draw_scale(w, .01, 86400) * SECOND);
    if (w->clock == CLOCK_SLIPS && one_in(w, 4))
        w->skew -= (int64_t)(draw(w, 0, 3000));
    if (w->clock == CLOCK_FALLS && one_in(w, 200))
        w->skew -= (int64_t)(draw_scale(w, .01, 3600) * SECOND);
}

static void step(struct world *w)
{
    int64_t next = pacer_next(&w->p, clock_of(w));
    if (next != PACER_WAIT)
        next -= w->skew;
    if (w->flying > 0 && w->flight[w->flying - 1].back < next)
        next = w->flight[w->flying - 1].back;
    w->now = next > w->now ? next : w->now;
    if (one_in(w, 3)) /* the loop wakes late */
        w->now += (int64_t)(rng_next(&w->rng) % 2000);
    trouble_the_clock(w);
    while (w->flying > 0 && w->flight[w->flying - 1].back <= w->now)
        answer(w);
    if (w->events && rng_next(&w->rng) % 1000 < w->events)
        event(w);
    w->latest = clock_of(w) > w->latest ? clock_of(w) : w->latest;
}

static void every_promise_holds_in_any_world(void **state)
{
    (void)state;
    static struct world w;
    unsigned walls = 0;
    for (uint64_t seed = 1; seed <= WORLDS; seed++) {
        begin(&w, seed);
        for (int i = 0; i < STEPS; i++) {
            send_all(&w);
            it_never_stalls(&w);
            step(&w);
            a_hold_is_never_shortened(&w);
            what_is_learned_is_a_number(&w);
        }
        walls += w.walls;
    }
    assert_true(walls > WORLDS); /* else nothing was looked at */
}

/* After a step, up to fourfold or down to a sixth, most of the new limit is used soon. */
static void a_limit_that_steps_is_found_again(void **state)
{
    (void)state;
    enum { STEPPED = 60 };
    double worst = 0;
    for (uint64_t seed = 1; seed <= STEPPED; seed++) {
        struct rng rng = rng_seed(seed);
        double from = exp(rng_uniform(&rng, log(5), log(300)));
        double times = exp(rng_uniform(&rng, log(1. / 6), log(4)));
        struct recovery_case c = {from, fmax(3, from * times)};
        enum hint hint = seed % 2 ? HINT_NONE : HINT_SECONDS;
        double s = recovery_s(&c, &client_pacer, hint, 0, seed);
        worst = fmax(worst, s);
    }
    print_message("worst %.1f s\n", worst);
    assert_true(worst <= RECOVERED_S);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_promise_holds_in_any_world),
        cmocka_unit_test(a_limit_that_steps_is_found_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
