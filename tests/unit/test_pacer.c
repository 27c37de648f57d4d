/* The pacer's promises under any sequence of events, with a fake clock and a server that answers at
 * random: success, refusal with holds of every length, sick, lost, never sent. */

#include "wire/pacer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MS = 1000, SECOND = 1000 * 1000, FLIGHTS = 64 };

static struct pacer_config config_of(double max_rate, unsigned concurrency, uint64_t seed)
{
    return (struct pacer_config){max_rate, concurrency, seed};
}

/* Sends one request as soon as it may go, and returns when that was. */
static int64_t send_next(struct pacer *p, int64_t now)
{
    int64_t at = pacer_next(p, now);
    assert_true(at != PACER_WAIT);
    pacer_sent(p, at);
    return at;
}

static int64_t answered(struct pacer *p, int64_t sent, enum pacer_answer what, int64_t hold_us)
{
    int64_t now = sent + 30 * MS;
    pacer_answer(p, now, sent, what, hold_us);
    return now;
}

/* A pacer whose rate is past the first request and that may have many in flight. */
static int64_t warmed(struct pacer *p, double max_rate)
{
    struct pacer_config c = config_of(max_rate, 32, 7);
    pacer_init(p, &c, 0);
    int64_t now = 0;
    for (int i = 0; i < 20; i++)
        now = answered(p, send_next(p, now), PACER_OK, -1);
    return now;
}

/* It answered 200 at once, one after the other; then it hangs. */
static void a_server_that_hangs_gets_few_more(void **state)
{
    (void)state;
    struct pacer p;
    struct pacer_config c = config_of(0, 512, 1);
    int64_t now = 0;
    unsigned out = 0;
    pacer_init(&p, &c, 0);
    for (int i = 0; i < 200; i++) {
        int64_t sent = send_next(&p, now);
        now = sent + MS;
        pacer_answer(&p, now, sent, PACER_OK, -1);
    }
    for (int64_t at; (at = pacer_next(&p, now)) != PACER_WAIT && out < 512; out++) {
        now = at > now ? at : now;
        pacer_sent(&p, now);
    }
    assert_in_range(out, 4, 32);
}

static void the_first_request_goes_alone(void **state)
{
    (void)state;
    struct pacer p;
    struct pacer_config c = config_of(0, 32, 1);
    pacer_init(&p, &c, 5 * SECOND);
    assert_int_equal(pacer_next(&p, 5 * SECOND), 5 * SECOND);
    int64_t sent = send_next(&p, 5 * SECOND);
    assert_true(pacer_next(&p, 60 * (int64_t)SECOND) == PACER_WAIT);
    answered(&p, sent, PACER_OK, -1);
    assert_true(pacer_next(&p, sent + 30 * MS) < sent + SECOND);
}

static void a_hold_is_absolute_and_one_probe_ends_it(void **state)
{
    (void)state;
    static const int64_t holds[] = {SECOND, 3 * SECOND, 60 * (int64_t)SECOND,
                                    3600 * (int64_t)SECOND};
    for (size_t i = 0; i < sizeof holds / sizeof *holds; i++) {
        struct pacer p;
        int64_t now = warmed(&p, 0), sent = send_next(&p, now);
        now = answered(&p, sent, PACER_REFUSED, holds[i]);
        assert_true(pacer_view(&p, now).hold_until >= now + holds[i]);
        int64_t at = pacer_next(&p, now), jitter = holds[i] / 10;
        assert_true(at >= now + holds[i]);
        assert_true(at <= now + holds[i] + (jitter < 2 * SECOND ? jitter : 2 * SECOND) + MS);
        sent = send_next(&p, now);
        assert_true(pacer_next(&p, sent + SECOND) == PACER_WAIT);
        assert_true(pacer_view(&p, sent).probing);
        now = answered(&p, sent, PACER_OK, -1);
        assert_false(pacer_view(&p, now).probing);
        assert_true(pacer_next(&p, now) < now + 6 * SECOND);
    }
}

