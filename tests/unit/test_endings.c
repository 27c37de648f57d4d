/* Which of several exit codes is told, and what targets come to. */

#include "journal_fixture.h"

#include "wire/endings.h"

static void the_most_serious_code_is_told(void **state)
{
    (void)state;
    static const enum exit_code order[] = {EXIT_REFUSED, EXIT_IO,          EXIT_CREDENTIAL,
                                           EXIT_STOPPED, EXIT_SOME_FAILED, EXIT_DONE};
    const size_t count = sizeof order / sizeof *order;
    for (size_t a = 0; a < count; a++)
        for (size_t b = 0; b < count; b++)
            assert_int_equal(ending_worse(order[a], order[b]), order[a < b ? a : b]);
    /* What has no rank must not pass for a good end. */
    assert_int_equal(ending_worse(EXIT_DONE, EXIT_USAGE), EXIT_STOPPED);
    assert_int_equal(ending_worse(EXIT_CONFIG, EXIT_SOME_FAILED), EXIT_STOPPED);
    assert_int_equal(ending_worse(EXIT_DATA, EXIT_CREDENTIAL), EXIT_CREDENTIAL);
}

static void reasons_are_told_once(void **state)
{
    (void)state;
    struct ending e = {0};
    assert_true(ending_add(&e, EXIT_STOPPED, "alpha: 401"));
    assert_false(ending_add(&e, EXIT_CREDENTIAL, "alpha: 401"));
    assert_true(ending_add(&e, EXIT_SOME_FAILED, "stopped by SIGTERM"));
    assert_int_equal(e.code, EXIT_CREDENTIAL);
    assert_string_equal(e.reason, "alpha: 401; stopped by SIGTERM");
    assert_false(ending_add(&e, EXIT_DONE, ""));
    char longer[2 * ENDING_REASON];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    ending_add(&e, EXIT_DONE, longer);
    assert_int_equal(strlen(e.reason), ENDING_REASON - 1);
}

static void what_targets_come_to(void **state)
{
    (void)state;
    static const struct {
        enum outcome row[3];
        enum exit_code code;
    } rows[] = {
        {{OUTCOME_REVOKED, OUTCOME_ALREADY_ABSENT, OUTCOME_ABSENT_AFTER_RETRY}, EXIT_DONE},
        {{OUTCOME_REVOKED, OUTCOME_FAILED, OUTCOME_REVOKED}, EXIT_SOME_FAILED},
        {{OUTCOME_REVOKED, OUTCOME_UNCONFIRMED, OUTCOME_UNPROVEN_ABSENT}, EXIT_SOME_FAILED},
        {{OUTCOME_FAILED, OUTCOME_NONE, OUTCOME_REVOKED}, EXIT_STOPPED},
        {{OUTCOME_REVOKED, OUTCOME_REVOKED, OUTCOME_NOT_ATTEMPTED}, EXIT_STOPPED},
    };
    struct catalog *catalog = catalog_new();
    struct targets *targets = fixture_targets(catalog, 4);
    struct row_set *listed = row_set_new();
    for (uint32_t i = 0; i < 3; i++) /* the fourth is another shard's */
        row_set_add(listed, i);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ledger *l = ledger_new(targets);
        struct error err;
        const struct record try = rec_try("1-3", FIXTURE_T0);
        assert_int_equal(ledger_apply(l, &try, &err), 0);
        for (uint32_t row = 0; row < 3; row++) {
            const struct record end = rec_end(row, rows[i].row[row], 1, FIXTURE_T0);
            if (rows[i].row[row] != OUTCOME_NONE)
                assert_int_equal(ledger_apply(l, &end, &err), 0);
        }
        assert_int_equal(ending_of_targets(targets, listed, l), rows[i].code);
        ledger_free(l);
    }
    row_set_free(listed);
    targets_free(targets);
    catalog_free(catalog);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_most_serious_code_is_told),
        cmocka_unit_test(reasons_are_told_once),
        cmocka_unit_test(what_targets_come_to),
    };
    return cmocka_run_group_tests_name("endings", tests, NULL, NULL);
}
