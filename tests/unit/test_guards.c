/* The halts that stop a run: each row of a table is a little history and what must come of it. */

#include "wire/guards.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* a already absent, t absent after retry, p unproven absent, r revoked, u unconfirmed, f failed */
static enum outcome outcome_of(char letter)
{
    switch (letter) {
    case 'a':
        return OUTCOME_ALREADY_ABSENT;
    case 't':
        return OUTCOME_ABSENT_AFTER_RETRY;
    case 'p':
        return OUTCOME_UNPROVEN_ABSENT;
    case 'r':
        return OUTCOME_REVOKED;
    case 'u':
        return OUTCOME_UNCONFIRMED;
    default:
        return OUTCOME_FAILED;
    }
}

#define TEN(x)    x x x x x x x x x x
#define TWENTY(x) TEN(x) TEN(x)

static void halts(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        unsigned targets;
        const char *before, *now; /* outcomes of earlier runs and of this one */
        uint32_t count;
        double percent;
        bool expect_absent;
        enum guard_halt halt;
    } rows[] = {
        {"nothing yet", 100, "", "", 0, 5, false, GUARD_GO},
        {"19 absent of 100", 100, "", TEN("a") "aaaaaaaaa", 0, 100, false, GUARD_GO},
        {"20 absent of 100", 100, "", TWENTY("a"), 0, 100, false, GUARD_ABSENT},
        {"all three ways count", 100, "", TEN("a") "tttttppppp", 0, 100, false, GUARD_ABSENT},
        {"20 absent, expected", 100, "", TWENTY("a"), 0, 100, true, GUARD_GO},
        {"one revoked among them", 100, "", TEN("a") "raaaaaaaaaa", 0, 100, false, GUARD_GO},
        {"one failed among them", 100, "", TEN("a") "faaaaaaaaaa", 0, 100, false, GUARD_GO},
        {"all of three", 3, "", "aaa", 0, 100, false, GUARD_ABSENT},
        {"two of three", 3, "", "aa", 0, 100, false, GUARD_GO},
        {"an earlier run's count", 100, TEN("a"), TEN("a"), 0, 100, false, GUARD_ABSENT},
        {"an earlier run's evidence", 100, "r", TWENTY("a"), 0, 100, false, GUARD_GO},
        {"a resume asks again", 100, TWENTY("a"), "", 0, 100, false, GUARD_ABSENT},
        {"5%: 1 of 19", 100, "", "f" TEN("r") "rrrrrrrr", 0, 5, false, GUARD_GO},
        {"5%: 1 of 20", 100, "", "f" TEN("r") "rrrrrrrrr", 0, 5, false, GUARD_GO},
        {"5%: 2 of 20", 100, "", "ff" TEN("r") "rrrrrrrr", 0, 5, false, GUARD_FAILURES},
        {"5%: 19 of 19", 100, "", TEN("f") "fffffffff", 0, 5, false, GUARD_GO},
        {"unconfirmed and unproven fail", 100, "", "up" TEN("r") "rrrrrrrr", 0, 5, false,
         GUARD_FAILURES},
        {"0%: one is too many", 100, "", "f" TEN("r") "rrrrrrrrr", 0, 0, false, GUARD_FAILURES},
        {"100% never halts", 100, "", TWENTY("f") TWENTY("f"), 0, 100, false, GUARD_GO},
        {"earlier failures do not count", 100, TWENTY("f"), TWENTY("r"), 0, 5, false, GUARD_GO},
        {"count: below", 100, "", "ff", 3, 5, false, GUARD_GO},
        {"count: reached", 100, "", "rfrff", 3, 5, false, GUARD_FAILURES},
        {"count: percent is off", 100, "", "ff" TEN("r") "rrrrrrrr", 3, 5, false, GUARD_GO},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct guard g = {0};
        const struct settings s = {.halt_count = rows[i].count,
                                   .halt_percent = rows[i].percent,
                                   .expect_absent = rows[i].expect_absent};
        char reason[512] = "";
        unsigned known = 0;
        for (const char *c = rows[i].before; *c; c++, known++)
            guard_known(&g, outcome_of(*c), true);
        for (; known < rows[i].targets; known++)
            guard_known(&g, OUTCOME_NONE, false);
        for (const char *c = rows[i].now; *c; c++)
            guard_finished(&g, OUTCOME_NONE, outcome_of(*c));
        enum guard_halt got = guard_check(&g, &s, "openrouter", reason);
        if (got != rows[i].halt)
            fail_msg("%s: got %d, wanted %d", rows[i].what, got, rows[i].halt);
        assert_int_equal(got != GUARD_GO, strstr(reason, "openrouter") != NULL);
    }
}

static void gate_lets_twenty_through(void **state)
{
    (void)state;
    struct guard g = {0};
    const struct settings careful = {0}, expecting = {.expect_absent = true};
    for (int i = 0; i < ABSENT_GATE; i++) {
        assert_true(guard_allows(&g, &careful));
        guard_announced(&g);
    }
    assert_false(guard_allows(&g, &careful));
    assert_true(guard_allows(&g, &expecting));
    guard_finished(&g, OUTCOME_NONE, OUTCOME_REVOKED);
    assert_true(guard_allows(&g, &careful));
}

static void gate_counts_what_earlier_runs_sent(void **state)
{
    (void)state;
    struct guard g = {0};
    const struct settings careful = {0};
    for (int i = 0; i < ABSENT_GATE - 1; i++)
        guard_known(&g, OUTCOME_NONE, true);
    for (int i = 0; i < 50; i++)
        guard_known(&g, OUTCOME_NONE, false);
    assert_true(guard_allows(&g, &careful));
    guard_announced(&g);
    assert_false(guard_allows(&g, &careful));
}

/* An unproven absent one that is tried again and turns out otherwise is not counted twice. */
static void a_second_outcome_replaces_the_first(void **state)
{
    (void)state;
    struct guard g = {0};
    guard_known(&g, OUTCOME_UNPROVEN_ABSENT, true);
    assert_int_equal(g.absent, 1);
    guard_finished(&g, OUTCOME_UNPROVEN_ABSENT, OUTCOME_ALREADY_ABSENT);
    assert_int_equal(g.absent, 1);
    assert_false(g.evidence);
    guard_finished(&g, OUTCOME_ALREADY_ABSENT, OUTCOME_REVOKED);
    assert_int_equal(g.absent, 0);
    assert_true(g.evidence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(halts),
        cmocka_unit_test(gate_lets_twenty_through),
        cmocka_unit_test(gate_counts_what_earlier_runs_sent),
        cmocka_unit_test(a_second_outcome_replaces_the_first),
    };
    return cmocka_run_group_tests_name("guards", tests, NULL, NULL);
}