static void a_refused_probe_holds_again(void **state)
{
    (void)state;
    struct pacer p;
    int64_t now = warmed(&p, 0);
    now = answered(&p, send_next(&p, now), PACER_REFUSED, 2 * SECOND);
    for (int i = 0; i < 5; i++) {
        int64_t sent = send_next(&p, now);
        assert_true(sent >= now + 2 * SECOND);
        now = answered(&p, sent, PACER_REFUSED, 2 * SECOND);
    }
}

static void a_late_refusal_extends_the_hold_of_a_probe_that_is_out(void **state)
{
    (void)state;
    struct pacer p;
    int64_t now = warmed(&p, 0);
    int64_t first = send_next(&p, now), second = send_next(&p, now), third = send_next(&p, now);
    now = answered(&p, second, PACER_REFUSED, SECOND);
    int64_t probe = send_next(&p, now);
    int64_t still_out = third;
    pacer_answer(&p, probe + MS, first, PACER_REFUSED, 5 * SECOND);
    pacer_answer(&p, probe + 3 * MS, probe, PACER_OK, -1); /* sent before the new hold's end */
    int64_t again = send_next(&p, probe + 3 * MS);
    assert_true(again >= probe + MS + 5 * SECOND);
    assert_true(pacer_next(&p, again) == PACER_WAIT);
    pacer_answer(&p, again + MS, still_out, PACER_OK, -1); /* sent before: ends nothing */
    assert_true(pacer_next(&p, again) == PACER_WAIT);
}

static void what_was_sent_before_a_wall_does_not_end_it(void **state)
{
    (void)state;
    struct pacer p;
    int64_t now = warmed(&p, 0);
    int64_t first = send_next(&p, now), second = send_next(&p, now);
    now = answered(&p, first, PACER_REFUSED, -1);
    pacer_answer(&p, now, second, PACER_OK, -1);
    assert_true(pacer_view(&p, now).probing);
    assert_true(pacer_view(&p, now).limit <= 0); /* nothing learned yet */
    answered(&p, send_next(&p, now), PACER_OK, -1);
    assert_true(pacer_view(&p, now).limit > 0);
}

/* Callers may read the clock twice; the probe's answer must not be missed for that. */
static void a_sent_at_that_is_a_little_off_wedges_nothing(void **state)
{
    (void)state;
    for (int64_t off = -5; off <= 5; off++) {
        struct pacer p;
        struct pacer_config c = config_of(0, 32, 1);
        pacer_init(&p, &c, 0);
        int64_t sent = send_next(&p, 0);
        pacer_answer(&p, sent + 30 * MS, sent + off, PACER_LOST, -1);
        assert_true(pacer_next(&p, sent + 30 * MS) != PACER_WAIT);
    }
}

static void a_probe_without_a_verdict_frees_its_place(void **state)
{
    (void)state;
    static const enum pacer_answer whats[] = {PACER_SICK, PACER_LOST};
    for (size_t k = 0; k < 2; k++) {
        struct pacer p;
        int64_t now = warmed(&p, 0);
        now = answered(&p, send_next(&p, now), PACER_REFUSED, SECOND);
        int64_t gap = 0;
        for (int i = 0; i < 2; i++) {
            int64_t sent = send_next(&p, now);
            assert_true(pacer_next(&p, sent) == PACER_WAIT);
            now = answered(&p, sent, whats[k], -1);
            gap = pacer_next(&p, now) - now;
            assert_true(gap > 0 && gap < 7 * SECOND);
        }
        assert_true(pacer_view(&p, now).probing);
    }
}

static void a_sick_server_behind_its_limiter_ends_the_wall(void **state)
{
    (void)state;
    struct pacer p;
    int64_t now = warmed(&p, 0);
    now = answered(&p, send_next(&p, now), PACER_REFUSED, SECOND);
    for (int i = 0; i < 3; i++)
        now = answered(&p, send_next(&p, now), PACER_SICK, -1);
    assert_false(pacer_view(&p, now).probing);
    int64_t sent = send_next(&p, now);
    assert_true(pacer_next(&p, sent) != PACER_WAIT);
}

