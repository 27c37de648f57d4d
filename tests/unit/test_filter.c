/* Filters: each row is a key's members, what is asked of it, and whether it is selected. Windows:
 * each row is a moment and when its day, week and month began. */

#include "list_page.h"

#include "provider/filter.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char now_text[] = "2026-11-21T12:00:00Z"; /* a Saturday */

static struct catalog *catalog;

static int64_t at(const char *moment)
{
    int64_t ms = clock_parse(moment);
    assert_true(ms >= 0);
    return ms;
}

/* A list of one key. */
static struct keylist *one_key(const struct definition *d, const char *format, const char *members)
{
    struct keylist *l = keylist_new(d);
    struct walk w = {.pages = &d->list.pages, .request = &d->list.request};
    char page[1024], reason[WALK_REASON];
    snprintf(page, sizeof page, format, members);
    enum walk_step step = take_text(l, &w, page, reason);
    if (step != WALK_MORE && step != WALK_END)
        fail_msg("%s: %s", page, reason);
    walk_free(&w);
    return l;
}

#define HASH "f01d52606dc8f0a8303a7b5cc3fa07109c2e346cec7c0a16b40de462992ce943"
#define UUID "11111111-2222-3333-4444-55555555555a"
#define OR   "{\"data\":[{\"hash\":\"" HASH "\"%s}]}"
#define BYOK "{\"data\":[{\"id\":\"" UUID "\"%s}]}"
#define RQ   "{\"keys\":[{\"id\":\"" UUID "\"%s}]}"
#define BT   "{\"keys\":[{\"prefix\":\"abc\"%s}]}"

static void check(const char *provider, const char *kind, const char *format, const char *members,
                  const struct filter *f, enum filter_match want)
{
    const struct definition *d = catalog_find(catalog, provider, kind);
    struct keylist *l = one_key(d, format, members);
    const char *untold = NULL;
    enum filter_match got = filter_match(f, d, l, 0, at(now_text), &untold);
    if (got != want)
        fail_msg("%s %s: %d, want %d", provider, members, got, want);
    assert_true((got == FILTER_UNTOLD) == (untold != NULL));
    assert_null(filter_unanswerable(f, d));
    keylist_free(l);
}

#define YES    FILTER_SELECTED
#define NO     FILTER_PASSED
#define UNTOLD FILTER_UNTOLD

static void created_before(void **state)
{
    static const struct {
        const char *members;
        enum filter_match want;
    } rows[] = {
        {",\"created_at\":\"2026-08-22T23:59:59.999Z\"", YES},
        {",\"created_at\":\"2026-08-22T23:59:59.999417+00:00\"", YES},
        {",\"created_at\":\"2026-08-23T00:00:00Z\"", NO},
        {",\"created_at\":\"2026-08-23T00:00:00.000000+00:00\"", NO},
        {",\"created_at\":\"2026-08-23T00:00:00.000417+00:00\"", NO},
        {",\"created_at\":null", UNTOLD},
        {",\"created_at\":\"\"", UNTOLD},
        {",\"created_at\":\"yesterday\"", UNTOLD},
        {",\"created_at\":\"2020-01-01\"", YES},
        {",\"created_at\":1577836800", YES},
        {"", UNTOLD},
    };
    const struct filter f = {.by_created = true, .created_before_ms = at("2026-08-23T00:00:00Z")};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check("openrouter", "key", OR, rows[i].members, &f, rows[i].want);
        check("openrouter", "byok", BYOK, rows[i].members, &f, rows[i].want);
    }
}

