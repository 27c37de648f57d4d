/* The rules of retry.h, with a fake clock. */

#include "wire/health.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { MS = 1000, SECOND = 1000 * 1000 };

static void backoff_is_bounded_and_spread(void **state)
{
    (void)state;
    struct rng rng = rng_seed(1);
    int64_t least = INT64_MAX, most = 0, wait = 0;
    for (int i = 0; i < 10000; i++) {
        int64_t before = wait;
        wait = retry_backoff_us(&rng, before);
        assert_true(wait >= SECOND / 2 && wait <= 20 * SECOND);
        assert_true(wait <= 3 * (before > SECOND / 2 ? before : SECOND / 2));
        least = wait < least ? wait : least;
        most = wait > most ? wait : most;
    }
    assert_true(least < SECOND && most == 20 * SECOND);
    for (int i = 0; i < 1000; i++)
        assert_true(retry_backoff_us(&rng, 0) <= 3 * SECOND / 2);
}

/* `count` answers, one a millisecond, of which `failing` in 100 fail, evenly spread. */
static int64_t answers(struct health *h, int64_t now, int count, int failing)
{
    for (int i = 0; i < count; i++, now += MS) {
        health_sent(h, now, false);
        health_answer(h, now, (i + 1) * failing / 100 > i * failing / 100);
    }
    return now;
}

static void sick_means_more_than_half_failed(void **state)
{
    (void)state;
    static const struct {
        int count, failing;
        bool sick, down;
    } rows[] = {
        {100, 0, false, false},  {100, 50, false, false}, {100, 51, true, false},
        {100, 90, true, false},  {300, 49, false, false}, {19, 100, false, false},
        {20, 100, true, true},   {200, 95, true, false},  {500, 96, true, true},
        {1000, 100, true, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct health h;
        health_init(&h, 1, 0);
        answers(&h, 0, rows[i].count, rows[i].failing);
        assert_int_equal(health_sick(&h), rows[i].sick);
        assert_int_equal(health_down(&h), rows[i].down);
    }
}

/* Only the last 100 count: a pair that was sick is well again after as many successes. */
static void the_window_moves_on(void **state)
{
    (void)state;
    struct health h;
    health_init(&h, 1, 0);
    int64_t now = answers(&h, 0, 500, 90);
    assert_true(health_sick(&h));
    answers(&h, now, 60, 0);
    assert_false(health_sick(&h));
}

static void a_bad_pair_is_not_slowed(void **state)
{
    (void)state;
    struct health h;
    health_init(&h, 1, 0);
    int64_t now = answers(&h, 0, 300, 45);
    for (int i = 0; i < 1000; i++) {
        assert_true(health_next(&h, now, true) <= now);
        health_sent(&h, now, true);
        health_answer(&h, now, i % 2 == 0);
    }
}

/* A tenth succeed: 10 saved up, 1 a second, 0.2 for each request. */
static void a_sick_pair_gets_a_budget_of_retries(void **state)
{
    (void)state;
    struct health h;
    health_init(&h, 1, 0);
    int64_t now = answers(&h, 0, 200, 90), end = now + 100 * (int64_t)SECOND;
    int retries = 0, firsts = 0;
    for (; now < end; now += 10 * MS) {
        if (now % (100 * MS) == 0 && health_next(&h, now, false) <= now) {
            health_sent(&h, now, false);
            health_answer(&h, now, ++firsts % 10 != 0);
        }
        if (health_next(&h, now, true) <= now) {
            health_sent(&h, now, true);
            health_answer(&h, now, ++retries % 10 != 0);
        }
    }
    assert_true(firsts == 1000); /* first attempts are not slowed */
    double budget = 10 + 100 * 1.0 + .2 * (firsts + retries);
    assert_true(retries <= budget + 1 && retries >= budget - 12);
}

static void the_next_retry_is_told_exactly(void **state)
{
    (void)state;
    struct health h;
    health_init(&h, 1, 0);
    int64_t now = answers(&h, 0, 200, 90), at;
    while ((at = health_next(&h, now, true)) <= now) {
        health_sent(&h, now, true);
        health_answer(&h, now, true);
        health_answer(&h, now, false); /* not down */
    }
    assert_true(at <= now + SECOND + 1);
    assert_true(health_next(&h, at - 1000, true) > at - 1000);
    assert_true(health_next(&h, at, true) <= at);
}

struct outage {
    int64_t at_10_s, at_60_s, in_all, longest_us, given_up_us;
};

/* A pair that went down at 0 under a large run, asked until it is hopeless. */
static struct outage outage_of(uint64_t seed)
{
    struct health h;
    struct outage o = {0};
    health_init(&h, seed, 0);
    int64_t now = 0, before = 0;
    while (!health_hopeless(&h, now)) {
        int64_t at = health_next(&h, now, o.in_all % 2);
        now = at > now ? at : now;
        health_sent(&h, now, o.in_all % 2);
        if (health_down(&h))
            assert_true(health_next(&h, now, false) == INT64_MAX); /* one at a time */
        o.longest_us = now - before > o.longest_us ? now - before : o.longest_us;
        before = now;
        o.in_all++;
        o.at_10_s += now < 10 * SECOND;
        o.at_60_s += now < 60 * (int64_t)SECOND;
        health_answer(&h, now, true);
    }
    o.given_up_us = now;
    return o;
}

static void a_pair_that_is_down_is_probed_not_hammered(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct outage o = outage_of(seed);
        assert_in_range(o.at_10_s, 110, 150); /* the 20 that found it out included */
        assert_in_range(o.at_60_s, 260, 310);
        assert_in_range(o.in_all, 410, 460);
        assert_true(o.longest_us > 2 * SECOND && o.longest_us <= RETRY_PROBE_MAX_US);
        assert_in_range(o.given_up_us, RETRY_PATIENCE_US, RETRY_PATIENCE_US + RETRY_PROBE_MAX_US);
    }
}

