/* The sums of the report, the merge of several run directories, the reasons. */

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "report_world.h"

/* ---- several run directories ---- */

static void merge_table(void **state)
{
    (void)state;
    static const struct {
        enum outcome a, b, want;
    } rows[] = {
        {OUTCOME_REVOKED, OUTCOME_ALREADY_ABSENT, OUTCOME_REVOKED},
        {OUTCOME_REVOKED, OUTCOME_ABSENT_AFTER_RETRY, OUTCOME_REVOKED},
        {OUTCOME_REVOKED, OUTCOME_FAILED, OUTCOME_REVOKED},
        {OUTCOME_REVOKED, OUTCOME_NONE, OUTCOME_REVOKED},
        {OUTCOME_ABSENT_AFTER_RETRY, OUTCOME_ALREADY_ABSENT, OUTCOME_ABSENT_AFTER_RETRY},
        {OUTCOME_ALREADY_ABSENT, OUTCOME_UNCONFIRMED, OUTCOME_ALREADY_ABSENT},
        {OUTCOME_DISABLED, OUTCOME_FAILED, OUTCOME_DISABLED},
        {OUTCOME_UNCONFIRMED, OUTCOME_UNPROVEN_ABSENT, OUTCOME_UNCONFIRMED},
        {OUTCOME_UNPROVEN_ABSENT, OUTCOME_FAILED, OUTCOME_UNPROVEN_ABSENT},
        {OUTCOME_FAILED, OUTCOME_NOT_ATTEMPTED, OUTCOME_FAILED},
        {OUTCOME_FAILED, OUTCOME_NONE, OUTCOME_FAILED},
        {OUTCOME_NONE, OUTCOME_NONE, OUTCOME_NOT_ATTEMPTED},
    };
    for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
        struct world w[2] = {world_new("a"), world_new("b")};
        struct report_source s[2];
        for (size_t k = 0; k < 2; k++) {
            enum outcome o = (k ^ i) & 1 ? rows[i / 2].b : rows[i / 2].a;
            world_key(&w[k], 1, "");
            world_open(&w[k], START_MS, NULL);
            if (o != OUTCOME_NONE)
                world_end(&w[k], START_MS + 1, 0, o, 200, 1, "");
            s[k] = world_source(&w[k]);
        }
        struct report *r = report_new(s, 2);
        assert_int_equal(report_facts(r)->targets, 1);
        assert_int_equal(report_facts(r)->outcome[rows[i / 2].want], 1);
        report_free(r);
        world_free(&w[0]);
        world_free(&w[1]);
    }
}

/* Which source's row shows, told by its note. */
static void merge_keeps_order_and_the_latest(void **state)
{
    (void)state;
    struct world w[2] = {world_new("a"), world_new("b")};
    world_key(&w[0], 1, "a1");
    world_key(&w[0], 2, "a2");
    world_key(&w[1], 3, "b3");
    world_key(&w[1], 1, "b1");
    for (size_t k = 0; k < 2; k++)
        world_open(&w[k], START_MS, NULL);
    world_end(&w[0], START_MS + 1, 0, OUTCOME_FAILED, 500, 1, "early");
    world_end(&w[1], START_MS + 2, 1, OUTCOME_FAILED, 500, 1, "late");
    struct report_source s[2] = {world_source(&w[0]), world_source(&w[1])};
    struct report *r = report_new(s, 2);
    struct cursor c = {.report = r};
    struct entry e;
    static const char *const want[] = {"b1", "a2", "b3"};
    for (size_t i = 0; i < 3; i++) {
        assert_true(cursor_next(&c, &e));
        assert_string_equal(targets_note(e.source->targets, e.row), want[i]);
    }
    assert_false(cursor_next(&c, &e));
    json_t *j = json_of(r);
    assert_int_equal(int_at(j, "manifest", "rows"), 5); /* the same bytes: counted once */
    assert_string_equal(text_at(json_object_get(j, "manifest"), "sha256"), SHA_A);
    assert_int_equal(json_array_size(json_object_get(j, "sources")), 2);
    json_decref(j);
    report_free(r);
    world_free(&w[0]);
    world_free(&w[1]);
}

