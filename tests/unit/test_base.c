/* The small helpers of base/: each table row is one promise of a header. */

#include "base/base64.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/hex.h"
#include "base/rng.h"
#include "base/text.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void crc32c_known_answers(void **state)
{
    (void)state;
    char zeros[32] = {0};
    assert_int_equal(crc32c(0, "123456789", 9), 0xe3069283u);
    assert_int_equal(crc32c(0, zeros, 32), 0x8a9136aau); /* RFC 3720, B.4 */
    assert_int_equal(crc32c(crc32c(0, "1234", 4), "56789", 5), 0xe3069283u);
}

static void sha256_known_answer_and_running_use(void **state)
{
    (void)state;
    char hex[SHA256_HEX + 1];
    const char *abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    sha256_of("abc", 3, hex);
    assert_string_equal(hex, abc);
    struct sha256 *d = sha256_new();
    sha256_add(d, "a", 1);
    sha256_hex(d, hex);
    sha256_add(d, "bc", 2);
    sha256_hex(d, hex);
    assert_string_equal(hex, abc);
    sha256_free(d);
}

static void utf8_table(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        {"", true},
        {"plain ascii text, longer than eight", true},
        {"gr\xc3\xbc\xc3\x9f", true},
        {"12345678\xe2\x82\xac", true},
        {"\xf0\x9f\x94\x91", true},
        {"\xf4\x8f\xbf\xbf", true},
        {"\xc0\xaf", false},         /* overlong */
        {"\xe0\x9f\xbf", false},     /* overlong */
        {"\xed\xa0\x80", false},     /* surrogate */
        {"\xf4\x90\x80\x80", false}, /* above U+10FFFF */
        {"\x80", false},
        {"abcdefgh\xc3", false},
        {"\xe2\x82", false},
        {"\xff", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(text_is_utf8(rows[i].text, strlen(rows[i].text)), rows[i].good);
}

static void duration_table(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds;
    } rows[] = {
        {"90s", 90},  {"15m", 900}, {"2h", 7200},  {"1h30m", 5400}, {"3d", 259200}, {"45", 45},
        {"1m30", 90}, {"0", 0},     {"", -1},      {"s", -1},       {"-1s", -1},    {"1x", -1},
        {"1s1m", -1}, {"1.5h", -1}, {"9999d", -1}, {" 1s", -1},     {"1s ", -1},    {"1m1m", -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t us = -1;
        bool ok = text_duration(rows[i].text, &us);
        assert_int_equal(ok, rows[i].seconds >= 0);
        if (ok)
            assert_int_equal(us, rows[i].seconds * 1000000);
    }
}

static void numbers(void **state)
{
    (void)state;
    uint64_t n;
    double d;
    assert_true(text_u64("0", 10, &n) && n == 0);
    assert_true(text_u64("18446744073709551615", UINT64_MAX, &n) && n == UINT64_MAX);
    assert_false(text_u64("18446744073709551616", UINT64_MAX, &n));
    assert_false(text_u64("11", 10, &n));
    assert_false(text_u64("", 10, &n));
    assert_false(text_u64("+1", 10, &n));
    assert_false(text_u64("1 ", 10, &n));
    assert_true(text_decimal("2.5", 10, &d) && d > 2.49 && d < 2.51);
    assert_false(text_decimal(".5", 10, &d));
    assert_false(text_decimal("5.", 10, &d));
    assert_false(text_decimal("1e3", 1e9, &d));
    assert_false(text_decimal("nan", 1e9, &d));
    assert_false(text_decimal("11", 10, &d));
}

static void clock_round_trip(void **state)
{
    (void)state;
    char text[CLOCK_TEXT];
    assert_string_equal(clock_text(1795239600123, text), "2026-11-21T05:40:00.123Z");
    assert_int_equal(clock_parse(text), 1795239600123);
    assert_int_equal(clock_parse("2026-11-21T05:40:00Z"), 1795239600000);
    assert_int_equal(clock_parse("2026-11-21T05:40:00.123456+00:00"), 1795239600123);
    assert_int_equal(clock_parse("2026-02-31T00:00:00Z"), -1);
    assert_int_equal(clock_parse("2026-11-21"), -1);
    assert_int_equal(clock_parse("2026-11-21T05:40:00+02:00"), -1);
}

static void spans_and_counts(void **state)
{
    (void)state;
    char span[TEXT_SPAN], count[TEXT_COUNT];
    assert_string_equal(text_span(12340000, span), "12.3s");
    assert_string_equal(text_span(59960000, span), "1m 00s");
    assert_string_equal(text_span((int64_t)7380 * 1000000, span), "2h 03m");
    assert_string_equal(text_count(1234567, count), "1,234,567");
    assert_string_equal(text_count(999, count), "999");
}

static void buffers_escape(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_put_json_string(&b, "a\"b\\c\n\x01");
    assert_string_equal(buf_text(&b), "\"a\\\"b\\\\c\\u000a\\u0001\"");
    buf_clear(&b);
    buf_put_csv(&b, "plain", 5);
    buf_putc(&b, ',');
    buf_put_csv(&b, "a,\"b\"\n", 6);
    buf_putc(&b, ',');
    buf_put_csv(&b, " x", 2);
    assert_string_equal(buf_text(&b), "plain,\"a,\"\"b\"\"\n\",\" x\"");
    buf_clear(&b);
    assert_string_equal(buf_text(&b), "");
    buf_put_u64(&b, 18446744073709551615u);
    assert_string_equal(buf_text(&b), "18446744073709551615");
    buf_free(&b);
}

/* Each byte at each place of a word and of what is left behind the last one. */
static void hex_every_byte_everywhere(void **state)
{
    (void)state;
    enum { BYTES = 13 };
    unsigned char bytes[BYTES], again[BYTES];
    char digits[2 * BYTES + 1], want[2 * BYTES + 1];
    for (size_t at = 0; at < BYTES; at++)
        for (unsigned value = 0; value < 256; value++) {
            for (size_t i = 0; i < BYTES; i++) {
                bytes[i] = (unsigned char)(i == at ? value : 0x5a + 7 * i);
                snprintf(want + 2 * i, 3, "%02x", bytes[i]);
            }
            digits[2 * BYTES] = '\0';
            hex_put(bytes, BYTES, digits);
            assert_string_equal(digits, want);
            assert_true(hex_get(digits, BYTES, again));
            assert_memory_equal(again, bytes, BYTES);
        }
    for (size_t at = 0; at < 2 * BYTES; at++)
        for (int c = 0; c < 256; c++) {
            bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
            bool upper = c >= 'A' && c <= 'F';
            memset(digits, at % 2 ? '9' : 'f', 2 * BYTES);
            digits[at] = (char)c;
            assert_int_equal(hex_get(digits, BYTES, again), digit);
            assert_int_equal(hex_all(digits, 2 * BYTES), digit || upper);
        }
    assert_true(hex_get("", 0, again));
    assert_true(hex_all("", 0));
}

static void errors_append_errno(void **state)
{
    (void)state;
    struct error err;
    errno = ENOENT;
    assert_int_equal(error_set(&err, EXIT_NOINPUT, "open %s:", "x"), -1);
    assert_string_equal(err.text, "open x: No such file or directory");
    error_prefix(&err, "keys.csv:%d", 3);
    assert_string_equal(err.text, "keys.csv:3: open x: No such file or directory");
    assert_int_equal(err.code, EXIT_NOINPUT);
}

static void generator_is_seeded(void **state)
{
    (void)state;
    struct rng a = rng_seed(7), b = rng_seed(7);
    for (int i = 0; i < 1000; i++) {
        double x = rng_uniform(&a, 2, 3);
        assert_true(x >= 2 && x < 3);
        assert_true(x == rng_uniform(&b, 2, 3));
    }
}

static void base64(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xff\xfe?", "//4/"},
    };
    static const char *const none[] = {"", "Zg=", "Zg", "Zg==Zg==", "Z-8=", "====", "Zm 9"};
    struct buf out = {0};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        buf_clear(&out);
        base64_put(&out, pairs[i][0], strlen(pairs[i][0]));
        assert_string_equal(buf_text(&out), pairs[i][1]);
        buf_clear(&out);
        assert_true(base64_read(&out, pairs[i][1], strlen(pairs[i][1])));
        assert_string_equal(buf_text(&out), pairs[i][0]);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        buf_clear(&out);
        assert_false(base64_read(&out, none[i], strlen(none[i])));
        assert_int_equal(out.len, 0);
    }
    buf_free(&out);
}

