/* Whole raw secrets: which patterns there are, what fits them, and whose a text is. */

#include "provider/classify.h"
#include "provider/rawkey.h"

#include "base/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define TAIL  "abcdefgh01234567"

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

static void fitting(void **state)
{
    static const struct {
        const char *pattern, *text;
        unsigned want; /* 1 + literals; 0: none */
    } rows[] = {
        {"sk-{3}", "sk-abc", 4},     {"sk-{3}", "sk-ab", 0},
        {"sk-{3}", "sk-abcd", 0},    {"sk-{3}", "SK-abc", 0},
        {"sk-{3}", "sk-a.c", 0},     {"sk-{3}", "sk-a c", 0},
        {"sk-{3}", "xsk-abc", 0},    {"sk-{3}", "", 0},
        {"{2-3}.{2}", "ab.cd", 2},   {"{2-3}.{2}", "abc.cd", 2},
        {"{2-3}.{2}", "a.cd", 0},    {"{2-3}.{2}", "abcd.cd", 0},
        {"{2-3}.{2}", "ab.cd.", 0},  {"{2-3}.{2}", "ab.cd.ef", 0},
        {"{1-3}-{1-3}", "a-b-c", 2}, /* a dash is a word's character too */
        {"{1-9}x", "xxx", 2},        {"k_{4a}", "k_ab01", 3},
        {"k_{4a}", "k_ab-1", 0},     {"k_{4h}", "k_abC1", 0},
        {"k-{4-8b}", "k-a+/=", 3},   {"k-{4b}", "k-=a+/", 0},
        {"k-{4-8b}", "k-a+/===", 0}, {"k-{4b}.{2h}", "k-a+==.0f", 4},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned got = rawkey_fits(rows[i].pattern, rows[i].text, strlen(rows[i].text));
        if (got != rows[i].want)
            fail_msg("%s, %s: %u", rows[i].pattern, rows[i].text, got);
    }
}

static void owners(void **state)
{
    static const struct {
        const char *text, *provider; /* NULL: nobody's */
    } rows[] = {
        {"sk-or-v1-" HEX64, "openrouter"},
        {"b10_abcd1234." TAIL TAIL, "baseten"},
        {"abcd1234." TAIL TAIL, NULL}, /* other vendors have such, too */
        {"patEg42ipqnX1fkkj." HEX64, NULL},
        {"rqsty-sk-/aB+" TAIL TAIL TAIL TAIL "01==", "requesty"},
        {"SG." TAIL "." TAIL TAIL, "sendgrid"},
        {"sk-or-v1-0e6...1c9", NULL}, /* masked */
        {"sk-or-v1-0123456789abcdefxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx01234567", NULL},
        {"sk-or-v1-0123456789abcdef", NULL}, /* cut */
        {"sk-or-v1-" HEX64 "0", NULL},
        {"sk-proj-" HEX64, "openai"},
        {"xai-" HEX64, NULL}, /* somebody else's */
        {"hello", NULL},
        {"hello.world", NULL},
        {"eyJhbGciOiJI." TAIL "." TAIL, NULL}, /* a JWT */
        {"", NULL},
    };
    struct catalog *catalog = catalog_new();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct definition *d = NULL;
        enum rawkey found = rawkey_find(catalog, rows[i].text, strlen(rows[i].text), &d);
        assert_int_equal(found, rows[i].provider ? RAWKEY_ONE : RAWKEY_NONE);
        if (rows[i].provider)
            assert_string_equal(d->provider, rows[i].provider);
    }
    catalog_free(catalog);
}

static void two_of_a_kind(void **state)
{
    static const char text[] = "[provider x]\ncredential = X\nheader = X: {secret}\nid.name = id\n"
                               "id.class = hex\nid.length = 64\ndelete = DELETE /k/{id}\n"
                               "self = sha256\nraw = sk-or-v1-{60-70}\n";
    struct catalog *catalog = catalog_new();
    const struct definition *d = NULL;
    struct error err;
    (void)state;
    assert_int_equal(catalog_add(catalog, "t.ini", 1, text, &err), 0);
    assert_int_equal(rawkey_find(catalog, "sk-or-v1-" HEX64, 73, &d), RAWKEY_AMBIGUOUS);
    assert_int_equal(rawkey_find(catalog, "sk-or-v1-" HEX64 "0", 74, &d), RAWKEY_ONE);
    assert_string_equal(d->provider, "x");
    catalog_free(catalog);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns),
        cmocka_unit_test(fitting),
        cmocka_unit_test(owners),
        cmocka_unit_test(two_of_a_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
