/* Whether an answer came whole: heads, trailers and bodies, line by line. */

#include "wire/arrival.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static struct arrival in;

static int setup(void **state)
{
    (void)state;
    arrival_begin(&in, 64);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arrival_free(&in);
    in = (struct arrival){0};
    return 0;
}

/* Lines are given with | between them. */
static bool feed(const char *lines)
{
    char line[256];
    bool good = true;
    while (*lines) {
        size_t n = strcspn(lines, "|");
        good =
            arrival_line(&in, line, (size_t)snprintf(line, sizeof line, "%.*s\r\n", (int)n, lines));
        lines += n + (lines[n] == '|');
    }
    return good && arrival_line(&in, "\r\n", 2);
}

static bool whole(const char *head, int status, uint64_t got)
{
    arrival_begin(&in, 64);
    assert_true(feed(head));
    return !arrival_doubt(&in, status, false, got);
}

static void test_framing(void **state)
{
    (void)state;
    static const struct {
        const char *head;
        int status, got;
        bool whole;
    } cases[] = {
        {"HTTP/1.1 200 OK|Content-Length: 16", 200, 16, true},
        {"HTTP/1.1 200 OK|content-length:\t16  ", 200, 16, true},
        {"HTTP/1.0 200 OK|Content-Length: 0", 200, 0, true},
        {"HTTP/1.1 200 OK|Transfer-Encoding: chunked", 200, 16, true},
        {"HTTP/1.1 200 OK|Transfer-Encoding: Chunked", 200, 0, true},
        {"HTTP/1.1 204 No Content", 204, 0, true},
        {"HTTP/1.1 204 No Content|Content-Length: 0", 204, 0, true},
        {"HTTP/1.1 100 Continue|Content-Length: 7||HTTP/1.1 200 OK|Content-Length: 16", 200, 16,
         true},
        {"HTTP/1.1 200 OK", 200, 16, false},
        {"HTTP/1.1 200 OK", 200, 0, false},
        {"HTTP/1.1 205 Reset Content", 205, 0, false},
        {"HTTP/1.1 200 OK|Content-Length: 16", 200, 15, false},
        {"HTTP/1.1 200 OK|Content-Length: 16|Content-Length: 17", 200, 16, false},
        {"HTTP/1.1 200 OK|Content-Length: 16|Content-Length: 16", 200, 16, false},
        {"HTTP/1.1 200 OK|Content-Length: 16, 16", 200, 16, false},
        {"HTTP/1.1 200 OK|Content-Length: +16", 200, 16, false},
        {"HTTP/1.1 200 OK|Content-Length: 16abc", 200, 16, false},
        {"HTTP/1.1 200 OK|Content-Length: 0x10", 200, 16, false},
        {"HTTP/1.1 200 OK|Content-Length:", 200, 0, false},
        {"HTTP/1.1 200 OK|Content-Length: 18446744073709551632", 200, 16, false},
        {"HTTP/1.1 200 OK|Content-Length: 1| 6", 200, 1, false},
        {"HTTP/1.1 200 OK|Content-Length : 16", 200, 16, false},
        {"HTTP/1.1 200 OK|Content-Length: 16|Transfer-Encoding: chunked", 200, 16, false},
        {"HTTP/1.1 200 OK|Transfer-Encoding: gzip, chunked", 200, 16, false},
        {"HTTP/1.1 200 OK|Transfer-Encoding: chunked|Transfer-Encoding: chunked", 200, 16, false},
        {"HTTP/1.1 200 OK|Transfer-Encoding: identity", 200, 16, false},
        {"HTTP/1.1 204 No Content|Content-Length: 5", 204, 0, false},
        {"HTTP/1.1 204 No Content|Transfer-Encoding: chunked", 204, 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (whole(cases[i].head, cases[i].status, (uint64_t)cases[i].got) != cases[i].whole)
            fail_msg("%s with %d bytes", cases[i].head, cases[i].got);
}

static void test_a_head_that_never_ended(void **state)
{
    (void)state;
    assert_true(arrival_line(&in, "HTTP/1.1 204 No Content\r\n", 25));
    assert_non_null(arrival_doubt(&in, 204, false, 0));
    assert_non_null(arrival_doubt(&in, 204, true, 0));
}

static void test_strays(void **state)
{
    (void)state;
    assert_true(whole("HTTP/1.1 204 No Content", 204, 0));
    in.stray = true;
    assert_non_null(arrival_doubt(&in, 204, false, 0));
}

static void test_streams(void **state)
{
    (void)state;
    static const struct {
        const char *head;
        int got;
        bool ended, reset, whole;
    } cases[] = {
        {"HTTP/2 200", 0, true, false, true},
        {"HTTP/2 200", 16, true, false, true},
        {"HTTP/2 200", 0, false, false, false},
        {"HTTP/2 200", 16, false, false, false},
        {"HTTP/2 200", 16, false, true, false},
        {"HTTP/2 200|content-length: 16", 16, true, false, true},
        {"HTTP/2 200|content-length: 16", 16, false, false, true},
        {"HTTP/2 200|content-length: 16", 16, false, true, false},
        {"HTTP/2 200|content-length: 16", 15, true, false, false},
        {"HTTP/2 200|content-length: 0", 0, false, false, false},
        {"HTTP/2 200|content-length: 0", 0, true, false, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        arrival_begin(&in, 64);
        assert_true(feed(cases[i].head));
        in.ended = cases[i].ended;
        in.reset = cases[i].reset;
        if (!arrival_doubt(&in, 200, true, (uint64_t)cases[i].got) != cases[i].whole)
            fail_msg("%s, case %zu", cases[i].head, i);
    }
}

static void test_headers(void **state)
{
    (void)state;
    struct buf joined = {0};
    assert_true(feed("HTTP/1.1 103 Early|Retry-After: 9||HTTP/1.1 429 No|retry-after:  5 |X-A: 1|"
                     "X-B: one| and two|Retry-After: 7|x-a: 2"));
    assert_string_equal(arrival_header(&in, "Retry-After", &joined), "5\n7");
    assert_string_equal(arrival_header(&in, "X-A", &joined), "1\n2");
    assert_string_equal(arrival_header(&in, "X-B", &joined), "one and two");
    assert_null(arrival_header(&in, "X", &joined));
    assert_true(arrival_line(&in, "Retry-After: 3\r\n", 16)); /* a trailer is none of the head's */
    assert_string_equal(arrival_header(&in, "Retry-After", &joined), "5\n7");
    buf_free(&joined);
}

static void test_bounds(void **state)
{
    (void)state;
    static char long_line[ARRIVAL_HEAD_MOST];
    unsigned n = 0;
    memset(long_line, 'x', sizeof long_line);
    assert_true(feed("HTTP/1.1 200 OK"));
    while (n <= ARRIVAL_TRAILERS_MOST && arrival_line(&in, "X: y\r\n", 6))
        n++;
    assert_int_equal(n, ARRIVAL_TRAILERS_MOST);

    arrival_begin(&in, 64);
    for (n = 0; n < 1000 && feed("HTTP/1.1 103 Early"); n++)
        ;
    assert_int_equal(n, ARRIVAL_HEADS_MOST);

    arrival_begin(&in, 64);
    assert_true(arrival_line(&in, "HTTP/1.1 200 OK\r\n", 17));
    assert_false(arrival_line(&in, long_line, sizeof long_line));

    arrival_begin(&in, 64);
    assert_true(arrival_piece(&in, long_line, 64));
    assert_false(in.clipped);
    assert_true(arrival_piece(&in, long_line, ARRIVAL_BEYOND_MOST));
    assert_true(in.clipped);
    assert_false(arrival_piece(&in, long_line, 1));
    assert_int_equal(in.body.len, 64);

    arrival_begin(&in, 1 << 20);
    for (n = 0; n < 1 << 20 && arrival_piece(&in, "x", 1); n++)
        ;
    assert_in_range(n, ARRIVAL_PIECES_FREE, ARRIVAL_PIECES_FREE * 2);
    arrival_begin(&in, 1 << 20);
    for (n = 0; n < 1 << 14; n++)
        assert_true(arrival_piece(&in, long_line, 64));
}

/* 15,000 equal lines are looked at in one pass: quadratic, this would take minutes. */
static void test_many_equal_headers(void **state)
{
    (void)state;
    struct buf joined = {0};
    clock_t began = clock();
    assert_true(arrival_line(&in, "HTTP/1.1 429 No\r\n", 17));
    for (unsigned i = 0; i < 15000; i++)
        assert_true(arrival_line(&in, "Retry-After: 1\r\n", 16));
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(strlen(arrival_header(&in, "Retry-After", &joined)), 2 * 15000 - 1);
    assert_true(clock() - began < 10 * CLOCKS_PER_SEC);
    buf_free(&joined);
}

static void test_a_body_that_has_all_that_was_promised(void **state)
{
    (void)state;
    static const struct {
        const char *head, *body;
        bool filled, refused;
    } cases[] = {
        {"HTTP/1.1 200 OK|Content-Length: 2", "{}", true, false},
        {"HTTP/1.1 200 OK|Content-Length: 3", "{}", false, false},
        {"HTTP/1.1 103 Early|Content-Length: 2||HTTP/1.1 200 OK", "{}", false, false},
        {"HTTP/1.1 200 OK", "{}", false, false},
        {"HTTP/1.1 200 OK|Transfer-Encoding: chunked|Content-Length: 2", "{}", false, false},
        {"HTTP/1.1 200 OK|content-encoding: gzip|Content-Length: 2", "{}", false, true},
        {"HTTP/1.1 200 OK|content-encoding: br|Content-Length: 2", "{}", false, true},
        {"HTTP/1.1 200 OK|content-encoding: gzip|Content-Length: 2", "\x1f\x8b", false, false},
        {"HTTP/1.1 200 OK|content-encoding: Identity|Content-Length: 2", "{}", true, false},
        {"HTTP/1.1 103 Early|Content-Encoding: gzip||HTTP/1.1 200 OK|Content-Length: 2", "{}", true,
         false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        arrival_begin(&in, 64);
        assert_true(feed(cases[i].head));
        assert_int_equal(arrival_piece(&in, cases[i].body, strlen(cases[i].body)),
                         !cases[i].refused);
        assert_int_equal(arrival_filled(&in), cases[i].filled);
    }
}

/* gzip of "{}", of 22 bytes: whole at the last of them alone, in whatever pieces they come. */
static void test_a_body_ends_with_its_coding(void **state)
{
    (void)state;
    static const char packed[] = "\x1f\x8b\x08\0\0\0\0\0\x02\xff\xab\xae\x05\0\x43\xbf\xa6\xa3"
                                 "\x02\0\0\0";
    const size_t size = sizeof packed - 1;
    for (size_t piece = 1; piece <= size; piece++) {
        arrival_begin(&in, 64);
        assert_true(feed("HTTP/1.1 200 OK|Content-Encoding: gzip|Content-Length: 22"));
        for (size_t at = 0; at < size; at += piece) {
            assert_non_null(arrival_doubt(&in, 200, false, size));
            assert_true(arrival_piece(&in, packed + at, at + piece < size ? piece : size - at));
        }
        assert_null(arrival_doubt(&in, 200, false, size));
        assert_string_equal(buf_text(&in.body), "{}");
    }
    arrival_piece(&in, "x", 1);
    assert_non_null(arrival_doubt(&in, 200, false, size));
}

static void test_the_version_is_the_last_heads(void **state)
{
    (void)state;
    arrival_begin(&in, 64);
    assert_true(feed("HTTP/2 200"));
    assert_true(in.http2);
    arrival_begin(&in, 64);
    assert_true(feed("HTTP/1.1 200 OK"));
    assert_false(in.http2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_framing),
        TEST(test_a_body_that_has_all_that_was_promised),
        TEST(test_a_body_ends_with_its_coding),
        TEST(test_the_version_is_the_last_heads),
        TEST(test_a_head_that_never_ended),
        TEST(test_strays),
        TEST(test_streams),
        TEST(test_headers),
        TEST(test_bounds),
        TEST(test_many_equal_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
