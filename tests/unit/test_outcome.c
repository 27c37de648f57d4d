/* The words of outcomes and findings, and what they count as. */

#include "provider/outcome.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void findings(void **state)
{
    (void)state;
    static const char *const words[VERIFIED_COUNT] = {"", "confirmed_absent", "still_present",
                                                      "unproven"};
    enum verified parsed = VERIFIED_NONE;
    for (int i = 0; i < VERIFIED_COUNT; i++) {
        assert_string_equal(verified_word[i], words[i]);
        assert_int_equal(verified_parse(words[i], strlen(words[i]), &parsed), i != VERIFIED_NONE);
        assert_int_equal(parsed, i);
    }
    assert_false(verified_parse("unprovenx", 9, &parsed));
    assert_false(verified_parse("confirmed", 9, &parsed));
}

static void outcomes(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        bool done, failed, absent;
    } rows[OUTCOME_COUNT] = {
        {"", false, false, false},
        {"revoked", true, false, false},
        {"disabled", true, false, false},
        {"enabled", true, false, false},
        {"rotated", true, false, false},
        {"already_absent", true, false, true},
        {"absent_after_retry", true, false, true},
        {"unproven_absent", false, true, true},
        {"unconfirmed", false, true, false},
        {"failed", false, true, false},
        {"not_attempted", false, false, false},
    };
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        enum outcome parsed = OUTCOME_COUNT;
        bool known = outcome_parse(rows[i].word, strlen(rows[i].word), &parsed);
        assert_string_equal(outcome_word[i], rows[i].word);
        assert_int_equal(known, i != OUTCOME_NONE);
        if (known)
            assert_int_equal(parsed, i);
        assert_int_equal(outcome_done((enum outcome)i), rows[i].done);
        assert_int_equal(outcome_failed((enum outcome)i), rows[i].failed);
        assert_int_equal(outcome_absent((enum outcome)i), rows[i].absent);
    }
    enum outcome parsed;
    assert_false(outcome_parse("revoke", 6, &parsed));
    assert_false(outcome_parse("revokedx", 8, &parsed));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(findings),
        cmocka_unit_test(outcomes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
