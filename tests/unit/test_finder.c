/* What is a key in a text, whatever stands around it and however it is written. */

#include "intake/finder.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define H32     "0123456789abcdef0123456789abcdef"
#define HEX64   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define UPPER64 "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF"
#define OR      "sk-or-v1-" HEX64
#define T32     "AbCdEfGh01234567IjKlMnOp89012345"
#define BT      "b10_a1B2c3D4." T32
#define OLD     "a1B2c3D4." T32
#define RQ      "rqsty-sk-/aB+" T32 T32 "01=="

struct seen {
    const struct catalog *catalog;
    struct shapes *shapes;
    struct finder *finder;
    size_t base;
    char text[512]; /* "key openrouter 4, cut baseten 9" */
};

static const char *const kinds[] = {
    [SIGHT_KEY] = "key",        [SIGHT_LOOSE] = "loose",   [SIGHT_SEVERAL] = "several",
    [SIGHT_STUCK] = "stuck",    [SIGHT_MASKED] = "masked", [SIGHT_CUT] = "cut",
    [SIGHT_ENCODED] = "encoded"};

static void see(void *at, const struct sighting *s)
{
    struct seen *seen = at;
    size_t len = strlen(seen->text);
    snprintf(seen->text + len, sizeof seen->text - len, "%s%s %s %zu", len ? ", " : "",
             kinds[s->kind],
             s->shape->definition ? s->shape->definition->provider : s->shape->vendor,
             s->where + seen->base);
}

static const char *look(struct seen *s, const char *text, size_t len)
{
    char *copy = mem_zalloc(1, len + FINDER_PAD);
    memcpy(copy, text, len);
    s->text[0] = '\0';
    s->base = 0;
    finder_run(s->finder, copy, len, 0, len, see, s);
    free(copy);
    return s->text;
}

static int set_up(void **state)
{
    struct seen *s = mem_zalloc(1, sizeof *s);
    s->catalog = catalog_new();
    s->shapes = shapes_new(s->catalog, NULL);
    s->finder = finder_new(s->shapes);
    *state = s;
    return s->finder ? 0 : -1;
}

static int tear_down(void **state)
{
    struct seen *s = *state;
    finder_free(s->finder);
    shapes_free(s->shapes);
    catalog_free((struct catalog *)s->catalog);
    free(s);
    return 0;
}

struct row {
    const char *text, *want;
};

static void check_all(struct seen *s, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(look(s, rows[i].text, strlen(rows[i].text)), rows[i].want) != 0)
            fail_msg("%s: %s, and not %s", rows[i].text, s->text, rows[i].want);
}
#define CHECK(rows) check_all(*state, rows, sizeof(rows) / sizeof *(rows))

static void surroundings(void **state)
{
    static const struct row rows[] = {
        {OR, "key openrouter 0"},
        {"KEY=" OR, "key openrouter 4"},
        {"export K=\"" OR "\"", "key openrouter 10"},
        {"'" OR "','" OR "'", "key openrouter 1, key openrouter 77"},
        {"-" OR, "key openrouter 1"},
        {"a\n-" OR, "key openrouter 3"},
        {"+" OR, "key openrouter 1"},
        {"Bearer " OR "\r", "key openrouter 7"},
        {"https://u:" OR "@h/?a=" OR "&b=1", "key openrouter 10, key openrouter 89"},
        {"end of it: " OR ".", "key openrouter 11"},
        {"(" OR ")", "key openrouter 1"},
        {"`" OR "`", "key openrouter 1"},
        {"<b>" OR "</b>&quot;", "key openrouter 3"},
        {"\xc3\xa4" OR "\xe2\x80\x99s", "key openrouter 2"},
        {"key%3D" OR "%26", "key openrouter 6"},
        {"key\\u003d" OR "\\u0022", "key openrouter 9"},
        {"{\\\"k\\\":\\\"" OR "\\\"}", "key openrouter 9"},
        {"line\\n" OR "\\nnext", "key openrouter 6"},
        {"=\\x22" OR "\\x22", "key openrouter 5"},
        {"k=3D" OR, "key openrouter 4"},
        {"\x1b[01;31m" OR "\x1b[m", "key openrouter 8"},
        {"\x1b[48:2::255:0:0m" OR "\x1b[m", "key openrouter 16"},
        {"K=\\u001b[01;31m" OR "\\u001b[m", "key openrouter 15"},
        {"K=\\x1B[1m" OR "\\x1B[m", "key openrouter 9"},
        {"K=\\033[0m" OR "\\033[m", "key openrouter 9"},
        {"K=\\e[K" OR "\\e[m", "key openrouter 6"},
        {"K=^[[0m" OR "^[[m", "key openrouter 7"},
        {"K=#033[0m" OR "#033[m", "key openrouter 9"},
        {"\x1b[" OR, "key openrouter 2"},
        {"[0m" OR, "stuck openrouter 3"},
        {"svc/" BT "/x", "key baseten 4"},
        {"It was " BT ". Then", "key baseten 7"},
        {"[" RQ "]", "key requesty 1"},
        {"SG.abcdefgh01234567ABCDEF." T32 "0123456789a", "key sendgrid 0"},
        {"sk-abcdefgh01234567ABCDEF", "key litellm 0"},
        {"glpat-abcdefghij0123456789", "key gitlab 0"},
    };
    CHECK(rows);
}