static void formula_table(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool formula;
    } rows[] = {
        {"=1+1", true},
        {"+1", true},
        {"-1", true},
        {"@SUM", true},
        {"\t1", true},
        {"\r\n1", true},
        {"  =1", true},
        {"\xc2\xa0=1", true},
        {"\xe2\x80\x8b=1", true},
        {"\xef\xbb\xbf@1", true},
        {"\xe2\x80\xae-1", true},
        {"\xc2\xad+1", true},
        {"\xd8\x9c=1", true},
        {"\xef\xbc\x9d"
         "1",
         true},
        {"\xe3\x85\xa4\xef\xbc\xa0", true},
        {"", false},
        {"1=1", false},
        {"a", false},
        {"\xc3\xa9=1", false},
        {" ", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (text_begins_formula(rows[i].text) != rows[i].formula)
            fail_msg("row %zu", i);
    static const char *const acting[] = {"\x1b",         "\x7f",         "\xc2\x9b",
                                         "\xe2\x80\x8e", "\xe2\x80\xae", "\xe2\x81\xa6",
                                         "\xd8\x9c",     "\xe2\x80\xa8"};
    for (size_t i = 0; i < sizeof acting / sizeof *acting; i++)
        assert_true(text_acts(acting[i], strlen(acting[i])));
    assert_false(text_acts("\xe2\x80\x8b", 3)); /* no width, and harmless */
    assert_true(text_invisible("\xe2\x80\x8b", 3));
    assert_false(text_invisible("a", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64),
        cmocka_unit_test(formula_table),
        cmocka_unit_test(crc32c_known_answers),
        cmocka_unit_test(sha256_known_answer_and_running_use),
        cmocka_unit_test(utf8_table),
        cmocka_unit_test(duration_table),
        cmocka_unit_test(numbers),
        cmocka_unit_test(clock_round_trip),
        cmocka_unit_test(spans_and_counts),
        cmocka_unit_test(buffers_escape),
        cmocka_unit_test(hex_every_byte_everywhere),
        cmocka_unit_test(errors_append_errno),
        cmocka_unit_test(generator_is_seeded),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