static void merge_adds_up(void **state)
{
    (void)state;
    enum { KEYS = 200, SOURCES = 3 };
    struct rng rng = rng_seed(5);
    for (int round = 0; round < 30; round++) {
        struct world w[SOURCES];
        struct report_source s[SOURCES];
        bool known[KEYS] = {0}, done[KEYS] = {0}, listed[KEYS] = {0};
        for (size_t k = 0; k < SOURCES; k++) {
            w[k] = world_new("d");
            uint32_t key[KEYS], n = 0;
            for (uint32_t i = 0; i < KEYS; i++)
                if (rng_next(&rng) % 2) {
                    world_key(&w[k], i, "");
                    key[n++] = i;
                }
            world_open(&w[k], START_MS, NULL);
            for (uint32_t row = 0; row < n; row++) {
                enum outcome o = (enum outcome)(rng_next(&rng) % OUTCOME_COUNT);
                known[key[row]] = true;
                if (o == OUTCOME_NONE)
                    continue;
                world_end(&w[k], START_MS + 5, row, o, 200, 1, "");
                done[key[row]] |= outcome_done(o);
            }
            char first[32];
            snprintf(first, sizeof first, "1-%u", n / 2 ? n / 2 : 1);
            bool shrunk = round % 2;
            if (shrunk)
                world_open(&w[k], START_MS + 10, first);
            for (uint32_t row = 0; row < n; row++)
                listed[key[row]] |= !shrunk || row < (n / 2 ? n / 2 : 1);
            s[k] = world_source(&w[k]);
        }
        uint64_t targets = 0, finished = 0, dropped = 0, sum = 0;
        for (int i = 0; i < KEYS; i++) {
            targets += listed[i];
            finished += listed[i] && done[i];
            dropped += known[i] && !listed[i];
        }
        struct report *r = report_new(s, SOURCES);
        const struct report_facts *f = report_facts(r);
        assert_int_equal(f->targets, targets);
        assert_int_equal(f->done, finished);
        assert_int_equal(f->dropped, dropped);
        for (int o = 0; o < OUTCOME_COUNT; o++)
            sum += f->outcome[o];
        assert_int_equal(sum, targets);
        report_free(r);
        for (size_t k = 0; k < SOURCES; k++)
            world_free(&w[k]);
    }
}

static void one_source_counts_what_was_dropped(void **state)
{
    (void)state;
    struct world w = world_new("d");
    for (uint32_t i = 0; i < 10; i++)
        world_key(&w, i, "");
    world_open(&w, START_MS, NULL);
    world_end(&w, START_MS + 1, 9, OUTCOME_REVOKED, 200, 1, "");
    world_close(&w, START_MS + 2, 75, "x");
    world_open(&w, START_MS + 3, "1-4,6");
    struct report *r = world_report(&w);
    assert_int_equal(report_facts(r)->targets, 5);
    assert_int_equal(report_facts(r)->dropped, 5);
    assert_int_equal(report_facts(r)->done, 0);
    report_free(r);
    world_free(&w);
}

/* Eyes of one endpoint, or none: a run of the released format. */
static void open_at(struct world *w, const char *action, const char *origins, const char *endpoint)
{
    char digest[65];
    struct buf eyes = {0};
    buf_printf(&eyes,
               "[{\"provider\":\"openrouter\",\"kind\":\"key\",\"account\":\"a\","
               "\"endpoint\":\"%s\",\"means\":\"m\"}]",
               endpoint ? endpoint : "");
    targets_digest(w->targets, 0, digest);
    struct record r = {.type = RECORD_OPEN,
                       .at_ms = START_MS,
                       .open = {.action = action,
                                .origins = origins,
                                .digest = digest,
                                .listed = "",
                                .options = "{}",
                                .eyes = endpoint ? buf_text(&eyes) : NULL}};
    world_apply(w, &r);
    buf_free(&eyes);
}