static void no_keys(void **state)
{
    static const struct row rows[] = {
        {"", ""},
        {"sk-or-v1-", ""},
        {"sk-or-v1-your-key-here", ""},
        {"keys begin with sk-or-v1-, b10_ or sk-ant-", ""},
        {"prefix b10_a1B2c3D4 is an id", ""},
        {"task-99 disk-1 sk-folding-cube risk-free", ""},
        {"settings.OPENROUTER_API_KEY", ""},
        {"kafka-01.production-us-east-1", ""},
        {"eyJhbGciOiJI." T32 "." T32, ""},
        {"sk-three-bounce-container sk-circle12-child-dots-x9", ""},
        {"x." OLD, ""},
        {OLD ".x", ""},
        {HEX64, ""},
        {"0e6b4e2a-1111-4222-8333-444455556666", ""},
    };
    CHECK(rows);
}

static void nearly_keys(void **state)
{
    static const struct row rows[] = {
        {"x" OR, "stuck openrouter 1"},
        {OR "0", "stuck openrouter 0"},
        {OR "_x", "stuck openrouter 0"},
        {"x." BT, "stuck baseten 2"},
        {BT ".x", "stuck baseten 0"},
        {"sk-or-v1-0123456789abcdef", "cut openrouter 0"},
        {"sk-or-v1-0123456789abcdef\nfedcba9876543210", "cut openrouter 0"},
        {"sk-or-v1-" H32 "\n" H32, "encoded openrouter 0"},
        {"sk-or-v1-" H32 "\\\n\t" H32 "\n", "encoded openrouter 0"},
        {"sk-or-v1-" H32 "=\r\n" H32 "\"", "encoded openrouter 0"},
        {"sk-or-v1-" H32 "\n" H32 "0", "cut openrouter 0"},
        {"sk-or-v1-\\\n" HEX64 "\n", "encoded openrouter 0"},
        {"K: sk-or-v1-0a1b2\n  " H32 "0123456789abcdef01234567890\n", "encoded openrouter 3"},
        {"sk-or-v1-\n" H32 "\n", ""},
        {"sk-or-v1-" UPPER64 " x", "encoded openrouter 0"},
        {"sk-or-v1-" UPPER64 "0", "cut openrouter 0"},
        {"sk-or-v1-" H32 "\n", "cut openrouter 0"},
        {"b10_a1B2c3D4.AbCdEfGh", "cut baseten 0"},
        {"sk-or-v1-0e6...1c9", "masked openrouter 0"},
        {"sk-or-v1-0e6\xe2\x80\xa6"
         "1c9",
         "masked openrouter 0"},
        {"sk-or-v1-693d8605b77********************", "masked openrouter 0"},
        {"sk-or-v1-0123xxxxxxxxxxxxxxxxxxxxxxxxxxxxcdef", "masked openrouter 0"},
        {"sk-or-v1-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
         "masked openrouter 0"},
        {"b10_xxxxxxxx.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "masked baseten 0"},
        {"b10_a1B2c3D4****", "masked baseten 0"},
        {"sk-proj-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "masked openai 0"},
        {OLD, "loose baseten 0"},
        {"a\\n" OLD "\\n", "loose baseten 3"},
        {"K=" OLD ".", "loose baseten 2"},
        {"8f676226e236a23e238e3b1c77fc4c01.dFOcVwWBhqG5KSFd", "key Z.ai 0"},
        {"AKIAABCDEFGHIJKLMNOP", "key AWS access key 0"},
        {"ghp_"
         "abcdefghijklmnopqrstuvwxyz0123456789",
         "key GitHub 0"},
    };
    CHECK(rows);
}

static void escapes(void **state)
{
    static const struct row rows[] = {
        {"\"sk\\u002dor\\u002dv1\\u002d" HEX64 "\"", "key openrouter 1"},
        {"k=sk%2Dor%2Dv1%2D" HEX64 "&", "key openrouter 2"},
        {"<a>sk&#45;or&#x2d;v1-" HEX64 "</a>", "key openrouter 3"},
        {"\"rqsty-sk-\\/aB+" T32 T32 "01==\"", "key requesty 1"},
        {"k=rqsty-sk-%2FaB%2B" T32 T32 "01%3D%3D", "key requesty 2"},
        {"b10_a1B2c3D4%2E" T32, "key baseten 0"},
        {OR "%2Fpath", "key openrouter 0"},
        {OR "%61", "stuck openrouter 0"},
        {"\"sk\\\\u002dor\\\\u002dv1\\\\u002d" HEX64 "\"", "key openrouter 1"},
        {"\"rqsty-sk-\\\\\\/aB+" T32 T32 "01==\\\"", "key requesty 1"},
        {"k=sk%252Dor%252Dv1%252D" HEX64 "%2526", "key openrouter 2"},
        {"k=sk%25252Dor-v1-" HEX64, "key openrouter 2"},
        {"rqsty-sk-%252FaB%252B" T32 T32 "01%253D%253D", "key requesty 0"},
        {"sk-or-v1-" H32 "\\u001b[1m" H32 "\\u001b[0m", "key openrouter 0"},
        {"sk-or-v1-" H32 "\\033[1m" H32 "^[[0m", "cut openrouter 0"},
        {"sk-or-v1-" H32 "<wbr>" H32 ".", "key openrouter 0"},
        {"<span data-k=\"sk%2Dor-v1-" HEX64 "\">x</span>", "key openrouter 14"},
    };
    CHECK(rows);
}

static void base64(void **state)
{
    static const struct row rows[] = {
        /* "u:" and a, ab, abc before it: each place in a group */
        {"Basic "
         "dTpzay1vci12MS0wMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2N"
         "z"
         "g5YWJjZGVm",
         "key openrouter 9"},
        {"api_key: "
         "c2stb3ItdjEtMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4O"
         "W"
         "FiY2RlZg==",
         "key openrouter 9"},
        {"OnNrLW9yLXYxLTAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3O"
         "D"
         "lhYmNkZWYK",
         "key openrouter 2"},
        {"c2stb3ItdjEtMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJj\nZGVmMDEy",
         "encoded openrouter 0"},
        {"x=736b2d6f722d76312d30313233", "encoded openrouter 2"},
        {"736B2D6F722D76312D30313233", "encoded openrouter 0"},
        /* UTF-16LE, each place in a group */
        {"cwBrAC0AbwByAC0AdgAxAC0AMAAxADIA", "encoded openrouter 0"},
        {"PQBzAGsALQBvAHIALQB2ADEALQAwADEA", "encoded openrouter 3"},
        {"IgAiAHMAawAtAG8AcgAtAHYAMQAtADAAMQA=", "encoded openrouter 6"},
        /* twice */
        {"YzJzdGIzSXRkakV0TURFeU16UTFOamM0T1dGaVkyUmxaZz09", "encoded openrouter 0"},
    };
    CHECK(rows);
}

static void wide(void **state)
{
    struct seen *s = *state;
    char text[400] = "\x01\x7f\x45\x4c\x46";
    for (unsigned shift = 0; shift < 4; shift++) {
        memset(text, 0, sizeof text);
        memcpy(text, "\x01\x7f\x45\x4c", 4);
        for (size_t i = 0; i < strlen(OR); i++)
            text[8 + shift + 2 * i] = OR[i];
        char want[64];
        snprintf(want, sizeof want, "key openrouter %u", 8 + shift);
        assert_string_equal(look(s, text, sizeof text), want);
    }
}

/* A text in two pieces, whatever stands where it is cut, tells the same. */
static void pieces(void **state)
{
    static const char text[] =
        "K=" OR "\nA=\"rqsty-sk-\\/aB+" T32 T32 "01==\" " OLD " sk-or-v1-0e6...1c9 "
        "c2stb3ItdjEtMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVm"
        "MDEyMzQ1Njc4OWFiY2RlZg== " BT;
    struct seen *s = *state;
    char copy[sizeof text + FINDER_PAD] = {0};
    memcpy(copy, text, sizeof text);
    size_t len = sizeof text - 1;
    char whole[sizeof s->text];
    snprintf(whole, sizeof whole, "%s", look(s, text, len));
    for (size_t cut = 0; cut <= len; cut++) {
        s->text[0] = '\0';
        finder_run(s->finder, copy, len, 0, cut, see, s);
        finder_run(s->finder, copy, len, cut, len, see, s);
        size_t told = 1, want = 1;
        for (const char *c = s->text; *c; c++)
            told += *c == ',';
        for (const char *c = whole; *c; c++)
            want += *c == ',';
        if (told != want)
            fail_msg("cut at %zu: %s, and not %s", cut, s->text, whole);
    }
}

#define HEAD                                                                                       \
    "[provider x]\ncredential = X\nheader = X: {secret}\nid.name = id\nid.class = hex\n"           \
    "id.length = 64\ndelete = DELETE /k/{id}\nself = sha256\n"

static void fitting(void **state)
{
    static const struct {
        const char *pattern, *text;
        size_t want; /* how much of it fits */
    } rows[] = {
        {"sk-{3}", "sk-abc", 6},         {"sk-{3}", "sk-ab", 0},      {"sk-{3}", "sk-abcd", 6},
        {"sk-{3}", "SK-abc", 0},         {"sk-{3}", "sk-a.c", 0},     {"sk-{3}", "xsk-abc", 0},
        {"{2-3}.{2}", "ab.cd", 5},       {"{2-3}.{2}", "abc.cd", 6},  {"{2-3}.{2}", "a.cd", 0},
        {"{2-3}.{2}", "abcd.c", 0},      {"{1-3}-{1-3}", "a-b-c", 5}, {"{1-9}x", "xxx", 3},
        {"k_{4a}", "k_ab01", 6},         {"k_{4a}", "k_ab-1", 0},     {"k_{4h}", "k_abC1", 0},
        {"k-{4-8b}", "k-a+/=", 6},       {"k-{4b}", "k-=a+/", 0},     {"k-{4-8b}", "k-a+/===", 7},
        {"k-{4b}.{2h}", "k-a+==.0f", 9},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct catalog *catalog = catalog_new();
        char text[512];
        struct error err;
        snprintf(text, sizeof text, HEAD "raw = %s\n", rows[i].pattern);
        assert_int_equal(catalog_add(catalog, "t.ini", 1, text, &err), 0);
        struct shapes *shapes = shapes_new(catalog, "x");
        const struct shape *s = shapes_at(shapes, shapes_count(shapes) - 1);
        assert_string_equal(s->pattern, rows[i].pattern);
        if (shape_fits(s, rows[i].text, strlen(rows[i].text)) != rows[i].want)
            fail_msg("%s, %s", rows[i].pattern, rows[i].text);
        shapes_free(shapes);
        catalog_free(catalog);
    }
}

/* What fits two definitions is nobody's. */
static void two_of_a_kind(void **state)
{
    struct catalog *catalog = catalog_new();
    struct error err;
    (void)state;
    assert_int_equal(catalog_add(catalog, "t.ini", 1, HEAD "raw = sk-or-v1-{60-70}\n", &err), 0);
    struct seen s = {.catalog = catalog, .shapes = shapes_new(catalog, NULL)};
    s.finder = finder_new(s.shapes);
    assert_string_equal(look(&s, OR, strlen(OR)), "several openrouter 0");
    assert_string_equal(look(&s, OR "0", strlen(OR) + 1), "key x 0");
    finder_free(s.finder);
    shapes_free(s.shapes);
    catalog_free(catalog);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(surroundings), cmocka_unit_test(no_keys), cmocka_unit_test(nearly_keys),
        cmocka_unit_test(escapes),      cmocka_unit_test(base64),  cmocka_unit_test(wide),
        cmocka_unit_test(pieces),       cmocka_unit_test(fitting), cmocka_unit_test(two_of_a_kind),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
