/* The halts that stop a run: each row of a table is a little history and what must come of it. */

#include "journal_fixture.h"

#include "wire/guards.h"

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
        const char *what, *now;
        uint32_t count;
        double percent;
        bool halt;
    } rows[] = {
        {"nothing yet", "", 0, 5, false},
        {"5%: 1 of 19", "f" TEN("r") "rrrrrrrr", 0, 5, false},
        {"5%: 1 of 20", "f" TEN("r") "rrrrrrrrr", 0, 5, false},
        {"5%: 2 of 20", "ff" TEN("r") "rrrrrrrr", 0, 5, true},
        {"unproven and unconfirmed count", "pu" TEN("r") "rrrrrrrr", 0, 5, true},
        {"absent does not", TEN("a") TEN("t"), 0, 0, false},
        {"0%: 1 of 20", "f" TEN("r") "rrrrrrrrr", 0, 0, true},
        {"100% never", TWENTY("f"), 0, 100, false},
        {"a count of 2: 1", "f", 2, 5, false},
        {"a count of 2: 2", "ff", 2, 5, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct settings s = {.halt_count = rows[i].count, .halt_percent = rows[i].percent};
        struct guard g = {0};
        char reason[512] = "";
        for (const char *c = rows[i].now; *c; c++)
            guard_finished(&g, outcome_of(*c));
        if (guard_says_halt(&g, &s, "acme", reason) != rows[i].halt)
            fail_msg("%s: %s", rows[i].what, reason);
        assert_int_equal(strstr(reason, "acme") != NULL, rows[i].halt);
    }
}

/* What was sent while nothing was seen, and how it ended. */
static void gates(void **state)
{
    (void)state;
    static const struct {
        const char *what, *ended;
        unsigned sent;
        uint64_t waiting;
        bool looked, open, allows, stops;
    } rows[] = {
        {"nothing yet", "", 0, 100, false, false, true, false},
        {"19 sent", "", 19, 100, false, false, true, false},
        {"20 sent, none ended", "", 20, 100, false, false, false, false},
        {"20 sent, 19 ended", TEN("p") "ppppppppp", 20, 100, false, false, false, false},
        {"20 absent", TWENTY("p"), 20, 100, false, false, false, true},
        {"a failure is no sighting", TEN("p") "fppppppppp", 20, 100, false, false, false, true},
        {"nor are 20", TWENTY("f"), 20, 100, false, false, false, true},
        {"nor an unconfirmed success", TWENTY("u"), 20, 100, false, false, false, true},
        {"three of three absent", "ppp", 3, 0, false, false, true, true},
        {"three of many", "ppp", 3, 5, false, false, true, false},
        {"three that failed", "fff", 3, 0, false, false, true, false},
        {"20 that failed, of a kind that was looked at", TWENTY("f"), 20, 100, true, false, true,
         false},
        {"20 absent of it", TWENTY("p"), 20, 100, true, false, false, true},
        {"20 unconfirmed of it", TWENTY("u"), 20, 100, true, false, false, true},
        {"it was seen, or absence is expected", TWENTY("p"), 20, 100, false, true, true, false},
    };
    const struct definition d = {
        .provider = (char *)"acme", .shown = (char *)"acme", .kind = (char *)"key"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct gate g = {.open = rows[i].open, .looked = rows[i].looked};
        char reason[512] = "";
        for (unsigned n = 0; n < rows[i].sent; n++)
            gate_announced(&g);
        for (const char *c = rows[i].ended; *c; c++)
            gate_heard(&g, outcome_of(*c));
        if (gate_allows(&g) != rows[i].allows ||
            gate_says_stop(&g, &d, rows[i].waiting, reason) != rows[i].stops)
            fail_msg("%s: %s", rows[i].what, reason);
        if (rows[i].stops) { /* what to check, and not how to switch the rule off */
            assert_non_null(strstr(reason, "acme key"));
            assert_non_null(strstr(reason, "workspace"));
            assert_null(strstr(reason, "expect-absent"));
        }
    }
}

static void canaries(void **state)
{
    (void)state;
    static const struct {
        const char *ended;
        enum canary_says last;
    } rows[] = {
        {"r", CANARY_NOTHING},  {"rrr", CANARY_PASSED}, {"aar", CANARY_PASSED},
        {"raa", CANARY_PASSED}, {"f", CANARY_FAILED},   {"rru", CANARY_FAILED},
        {"aaa", CANARY_FAILED}, {"att", CANARY_FAILED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct canary c = {0};
        char reason[512] = "";
        enum canary_says says = CANARY_NOTHING;
        for (uint32_t row = 3; row < 6; row++)
            canary_add(&c, row);
        canary_add(&c, 3); /* it is in it */
        assert_true(canary_holds(&c, 2) && canary_holds(&c, 6) && !canary_holds(&c, 4));
        assert_int_equal(canary_judge(&c, "acme", 9, OUTCOME_FAILED, reason), CANARY_NOTHING);
        for (uint32_t n = 0; rows[i].ended[n]; n++)
            says = canary_judge(&c, "acme", n + 3, outcome_of(rows[i].ended[n]), reason);
        if (says != rows[i].last)
            fail_msg("%s: %s", rows[i].ended, reason);
        assert_int_equal(canary_holds(&c, 2), says != CANARY_PASSED);
        canary_free(&c);
    }
    struct canary none = {0};
    assert_false(canary_holds(&none, 0));
}

/* Of rows 0, 3, 6... of one kind so many were absent from the start. */
static void doubtful(void **state)
{
    (void)state;
    enum { ROWS = 90 };
    static const struct {
        uint32_t absent;
        bool all;
        const char *of;
        bool doubtful;
    } rows[] = {
        {20, false, NULL, false},
        {21, false, NULL, true},
        {21, true, NULL, false},
        {21, true, "openrouter", false},
        {21, true, "baseten,requesty/key", true},
    };
    struct catalog *catalog = catalog_new();
    struct targets *t = fixture_targets(catalog, ROWS);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ledger *l = ledger_new(t);
        struct row_set *listed = row_set_new();
        struct record open = rec_open(t, 1, "1-90", FIXTURE_T0);
        struct error err;
        char reason[512] = "";
        assert_int_equal(ledger_apply(l, &open, &err), 0);
        for (uint32_t row = 0; row < ROWS; row++)
            row_set_add(listed, row);
        for (uint32_t n = 0; n < rows[i].absent; n++) {
            struct record end = rec_end(n * 3, OUTCOME_ALREADY_ABSENT, 1, FIXTURE_T0);
            assert_int_equal(ledger_apply(l, &end, &err), 0);
        }
        const struct settings s = {.expect_absent = rows[i].all, .expect_absent_of = rows[i].of};
        if (guards_doubtful(&s, t, listed, l, reason) != rows[i].doubtful)
            fail_msg("%zu: %s", i, reason);
        assert_int_equal(strstr(reason, "openrouter key: 21 of 30") != NULL, rows[i].doubtful);
        row_set_free(listed);
        ledger_free(l);
    }
    targets_free(t);
    catalog_free(catalog);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(halts),
        cmocka_unit_test(gates),
        cmocka_unit_test(canaries),
        cmocka_unit_test(doubtful),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