static void single_questions(void **state)
{
    static const struct {
        const char *provider, *kind, *format, *members;
        struct filter f;
        enum filter_match want;
    } rows[] = {
        /* never changed is not told to be long ago */
        {"openrouter", "key", OR, ",\"updated_at\":null", {.by_updated = true}, UNTOLD},
        {"openrouter",
         "key",
         OR,
         ",\"updated_at\":\"2026-01-01T00:00:00Z\"",
         {.by_updated = true, .updated_before_ms = 1800000000000},
         YES},
        {"openrouter",
         "key",
         OR,
         ",\"updated_at\":\"2026-01-01T00:00:00Z\"",
         {.by_updated = true, .updated_before_ms = 1700000000000},
         NO},
        {"openrouter",
         "key",
         OR,
         ",\"expires_at\":\"2026-11-21T11:59:59Z\"",
         {.expired = true},
         YES},
        {"openrouter",
         "key",
         OR,
         ",\"expires_at\":\"2026-11-21T12:00:01Z\"",
         {.expired = true},
         NO},
        {"openrouter", "key", OR, ",\"expires_at\":null", {.expired = true}, NO},
        {"openrouter", "key", OR, "", {.expired = true}, NO},
        {"openrouter", "key", OR, ",\"expires_at\":\"soon\"", {.expired = true}, UNTOLD},
        {"openrouter", "key", OR, ",\"disabled\":true", {.disabled = true}, YES},
        {"openrouter", "key", OR, ",\"disabled\":false", {.disabled = true}, NO},
        {"openrouter", "key", OR, ",\"disabled\":1", {.disabled = true}, UNTOLD},
        {"openrouter", "key", OR, "", {.disabled = true}, UNTOLD},
        {"openrouter", "key", OR, ",\"name\":\"batch-7\"", {.name = "batch-*"}, YES},
        {"openrouter", "key", OR, ",\"name\":\"Batch-7\"", {.name = "batch-*"}, NO},
        {"openrouter", "key", OR, ",\"name\":\"a batch-7\"", {.name = "batch-*"}, NO},
        {"openrouter", "key", OR, ",\"name\":\"batch-7\"", {.name = "batch-[0-6]"}, NO},
        {"openrouter", "key", OR, ",\"name\":\"\"", {.name = "*"}, YES},
        {"openrouter", "key", OR, ",\"name\":null", {.name = "*"}, UNTOLD},
        {"openrouter",
         "key",
         OR,
         ",\"label\":\"sk-or-v1-0e6...1c9\"",
         {.label = "sk-or-v1-0e6*"},
         YES},
        {"openrouter",
         "key",
         OR,
         ",\"label\":\"sk-or-v1-0e6...1c9\"",
         {.label = "sk-or-v1-0e6...1c9"},
         YES},
        {"requesty",
         "key",
         RQ,
         ",\"labels\":{\"team\":\"core\",\"env\":\"dev\"}",
         {.label = "env=*"},
         YES},
        {"requesty",
         "key",
         RQ,
         ",\"labels\":{\"team\":\"core\",\"env\":\"dev\"}",
         {.label = "*core"},
         YES},
        {"requesty",
         "key",
         RQ,
         ",\"labels\":{\"team\":\"core\",\"env\":\"dev\"}",
         {.label = "team=core*dev"},
         NO},
        {"requesty", "key", RQ, ",\"labels\":{}", {.label = "team=core"}, NO},
        {"requesty", "key", RQ, "", {.label = "*"}, UNTOLD},
        {"openrouter", "key", OR, ",\"workspace_id\":\"w1\"", {.workspace = "w1"}, YES},
        {"openrouter", "key", OR, ",\"workspace_id\":\"w12\"", {.workspace = "w1"}, NO},
        {"openrouter", "key", OR, "", {.workspace = "w1"}, UNTOLD},
        {"requesty",
         "key",
         RQ,
         ",\"monthly_spend\":\"2.99\"",
         {.by_spend = true, .spend_below = 3},
         YES},
        {"requesty",
         "key",
         RQ,
         ",\"monthly_spend\":2.99",
         {.by_spend = true, .spend_below = 3},
         YES},
        {"requesty",
         "key",
         RQ,
         ",\"monthly_spend\":\"3.00\"",
         {.by_spend = true, .spend_below = 3},
         NO},
        {"requesty", "key", RQ, ",\"monthly_spend\":3", {.by_spend = true, .spend_below = 3}, NO},
        {"requesty",
         "key",
         RQ,
         ",\"monthly_spend\":\"0\"",
         {.by_spend = true, .spend_below = 3},
         YES},
        {"requesty",
         "key",
         RQ,
         ",\"monthly_spend\":\"$1\"",
         {.by_spend = true, .spend_below = 3},
         UNTOLD},
        {"requesty",
         "key",
         RQ,
         ",\"monthly_spend\":null",
         {.by_spend = true, .spend_below = 3},
         UNTOLD},
        {"requesty", "key", RQ, "", {.by_spend = true, .spend_below = 3}, UNTOLD},
        {"baseten", "key", BT, ",\"type\":\"PERSONAL\"", {.type = "PERSONAL"}, YES},
        {"baseten", "key", BT, ",\"type\":\"WORKSPACE_INVOKE\"", {.type = "PERSONAL"}, NO},
        {"baseten", "key", BT, "", {.type = "PERSONAL"}, UNTOLD},
        /* all that is asked must hold; a no outweighs what is not told */
        {"openrouter",
         "key",
         OR,
         ",\"disabled\":true,\"name\":\"a\"",
         {.disabled = true, .name = "a"},
         YES},
        {"openrouter",
         "key",
         OR,
         ",\"disabled\":true,\"name\":\"b\"",
         {.disabled = true, .name = "a"},
         NO},
        {"openrouter", "key", OR, ",\"name\":\"b\"", {.disabled = true, .name = "a"}, NO},
        {"openrouter", "key", OR, ",\"name\":\"a\"", {.disabled = true, .name = "a"}, UNTOLD},
        /* without a question, all */
        {"openrouter", "key", OR, "", {.disabled = false}, YES},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(rows[i].provider, rows[i].kind, rows[i].format, rows[i].members, &rows[i].f,
              rows[i].want);
}

static void unused(void **state)
{
    static const char *const word[] = {"daily", "weekly", "monthly"};
    static const struct {
        const char *usage, *byok;
        enum filter_match want;
    } rows[] = {
        {"0", "0", YES},       {"0.0", "\"0\"", YES}, {"0.01", "0", NO},     {"0", "0.01", NO},
        {"0", "null", UNTOLD}, {"null", "0", UNTOLD}, {"3", "null", UNTOLD},
    };
    (void)state;
    for (unsigned w = 0; w < WINDOW_COUNT; w++) {
        const struct filter f = {.by_unused = true, .unused = (enum window)w};
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            char members[512] = "";
            for (unsigned k = 0; k < WINDOW_COUNT; k++) { /* the other windows were used */
                size_t len = strlen(members);
                snprintf(members + len, sizeof members - len,
                         ",\"usage_%s\":%s,\"byok_usage_%s\":%s", word[k],
                         k == w ? rows[i].usage : "7", word[k], k == w ? rows[i].byok : "7");
            }
            check("openrouter", "key", OR, members, &f, rows[i].want);
        }
        check("openrouter", "key", OR, "", &f, UNTOLD);
    }
}

