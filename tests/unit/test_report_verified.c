/* What the forms tell of a verification: a target still present before all else. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report_world.h"

static void found(struct world *w, int64_t at_ms, uint32_t row, enum verified v, const char *error)
{
    char id[ID_MAX + 1];
    const struct definition *d = targets_definition(w->targets, row);
    targets_id(w->targets, row, id);
    struct record r = {.type = RECORD_VERIFY,
                       .at_ms = at_ms,
                       .verify = {.row = row,
                                  .provider = d->provider,
                                  .kind = d->kind,
                                  .id = id,
                                  .verified = v,
                                  .status = v == VERIFIED_ABSENT ? 404 : 200,
                                  .ms = 7,
                                  .error = error}};
    world_apply(w, &r);
}

/* Five keys, four of them done, three of those looked at. */
static struct world verified_world(const char *dir, const char *evil)
{
    struct world w = world_new(dir);
    for (uint32_t i = 0; i < 5; i++)
        world_key(&w, i, i == 1 ? evil : "");
    world_open(&w, START_MS, NULL);
    for (uint32_t i = 0; i < 4; i++)
        world_end(&w, START_MS + i, i, i ? OUTCOME_REVOKED : OUTCOME_ALREADY_ABSENT, 200, 1, "");
    world_end(&w, START_MS + 4, 4, OUTCOME_FAILED, 400, 1, "400");
    found(&w, START_MS + 5000, 0, VERIFIED_ABSENT, "");
    found(&w, START_MS + 5001, 1, VERIFIED_PRESENT, "");
    found(&w, START_MS + 5002, 2, VERIFIED_UNPROVEN, evil);
    world_close(&w, START_MS + 6000, 1, "");
    return w;
}

static char *summary(const struct report *r)
{
    struct buf b = {0};
    report_summary(r, "d", NULL, NULL, false, &b);
    char *text = mem_string(buf_text(&b));
    buf_free(&b);
    return text;
}

static void the_headline(void **state)
{
    (void)state;
    struct world w = verified_world("d", "why \x1b[31m");
    struct report *r = world_report(&w);
    char *text = summary(r);
    assert_ptr_equal(
        strstr(text, "1 target is STILL PRESENT after the provider said it was gone\n"), text);
    assert_non_null(strstr(text, "\n  confirmed_absent              1\n"
                                 "  still_present                 1\n"
                                 "  unproven                      1\n"
                                 "  not verified                  1\n"));
    assert_non_null(strstr(text, "\n  still there   openrouter key 00"));
    assert_non_null(strstr(text, "\n  unproven      openrouter key 00"));
    assert_non_null(strstr(text, "d/still_present.csv"));
    assert_null(strchr(text, '\x1b'));
    free(text);
    char *page = form_text(r, report_html);
    assert_true(strstr(page, "id=\"still-present\"") < strstr(page, "id=\"verdict\""));
    assert_non_null(strstr(page, "<strong>1 target is still present</strong>"));
    assert_non_null(strstr(page, "data-verified=\"still_present\""));
    free(page);
    report_free(r);
    world_free(&w);
}

