/* Which told holds become records. Waits are hours, so that the clock's going on does not matter.
 */

#include "journal_fixture.h"

#include "base/clock.h"
#include "wire/told.h"

static void a_hold_is_recorded_once(void **state)
{
    (void)state;
    static const struct {
        int64_t wait_us;
        bool clamped;
        const char *reason; /* NULL: no record */
    } rows[] = {
        {3600000000, false, "429, asked to wait 1h 00m"},
        {3600000000, false, NULL},
        {3600050000, false, NULL},
        {3605000000, false, "429, asked to wait 1h 00m"},
        {1000000, false, NULL},
        {7200000000, true, "429, asked to wait 2h 00m (clamped: more was asked for)"},
    };
    struct catalog *catalog = catalog_new();
    struct targets *targets = fixture_targets(catalog, 2);
    struct ledger *l = ledger_new(targets);
    struct error err;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct hint hint = {.wait_us = rows[i].wait_us, .clamped = rows[i].clamped};
        struct record record;
        char reason[HOLD_REASON];
        int64_t now = clock_wall_ms();
        bool told = hold_record(l, "openrouter", "429,", &hint, &record, reason);
        if (told != (rows[i].reason != NULL))
            fail_msg("row %zu: %d", i, told);
        if (!told)
            continue;
        assert_int_equal(record.type, RECORD_HOLD);
        assert_string_equal(record.hold.pair, "openrouter");
        assert_string_equal(record.hold.reason, rows[i].reason);
        assert_in_range(record.hold.until_ms - now, rows[i].wait_us / 1000,
                        rows[i].wait_us / 1000 + 60000);
        record.at_ms = now;
        assert_int_equal(ledger_apply(l, &record, &err), 0);
    }
    const struct hint hint = {.wait_us = 1000000};
    struct record record;
    char reason[HOLD_REASON];
    assert_true(hold_record(l, "requesty", "503,", &hint, &record, reason)); /* another pair */
    assert_string_equal(record.hold.reason, "503, asked to wait 1.0s");
    ledger_free(l);
    targets_free(targets);
    catalog_free(catalog);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_hold_is_recorded_once)};
    return cmocka_run_group_tests_name("holds", tests, NULL, NULL);
}