static void lost_probes_are_spaced_up_to_a_bound(void **state)
{
    (void)state;
    struct pacer p;
    int64_t now = warmed(&p, 0), gap = 0;
    now = answered(&p, send_next(&p, now), PACER_REFUSED, SECOND);
    for (int i = 0; i < 40; i++) {
        now = answered(&p, send_next(&p, now), PACER_LOST, -1);
        gap = pacer_next(&p, now) - now;
        assert_true(gap <= 5 * SECOND + 5 * SECOND / 4 + 1);
    }
    assert_true(gap >= 5 * SECOND);
}

static void an_unsent_request_frees_its_place(void **state)
{
    (void)state;
    struct pacer p;
    struct pacer_config c = config_of(0, 1, 1);
    pacer_init(&p, &c, 0);
    for (int i = 0; i < 50; i++) {
        int64_t at = pacer_next(&p, (int64_t)i * SECOND * 10);
        assert_true(at != PACER_WAIT);
        pacer_sent(&p, at);
        pacer_unsent(&p, at);
    }
}

static void a_hold_of_an_earlier_run_is_honoured(void **state)
{
    (void)state;
    struct pacer p;
    struct pacer_config c = config_of(0, 32, 1);
    pacer_init(&p, &c, 0);
    pacer_hold(&p, 20 * SECOND);
    pacer_hold(&p, 10 * SECOND); /* never backwards */
    assert_int_equal(pacer_view(&p, 0).hold_until, 20 * SECOND);
    int64_t sent = send_next(&p, 0);
    assert_true(sent >= 20 * SECOND);
    assert_true(pacer_next(&p, sent + MS) == PACER_WAIT);
    answered(&p, sent, PACER_OK, -1);
    assert_true(pacer_next(&p, sent + 30 * MS) != PACER_WAIT);
    assert_int_equal(pacer_view(&p, sent + 30 * MS).hold_until, 0);
}

/* A server that takes `limit` a second, and no more, 30 ms away: answers until `until`. */
static unsigned answered_evenly(struct pacer *p, int64_t from, int64_t until, double limit)
{
    double tokens = 1;
    unsigned taken = 0;
    int64_t last = from;
    for (int64_t now = from; now < until;) {
        now = send_next(p, now);
        tokens = fmin(10, tokens + limit * (double)(now - last) / SECOND);
        last = now;
        bool ok = tokens >= 1;
        tokens -= ok;
        taken += ok;
        answered(p, now, ok ? PACER_OK : PACER_REFUSED, -1);
        now += 30 * MS;
    }
    return taken;
}

static void a_limit_that_another_learned_needs_no_search(void **state)
{
    (void)state;
    struct pacer p;
    struct pacer_config c = config_of(0, 512, 1);
    pacer_init(&p, &c, 0);
    pacer_start_from(&p, 0, 400);
    pacer_left(&p, 100000);
    unsigned sent = 0;
    for (int64_t now = 0; now < SECOND / 5; sent++)
        now = send_next(&p, now);
    assert_in_range(sent, 70, 80);
    assert_true(fabs(pacer_view(&p, 0).limit - 400) < 1);
    assert_int_equal(pacer_view(&p, 0).bound, BOUND_QUOTA);
}

/* That one went away meanwhile, or the limit rose. */
static void a_limit_that_was_learned_too_low_is_left_behind(void **state)
{
    (void)state;
    struct pacer p;
    struct pacer_config c = config_of(0, 32, 1);
    pacer_init(&p, &c, 0);
    pacer_start_from(&p, 0, 5);
    answered_evenly(&p, 0, 15 * SECOND, 20);
    assert_in_range(answered_evenly(&p, 15 * SECOND, 25 * SECOND, 20), 180, 220);
}