/* Last use: of GitLab, whose times are ISO, and OpenAI, whose are numbers. */
static void last_used_before(void **state)
{
    static const struct {
        const char *provider, *kind, *item;
        enum filter_match want;
    } rows[] = {
        {"gitlab", "key", "\"last_used_at\":\"2026-08-22T23:59:59Z\"", YES},
        {"gitlab", "key", "\"last_used_at\":\"2026-08-23\"", NO},
        {"gitlab", "key", "\"last_used_at\":null,\"created_at\":\"2026-01-01T00:00:00Z\"", YES},
        {"gitlab", "key", "\"last_used_at\":null,\"created_at\":\"2026-08-24T00:00:00Z\"", UNTOLD},
        {"gitlab", "key", "\"last_used_at\":null", UNTOLD},
        {"openai", "admin", "\"last_used_at\":1787270400", YES},
        {"openai", "admin", "\"last_used_at\":1787529600", NO},
        {"openai", "admin", "\"last_used_at\":null,\"created_at\":1787270400", YES},
        {"openai", "admin", "\"last_used_at\":0", UNTOLD},
    };
    const struct filter f = {.by_used = true,
                             .used_before_ms = clock_parse("2026-08-23T00:00:00Z")};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct definition *d = catalog_find(catalog, rows[i].provider, rows[i].kind);
        bool bare = !*d->list.pages.items;
        struct keylist *l = keylist_new(d);
        struct walk w = {.pages = &d->list.pages, .request = &d->list.request};
        char page[300], reason[WALK_REASON];
        const char *untold = NULL;
        snprintf(page, sizeof page, "%s{\"id\":%s,%s}%s", bare ? "[" : "{\"data\":[",
                 bare ? "7" : "\"k\"", rows[i].item, bare ? "]" : "],\"has_more\":false}");
        take_text(l, &w, page, reason);
        assert_int_equal(keylist_count(l), 1);
        if (filter_match(&f, d, l, 0, 0, &untold) != rows[i].want)
            fail_msg("%s", page);
        walk_free(&w);
        keylist_free(l);
    }
}

