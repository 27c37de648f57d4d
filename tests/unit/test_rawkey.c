/* The language of raw secrets: which patterns there are, and what stands in a run. */

#include "provider/rawkey.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void patterns(void **state)
{
    static const struct {
        const char *pattern;
        bool good;
    } rows[] = {
        {"sk-{3}", true},    {"{1-64}.{16-128}", true},
        {"{3}", true},       {"sk-", false},
        {"", false},         {"{}", false},
        {"{0}", false},      {"{0-3}", false},
        {"{3-2}", false},    {"{3", false},
        {"3}", false},       {"{3-}", false},
        {"{-3}", false},     {"{x}", false},
        {"{4097}", false},   {"a {3}", false},
        {"a\xc3{3}", false}, {"{ 3}", false},
        {"{3h}", true},      {"{3-9a}", true},
        {"{3b}", true},      {"{3c}", false},
        {"{3ha}", false},    {"{a}", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rawkey_pattern_good(rows[i].pattern) != rows[i].good)
            fail_msg("%s", rows[i].pattern);
}

static void classes(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        bool digit = c >= '0' && c <= '9',
             letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        assert_int_equal(rawkey_holds(RAWKEY_HEX, (char)c), digit || (c >= 'a' && c <= 'f'));
        assert_int_equal(rawkey_holds(RAWKEY_ALNUM, (char)c), digit || letter);
        assert_int_equal(rawkey_holds(RAWKEY_WORD, (char)c),
                         digit || letter || c == '_' || c == '-');
        assert_int_equal(rawkey_holds(RAWKEY_BASE64, (char)c),
                         digit || letter || c == '_' || c == '-' || c == '+' || c == '/');
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns),
        cmocka_unit_test(classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
