/* What a journal remembers of the credentials that its runs used. */

#include "journal_fixture.h"

#include "base/digest.h"
#include "wire/accounts.h"

enum { ROWS = 6, RUNS = 6 };

static struct catalog *catalog;
static struct targets *targets;

/* "NAME=12345678" as README and the header say it: of SHA-256("NAME=secret"). */
static const char *mark(const char *name, const char *secret, char out[120])
{
    char text[100], digest[SHA256_HEX + 1];
    snprintf(text, sizeof text, "%s=%s", name, secret);
    sha256_of(text, strlen(text), digest);
    snprintf(out, 120, "%s=%.8s", name, digest);
    return out;
}

static void open_run(struct ledger *l, unsigned run, const char *accounts, int64_t at_ms)
{
    struct error err;
    char options[400];
    snprintf(options, sizeof options, accounts ? "{\"accounts\":\"%s\"}" : "{}", accounts);
    struct record r = rec_open(targets, run, "1-6", at_ms);
    r.open.options = options;
    if (ledger_apply(l, &r, &err) != 0)
        fail_msg("%s", err.text);
}

static void each_used_credential_once(void **state)
{
    (void)state;
    struct buf out = {0}, want = {0};
    char one[120];
    struct credentials *c = credentials_new();
    struct row_set *rows = row_set_new();
    setenv("OPENROUTER_MANAGEMENT_KEY", "sk-or-v1-one", 1);
    setenv("REQUESTY_API_KEY", "two", 1);
    unsetenv("BASETEN_API_KEY");
    for (uint32_t row = 0; row < ROWS; row++)
        row_set_add(rows, row);
    accounts_put(&out, targets, rows, c);
    buf_puts(&want, mark("OPENROUTER_MANAGEMENT_KEY", "sk-or-v1-one", one));
    buf_putc(&want, ' ');
    buf_puts(&want, mark("REQUESTY_API_KEY", "two", one)); /* Baseten's cannot be had */
    assert_string_equal(buf_text(&out), buf_text(&want));
    assert_null(strstr(buf_text(&out), "sk-or-v1"));

    struct row_set *second = row_set_new(); /* what the rows do not use is not there */
    row_set_add(second, 1);
    buf_clear(&out);
    accounts_put(&out, targets, second, c);
    assert_string_equal(buf_text(&out), mark("REQUESTY_API_KEY", "two", one));
    row_set_free(rows);
    row_set_free(second);
    credentials_free(c);
    buf_free(&out);
    buf_free(&want);
}

static void names_that_end_alike(void **state)
{
    (void)state;
    char one[120], two[120], both[250];
    struct ledger *l = ledger_new(targets);
    snprintf(both, sizeof both, "%s %s", mark("A_KEY", "s", one), mark("KEY", "t", two));
    open_run(l, 1, both, FIXTURE_T0);
    snprintf(both, sizeof both, "%s %s", two, one);
    open_run(l, 2, both, FIXTURE_T0 + 1000);
    open_run(l, 3, one, FIXTURE_T0 + 2000); /* says nothing of KEY: as the run before */
    static const struct {
        const char *name, *secret;
        bool other;
    } rows[] = {{"KEY", "t", false},  {"KEY", "s", true}, {"A_KEY", "s", false},
                {"A_KEY", "t", true}, {"EY", "t", false}, {"Y_KEY", "t", false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool *others = accounts_others(l, rows[i].name, rows[i].secret);
        for (size_t run = 0; run < 3; run++)
            if (others[run] != rows[i].other)
                fail_msg("%s, run %zu: %d", rows[i].name, run + 1, others[run]);
        free(others);
    }
    ledger_free(l);
}

static void runs_take_turns(void **state)
{
    (void)state;
    static const char *const used[RUNS] = {NULL, "one", NULL, "two", NULL, "one"};
    static const bool other[RUNS] = {false, false, false, true, true, false};
    struct ledger *l = ledger_new(targets);
    struct error err;
    char one[120];
    for (unsigned run = 0; run < RUNS; run++) {
        int64_t at = FIXTURE_T0 + (int64_t)run * 10000;
        open_run(l, run + 1, used[run] ? mark("KEY", used[run], one) : NULL, at);
        struct record r = rec_try("1-6", at + 1);
        if (run == 0)
            assert_int_equal(ledger_apply(l, &r, &err), 0);
        r = rec_end(run, OUTCOME_ALREADY_ABSENT, 1, at + 5000);
        if (run > 0) {
            char row[8];
            snprintf(row, sizeof row, "%u", run + 1);
            struct record again = rec_try(row, at + 1);
            assert_int_equal(ledger_apply(l, &again, &err), 0);
            r.end.attempts = ledger_state(l, run).attempts;
            r.end.outcome = OUTCOME_ABSENT_AFTER_RETRY;
            r.end.applied = true;
        }
        if (ledger_apply(l, &r, &err) != 0)
            fail_msg("run %u: %s", run + 1, err.text);
    }
    bool *others = accounts_others(l, "KEY", "one");
    for (uint32_t run = 0; run < RUNS; run++) {
        assert_int_equal(others[run], other[run]);
        assert_int_equal(accounts_other(l, others, run), other[run]); /* row n ended in run n */
    }
    free(others);
    ledger_free(l);

    l = ledger_new(targets); /* nothing is known of a row that never ended */
    open_run(l, 1, mark("KEY", "two", one), FIXTURE_T0);
    others = accounts_others(l, "KEY", "one");
    assert_true(others[0]);
    assert_false(accounts_other(l, others, 0));
    free(others);
    ledger_free(l);
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_used_credential_once),
        cmocka_unit_test(names_that_end_alike),
        cmocka_unit_test(runs_take_turns),
    };
    return cmocka_run_group_tests_name("accounts", tests, setup, teardown);
}
