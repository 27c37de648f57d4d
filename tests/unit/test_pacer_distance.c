/* The bars at a distance, for a part of the cases that plays in seconds: of every class each third
 * case, two seeds. `make rate-lab` plays all of it. */

#include "../ratelab/distance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { SEEDS = 2, MORE_SEEDS = 4, EACH = 3, MOST_REQUESTS = 60000 };

struct sum {
    int cases, settled, noisy;
    double eta, sick;
    int64_t violations;
};

static void every_class_meets_its_bar(void **state)
{
    (void)state;
    static struct distance_case cases[DISTANCE_MAX];
    struct sum sums[DISTANCES] = {{0}};
    int count = distance_fill(cases);
    for (int i = 0; i < count; i++) {
        const struct distance_case *c = &cases[i];
        if ((i % EACH && c->class > DISTANCE_ONE_TOLD) || c->setup.requests > MOST_REQUESTS)
            continue;
        struct distance_outcome o = distance_measure(c, &client_pacer, SEEDS, 0);
        struct sum *s = &sums[c->class];
        s->cases++;
        s->eta += o.eta;
        s->sick += o.sick;
        s->violations += o.violations;
        s->settled += o.settled_s <= DISTANCE_SETTLE_S;
        s->noisy += c->class != DISTANCE_SMALL && strcmp(distance_missed(c, &o), "W") == 0;
    }
    for (int class = 0; class < DISTANCES; class ++) {
        const struct sum *s = &sums[class];
        print_message("%s: %d cases, eta %.3f\n", distance_classes[class].name, s->cases,
                      s->eta / s->cases);
        assert_true(s->cases > 0);
        assert_true(s->eta / s->cases >= distance_classes[class].mean);
        assert_int_equal(s->violations, 0);
        assert_int_equal(s->noisy, 0);
    }
    const struct sum *halves = &sums[DISTANCE_HALVES], *refusing = &sums[DISTANCE_REFUSING];
    assert_true(halves->settled * 5 >= halves->cases * 4);
    assert_true(refusing->sick <= 35.0 * refusing->cases);
}

/* What 32 in flight hid: a server that is only busy must not be buried. */
static void a_busy_server_has_a_short_queue(void **state)
{
    (void)state;
    struct distance_case c = {.class = DISTANCE_CAPACITY,
                              .setup = {.capacity = {.workers = 16, .span_s = .02},
                                        .rtt_s = .1,
                                        .sigma = .05,
                                        .requests = 16000,
                                        .concurrency = 512,
                                        .distant = true,
                                        .most_s = 300}};
    struct distance_outcome o = distance_measure(&c, &client_pacer, SEEDS, 0);
    assert_true(o.eta >= .9);
    assert_true(o.queue <= 12);
    o = distance_measure(&c, &client_pacer, SEEDS, 2000); /* a loop's turns are no queue */
    assert_true(o.eta >= .9);
}

/* Single round trips scatter by more than such a queue is long: it is seen all the same, by many.
 */
static void a_short_queue_is_seen_through_scatter(void **state)
{
    (void)state;
    struct distance_case c = {.class = DISTANCE_CAPACITY,
                              .setup = {.capacity = {.workers = 4, .span_s = .005},
                                        .rtt_s = .5,
                                        .sigma = .35,
                                        .requests = 48000,
                                        .concurrency = 512,
                                        .distant = true,
                                        .most_s = 300}};
    struct distance_outcome o = distance_measure(&c, &client_pacer, SEEDS, 0);
    assert_true(o.eta >= .9);
    assert_true(o.queue <= 15);
    c.setup.capacity.queue = 64; /* then it answers 503, and is not feared for ever */
    o = distance_measure(&c, &client_pacer, SEEDS, 0);
    assert_true(o.eta >= .9);
    assert_true(o.sick <= 60);
}

/* The way is twice as long from the middle on: what is in flight follows it. */
static void a_longer_way_is_no_queue(void **state)
{
    (void)state;
    struct distance_case c = {.class = DISTANCE_WAY,
                              .setup = {.capacity = {.workers = 16, .span_s = .02},
                                        .rtt_s = .1,
                                        .sigma = .05,
                                        .longer = 2,
                                        .longer_at_s = 10,
                                        .requests = 24000,
                                        .concurrency = 512,
                                        .distant = true,
                                        .most_s = 300}};
    assert_true(distance_measure(&c, &client_pacer, SEEDS, 0).eta >= .85);
    c.setup.rtt_s = .2;
    c.setup.sigma = .15;
    c.setup.requests = 20000;
    assert_true(distance_measure(&c, &client_pacer, MORE_SEEDS, 0).eta >= .85);
}

/* Nor is work that takes twice as long where there are workers enough. */
static void slower_work_is_no_queue(void **state)
{
    (void)state;
    struct distance_case c = {
        .class = DISTANCE_HALVES,
        .setup = {.capacity = {.workers = 64, .span_s = .02, .step_at_s = 15, .step = 2},
                  .rtt_s = .5,
                  .sigma = .15,
                  .requests = 30000,
                  .concurrency = 512,
                  .distant = true,
                  .most_s = 300}};
    assert_true(distance_measure(&c, &client_pacer, MORE_SEEDS, 0).eta >= .8);
}

/* A job that is smaller than what the provider allows at once should not learn that there is a
 * limit at all; one of a hundred thousand may. */
static void a_small_job_meets_no_wall(void **state)
{
    (void)state;
    struct distance_case c = {.class = DISTANCE_SMALL,
                              .setup = {.limiter = {LIMITER_BUCKET, .rate = 200, .burst = 50},
                                        .rtt_s = .2,
                                        .sigma = .05,
                                        .requests = 300,
                                        .concurrency = 512,
                                        .distant = true,
                                        .most_s = 300}};
    assert_true(distance_measure(&c, &client_pacer, SEEDS, 0).refusals <= 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_class_meets_its_bar),
        cmocka_unit_test(a_busy_server_has_a_short_queue),
        cmocka_unit_test(a_short_queue_is_seen_through_scatter),
        cmocka_unit_test(a_longer_way_is_no_queue),
        cmocka_unit_test(slower_work_is_no_queue),
        cmocka_unit_test(a_small_job_meets_no_wall),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