static void what_another_learned_breaks_no_hold(void **state)
{
    (void)state;
    struct pacer p;
    struct pacer_config c = config_of(0, 32, 1);
    pacer_init(&p, &c, 0);
    pacer_hold(&p, 20 * SECOND);
    pacer_start_from(&p, 0, 400);
    int64_t sent = send_next(&p, 0);
    assert_true(sent >= 20 * SECOND);
    assert_true(pacer_next(&p, sent + MS) == PACER_WAIT); /* its probe is a lone one */
    double rate = p.rate;
    answered(&p, sent, PACER_REFUSED, -1);
    pacer_start_from(&p, sent + 30 * MS, 4000); /* in a wall */
    assert_true(p.rate <= rate);
    pacer_start_from(&p, sent + 30 * MS, 0);
    assert_true(p.rate <= rate && p.rate > 0);
}

static void room_only_slows_down(void **state)
{
    (void)state;
    struct pacer with, without;
    int64_t now = warmed(&with, 0);
    assert_int_equal(warmed(&without, 0), now);
    pacer_room(&with, now, 2, 10 * SECOND);
    for (int i = 0; i < 2; i++)
        assert_int_equal(send_next(&with, now), send_next(&without, now));
    assert_true(pacer_next(&with, now) >= now + 10 * SECOND);
    assert_true(pacer_next(&without, now) < now + SECOND);

    static const int64_t ignored[][2] = {{-1, SECOND}, {0, 0}, {0, -1}};
    for (size_t i = 0; i < 3; i++) {
        now = warmed(&with, 0);
        pacer_room(&with, now, ignored[i][0], ignored[i][1]);
        assert_true(pacer_next(&with, now) < now + SECOND);
    }
    now = warmed(&with, 0);
    pacer_room(&with, now, 0, 86400 * (int64_t)SECOND); /* a day is not believed */
    assert_true(pacer_next(&with, now) <= now + 60 * (int64_t)SECOND);
    pacer_room(&with, now, 100, 86400 * (int64_t)SECOND); /* a later answer knows better */
    assert_true(pacer_next(&with, now) < now + SECOND);
}

static void view_tells_what_was_learned(void **state)
{
    (void)state;
    struct pacer p;
    int64_t now = warmed(&p, 0);
    assert_true(pacer_view(&p, now).limit <= 0);
    now = answered(&p, send_next(&p, now), PACER_REFUSED, SECOND);
    now = answered(&p, send_next(&p, now), PACER_OK, -1);
    struct pacer_view v = pacer_view(&p, now);
    assert_true(v.limit > 0 && v.rate > 0 && v.hold_until == 0 && !v.probing);
}

/* ---- any sequence of events ---- */

struct flight {
    int64_t sent, back;
};

struct storm {
    struct pacer p;
    struct rng rng;
    double max_rate;
    unsigned concurrency, flying;
    struct flight flight[FLIGHTS];
    int64_t now, told_until, hold_seen;
    int64_t sends[4096]; /* a ring of the last ones */
    unsigned count;
};

static int64_t hold_of_any_length(struct rng *r)
{
    static const int64_t holds[] = {-1,
                                    -1,
                                    0,
                                    1,
                                    20 * MS,
                                    300 * MS,
                                    SECOND,
                                    SECOND,
                                    7 * SECOND,
                                    60 * SECOND,
                                    300 * (int64_t)SECOND};
    return holds[rng_next(r) % (sizeof holds / sizeof *holds)];
}

static void check_ceiling(struct storm *s)
{
    if (s->max_rate <= 0)
        return;
    enum { RING = sizeof s->sends / sizeof *s->sends };
    unsigned within = (unsigned)(s->max_rate + 1);
    s->sends[s->count++ % RING] = s->now;
    if (s->count > within && within < RING)
        assert_true(s->now - s->sends[(s->count - 1 - within) % RING] >= SECOND);
}

static void storm_send(struct storm *s)
{
    while (pacer_next(&s->p, s->now) <= s->now) {
        assert_true(s->now >= s->told_until); /* never inside a told hold */
        assert_true(s->flying < s->concurrency);
        pacer_sent(&s->p, s->now);
        check_ceiling(s);
        if (rng_next(&s->rng) % 50 == 0) {
            pacer_unsent(&s->p, s->now);
            continue;
        }
        double slow = rng_next(&s->rng) % 40 ? .1 : 20; /* some answers are very late */
        int64_t trip = (int64_t)(rng_uniform(&s->rng, .0005, slow) * SECOND);
        s->flight[s->flying++] = (struct flight){s->now, s->now + trip};
    }
}