static void the_spacing_has_a_bound(void **state)
{
    (void)state;
    struct health h;
    health_init(&h, 1, 0);
    int64_t now = 0, gap = 0;
    for (int i = 0; i < 2000; i++) {
        int64_t at = health_next(&h, now, true);
        gap = at - now;
        assert_true(gap <= RETRY_PROBE_MAX_US);
        now = at;
        health_sent(&h, now, true);
        health_answer(&h, now, true);
    }
    assert_true(gap > RETRY_PROBE_MAX_US / 2);
}

/* Two processes that lose the same provider do not probe it in step. */
static void probes_are_jittered(void **state)
{
    (void)state;
    struct health a, b;
    health_init(&a, 1, 0);
    health_init(&b, 2, 0);
    answers(&a, 0, 100, 100);
    answers(&b, 0, 100, 100);
    assert_true(health_next(&a, 0, false) != health_next(&b, 0, false));
}

/* Requests that were in flight when it went down come back failing; they free no more than one
 * place, and not before the spacing. */
static void late_failures_do_not_multiply_probes(void **state)
{
    (void)state;
    struct health h;
    health_init(&h, 1, 0);
    for (int i = 0; i < 52; i++)
        health_sent(&h, 0, false);
    for (int i = 0; i < 20; i++)
        health_answer(&h, 0, true);
    int sent = 0;
    int64_t now = 0;
    for (int i = 0; i < 32; i++, now += MS) { /* the other 32, within 32 ms */
        if (health_next(&h, now, false) <= now) {
            health_sent(&h, now, false);
            sent++;
        }
        health_answer(&h, now, true);
    }
    assert_int_equal(sent, 0);
}

static void one_success_ends_it(void **state)
{
    (void)state;
    struct health h;
    health_init(&h, 1, 0);
    int64_t now = answers(&h, 0, 100, 100);
    assert_true(health_down(&h));
    now = health_next(&h, now, false);
    health_sent(&h, now, false);
    health_answer(&h, now, false);
    assert_false(health_down(&h));
    assert_true(health_next(&h, now, false) <= now);
    now += 2 * RETRY_PATIENCE_US;
    assert_false(health_hopeless(&h, now));
    answers(&h, now, 100, 100); /* patience begins anew */
    assert_true(health_down(&h) && !health_hopeless(&h, now + SECOND));

    for (int i = 0; i < 500; i++) { /* the spacing has grown ... */
        now = health_next(&h, now, false);
        health_sent(&h, now, false);
        health_answer(&h, now, true);
    }
    assert_true(health_next(&h, now, false) > now + SECOND);
    health_answer(&h, now, false);
    now = answers(&h, now, 20, 100); /* ... and is small again in the next outage */
    assert_true(health_down(&h) && health_next(&h, now, false) < now + 100 * MS);
}

static void an_unsent_probe_frees_its_place(void **state)
{
    (void)state;
    struct health h;
    health_init(&h, 1, 0);
    int64_t now = health_next(&h, answers(&h, 0, 100, 100), true);
    health_sent(&h, now, true);
    assert_true(health_next(&h, now, true) == INT64_MAX);
    health_unsent(&h, now);
    int64_t at = health_next(&h, now, true);
    assert_true(at > now && at < now + SECOND);
}

/* 50 targets, every request fails, three attempts each: the run ends by itself, soon. */
static void a_small_manifest_that_fails_comes_to_its_end(void **state)
{
    (void)state;
    enum { TARGETS = 50, ATTEMPTS = 3 };
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct health h;
        struct rng rng = rng_seed(seed);
        int64_t due[TARGETS] = {0}, wait[TARGETS] = {0}, now = 0;
        int tries[TARGETS] = {0}, left = TARGETS;
        health_init(&h, seed, 0);
        while (left > 0) {
            int best = -1;
            for (int i = 0; i < TARGETS; i++)
                if (tries[i] < ATTEMPTS && (best < 0 || due[i] < due[best]))
                    best = i;
            now = due[best] > now ? due[best] : now;
            int64_t at = health_next(&h, now, tries[best] > 0);
            now = at > now ? at : now;
            assert_false(health_hopeless(&h, now));
            health_sent(&h, now, tries[best] > 0);
            health_answer(&h, now + MS, true);
            wait[best] = retry_backoff_us(&rng, wait[best]);
            due[best] = now + MS + wait[best];
            left -= ++tries[best] == ATTEMPTS;
        }
        assert_true(now < 30 * (int64_t)SECOND);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backoff_is_bounded_and_spread),
        cmocka_unit_test(sick_means_more_than_half_failed),
        cmocka_unit_test(the_window_moves_on),
        cmocka_unit_test(a_bad_pair_is_not_slowed),
        cmocka_unit_test(a_sick_pair_gets_a_budget_of_retries),
        cmocka_unit_test(the_next_retry_is_told_exactly),
        cmocka_unit_test(a_pair_that_is_down_is_probed_not_hammered),
        cmocka_unit_test(the_spacing_has_a_bound),
        cmocka_unit_test(probes_are_jittered),
        cmocka_unit_test(late_failures_do_not_multiply_probes),
        cmocka_unit_test(one_success_ends_it),
        cmocka_unit_test(an_unsent_probe_frees_its_place),
        cmocka_unit_test(a_small_manifest_that_fails_comes_to_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
