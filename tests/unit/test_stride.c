/* Sixteen bytes at a time and one at a time must find the same. */

#include "intake/edges.h"
#include "intake/shapes.h"
#include "intake/stride.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { ROOM = 200 };

/* A text of few kinds of characters, so that all of them come together; what is behind it, too. */
static uint32_t dice_state = 20261129;
static unsigned dice(unsigned below)
{
    dice_state = dice_state * 1664525u + 1013904223u;
    return (dice_state >> 16) % below;
}

static void fill(char text[ROOM + STRIDE_PAD], const char *from, size_t count, unsigned rare)
{
    for (size_t i = 0; i < ROOM + STRIDE_PAD; i++)
        text[i] = dice(rare) ? 'a' : from[dice((unsigned)count)];
}

static void test_escapes(void **state)
{
    static const char some[] = "%\\&#/ux2f30 BD";
    char text[ROOM + STRIDE_PAD];
    (void)state;
    for (unsigned n = 0; n < 20000; n++) {
        size_t at = dice(40), end = ROOM - dice(40), size, found;
        fill(text, some, sizeof some - 1, 1 + n % 30);
        found = stride_escape(text, at, end);
        assert_true(found >= at && found <= end);
        for (size_t i = at; i < found; i++) /* of several backslashes the last one is found */
            assert_true(edge_escape(text, ROOM, i, &size) < 0 || text[i + 1] == '\\');
    }
}

static void test_words(void **state)
{
    char text[ROOM + STRIDE_PAD];
    (void)state;
    for (unsigned n = 0; n < 20000; n++) {
        size_t end = ROOM - dice(40), found, run = 0;
        fill(text, " .aZ0_-@`{[/:", 13, 1 + n % 30);
        found = stride_words(text, 0, end);
        for (size_t i = 0; i < ROOM; i++) {
            run = shape_word(text[i]) ? run + 1 : 0;
            if (run == STRIDE_RUN && i < end)
                assert_true(found <= i);
        }
        for (size_t i = found; found < end && i < found + STRIDE; i++)
            assert_true(shape_word(text[i]));
    }
}

static void test_wide(void **state)
{
    char text[ROOM + STRIDE_PAD] = {0};
    (void)state;
    assert_int_equal(stride_wide(text, 0, ROOM), ROOM);
    for (size_t start = 0; start < 100; start++) {
        memset(text, 0, sizeof text);
        for (size_t i = start; i < start + 2 * STRIDE; i += 2)
            text[i] = 'a';
        size_t found = stride_wide(text, 0, ROOM);
        assert_true(found % STRIDE == 0 && found + 1 >= start && found < start + STRIDE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
