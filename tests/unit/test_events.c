/* Events: tables over time, and what may go to a terminal. */

#include "cli/events.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static void cleaning(void **state)
{
    static const struct {
        const char *line, *want;
    } rows[] = {
        {"plain", "plain"},
        {"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x94\x91",
         "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x94\x91"},
        {"a\nb\rc\td", "a?b?c?d"},
        {"\x1b[2J\x7f", "?[2J?"},
        {"\xc2\x9b"
         "2J \xc2\xa0",
         "?2J \xc2\xa0"}, /* CSI in its 8-bit form; U+00A0 is none */
        {"\xff\xc3", "??"},
    };
    struct buf got = {0}, longest = {0};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        buf_clear(&got);
        event_clean(rows[i].line, &got);
        assert_string_equal(buf_text(&got), rows[i].want);
    }
    for (int i = 0; i < EVENT_MAX; i++)
        buf_puts(&longest, "\xe2\x82\xac");
    buf_clear(&got);
    event_clean(buf_text(&longest), &got);
    assert_true(got.len <= EVENT_MAX + 3);
    assert_string_equal(got.data + got.len - 6, "\xe2\x82\xac...");
    buf_free(&got);
    buf_free(&longest);
}

/* One reason of two providers is two events. */
static void each_provider_is_named(void **state)
{
    (void)state;
    struct events *e = events_new();
    struct buf told = {0};
    events_add(e, "401", "openrouter: 401", 0, &told);
    events_add(e, "401", "baseten: 401", 0, &told);
    events_add(e, "401", "openrouter: 401", 0, &told);
    events_end(e, &told);
    assert_string_equal(told.data, "openrouter: 401\nbaseten: 401\nopenrouter: 401 (2 times)\n");
    events_free(e);
    buf_free(&told);
}

/* One event of a key every `every` ms until `until`, looked at every 100 ms. */
static void grouping(void **state)
{
    static const struct {
        int every, until;
        const char *want;
    } rows[] = {
        {0, 0, "lost\n"},
        {100, 1000, "lost\nlost (11 times)\n"},
        {100, 10000, "lost\nlost (51 times)\nlost (101 times)\n"},
        {1, 9000, "lost\nlost (5,001 times)\nlost (9,001 times)\n"},
        {10000, 20000, "lost\nlost (2 times)\nlost (3 times)\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct events *e = events_new();
        struct buf told = {0};
        for (int ms = 0; ms <= rows[i].until; ms++) {
            if (!rows[i].every || ms % rows[i].every == 0)
                events_add(e, "k", "lost", ms * (int64_t)1000, &told);
            if (ms % 100 == 0)
                events_due(e, ms * (int64_t)1000, &told);
        }
        events_end(e, &told);
        assert_string_equal(buf_text(&told), rows[i].want);
        buf_clear(&told);
        events_end(e, &told);
        assert_string_equal(buf_text(&told), "");
        buf_free(&told);
        events_free(e);
    }
}

static void kinds_are_kept_apart(void **state)
{
    struct events *e = events_new();
    struct buf told = {0};
    (void)state;
    events_add(e, "a", "one", 0, &told);
    events_add(e, "b", "two", 0, &told);
    events_add(e, "a", "one again", 0, &told);
    events_add(e, "b", "two again", 0, &told);
    events_add(e, "b", "and again", 0, &told);
    events_end(e, &told);
    assert_string_equal(buf_text(&told), "one\ntwo\none again (2 times)\nand again (3 times)\n");
    events_free(e);
    buf_free(&told);
}

static void without_a_key_all_are_told(void **state)
{
    struct events *e = events_new();
    struct buf told = {0};
    (void)state;
    for (int i = 0; i < EVENTS_KEYS + 1000; i++) {
        char key[16];
        snprintf(key, sizeof key, "%d", i);
        events_add(e, key, "x", 0, &told);
    }
    buf_clear(&told);
    events_add(e, "", "unknown: a", 0, &told);
    events_add(e, "", "unknown: b\033", 0, &told);
    events_add(e, "", "unknown: a", 0, &told);
    assert_string_equal(buf_text(&told), "unknown: a\nunknown: b?\nunknown: a\n");
    events_free(e);
    buf_free(&told);
}

static void too_many_kinds_are_counted(void **state)
{
    struct events *e = events_new();
    struct buf told = {0};
    (void)state;
    for (int i = 0; i < EVENTS_KEYS + 1000; i++) {
        char key[16];
        snprintf(key, sizeof key, "%d", i);
        events_add(e, key, "x", 0, &told);
    }
    assert_int_equal(told.len, 2 * EVENTS_KEYS);
    buf_clear(&told);
    events_due(e, EVENTS_PAUSE_US - 1, &told);
    assert_string_equal(buf_text(&told), "");
    events_due(e, EVENTS_PAUSE_US, &told);
    assert_string_equal(buf_text(&told), "events of other kinds: 1,000\n");
    buf_clear(&told);
    events_end(e, &told);
    assert_string_equal(buf_text(&told), "");
    events_free(e);
    buf_free(&told);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(cleaning),
        cmocka_unit_test(grouping),
        cmocka_unit_test(each_provider_is_named),
        cmocka_unit_test(kinds_are_kept_apart),
        cmocka_unit_test(without_a_key_all_are_told),
        cmocka_unit_test(too_many_kinds_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