static void storm_answer(struct storm *s, unsigned i, unsigned mood)
{
    int64_t sent = s->flight[i].sent;
    s->flight[i] = s->flight[--s->flying];
    uint64_t dice = rng_next(&s->rng) % 100;
    enum pacer_answer what = dice < mood ? PACER_OK : (enum pacer_answer)(1 + dice % 3);
    int64_t hold = what == PACER_REFUSED ? hold_of_any_length(&s->rng) : -1;
    if (hold > 0 && s->now + hold > s->told_until)
        s->told_until = s->now + hold;
    pacer_answer(&s->p, s->now, sent, what, hold);
    if (what == PACER_OK && dice % 7 == 0)
        pacer_room(&s->p, s->now, (int64_t)(dice % 4), (int64_t)dice * 100 * MS);
}

/* Moves on to the next thing that can happen; there always is one. */
static void storm_step(struct storm *s, unsigned mood)
{
    int64_t next = pacer_next(&s->p, s->now);
    assert_true(next != PACER_WAIT || s->flying > 0);
    for (unsigned i = 0; i < s->flying; i++)
        next = s->flight[i].back < next ? s->flight[i].back : next;
    int64_t turn = (int64_t)(rng_next(&s->rng) % 2000); /* the loop wakes late */
    s->now = (next > s->now ? next : s->now) + (rng_next(&s->rng) % 2 ? turn : 0);
    for (unsigned i = 0; i < s->flying;)
        if (s->flight[i].back <= s->now)
            storm_answer(s, i, mood);
        else
            i++;
    if (rng_next(&s->rng) % 500 == 0) {
        int64_t until = s->now + (int64_t)(rng_next(&s->rng) % (10 * SECOND));
        pacer_hold(&s->p, until);
        s->told_until = until > s->told_until ? until : s->told_until;
    }
    assert_true(s->p.hold_until >= s->hold_seen); /* holds only grow */
    s->hold_seen = s->p.hold_until;
    assert_true(s->p.rate > 0 && isfinite(s->p.rate) && isfinite(s->p.slot_us));
    assert_true(s->max_rate <= 0 || s->p.rate <= s->max_rate);
    assert_true(s->p.in_flight == s->flying);
}

static void promises_hold_in_any_storm(void **state)
{
    (void)state;
    static const double max_rates[] = {0, .1, 1, 7.5, 100, 2500};
    static const unsigned concurrencies[] = {1, 2, 32, FLIGHTS}, moods[] = {0, 30, 90, 99};
    enum { RATES = 6, STEPS = 1500, SEEDS = 4 };
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        for (int m = 0; m < RATES; m++)
            for (int c = 0; c < 4; c++)
                for (int k = 0; k < 4; k++) {
                    static struct storm s;
                    memset(&s, 0, sizeof s);
                    s.rng = rng_seed(seed * 1000 + (uint64_t)(m * 16 + c * 4 + k));
                    s.max_rate = max_rates[m];
                    s.concurrency = concurrencies[c];
                    s.hold_seen = INT64_MIN;
                    struct pacer_config config = config_of(s.max_rate, s.concurrency, seed);
                    pacer_init(&s.p, &config, 0);
                    for (int step = 0; step < STEPS; step++) {
                        storm_send(&s);
                        storm_step(&s, moods[k]);
                    }
                }
}

/* A loop whose turns are late must still reach the ceiling, and not pass it. */
static void the_ceiling_is_reached(void **state)
{
    (void)state;
    static const double max_rates[] = {5, 100, 2000, 20000};
    for (size_t i = 0; i < 4; i++) {
        struct pacer p;
        int64_t now = warmed(&p, max_rates[i]), start = now + 2 * SECOND, sends = 0;
        while (now < start + SECOND) {
            now += MS;
            while (pacer_next(&p, now) <= now) {
                pacer_sent(&p, now);
                pacer_answer(&p, now, now - MS, PACER_OK, -1);
                sends += now > start && now <= start + SECOND;
            }
        }
        assert_true((double)sends >= .97 * max_rates[i] - 1);
        assert_true((double)sends <= max_rates[i] + 1);
    }
}

