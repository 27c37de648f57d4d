/* The ledger: how a row's state moves, what contradicts, what the runs and charts add up to. */

#include "journal_fixture.h"

#include "journal/slices.h"

enum { ROWS = 10 };

static struct catalog *catalog;
static struct targets *targets;

static int setup(void **state)
{
    (void)state;
    catalog = catalog_new();
    targets = fixture_targets(catalog, ROWS);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    targets_free(targets);
    catalog_free(catalog);
    return 0;
}

static struct ledger *opened(void)
{
    struct ledger *l = ledger_new(targets);
    apply(l, rec_open(targets, 1, "1-10", FIXTURE_T0));
    return l;
}

/* What happens to row 0, a letter each:
 *   o open   t try   T try, while the one before is open   r retryable end, may have applied
 *   n retryable end that certainly did not apply   u close with it unsent   c close without it
 *   R A F X   end: revoked, already_absent, failed, not_attempted */
static void rows_of_the_state_table(void **state)
{
    (void)state;
    static const struct {
        const char *story;
        unsigned attempts, ended;
        bool open_try, applied, ever;
        enum outcome outcome;
    } rows[] = {
        {"o", 0, 0, false, false, false, OUTCOME_NONE},
        {"ot", 1, 0, true, false, true, OUTCOME_NONE},
        {"otR", 1, 0, false, false, true, OUTCOME_REVOKED},
        {"otF", 1, 0, false, false, true, OUTCOME_FAILED},
        {"otX", 1, 0, false, false, true, OUTCOME_NOT_ATTEMPTED},
        /* announced and never sent: as if it had not been, but that it was told */
        {"otu", 0, 0, false, false, true, OUTCOME_NONE},
        {"otuo", 0, 0, false, false, true, OUTCOME_NONE},
        {"otuotR", 1, 0, false, false, true, OUTCOME_REVOKED},
        /* in flight at the close, or a crash: unknown from then on */
        {"otc", 1, 0, true, false, true, OUTCOME_NONE},
        {"otco", 1, 0, false, true, true, OUTCOME_NONE},
        {"oto", 1, 0, false, true, true, OUTCOME_NONE},
        {"otot", 2, 0, true, true, true, OUTCOME_NONE},
        {"ototR", 2, 0, false, true, true, OUTCOME_REVOKED},
        {"oTT", 2, 0, true, true, true, OUTCOME_NONE},
        /* attempts that ended before a crash count, the open one does not */
        {"otr", 2, 1, true, true, true, OUTCOME_NONE},
        {"otn", 2, 1, true, false, true, OUTCOME_NONE},
        {"otrr", 3, 2, true, true, true, OUTCOME_NONE},
        {"otro", 2, 1, false, true, true, OUTCOME_NONE},
        {"otno", 2, 1, false, true, true, OUTCOME_NONE},
        {"otnuo", 1, 1, false, false, true, OUTCOME_NONE},
        {"otnot", 3, 1, true, true, true, OUTCOME_NONE},
        {"otrotr", 4, 2, true, true, true, OUTCOME_NONE},
        {"otrX", 2, 1, false, true, true, OUTCOME_NOT_ATTEMPTED},
        /* a finished run run again: failed ones begin a fresh round, and a crash keeps that */
        {"otrF", 2, 0, false, true, true, OUTCOME_FAILED},
        {"otFcotr", 3, 1, true, true, true, OUTCOME_FAILED},
        {"otFcotro", 3, 1, false, true, true, OUTCOME_FAILED},
        {"otFcotR", 2, 0, false, false, true, OUTCOME_REVOKED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ledger *l = ledger_new(targets);
        unsigned run = 0;
        for (const char *c = rows[i].story; *c; c++) {
            unsigned attempts = ledger_state(l, 0).attempts;
            switch (*c) {
            case 'o':
                apply(l, rec_open(targets, ++run, "1-10", FIXTURE_T0));
                break;
            case 't':
            case 'T':
                apply(l, rec_try("1-2", FIXTURE_T0));
                break;
            case 'r':
            case 'n':
                apply(l, rec_retry(0, attempts, *c == 'r', FIXTURE_T0));
                break;
            case 'u':
            case 'c':
                apply(l, rec_close(75, *c == 'u' ? "1" : "5-6", FIXTURE_T0));
                break;
            case 'R':
                apply(l, rec_end(0, OUTCOME_REVOKED, attempts, FIXTURE_T0));
                break;
            case 'F':
                apply(l, rec_end(0, OUTCOME_FAILED, attempts, FIXTURE_T0));
                break;
            case 'X':
                apply(l, rec_end(0, OUTCOME_NOT_ATTEMPTED, attempts, FIXTURE_T0));
                break;
            }
        }
        struct target_state s = ledger_state(l, 0);
        if (s.attempts != rows[i].attempts || s.ended != rows[i].ended ||
            s.open_try != rows[i].open_try || s.applied != rows[i].applied ||
            s.ever != rows[i].ever || s.outcome != rows[i].outcome)
            fail_msg("%s: attempts %u ended %u open %u applied %u ever %u outcome %u",
                     rows[i].story, s.attempts, s.ended, s.open_try, s.applied, s.ever, s.outcome);
        ledger_free(l);
    }
}

static void an_end_leaves_its_facts(void **state)
{
    (void)state;
    struct ledger *l = opened();
    assert_int_equal(sizeof(struct target_state), 24);
    apply(l, rec_try("3", FIXTURE_T0));
    apply(l, rec_retry(2, 1, true, FIXTURE_T0 + 5));
    assert_int_equal(ledger_state(l, 2).status, 503);
    assert_string_equal(ledger_error(l, 2), "503 \"down\"");
    assert_int_equal(ledger_outcome(l, 2), OUTCOME_NOT_ATTEMPTED);
    apply(l, rec_end(2, OUTCOME_ABSENT_AFTER_RETRY, 2, FIXTURE_T0 + 1234));
    struct target_state s = ledger_state(l, 2);
    assert_int_equal(s.finished_s, FIXTURE_T0 / 1000 + 1);
    assert_int_equal(s.finished_ms, 234);
    assert_int_equal(s.status, 404);
    assert_string_equal(ledger_error(l, 2), "");
    assert_int_equal(ledger_outcome(l, 2), OUTCOME_ABSENT_AFTER_RETRY);
    assert_int_equal(ledger_outcome(l, 3), OUTCOME_NOT_ATTEMPTED);
    assert_int_equal(ledger_state(l, 4000000000u).attempts, 0);
    assert_string_equal(ledger_error(l, 4000000000u), "");
    ledger_free(l);
}

/* Of a row that is done, the last finding counts; nothing is held before the first. */
static void what_was_verified(void **state)
{
    (void)state;
    struct ledger *l = opened();
    size_t before = ledger_memory(l);
    apply(l, rec_try("1-3", FIXTURE_T0));
    apply(l, rec_end(0, OUTCOME_REVOKED, 1, FIXTURE_T0 + 1));
    apply(l, rec_end(1, OUTCOME_ALREADY_ABSENT, 1, FIXTURE_T0 + 2));
    assert_int_equal(ledger_memory(l), before);
    apply(l, rec_look("1-2", FIXTURE_T0 + 3));
    assert_int_equal(ledger_memory(l), before);
    assert_int_equal(ledger_requests(l).sent, 14);
    assert_int_equal(ledger_verification(l, 0).verified, VERIFIED_NONE);
    apply(l, rec_found(0, VERIFIED_UNPROVEN, FIXTURE_T0 + 1234));
    assert_int_equal(ledger_memory(l), before + 16 * ROWS);
    struct verification v = ledger_verification(l, 0);
    assert_int_equal(v.verified, VERIFIED_UNPROVEN);
    assert_int_equal(v.status, 200);
    assert_true(v.at_ms == FIXTURE_T0 + 1234);
    assert_string_equal(ledger_verification_error(l, 0), "cannot tell");
    assert_string_equal(ledger_error(l, 0), "");
    apply(l, rec_found(0, VERIFIED_PRESENT, FIXTURE_T0 + 1300));
    v = ledger_verification(l, 0);
    assert_int_equal(v.verified, VERIFIED_PRESENT);
    assert_true(v.at_ms == FIXTURE_T0 + 1300);
    assert_string_equal(ledger_verification_error(l, 0), "");
    assert_int_equal(ledger_verification(l, 1).verified, VERIFIED_NONE);
    assert_int_equal(ledger_verification(l, 4000000000u).verified, VERIFIED_NONE);
    assert_int_equal(ledger_outcome(l, 0), OUTCOME_REVOKED); /* what was done stays as it was */
    /* what is not done cannot be proved gone, and what a line names must be what is there */
    refuse(l, rec_found(2, VERIFIED_ABSENT, FIXTURE_T0), "not done");
    refuse(l, rec_look("1-3", FIXTURE_T0), "not done");
    refuse(l, rec_look("11", FIXTURE_T0), "does not have");
    refuse(l, rec_found(10, VERIFIED_ABSENT, FIXTURE_T0), "not there");
    struct record r = rec_found(1, VERIFIED_ABSENT, FIXTURE_T0);
    r.verify.kind = "byok";
    refuse(l, r, "another target");
    ledger_free(l);
}

static void contradictions(void **state)
{
    (void)state;
    struct ledger *l = opened();
    apply(l, rec_try("1-3", FIXTURE_T0));
    apply(l, rec_end(0, OUTCOME_REVOKED, 1, FIXTURE_T0));
    refuse(l, rec_try("1", FIXTURE_T0), "done");
    refuse(l, rec_try("4,1-2", FIXTURE_T0), "does not have");
    refuse(l, rec_try("4-11", FIXTURE_T0), "does not have");
    refuse(l, rec_try("4,x", FIXTURE_T0), "does not have");
    assert_int_equal(ledger_state(l, 3).attempts, 0); /* all of a refused record or nothing */
    refuse(l, rec_retry(0, 1, false, FIXTURE_T0), "done");
    refuse(l, rec_retry(10, 1, false, FIXTURE_T0), "not there");
    refuse(l, rec_end(0, OUTCOME_FAILED, 1, FIXTURE_T0), "done");
    refuse(l, rec_end(10, OUTCOME_FAILED, 1, FIXTURE_T0), "not there");
    struct record r = rec_end(1, OUTCOME_REVOKED, 1, FIXTURE_T0);
    r.end.id = "00000001-0000-4000-8000-000000000009";
    refuse(l, r, "another target");
    r = rec_end(1, OUTCOME_REVOKED, 1, FIXTURE_T0);
    r.end.provider = "openrouter";
    refuse(l, r, "another target");
    r = rec_end(1, OUTCOME_REVOKED, 1, FIXTURE_T0);
    r.end.kind = "byok";
    refuse(l, r, "another target");
    refuse(l, rec_close(0, "11", FIXTURE_T0), "does not have");
    r = rec_open(targets, 2, "1-10", FIXTURE_T0);
    r.open.targets = ROWS + 1;
    refuse(l, r, "speaks of");
    r = rec_open(targets, 2, "1-10", FIXTURE_T0);
    r.open.digest = "00";
    refuse(l, r, "other targets");
    refuse(l, rec_open(targets, 2, "1-11", FIXTURE_T0), "does not have");
    assert_int_equal(ledger_runs(l), 1);
    apply(l, rec_open(targets, 2, "2-10", FIXTURE_T0));
    refuse(l, rec_retry(0, 1, false, FIXTURE_T0), "done");
    apply(l, rec_open(targets, 3, "1-2", FIXTURE_T0));
    refuse(l, rec_try("2-3", FIXTURE_T0), "does not list");
    refuse(l, rec_retry(2, 1, false, FIXTURE_T0), "does not list");
    ledger_free(l);
}

static void a_manifest_that_changes(void **state)
{
    (void)state;
    struct targets *growing = fixture_targets(catalog, 4);
    struct ledger *l = ledger_new(growing);
    assert_true(ledger_listed(l, 0));
    assert_false(ledger_dropped(l, 0));
    apply(l, rec_open(growing, 1, "1-4", FIXTURE_T0));
    apply(l, rec_try("1-4", FIXTURE_T0));
    apply(l, rec_end(3, OUTCOME_REVOKED, 1, FIXTURE_T0));
    fixture_extend(growing, 6);
    assert_int_equal(ledger_state(l, 5).attempts, 0);
    assert_false(ledger_listed(l, 5));
    apply(l, rec_open(growing, 2, "2-3,5-6", FIXTURE_T0));
    static const struct {
        bool listed, dropped;
    } rows[] = {{false, true}, {true, false}, {true, false},
                {false, true}, {true, false}, {true, false}};
    for (uint32_t row = 0; row < 6; row++) {
        assert_int_equal(ledger_listed(l, row), rows[row].listed);
        assert_int_equal(ledger_dropped(l, row), rows[row].dropped);
    }
    assert_int_equal(ledger_outcome(l, 3), OUTCOME_REVOKED);
    /* An older open names fewer rows than the table holds by now: its digest is over those. */
    struct ledger *again = ledger_new(growing);
    struct targets *old = fixture_targets(catalog, 4);
    apply(again, rec_open(old, 1, "1-4", FIXTURE_T0));
    assert_int_equal(ledger_run(again, 0)->open.targets, 4);
    targets_free(old);
    ledger_free(again);
    ledger_free(l);
    targets_free(growing);
}

static void runs_and_requests(void **state)
{
    (void)state;
    struct ledger *l = opened();
    assert_int_equal(ledger_run(l, 0)->exit_code, -1);
    assert_int_equal(ledger_run(l, 0)->closed_ms, 0);
    assert_string_equal(ledger_run(l, 0)->reason, "");
    apply(l, rec_try("1-3", FIXTURE_T0 + 10)); /* 12 sent, 1 429, 2 5xx, 3 network */
    assert_int_equal(ledger_requests(l).sent, 12);
    apply(l, rec_close(75, "2-3", FIXTURE_T0 + 20)); /* 20, 2, 2, 3 */
    assert_int_equal(ledger_run(l, 0)->exit_code, 75);
    assert_int_equal(ledger_run(l, 0)->closed_ms, FIXTURE_T0 + 20);
    assert_string_equal(ledger_run(l, 0)->reason, "stopped by SIGINT");
    assert_string_equal(ledger_run(l, 0)->open.manifest_path, "keys.csv");
    assert_string_equal(ledger_run(l, 0)->open.listed, "1-10");
    apply(l, rec_open(targets, 2, "1-10", FIXTURE_T0 + 30));
    apply(l, rec_try("1", FIXTURE_T0 + 40));
    assert_int_equal(ledger_runs(l), 2);
    struct request_counts sum = ledger_requests(l);
    assert_int_equal(sum.sent, 32);
    assert_int_equal(sum.http_429, 3);
    assert_int_equal(sum.http_5xx, 4);
    assert_int_equal(sum.network_errors, 6);
    assert_int_equal(ledger_run(l, 1)->exit_code, -1);
    ledger_free(l);
}

static void holds_are_kept_and_never_shortened(void **state)
{
    (void)state;
    struct ledger *l = opened();
    assert_int_equal(ledger_hold_until(l, "a"), 0);
    apply(l, rec_hold("a", FIXTURE_T0 + 5000, FIXTURE_T0));
    apply(l, rec_hold("b", FIXTURE_T0 + 9000, FIXTURE_T0));
    apply(l, rec_hold("a", FIXTURE_T0 + 4000, FIXTURE_T0));
    assert_int_equal(ledger_hold_until(l, "a"), FIXTURE_T0 + 5000);
    assert_int_equal(ledger_hold_until(l, "b"), FIXTURE_T0 + 9000);
    assert_int_equal(ledger_holds(l), 3);
    assert_string_equal(ledger_hold(l, 1)->pair, "b");
    for (int i = 0; i < HOLDS_KEPT; i++)
        apply(l, rec_hold("c", FIXTURE_T0 + i, FIXTURE_T0 + i));
    assert_int_equal(ledger_holds(l), HOLDS_KEPT);
    assert_int_equal(ledger_hold(l, 0)->at_ms, FIXTURE_T0);
    assert_string_equal(ledger_hold(l, 0)->pair, "c");
    assert_int_equal(ledger_hold(l, HOLDS_KEPT - 1)->at_ms, FIXTURE_T0 + HOLDS_KEPT - 1);
    assert_int_equal(ledger_hold_until(l, "a"), FIXTURE_T0 + 5000);
    ledger_free(l);
}

static void a_clock_that_is_set_makes_no_hold_longer(void **state)
{
    (void)state;
    const int64_t hour = 3600000;
    struct ledger *l = opened();
    assert_int_equal(ledger_hold_left_ms(l, "a", FIXTURE_T0), 0);
    apply(l, rec_hold("a", FIXTURE_T0 + 5000, FIXTURE_T0));
    assert_int_equal(ledger_hold_left_ms(l, "a", FIXTURE_T0 + 1000), 4000);
    assert_int_equal(ledger_hold_left_ms(l, "a", FIXTURE_T0 + 5000), 0);
    assert_int_equal(ledger_hold_left_ms(l, "a", FIXTURE_T0 + hour), 0);
    assert_int_equal(ledger_hold_left_ms(l, "a", FIXTURE_T0 - hour), 5000);
    apply(l, rec_hold("a", FIXTURE_T0 - hour + 8000, FIXTURE_T0 - hour));
    assert_int_equal(ledger_hold_left_ms(l, "a", FIXTURE_T0 - hour + 2000), 6000);
    assert_int_equal(ledger_hold_left_ms(l, "a", FIXTURE_T0), 0);
    ledger_free(l);
}

static void the_timeline_widens_and_keeps_its_sums(void **state)
{
    (void)state;
    struct ledger *l = opened();
    apply(l, rec_try("1-10", FIXTURE_T0 + 50)); /* 12 requests, rate 812.5 */
    apply(l, rec_end(0, OUTCOME_REVOKED, 1, FIXTURE_T0 + 60));
    apply(l, rec_end(1, OUTCOME_FAILED, 1, FIXTURE_T0 + 260));
    assert_int_equal(ledger_slice_ms(l), 100);
    assert_int_equal(ledger_slices(l), 3);
    assert_int_equal(ledger_slice(l, 0)->requests, 12);
    assert_int_equal(ledger_slice(l, 0)->finished, 1);
    assert_int_equal(ledger_slice(l, 2)->failed, 1);
    assert_int_equal(ledger_slice(l, 2)->finished, 1);
    assert_true(ledger_slice(l, 1)->pace.rate > 812 && ledger_slice(l, 2)->pace.rate > 812);
    apply(l, rec_end(2, OUTCOME_NOT_ATTEMPTED, 1, FIXTURE_T0 - 5000)); /* a clock set back */
    assert_int_equal(ledger_slice(l, 0)->finished, 1);
    apply(l, rec_end(3, OUTCOME_REVOKED, 1, FIXTURE_T0 + (int64_t)86400000 * 365));
    assert_true(ledger_slices(l) <= TIMELINE_SLICES);
    assert_true(ledger_slice_ms(l) * TIMELINE_SLICES > (int64_t)86400000 * 365);
    apply(l, rec_close(0, "", FIXTURE_T0 + (int64_t)86400000 * 365));
    uint64_t finished = 0, requests = 0, limited = 0;
    for (size_t i = 0; i < ledger_slices(l); i++) {
        finished += ledger_slice(l, i)->finished;
        requests += ledger_slice(l, i)->requests;
        limited += ledger_slice(l, i)->http_429;
    }
    assert_int_equal(finished, 3);
    assert_int_equal(requests, 20);
    assert_int_equal(limited, 2);
    ledger_free(l);
}

static void latency_buckets_end_where_they_say(void **state)
{
    (void)state;
    double bound = 1;
    for (size_t i = 0; i + 1 < LATENCY_BUCKETS; i++, bound *= 1.189207115002721) {
        /* Whole milliseconds: the greatest within the bound is in bucket i or, where several
         * bounds hold the same ones, in the first of those. */
        uint32_t inside = (uint32_t)(bound + 1e-6);
        assert_true(latency_bucket(inside) <= i);
        assert_true(latency_bucket(inside + 1) > i);
    }
    assert_int_equal(latency_bucket(0), 0);
    assert_int_equal(latency_bucket(1), 0);
    assert_int_equal(latency_bucket(2), 4);
    assert_int_equal(latency_bucket(1024), 40);
    assert_int_equal(latency_bucket(1025), 41);
    assert_int_equal(latency_bucket(UINT32_MAX), LATENCY_BUCKETS - 1);
    struct ledger *l = opened();
    apply(l, rec_end(0, OUTCOME_REVOKED, 1, FIXTURE_T0)); /* 31 ms: 2^(19/4) is 26.9, 2^5 is 32 */
    assert_int_equal(ledger_latency(l)[20], 1);
    ledger_free(l);
}

static void errors_are_kept_once(void **state)
{
    (void)state;
    enum { MANY = 3000 };
    struct targets *many = fixture_targets(catalog, MANY);
    struct ledger *l = ledger_new(many);
    apply(l, rec_open(many, 1, "1-3000", FIXTURE_T0));
    size_t before = ledger_memory(l);
    char text[100];
    for (uint32_t row = 0; row < MANY; row++) {
        struct record r = rec_end(row, OUTCOME_FAILED, 1, FIXTURE_T0);
        r.end.error = text;
        snprintf(text, sizeof text, "the same long error text, only that %u times", row % 2);
        apply(l, r);
    }
    assert_true(ledger_memory(l) == before);
    assert_true(ledger_error(l, 0) == ledger_error(l, 2));
    for (uint32_t row = 0; row < MANY; row++) { /* and as many different ones as it takes */
        struct record r = rec_end(row, OUTCOME_FAILED, 1, FIXTURE_T0);
        r.end.error = text;
        snprintf(text, sizeof text, "error %u", row);
        apply(l, r);
    }
    for (uint32_t row = 0; row < MANY; row++) {
        snprintf(text, sizeof text, "error %u", row);
        assert_string_equal(ledger_error(l, row), text);
    }
    ledger_free(l);
    targets_free(many);
}

static void counters_stop_at_their_ends(void **state)
{
    (void)state;
    struct ledger *l = opened();
    for (int i = 0; i < 70000; i++)
        apply(l, rec_retry(0, 1, false, FIXTURE_T0));
    assert_int_equal(ledger_state(l, 0).attempts, UINT16_MAX);
    assert_int_equal(ledger_state(l, 0).ended, UINT16_MAX);
    struct record r = rec_end(1, OUTCOME_FAILED, 1000000, FIXTURE_T0);
    r.end.status = 1000000;
    apply(l, r);
    assert_int_equal(ledger_state(l, 1).attempts, UINT16_MAX);
    assert_int_equal(ledger_state(l, 1).status, UINT16_MAX);
    ledger_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_the_state_table),
        cmocka_unit_test(an_end_leaves_its_facts),
        cmocka_unit_test(what_was_verified),
        cmocka_unit_test(contradictions),
        cmocka_unit_test(a_manifest_that_changes),
        cmocka_unit_test(runs_and_requests),
        cmocka_unit_test(holds_are_kept_and_never_shortened),
        cmocka_unit_test(a_clock_that_is_set_makes_no_hold_longer),
        cmocka_unit_test(the_timeline_widens_and_keeps_its_sums),
        cmocka_unit_test(latency_buckets_end_where_they_say),
        cmocka_unit_test(errors_are_kept_once),
        cmocka_unit_test(counters_stop_at_their_ends),
    };
    return cmocka_run_group_tests_name("ledger", tests, setup, teardown);
}