static void actions_and_endpoints_must_agree(void **state)
{
    (void)state;
    static const char real[] = "{\"openrouter\":\"https://openrouter.ai:443\"}";
    static const struct {
        const char *action, *origins, *endpoint, *then; /* `then`: the origins of a later run */
        bool good;
    } rows[] = {
        {"delete", real, NULL, NULL, true},
        {"delete", real, "https://openrouter.ai:443/api/v1", NULL, true},
        {"delete", "{\"baseten\":\"https://api.baseten.co:443\"}", NULL, NULL, true},
        {"delete", "{\"openrouter\":\"http://127.0.0.1:9000\"}", NULL, NULL, false},
        {"disable", real, NULL, NULL, false},
        /* another path of the same host */
        {"delete", real, "https://openrouter.ai:443/rehearsal/api/v1", NULL, false},
        /* what the last run does not name any more, the first one did */
        {"delete", "{\"openrouter\":\"http://127.0.0.1:9000\"}", NULL, "{}", false},
        {"delete", real, NULL, "{}", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world a = world_new("a"), b = world_new("b");
        open_at(&a, "delete", real, "https://openrouter.ai:443/api/v1");
        open_at(&b, rows[i].action, rows[i].origins, rows[i].endpoint);
        if (rows[i].then)
            open_at(&b, rows[i].action, rows[i].then, NULL);
        struct report_source s[2] = {world_source(&a), world_source(&b)};
        struct error err = {0};
        assert_int_equal(report_mergeable(s, 2, &err), rows[i].good ? 0 : -1);
        if (!rows[i].good)
            assert_int_equal(err.code, EXIT_REFUSED);
        world_free(&a);
        world_free(&b);
    }
}

/* ---- runs ---- */

static void time_between_runs_does_not_count(void **state)
{
    (void)state;
    struct world a = world_new("a"), b = world_new("b");
    world_key(&a, 1, "");
    world_key(&a, 2, "");
    world_key(&b, 3, "");
    world_open(&a, START_MS, NULL); /* killed: known to have lasted 4 s */
    world_end(&a, START_MS + 4000, 0, OUTCOME_REVOKED, 200, 1, "");
    world_open(&a, START_MS + 100000, NULL);
    world_close(&a, START_MS + 110000, 1, "");
    struct report_source s[2] = {world_source(&a), world_source(&b)};
    struct report *r = report_new(s, 1);
    assert_int_equal(report_facts(r)->elapsed_ms, 14000);
    assert_int_equal(report_facts(r)->started_ms, START_MS);
    assert_int_equal(report_facts(r)->finished_ms, START_MS + 110000);
    report_free(r);
    world_open(&b, START_MS + 105000, NULL); /* 5 s of it beside a's */
    world_close(&b, START_MS + 112000, 0, "");
    r = report_new(s, 2);
    assert_int_equal(report_facts(r)->elapsed_ms, 16000);
    assert_int_equal(report_facts(r)->finished_ms, START_MS + 112000);
    assert_int_equal(report_facts(r)->exit_code, 1);
    report_free(r);
    world_open(&b, START_MS + 200000, NULL);
    r = report_new(s, 2);
    assert_int_equal(report_facts(r)->finished_ms, 0);
    assert_int_equal(report_facts(r)->exit_code, -1);
    report_free(r);
    world_free(&a);
    world_free(&b);
}

static void the_most_serious_exit_code(void **state)
{
    (void)state;
    static const int rows[][3] = {{0, 1, 1},    {1, 75, 75}, {75, 77, 77}, {77, 74, 74},
                                  {0, 0, 0},    {0, 75, 75}, {74, 75, 74}, {-1, 75, -1},
                                  {-1, 77, 77}, {-1, 0, -1}};
    for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
        struct world w[2] = {world_new("a"), world_new("b")};
        struct report_source s[2];
        for (size_t k = 0; k < 2; k++) {
            int code = rows[i / 2][(k ^ i) & 1];
            world_open(&w[k], START_MS, NULL);
            if (code >= 0)
                world_close(&w[k], START_MS + 1, code, code == rows[i / 2][2] ? "this" : "that");
            s[k] = world_source(&w[k]);
        }
        struct report *r = report_new(s, 2);
        assert_int_equal(report_facts(r)->exit_code, rows[i / 2][2]);
        assert_string_equal(report_facts(r)->reason, rows[i / 2][2] < 0 ? "" : "this");
        report_free(r);
        world_free(&w[0]);
        world_free(&w[1]);
    }
}

