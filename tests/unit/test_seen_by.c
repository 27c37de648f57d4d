/* What a report says of who saw what: sums a kind, the eyes, the headline above "all done". */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "report_world.h"

#include "report/report_forms.h"
#include "report/summary.h"

enum { KEYS = 30 };

static void open_with(struct world *w, const char *options)
{
    char digest[65];
    targets_digest(w->targets, targets_count(w->targets), digest);
    struct record r = {
        .type = RECORD_OPEN,
        .at_ms = START_MS,
        .open = {.run = 1,
                 .tool = "rescind",
                 .libcurl = "7.88.1",
                 .action = "delete",
                 .manifest_path = "keys.csv",
                 .manifest_sha256 = SHA_A,
                 .targets = targets_count(w->targets),
                 .digest = digest,
                 .listed = "1-31",
                 .shard = "0/1",
                 .origins = "{}",
                 .options = options,
                 .eyes = "[{\"provider\":\"openrouter\",\"kind\":\"key\",\"account\":\"1f0c9a3e\","
                         "\"endpoint\":\"https://openrouter.ai:443/api/v1\",\"means\":\"m\"}]"}};
    world_apply(w, &r);
}

/* Row 0 is seen, then deleted; row 1 is deleted; `absent` more were absent from the start; the rest
 * was not reached. The last row is of another kind. */
static struct world seen_world(const char *options, uint32_t absent)
{
    struct world w = world_new("keys.run");
    for (uint32_t i = 0; i < KEYS; i++)
        world_key(&w, i + 1, "");
    world_add(&w, "baseten", "key", "prefix", "", "");
    open_with(&w, options);
    struct record r = {.type = RECORD_SEEN,
                       .at_ms = START_MS,
                       .seen = {.provider = "openrouter",
                                .kind = "key",
                                .account = "ws-<1>",
                                .look = LOOK_READ,
                                .rows = "1"}};
    world_apply(&w, &r);
    for (uint32_t row = 0; row < absent + 2; row++)
        world_end(&w, START_MS + 1, row, row < 2 ? OUTCOME_REVOKED : OUTCOME_ALREADY_ABSENT, 200, 1,
                  "");
    return w;
}

static void sums_and_eyes(void **state)
{
    (void)state;
    struct world w = seen_world("{}", 5);
    struct report *r = world_report(&w);
    struct sink s = {0};
    report_json(r, &s);
    json_t *j = json_loads(buf_text(&s.buf), 0, NULL);
    json_t *kinds = json_object_get(j, "evidence"), *keys = json_array_get(kinds, 0);
    assert_int_equal(json_array_size(kinds), 2);
    static const struct {
        const char *member;
        int n;
    } want[] = {{"targets", KEYS}, {"seen", 2}, {"absent_from_start", 5}, {"never_seen", KEYS - 2}};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        assert_int_equal(json_integer_value(json_object_get(keys, want[i].member)), want[i].n);
    assert_true(json_is_false(json_object_get(keys, "doubtful")));
    json_t *eye = json_array_get(json_object_get(keys, "seen_by"), 0);
    assert_string_equal(json_string_value(json_object_get(eye, "account")), "ws-<1>");
    assert_string_equal(json_string_value(json_object_get(eye, "secrets")), "1f0c9a3e");
    assert_string_equal(json_string_value(json_array_get(json_object_get(eye, "looks"), 0)),
                        "read");
    assert_int_equal(json_array_size(json_object_get(json_array_get(kinds, 1), "seen_by")), 0);
    json_decref(j);
    buf_free(&s.buf);
    report_free(r);
    world_free(&w);
}

static void the_headline(void **state)
{
    (void)state;
    static const struct {
        const char *options;
        uint32_t absent;
        bool told;
    } rows[] = {
        {"{}", 20, false},
        {"{}", 21, true},
        {"{\"expect-absent\":\"no\"}", 21, true},
        {"{\"expect-absent\":\"baseten,openrouter/byok\"}", 21, true},
        {"{\"expect-absent\":\"yes\"}", 21, false},
        {"{\"expect-absent\":\"openrouter\"}", 21, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w = seen_world(rows[i].options, rows[i].absent);
        struct report *r = world_report(&w);
        struct buf text = {0};
        struct sink page = {0}, data = {0};
        report_summary(r, "keys.run", "rescind run keys.csv", NULL, false, &text);
        report_html(r, &page);
        report_json(r, &data);
        const char *said =
            strstr(buf_text(&text), "21 of 30 targets of openrouter key WERE ABSENT");
        assert_int_equal(said != NULL, rows[i].told);
        if (said) { /* before what is done, and not a hint to switch the rule off */
            assert_true(said < strstr(buf_text(&text), "targets done"));
            assert_null(strstr(buf_text(&text), "expect-absent"));
        }
        const char *on_page = strstr(buf_text(&page.buf), "21 of 30 were absent from the start");
        assert_int_equal(on_page != NULL, rows[i].told);
        assert_int_equal(strstr(buf_text(&data.buf), "\"doubtful\": true") != NULL, rows[i].told);
        buf_free(&text);
        buf_free(&page.buf);
        buf_free(&data.buf);
        report_free(r);
        world_free(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_and_eyes),
        cmocka_unit_test(the_headline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
