/* Where a peer's limit on connections ends growth, and how it is tried again. */

#include "wire/growth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { FREE = 512, SECOND = 1000000 };

static void nothing_refused_is_no_limit(void **state)
{
    (void)state;
    struct growth g = {0};
    assert_int_equal(growth_most(&g, FREE, 1), FREE);
}

static void refused_ones_end_it_there(void **state)
{
    (void)state;
    struct growth g = {0};
    growth_end(&g, 100, 1 * SECOND, 2 * SECOND);
    assert_int_equal(growth_most(&g, FREE, 3 * SECOND), 99);
    growth_end(&g, 60, 1 * SECOND, 3 * SECOND); /* sent before that news: one of the same */
    assert_int_equal(growth_most(&g, FREE, 3 * SECOND), 98);
    growth_end(&g, 60, 4 * SECOND, 5 * SECOND);
    assert_int_equal(growth_most(&g, FREE, 5 * SECOND), 59);
    growth_end(&g, 2, 6 * SECOND, 7 * SECOND);
    assert_true(growth_most(&g, FREE, 7 * SECOND) >= 4);
}

static void it_is_tried_again_a_little_further_each_time(void **state)
{
    (void)state;
    struct growth g = {0};
    int64_t now = 2 * SECOND;
    unsigned before = 99;
    growth_end(&g, 100, 1 * SECOND, now);
    for (int i = 0; i < 5; i++) {
        now += 5 * SECOND;
        unsigned most = growth_most(&g, FREE, now);
        assert_true(most > before && most < before + before / 5);
        assert_int_equal(growth_most(&g, FREE, now + SECOND), most);
        before = most;
    }
    for (int i = 0; i < 100; i++)
        before = growth_most(&g, FREE, now += 5 * SECOND);
    assert_int_equal(before, FREE);
}

static void refusals_end_it_where_others_work(void **state)
{
    (void)state;
    struct growth g = {0};
    growth_refused(&g, 32, 1 * SECOND, 2 * SECOND); /* before anything was answered */
    growth_refused(&g, 31, 1 * SECOND, 2 * SECOND);
    assert_int_equal(growth_most(&g, FREE, 2 * SECOND), FREE);
    growth_answered(&g, 20, true, 1 * SECOND, 3 * SECOND);
    assert_int_equal(growth_most(&g, FREE, 3 * SECOND), 30);
    struct growth later = {0};
    growth_refused(&later, 32, 1 * SECOND, 2 * SECOND); /* all of them: it was down */
    growth_answered(&later, 1, true, 4 * SECOND, 5 * SECOND);
    assert_int_equal(growth_most(&later, FREE, 5 * SECOND), FREE);
    growth_refused(&later, 50, 4 * SECOND, 6 * SECOND); /* an answer came since it was sent */
    assert_int_equal(growth_most(&later, FREE, 6 * SECOND), 49);
}

static void connections_are_opened_as_they_prove_to_be_let_in(void **state)
{
    (void)state;
    struct growth g = {0};
    assert_int_equal(growth_open(&g, FREE), 32);
    assert_int_equal(growth_open(&g, 8), 8);
    growth_answered(&g, 32, false, 1 * SECOND, 2 * SECOND); /* on one that was there */
    assert_int_equal(growth_open(&g, FREE), 32);
    growth_answered(&g, 30, true, 1 * SECOND, 2 * SECOND);
    assert_int_equal(growth_open(&g, FREE), 60);
    growth_answered(&g, 300, true, 1 * SECOND, 2 * SECOND);
    assert_int_equal(growth_open(&g, FREE), FREE);
}

/* It let in 400; then it refuses above 50. */
static void what_was_let_in_once_is_no_promise(void **state)
{
    (void)state;
    struct growth g = {0};
    growth_answered(&g, 400, true, 1 * SECOND, 2 * SECOND);
    assert_int_equal(growth_open(&g, FREE), FREE);
    for (unsigned in_flight = 400; in_flight > 50; in_flight--)
        growth_refused(&g, in_flight, 1 * SECOND, 3 * SECOND);
    assert_in_range(growth_most(&g, FREE, 3 * SECOND), 45, 50);
    growth_refused(&g, 50, 4 * SECOND, 5 * SECOND);
    growth_answered(&g, 40, false, 4 * SECOND, 5 * SECOND);
    assert_in_range(growth_open(&g, FREE), 80, 100);
    growth_answered(&g, 60, true, 6 * SECOND, 7 * SECOND); /* and more again */
    assert_int_equal(growth_open(&g, FREE), 120);
}

/* All that are sent are refused for a while: it is not flooded when it comes back. */
static void one_that_was_down_is_met_with_few(void **state)
{
    (void)state;
    struct growth g = {0};
    growth_answered(&g, 400, true, 1 * SECOND, 2 * SECOND);
    for (int i = 0; i < 400; i++)
        growth_refused(&g, 400, 3 * SECOND, 4 * SECOND);
    growth_answered(&g, 1, true, 5 * SECOND, 6 * SECOND);
    assert_int_equal(growth_open(&g, FREE), 32);
    assert_int_equal(growth_most(&g, FREE, 6 * SECOND), FREE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_refused_is_no_limit),
        cmocka_unit_test(refused_ones_end_it_there),
        cmocka_unit_test(refusals_end_it_where_others_work),
        cmocka_unit_test(connections_are_opened_as_they_prove_to_be_let_in),
        cmocka_unit_test(what_was_let_in_once_is_no_promise),
        cmocka_unit_test(one_that_was_down_is_met_with_few),
        cmocka_unit_test(it_is_tried_again_a_little_further_each_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