/* A loop that stalls now and then: what it makes up must not break the ceiling over any second. */
static void a_stall_does_not_break_the_ceiling(void **state)
{
    (void)state;
    static const unsigned max_rates[] = {50, 300, 2500, 20000};
    enum { RING = 32768 };
    static int64_t sends[RING];
    for (size_t i = 0; i < 4; i++) {
        struct pacer p;
        struct rng rng = rng_seed(i);
        int64_t now = warmed(&p, max_rates[i]), end = now + 12 * SECOND;
        for (unsigned count = 0; now < end;) {
            now += rng_next(&rng) % 3000 ? (int64_t)(rng_next(&rng) % MS) : 20 * MS;
            for (; pacer_next(&p, now) <= now; count++) {
                pacer_sent(&p, now);
                pacer_answer(&p, now, now - MS, PACER_OK, -1);
                sends[count % RING] = now;
                unsigned before = max_rates[i] + 1;
                if (count >= before)
                    assert_true(now - sends[(count - before) % RING] >= SECOND);
            }
        }
    }
}

/* A server a millisecond away carries 32 in flight; then the caller's loop stands still for 10 ms
 * (a sync), and all that was in flight seems to have taken that long. */
static void a_late_turn_is_no_long_trip(void **state)
{
    (void)state;
    struct pacer p;
    struct pacer_config c = config_of(0, 32, 7);
    pacer_init(&p, &c, 0);
    int64_t now = 0, sent[32] = {0};
    unsigned first = 0, count = 0;
    double before = 0;
    for (int turn = 0; turn < 30000; turn++) {
        bool stall = turn == 29990;
        before = stall ? pacer_view(&p, now).rate : before;
        now += stall ? 10 * MS : 100;
        for (; count > 0 && now - sent[first % 32] >= MS; first++, count--)
            pacer_answer(&p, now, sent[first % 32], PACER_OK, -1);
        for (; pacer_next(&p, now) <= now; count++) {
            pacer_sent(&p, now);
            sent[(first + count) % 32] = now;
        }
    }
    assert_true(before > 25000);
    assert_true(pacer_view(&p, now).rate > .75 * before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_request_goes_alone),
        cmocka_unit_test(a_hold_is_absolute_and_one_probe_ends_it),
        cmocka_unit_test(a_refused_probe_holds_again),
        cmocka_unit_test(a_late_refusal_extends_the_hold_of_a_probe_that_is_out),
        cmocka_unit_test(what_was_sent_before_a_wall_does_not_end_it),
        cmocka_unit_test(a_sent_at_that_is_a_little_off_wedges_nothing),
        cmocka_unit_test(a_probe_without_a_verdict_frees_its_place),
        cmocka_unit_test(a_sick_server_behind_its_limiter_ends_the_wall),
        cmocka_unit_test(lost_probes_are_spaced_up_to_a_bound),
        cmocka_unit_test(an_unsent_request_frees_its_place),
        cmocka_unit_test(a_hold_of_an_earlier_run_is_honoured),
        cmocka_unit_test(a_limit_that_another_learned_needs_no_search),
        cmocka_unit_test(a_limit_that_was_learned_too_low_is_left_behind),
        cmocka_unit_test(what_another_learned_breaks_no_hold),
        cmocka_unit_test(room_only_slows_down),
        cmocka_unit_test(view_tells_what_was_learned),
        cmocka_unit_test(promises_hold_in_any_storm),
        cmocka_unit_test(the_ceiling_is_reached),
        cmocka_unit_test(a_stall_does_not_break_the_ceiling),
        cmocka_unit_test(a_late_turn_is_no_long_trip),
        cmocka_unit_test(a_server_that_hangs_gets_few_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
