/* The bars of rate control, for the part of the grid that plays in seconds: every limiter, hint and
 * span that has a bar, mean of three seeds. `make rate-lab` plays all of it. */

#include "../ratelab/measure.h"
#include "../ratelab/recovery.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { SEEDS = 3, MOST_REQUESTS = 15000, FEWEST_CASES = 300 };
#define RECOVERY_S 20.0
#define RAMP_S     1.0
#define RAMP_LOST  .3 /* of 100,000 requests' time, seconds */

static void every_case_meets_its_bar(void **state)
{
    (void)state;
    static struct grid_case cases[GRID_MAX];
    int count = grid_fill(cases), played = 0, missed = 0;
    for (int i = 0; i < count; i++) {
        const struct grid_case *c = &cases[i];
        struct play_setup setup = grid_setup(c, &client_pacer, 1);
        if (!c->barred || setup.requests > MOST_REQUESTS)
            continue;
        struct measured m = measure(c, &client_pacer, SEEDS, 0);
        played++;
        if (!measured_below(&m, c) && !measured_noisy(&m) && m.violations == 0)
            continue;
        char name[GRID_NAME];
        grid_name(c, name, sizeof name);
        print_error("%s: %.3f, refused %.3f per success, %ld inside holds\n", name, m.share, m.w,
                    (long)m.violations);
        missed++;
    }
    assert_true(played >= FEWEST_CASES);
    assert_int_equal(missed, 0);
}

static void a_changed_limit_is_found(void **state)
{
    (void)state;
    static const enum hint hints[] = {HINT_NONE, HINT_SECONDS};
    for (int i = 0; i < RECOVERY_CASES; i++)
        for (int h = 0; h < 2; h++)
            for (uint64_t seed = 1; seed <= SEEDS; seed++)
                assert_true(recovery_s(&recovery_cases[i], &client_pacer, hints[h], 0, seed) <=
                            RECOVERY_S);
}

/* Turns of the loop as a real one has them: the rate must not depend on them. */
static void no_limit_is_used_soon(void **state)
{
    (void)state;
    static const int64_t turns_us[] = {0, 200, 1000, 2000};
    for (int i = 0; i < 4; i++) {
        struct ramp r = ramp_measure(&client_pacer, 1e-3, turns_us[i]);
        assert_true(r.to_10k_s < RAMP_S);
        assert_true(r.lost_s < RAMP_LOST);
    }
    assert_true(ramp_measure(&client_pacer, 2e-4, 1000).rate > 20000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_meets_its_bar),
        cmocka_unit_test(a_changed_limit_is_found),
        cmocka_unit_test(no_limit_is_used_soon),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