static void for_programs(void **state)
{
    (void)state;
    char id[65];
    struct world w = verified_world("d", "<b>=no, \"x\"");
    struct report *r = world_report(&w);
    json_t *j = json_of(r);
    assert_int_equal(int_at(j, "verified", "confirmed_absent"), 1);
    assert_int_equal(int_at(j, "verified", "still_present"), 1);
    assert_int_equal(int_at(j, "verified", "unproven"), 1);
    assert_int_equal(int_at(j, "unconfirmed_total", NULL), 2);
    const json_t *all = json_object_get(j, "unconfirmed");
    assert_int_equal(json_array_size(all), 2);
    const json_t *first = json_array_get(all, 0), *second = json_array_get(all, 1);
    assert_string_equal(text_at(first, "id"), world_hash(1, id));
    assert_string_equal(text_at(first, "verified"), "still_present");
    assert_string_equal(text_at(first, "at"), "2026-11-21T05:40:05.001Z");
    assert_string_equal(text_at(second, "verified"), "unproven");
    assert_string_equal(text_at(second, "error"), "<b>=no, \"x\"");
    json_decref(j);

    char *csv = form_text(r, report_verified);
    assert_int_equal(strncmp(csv, "provider,kind,id,outcome,verified,status,at,error,note\n", 55),
                     0);
    assert_non_null(
        strstr(csv, "0,already_absent,confirmed_absent,404,2026-11-21T05:40:05.000Z,,\n"));
    assert_non_null(strstr(csv, "3,revoked,,,,,\n")); /* nobody has looked */
    assert_null(strstr(csv, world_hash(4, id)));      /* not done */
    free(csv);
    csv = form_text(r, report_still_present);
    assert_non_null(strstr(csv, world_hash(1, id)));
    assert_null(strstr(csv, world_hash(2, id)));
    free(csv);
    csv = form_text(r, report_remaining);
    assert_non_null(strstr(csv, world_hash(4, id)));
    assert_null(strstr(csv, world_hash(1, id)));
    free(csv);
    csv = form_text(r, report_csv);
    assert_int_equal(
        strncmp(csv, "provider,kind,id,outcome,status,attempts,finished,error,note\n", 61), 0);
    free(csv);

    char *page = form_text(r, report_html);
    assert_null(strstr(page, "<b>=no"));
    free(page);
    struct buf metrics = {0};
    const struct metrics_facts m = {.manifest = "k", .action = "delete", .shard = "0/1"};
    metrics_text(r, &m, &metrics);
    assert_non_null(strstr(buf_text(&metrics), "found=\"still_present\"} 1\n"));
    assert_non_null(strstr(buf_text(&metrics), "found=\"not_verified\"} 1\n"));
    buf_free(&metrics);
    report_free(r);
    world_free(&w);
}

/* Nothing was verified: zeros for programs, and not a word for people. */
static void of_nothing(void **state)
{
    (void)state;
    struct world w = world_of_all_outcomes();
    struct report *r = world_report(&w);
    json_t *j = json_of(r);
    assert_int_equal(int_at(j, "verified", "confirmed_absent"), 0);
    assert_int_equal(int_at(j, "unconfirmed_total", NULL), 0);
    json_decref(j);
    char *text = summary(r), *page = form_text(r, report_html);
    assert_null(strstr(text, "verified"));
    assert_null(strstr(page, "id=\"verification\""));
    free(text);
    free(page);
    report_free(r);
    world_free(&w);
}

/* Of two directories that hold one target, both done, that it is there is never hidden by a proof
 * from elsewhere, whatever the clocks say. */
static void merged(void **state)
{
    (void)state;
    struct world one = verified_world("a", ""), other = verified_world("b", "");
    found(&other, START_MS + 9000, 1, VERIFIED_ABSENT, "");
    found(&one, START_MS + 9001, 2, VERIFIED_PRESENT, "");
    struct report_source sources[] = {world_source(&one), world_source(&other)};
    for (int i = 0; i < 2; i++) {
        struct report *r = report_new(sources, 2);
        const struct report_facts *f = report_facts(r);
        assert_int_equal(f->verified[VERIFIED_ABSENT], 1);
        assert_int_equal(f->verified[VERIFIED_PRESENT], 2);
        assert_int_equal(f->verified[VERIFIED_UNPROVEN], 0);
        assert_int_equal(f->verified[VERIFIED_NONE], 1);
        report_free(r);
        struct report_source first = sources[0];
        sources[0] = sources[1];
        sources[1] = first;
    }
    world_free(&one);
    world_free(&other);
}

/* Nor by a deletion from elsewhere that tells more than the absence that was found here. */
static void merged_with_a_deletion(void **state)
{
    (void)state;
    struct world w[2] = {world_new("a"), world_new("b")};
    for (int i = 0; i < 2; i++) {
        world_key(&w[i], 1, "");
        world_open(&w[i], START_MS, NULL);
        world_end(&w[i], START_MS + 1, 0, i ? OUTCOME_REVOKED : OUTCOME_ABSENT_AFTER_RETRY, 200, 1,
                  "");
    }
    found(&w[0], START_MS + 9000, 0, VERIFIED_PRESENT, "");
    found(&w[1], START_MS + 9001, 0, VERIFIED_ABSENT, "");
    for (int i = 0; i < 2; i++) {
        struct report_source sources[] = {world_source(&w[i]), world_source(&w[!i])};
        struct report *r = report_new(sources, 2);
        assert_int_equal(report_facts(r)->verified[VERIFIED_PRESENT], 1);
        report_free(r);
    }
    world_free(&w[0]);
    world_free(&w[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_headline),
        cmocka_unit_test(for_programs),
        cmocka_unit_test(of_nothing),
        cmocka_unit_test(merged),
        cmocka_unit_test(merged_with_a_deletion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