static void nothing_at_all_is_a_report_too(void **state)
{
    (void)state;
    struct world w = world_new("d");
    struct report *r = world_report(&w);
    json_t *j = json_of(r);
    assert_int_equal(int_at(j, "manifest", "targets"), 0);
    assert_true(json_is_null(json_object_get(j, "started")));
    json_decref(j);
    char *page = form_text(r, report_html);
    assert_non_null(strstr(page, "The manifest holds no target."));
    free(page);
    report_free(r);
    world_free(&w);
}

/* ---- reasons ---- */

static void reasons_fold_what_only_names_the_target(void **state)
{
    (void)state;
    static const struct {
        const char *error, *want;
    } rows[] = {
        {"no key abc here", "no key {id} here"},
        {"no key ABC here", "no key {id} here"},
        {"abcd stays", "abcd stays"},
        {"request req_8f2e6b0c1d9a4e57 failed", "request \xe2\x80\xa6 failed"},
        {"HTTP/2 stream 1234567 was not closed cleanly",
         "HTTP/2 stream 1234567 was not closed cleanly"},
        {"internationalisation-service", "internationalisation-service"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct reasons s;
        reasons_init(&s);
        reasons_add(&s, "p", OUTCOME_FAILED, 500, rows[i].error, "abc");
        assert_string_equal(s.at[0].text, rows[i].want);
        reasons_free(&s);
    }
}

static void reasons_are_bounded_and_sum_up(void **state)
{
    (void)state;
    struct reasons s;
    uint64_t sum = 0;
    reasons_init(&s);
    for (int i = 0; i < 5000; i++) {
        char text[400];
        snprintf(text, sizeof text, "%d%-300s", i, "\xc3\xa4");
        reasons_add(&s, i % 2 ? "p" : "q", OUTCOME_FAILED, 500, i % 10 ? text : "same", "id");
    }
    reasons_sort(&s);
    assert_true(s.count <= REASONS_KEPT + 2);
    for (size_t i = 0; i < s.count; i++) {
        sum += s.at[i].targets;
        assert_true(strlen(s.at[i].text) < 320);
    }
    assert_int_equal(sum, 5000);
    assert_string_equal(s.at[0].text, "same");
    assert_int_equal(s.at[0].targets, 500);
    assert_true(s.at[s.count - 1].others);
    reasons_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merge_table),
        cmocka_unit_test(merge_keeps_order_and_the_latest),
        cmocka_unit_test(merge_adds_up),
        cmocka_unit_test(one_source_counts_what_was_dropped),
        cmocka_unit_test(actions_and_endpoints_must_agree),
        cmocka_unit_test(time_between_runs_does_not_count),
        cmocka_unit_test(the_most_serious_exit_code),
        cmocka_unit_test(nothing_at_all_is_a_report_too),
        cmocka_unit_test(reasons_fold_what_only_names_the_target),
        cmocka_unit_test(reasons_are_bounded_and_sum_up),
    };
    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