/* What no list of a provider tells is refused by the option's name. */
static void unanswerable(void **state)
{
    static const struct {
        struct filter f;
        const char *openrouter, *byok, *requesty, *baseten; /* NULL: can be answered */
    } rows[] = {
#define O(option, a, b, c, d)                                                                      \
    (a) ? NULL : (option), (b) ? NULL : (option), (c) ? NULL : (option), (d) ? NULL : (option)
        {{.by_created = true}, O("--created-before", 1, 1, 0, 0)},
        {{.by_updated = true}, O("--updated-before", 1, 0, 0, 0)},
        {{.by_unused = true, .unused = WINDOW_DAY}, O("--unused", 1, 0, 0, 0)},
        {{.by_unused = true, .unused = WINDOW_WEEK}, O("--unused", 1, 0, 0, 0)},
        {{.by_unused = true, .unused = WINDOW_MONTH}, O("--unused", 1, 0, 0, 0)},
        {{.expired = true}, O("--expired", 1, 0, 0, 0)},
        {{.disabled = true}, O("--disabled", 1, 1, 0, 0)},
        {{.by_used = true}, O("--last-used-before", 0, 0, 0, 0)},
        {{.creator = "x"}, O("--creator", 1, 0, 1, 0)},
        {{.owner = "x"}, O("--owner", 0, 0, 0, 0)},
        {{.name = "x"}, O("--name", 1, 1, 1, 1)},
        {{.label = "x"}, O("--label", 1, 1, 1, 0)},
        {{.workspace = "x"}, O("--workspace", 1, 1, 0, 0)},
        {{.by_spend = true, .spend_below = 1}, O("--spend-below", 0, 0, 1, 0)},
        {{.type = "x"}, O("--type", 0, 0, 0, 1)},
        {{.name = "x", .type = "x"}, O("--type", 0, 0, 0, 1)},
        {{.by_created = false}, NULL, NULL, NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct {
            const char *provider, *kind, *want;
        } of[] = {{"openrouter", "key", rows[i].openrouter},
                  {"openrouter", "byok", rows[i].byok},
                  {"requesty", "key", rows[i].requesty},
                  {"baseten", "key", rows[i].baseten}};
        for (size_t k = 0; k < sizeof of / sizeof *of; k++) {
            const char *got =
                filter_unanswerable(&rows[i].f, catalog_find(catalog, of[k].provider, of[k].kind));
            if (strcmp(got ? got : "", of[k].want ? of[k].want : "") != 0)
                fail_msg("row %zu, %s %s: %s", i, of[k].provider, of[k].kind, got ? got : "can");
        }
        assert_int_equal(filter_any(&rows[i].f), i + 1 < sizeof rows / sizeof *rows);
    }
}

static void windows(void **state)
{
    static const struct {
        const char *now, *day, *week, *month;
    } rows[] = {
        {"2026-11-21T12:00:00Z", "2026-11-21", "2026-11-16", "2026-11-01"},
        {"2026-11-21T00:00:00Z", "2026-11-21", "2026-11-16", "2026-11-01"},
        {"2026-11-20T23:59:59.999Z", "2026-11-20", "2026-11-16", "2026-11-01"},
        {"2026-11-16T00:00:00Z", "2026-11-16", "2026-11-16", "2026-11-01"},
        {"2026-11-15T23:59:59.999Z", "2026-11-15", "2026-11-09", "2026-11-01"},
        {"2026-11-01T00:00:00Z", "2026-11-01", "2026-10-26", "2026-11-01"},
        {"2027-01-01T00:00:00Z", "2027-01-01", "2026-12-28", "2027-01-01"},
        {"2028-02-29T10:00:00Z", "2028-02-29", "2028-02-28", "2028-02-01"},
        {"1970-01-05T00:00:00Z", "1970-01-05", "1970-01-05", "1970-01-01"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *want[WINDOW_COUNT] = {rows[i].day, rows[i].week, rows[i].month};
        for (unsigned w = 0; w < WINDOW_COUNT; w++) {
            char text[CLOCK_TEXT];
            clock_text(window_start_ms((enum window)w, at(rows[i].now)), text);
            if (strncmp(text, want[w], 10) != 0 || strcmp(text + 10, "T00:00:00.000Z") != 0)
                fail_msg("%s, %s: %s, want %s", rows[i].now, window_word[w], text, want[w]);
        }
    }
    assert_int_equal(window_least_us(WINDOW_DAY), 12 * 3600 * 1000000LL);
    assert_int_equal(window_least_us(WINDOW_WEEK), 3 * 86400 * 1000000LL);
    assert_int_equal(window_least_us(WINDOW_MONTH), 14 * 86400 * 1000000LL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(created_before), cmocka_unit_test(single_questions),
        cmocka_unit_test(unused),         cmocka_unit_test(last_used_before),
        cmocka_unit_test(unanswerable),   cmocka_unit_test(windows),
    };
    catalog = catalog_new();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    catalog_free(catalog);
    return failed;
}
