/* What may be called gone: the eyes of a journal, and the rules that are asked of them. */

#include "journal_fixture.h"

#include "journal/evidence.h"

enum { ROWS = 9 };

static struct catalog *catalog;
static struct targets *targets;
static const struct definition *keys; /* of openrouter: rows 0, 3 and 6 */

static int setup(void **state)
{
    (void)state;
    catalog = catalog_new();
    targets = fixture_targets(catalog, ROWS);
    keys = catalog_find(catalog, "openrouter", NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    targets_free(targets);
    catalog_free(catalog);
    return 0;
}

/* A run whose eye is "ACCOUNT ENDPOINT MEANS"; NULL: of the released format. */
static void open_run(struct ledger *l, const char *account, const char *endpoint, const char *means)
{
    struct record r = rec_open(targets, (unsigned)ledger_runs(l) + 1, "1-9", FIXTURE_T0);
    struct buf eyes = {0};
    buf_printf(&eyes,
               "[{\"provider\":\"openrouter\",\"kind\":\"key\",\"account\":\"%s\","
               "\"endpoint\":\"%s\",\"means\":\"%s\"}]",
               account ? account : "", endpoint, means);
    r.open.eyes = account ? buf_text(&eyes) : NULL;
    apply(l, r);
    buf_free(&eyes);
}

static void end(struct ledger *l, uint32_t row, enum outcome o)
{
    char rows[16];
    snprintf(rows, sizeof rows, "%u", row + 1);
    apply(l, rec_try(rows, FIXTURE_T0));
    apply(l, rec_end(row, o, 1, FIXTURE_T0));
}

static void saw(struct ledger *l, const char *account, enum look look, const char *rows)
{
    apply(l, rec_seen("openrouter", account, look, rows, FIXTURE_T0));
}

static const char base[] = "https://openrouter.ai:443/api/v1";

/* Whether what the first run saw is a control for the second one. */
static void same_eyes_only(void **state)
{
    (void)state;
    static const struct {
        const char *account, *endpoint, *means, *id;     /* of the first run */
        const char *account2, *endpoint2, *means2, *id2; /* of the second */
        bool control;
    } rows[] = {
        {"aa", base, "m", "", "aa", base, "m", "", true},
        /* another secret is another account, unless the provider says that it is the same */
        {"aa", base, "m", "", "bb", base, "m", "", false},
        {"aa", base, "m", "ws-1", "bb", base, "m", "", false},
        {"aa", base, "m", "ws-1", "bb", base, "m", "ws-1", true},
        {"aa", base, "m", "ws-1", "bb", base, "m", "ws-2", false},
        {"aa", base, "m", "", "bb", base, "m", "ws-1", false},
        /* the secrets that were one account's are another's by now */
        {"aa", base, "m", "ws-1", "aa", base, "m", "ws-2", false},
        {"aa", base, "m", "ws-1", "aa", base, "m", "", true},
        /* another path, and another belief */
        {"aa", base, "m", "", "aa", "https://openrouter.ai:443/api/v2", "m", "", false},
        {"aa", base, "m", "ws-1", "aa", base, "n", "ws-1", false},
        /* the released format names nobody */
        {NULL, base, "m", "", "aa", base, "m", "", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ledger *l = ledger_new(targets);
        open_run(l, rows[i].account, rows[i].endpoint, rows[i].means);
        if (rows[i].account) {
            if (*rows[i].id)
                saw(l, rows[i].id, LOOK_READ, "");
            saw(l, rows[i].id, LOOK_READ, "1");
        }
        end(l, 3, OUTCOME_REVOKED);
        open_run(l, rows[i].account2, rows[i].endpoint2, rows[i].means2);
        if (*rows[i].id2)
            saw(l, rows[i].id2, LOOK_READ, "");
        struct sight eye = evidence_sight(l, keys);
        if (eye.control != rows[i].control)
            fail_msg("row %zu: control is %d", i, eye.control);
        struct target_state seen = ledger_state(l, 0), unseen = ledger_state(l, 6);
        assert_int_equal(evidence_seen(&eye, &seen), rows[i].control);
        assert_false(evidence_seen(&eye, &unseen));
        ledger_free(l);
    }
}

/* What one account called absent and another one sees is not done; what it was called by its own
 * account, or deleted, is nothing of another's. */
static void an_absence_is_refuted(void **state)
{
    (void)state;
    struct ledger *l = ledger_new(targets);
    struct record refutes = rec_seen("openrouter", "", LOOK_READ, "4", FIXTURE_T0);
    refutes.seen.refutes = true;
    open_run(l, "aa", base, "m");
    end(l, 0, OUTCOME_REVOKED);
    end(l, 3, OUTCOME_ALREADY_ABSENT);
    struct sight eye = evidence_sight(l, keys);
    struct target_state revoked = ledger_state(l, 0), absent = ledger_state(l, 3);
    assert_false(evidence_foreign_absence(&eye, &absent));
    open_run(l, "bb", base, "m");
    eye = evidence_sight(l, keys);
    assert_true(evidence_foreign_absence(&eye, &absent));
    assert_false(evidence_foreign_absence(&eye, &revoked));
    saw(l, "", LOOK_READ, "4"); /* as a proof does: told, and no more */
    assert_int_equal(ledger_outcome(l, 3), OUTCOME_ALREADY_ABSENT);
    apply(l, refutes);
    assert_int_equal(ledger_outcome(l, 3), OUTCOME_UNPROVEN_ABSENT);
    absent = ledger_state(l, 3);
    assert_false(absent.from_start);
    assert_false(evidence_foreign_absence(&eye, &absent));
    refuse(l, refutes, "was not called absent");
    refutes.seen.rows = "1";
    refuse(l, refutes, "was not called absent");
    end(l, 3, OUTCOME_REVOKED);
    ledger_free(l);
}

static void what_a_seen_record_must_be(void **state)
{
    (void)state;
    struct ledger *l = ledger_new(targets);
    open_run(l, NULL, base, "m");
    refuse(l, rec_seen("openrouter", "", LOOK_READ, "1", FIXTURE_T0), "does not name");
    open_run(l, "aa", base, "m");
    refuse(l, rec_seen("requesty", "", LOOK_READ, "2", FIXTURE_T0), "does not name");
    refuse(l, rec_seen("openrouter", "", LOOK_READ, "2", FIXTURE_T0), "another kind");
    refuse(l, rec_seen("openrouter", "", LOOK_READ, "10", FIXTURE_T0), "does not have");
    assert_false(evidence_sight(l, keys).control);
    assert_int_equal(ledger_state(l, 1).seen_eye, EYE_NONE);
    struct record odd = rec_open(targets, 3, "1-9", FIXTURE_T0);
    odd.open.eyes = "{}";
    refuse(l, odd, "eyes");
    ledger_free(l);
}

static void absent_from_the_start(void **state)
{
    (void)state;
    struct ledger *l = ledger_new(targets);
    open_run(l, "aa", base, "m");
    saw(l, "", LOOK_READ, "1");
    end(l, 0, OUTCOME_ALREADY_ABSENT); /* seen, and gone before it was its turn */
    end(l, 3, OUTCOME_ALREADY_ABSENT);
    end(l, 6, OUTCOME_UNPROVEN_ABSENT);
    end(l, 1, OUTCOME_ABSENT_AFTER_RETRY);
    end(l, 2, OUTCOME_REVOKED);
    const bool from_start[] = {false, false, false, true, false, false, true};
    for (uint32_t row = 0; row < 7; row++)
        assert_int_equal(ledger_state(l, row).from_start, from_start[row]);
    saw(l, "", LOOK_LIST, "7"); /* it is there after all */
    assert_false(ledger_state(l, 6).from_start);
    ledger_free(l);
}

static void another_eye_excuses_no_absence(void **state)
{
    (void)state;
    struct ledger *l = ledger_new(targets);
    open_run(l, "aa", base, "m");
    saw(l, "", LOOK_LIST, "1");
    apply(l, rec_try("4,7", FIXTURE_T0)); /* in flight when it was killed */
    open_run(l, "bb", base, "m");
    end(l, 0, OUTCOME_ALREADY_ABSENT);
    end(l, 3, OUTCOME_ABSENT_AFTER_RETRY);
    assert_true(ledger_state(l, 0).from_start);
    assert_true(ledger_state(l, 3).from_start);
    open_run(l, "aa", base, "m");
    saw(l, "", LOOK_LIST, "1"); /* alive, for the other eye: no excuse */
    end(l, 6, OUTCOME_ABSENT_AFTER_RETRY);
    assert_true(ledger_state(l, 0).from_start);
    assert_false(ledger_state(l, 6).from_start);
    ledger_free(l);
}

static void rule_3_absence(void **state)
{
    (void)state;
    static const struct {
        bool control, applied, expected;
        enum outcome outcome;
    } rows[] = {
        {true, false, false, OUTCOME_ALREADY_ABSENT},
        {true, true, false, OUTCOME_ABSENT_AFTER_RETRY},
        {false, false, false, OUTCOME_UNPROVEN_ABSENT},
        {false, true, false, OUTCOME_UNPROVEN_ABSENT},
        {false, false, true, OUTCOME_ALREADY_ABSENT},
        {false, true, true, OUTCOME_ABSENT_AFTER_RETRY},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct sight eye = {.eye = 1, .control = rows[i].control};
        assert_int_equal(evidence_absence(&eye, rows[i].applied, rows[i].expected),
                         rows[i].outcome);
    }
}

static void rule_2_success(void **state)
{
    (void)state;
    const struct sight eye = {.eye = 2}, nobody = {.eye = EYE_NONE};
    const struct target_state mine = {.seen_eye = 2}, others = {.seen_eye = 1}, unseen = {0};
    static const enum absent_rule lax[] = {ABSENT_SUCCESS, ABSENT_UNKNOWN};
    const struct definition strict = {.absent = ABSENT_GONE};
    assert_true(evidence_revokes(&strict, &eye, &unseen));
    for (size_t i = 0; i < 2; i++) {
        const struct definition d = {.absent = lax[i]};
        assert_true(evidence_revokes(&d, &eye, &mine));
        assert_false(evidence_revokes(&d, &eye, &others));
        assert_false(evidence_revokes(&d, &eye, &unseen));
        assert_false(evidence_revokes(&d, &nobody, &unseen));
    }
}

static void rule_4_verification(void **state)
{
    (void)state;
    enum { READ = 1 << LOOK_READ, LIST = 1 << LOOK_LIST, DELETE = 1 << LOOK_DELETE };
    static const struct {
        unsigned looks; /* that eye 2 has a control for */
        enum outcome outcome;
        uint16_t end_eye, seen_eye;
        unsigned seen; /* through which */
        const char *lacking;
    } rows[] = {
        {READ, OUTCOME_REVOKED, 2, 0, 0, NULL}, /* its own deletion */
        {READ, OUTCOME_ROTATED, 2, 0, 0, NULL},
        {READ, OUTCOME_ALREADY_ABSENT, 2, 2, READ, NULL}, /* seen before */
        {READ, OUTCOME_ABSENT_AFTER_RETRY, 2, 2, READ, NULL},
        {READ, OUTCOME_REVOKED, 1, 2, READ, NULL},
        {0, OUTCOME_REVOKED, 2, 0, 0, "never shown"},
        {LIST | DELETE, OUTCOME_REVOKED, 2, 2, LIST, "never shown"}, /* of another look */
        {READ, OUTCOME_REVOKED, 1, 1, READ, "another account"},
        {READ, OUTCOME_REVOKED, 0, 0, 0, "another account"}, /* the released format */
        {READ, OUTCOME_ALREADY_ABSENT, 2, 0, 0, "never seen"},
        {READ, OUTCOME_ABSENT_AFTER_RETRY, 2, 0, 0, "never seen"},
        {READ | LIST, OUTCOME_ALREADY_ABSENT, 2, 2, LIST, "never seen"},
        {READ, OUTCOME_ALREADY_ABSENT, 2, 1, READ, "never seen"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct sight eye = {
            .eye = 2, .control = rows[i].looks, .looks = (uint8_t)rows[i].looks};
        const struct target_state t = {.outcome = (uint8_t)rows[i].outcome,
                                       .end_eye = rows[i].end_eye,
                                       .seen_eye = rows[i].seen_eye,
                                       .looks = rows[i].seen & 15u};
        const char *why;
        enum verified found = evidence_verified(&eye, LOOK_READ, false, &t, &why);
        assert_int_equal(found, rows[i].lacking ? VERIFIED_UNPROVEN : VERIFIED_ABSENT);
        if (rows[i].lacking ? !strstr(why, rows[i].lacking) : *why != '\0')
            fail_msg("row %zu: '%s'", i, why);
    }
    const struct sight nobody = {.eye = EYE_NONE, .control = true, .looks = READ};
    const struct sight list = {.eye = 2, .control = true, .looks = LIST};
    const struct target_state own = {.outcome = OUTCOME_REVOKED, .end_eye = 2},
                              shown = {.outcome = OUTCOME_REVOKED,
                                       .end_eye = 2,
                                       .seen_eye = 2,
                                       .looks = LIST};
    const char *why;
    /* a list that hides some proves nothing of what it never showed */
    assert_int_equal(evidence_verified(&list, LOOK_LIST, false, &own, &why), VERIFIED_ABSENT);
    assert_int_equal(evidence_verified(&list, LOOK_LIST, true, &own, &why), VERIFIED_UNPROVEN);
    assert_int_equal(evidence_verified(&list, LOOK_LIST, true, &shown, &why), VERIFIED_ABSENT);
    assert_int_equal(evidence_verified(&nobody, LOOK_READ, false,
                                       &(struct target_state){.outcome = OUTCOME_REVOKED}, &why),
                     VERIFIED_UNPROVEN);
}

static void rule_9_headline(void **state)
{
    (void)state;
    static const struct {
        uint64_t targets, from_start;
        bool too_many;
    } rows[] = {{0, 0, false},     {20, 20, false},
                {21, 21, true},    {100, 20, false},
                {100, 21, true},   {105, 21, false},
                {104, 21, true},   {1000, 200, false},
                {1000, 201, true}, {UINT32_MAX, UINT32_MAX / 5, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(evidence_too_many_absent(rows[i].targets, rows[i].from_start),
                         rows[i].too_many);
}

static void names_in_a_list(void **state)
{
    (void)state;
    assert_true(evidence_named("openrouter", keys));
    assert_true(evidence_named("baseten,openrouter/key", keys));
    assert_true(evidence_named(",openrouter/key,", keys));
    assert_false(evidence_named("openrouter/byok", keys));
    assert_false(evidence_named("openrouter/ke", keys));
    assert_false(evidence_named("openroute,openrouter2,baseten", keys));
    assert_false(evidence_named("", keys));
}

static void memory_a_target(void **state)
{
    (void)state;
    assert_true(sizeof(struct target_state) <= 20 + 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_eyes_only),
        cmocka_unit_test(an_absence_is_refuted),
        cmocka_unit_test(what_a_seen_record_must_be),
        cmocka_unit_test(absent_from_the_start),
        cmocka_unit_test(another_eye_excuses_no_absence),
        cmocka_unit_test(rule_3_absence),
        cmocka_unit_test(rule_2_success),
        cmocka_unit_test(rule_4_verification),
        cmocka_unit_test(rule_9_headline),
        cmocka_unit_test(memory_a_target),
        cmocka_unit_test(names_in_a_list),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
