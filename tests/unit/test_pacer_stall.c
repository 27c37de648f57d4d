/* A server 100 ms away that stands still for seconds and then answers all at once: what the pacer
 * does in it and after it. */

#include "wire/pacer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { MS = 1000, SECOND = 1000 * 1000, TRIP = 100 * MS, RING = 1024, SETTLED = 20 };

/* The server takes most_rate a second, so that a limit is known; the rest it refuses, untold. */
struct world {
    struct pacer p;
    int64_t now, sent[RING], due[RING];
    unsigned first, count, sends;
    int64_t stall_from, stall_to;
    double most_rate, tokens;
    int64_t pile_hold_us; /* what is told to each that comes as the stall ends; 0: it is taken */
};

static void begin(struct world *w, double most_rate)
{
    memset(w, 0, sizeof *w);
    struct pacer_config c = {.concurrency = 512, .seed = 3};
    pacer_init(&w->p, &c, 0);
    pacer_left(&w->p, 100000);
    w->most_rate = most_rate;
    w->stall_from = w->stall_to = INT64_MAX;
}

static int64_t due_at(const struct world *w)
{
    int64_t due = w->now + TRIP;
    return due >= w->stall_from && due < w->stall_to ? w->stall_to : due;
}

static void answer(struct world *w, int64_t sent)
{
    bool piled = w->now == w->stall_to;
    if (piled && w->pile_hold_us)
        pacer_answer(&w->p, w->now, sent, PACER_REFUSED, w->pile_hold_us);
    else if (w->most_rate > 0 && !piled && (w->tokens -= 1) < 0)
        pacer_answer(&w->p, w->now, sent, PACER_REFUSED, -1);
    else
        pacer_answer(&w->p, w->now, sent, PACER_OK, -1);
    w->tokens = fmax(w->tokens, 0);
}

static void until(struct world *w, int64_t end)
{
    for (; w->now < end; w->now += MS) {
        w->tokens = fmin(20, w->tokens + w->most_rate / 1000);
        for (; w->count > 0 && w->due[w->first % RING] <= w->now; w->first++, w->count--)
            answer(w, w->sent[w->first % RING]);
        for (; pacer_next(&w->p, w->now) <= w->now; w->count++, w->sends++) {
            assert_true(w->count < RING);
            pacer_sent(&w->p, w->now);
            w->sent[(w->first + w->count) % RING] = w->now;
            w->due[(w->first + w->count) % RING] = due_at(w);
        }
    }
}

static void stall_for(struct world *w, int64_t us)
{
    w->stall_from = w->now;
    w->stall_to = w->now + us;
}

static const double rates[] = {0, 300};
static const int64_t stalls[] = {SECOND, 2 * SECOND, 5 * SECOND};

enum { STALLS = 6 };

/* The i-th of all rates and stalls: settled, and just before the stall. */
static void before_stall(struct world *w, int i)
{
    begin(w, rates[i / 3]);
    until(w, SETTLED * SECOND);
    stall_for(w, stalls[i % 3]);
}

static void what_was_out_in_it_teaches_nothing(void **state)
{
    (void)state;
    static struct world w;
    for (int i = 0; i < STALLS; i++) {
        before_stall(&w, i);
        struct pacer_view before = pacer_view(&w.p, w.now);
        double cap = w.p.brake.cap;
        until(&w, w.stall_to + 2 * MS);
        struct pacer_view after = pacer_view(&w.p, w.now);
        assert_true(fabs(after.rtt_s - before.rtt_s) < .01 * before.rtt_s);
        assert_true(fabs(after.rate - before.rate) < .1 * before.rate);
        assert_true(fabs(after.limit - before.limit) <= .1 * before.limit);
        assert_true(w.p.brake.cap >= cap);
    }
}

static void little_is_sent_into_it(void **state)
{
    (void)state;
    static struct world w;
    for (int i = 0; i < STALLS; i++) {
        before_stall(&w, i);
        double a_trip = pacer_view(&w.p, w.now).rate * TRIP / SECOND;
        unsigned before = w.sends;
        until(&w, w.stall_to);
        assert_true(w.sends - before <= 2.2 * a_trip + 15);
        assert_true(w.sends > before); /* but it is tried on, now and then */
    }
}

static void what_piled_up_is_not_burst_out(void **state)
{
    (void)state;
    static struct world w;
    for (int i = 0; i < STALLS; i++) {
        before_stall(&w, i);
        until(&w, w.stall_to);
        double rate = pacer_view(&w.p, w.now).rate;
        unsigned before = w.sends;
        until(&w, w.stall_to + 50 * MS);
        assert_true(w.sends - before <= .055 * rate + 2);
        before = w.sends;
        until(&w, w.stall_to + SECOND + 50 * MS);
        assert_true(w.sends - before >= .85 * fmin(rate, 512 * SECOND / TRIP));
    }
}

static void a_hold_of_the_pile_is_obeyed_and_no_limit_learned(void **state)
{
    (void)state;
    static struct world w;
    begin(&w, 0);
    until(&w, SETTLED * SECOND);
    double rate = pacer_view(&w.p, w.now).rate;
    w.pile_hold_us = SECOND;
    stall_for(&w, 2 * SECOND);
    until(&w, w.stall_to + MS);
    unsigned before = w.sends;
    until(&w, w.stall_to + SECOND);
    assert_int_equal(w.sends, before);
    until(&w, w.stall_to + 2 * SECOND);
    assert_true(pacer_view(&w.p, w.now).limit <= 0);
    assert_true(pacer_view(&w.p, w.now).rate >= .9 * rate);
}

/* One that answers each 3 s only from now on is no stall for ever: its round trip is learned. */
static void one_that_became_slow_is_noticed(void **state)
{
    (void)state;
    static struct world w;
    begin(&w, 0);
    until(&w, SETTLED * SECOND);
    for (int i = 0; i < 8; i++) {
        stall_for(&w, 3 * SECOND);
        until(&w, w.stall_to + MS);
    }
    assert_true(pacer_view(&w.p, w.now).rtt_s > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_out_in_it_teaches_nothing),
        cmocka_unit_test(little_is_sent_into_it),
        cmocka_unit_test(what_piled_up_is_not_burst_out),
        cmocka_unit_test(a_hold_of_the_pile_is_obeyed_and_no_limit_learned),
        cmocka_unit_test(one_that_became_slow_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
