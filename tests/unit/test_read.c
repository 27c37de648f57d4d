/* How long a read is tried: each row is what came back in turn, and what follows. */

#include "wire/read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define S 1000000LL

static void attempts(void **state)
{
    static const int64_t middle[] = {500000, 1500000, 3000000, 3000000, 3000000};
    (void)state;
    for (uint64_t i = 0; i < 4; i++) {
        struct rng rng = rng_seed(i);
        struct patience p = {0};
        int64_t now = 7 * S;
        for (unsigned n = 0; n < 5; n++) {
            int64_t due = patience_again_us(&p, false, 0, 6, 60 * S, &rng, now);
            assert_in_range(due - now, middle[n] * 3 / 4, middle[n] * 5 / 4);
            now = due;
        }
        assert_int_equal(patience_again_us(&p, false, 0, 6, 60 * S, &rng, now), -1);
    }
    struct rng rng = rng_seed(1);
    struct patience p = {0};
    assert_int_equal(patience_again_us(&p, false, 0, 1, 60 * S, &rng, S), -1);
    /* nor beyond the end of all waiting */
    p.attempts = 0;
    assert_int_equal(patience_again_us(&p, false, 0, 6, S + 1, &rng, S), -1);
}

/* No attempts, but an end. */
static void holds(void **state)
{
    static const struct {
        int64_t now, until, want;
    } rows[] = {
        {10 * S, 0, 10 * S},  {11 * S, 20 * S, 11 * S}, {12 * S, 40 * S, 12 * S},
        {13 * S, 41 * S, -1}, {39 * S, 39 * S, 39 * S}, {40 * S, 0, -1},
    };
    struct rng rng = rng_seed(1);
    struct patience p = {0};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(patience_again_us(&p, true, rows[i].until, 1, 40 * S, &rng, rows[i].now),
                         rows[i].want);
    }
    assert_int_equal(p.attempts, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(attempts),
        cmocka_unit_test(holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
