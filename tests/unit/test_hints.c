/* Rate hints: what each header and body means as a wait. */

#include "catalog_fixture.h"
#include "provider/date.h"
#include "provider/hints.h"

#define S  ((int64_t)1000000)
#define MS ((int64_t)1000)

/* Sun, 06 Nov 1994 08:49:37 GMT */
#define THEN_S ((int64_t)784111777)
static const int64_t now_ms = THEN_S * 1000;

static const char more[] = "[provider spans]\n"
                           "credential = K\n"
                           "header = X-Key: {secret}\n"
                           "id.name = id\n"
                           "id.class = word\n"
                           "id.length = 1-64\n"
                           "delete = DELETE /{id}\n"
                           "rate.header = X-RateLimit-Reset s\n"
                           "rate.header = X-Wait-Ms ms\n"
                           "rate.header = X-Epoch epoch-s\n";

static int set_up(void **state)
{
    (void)state;
    return catalog_set_up(more);
}

/* Headers as "Name: value" lines, looked up in a memory that is used again each time, as the
 * interface allows. */
static const char *line_get(void *at, const char *name)
{
    static char value[600];
    const char *text = at;
    size_t len = strlen(name);
    value[0] = '\0';
    for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
        if (strncasecmp(text, name, len) != 0 || text[len] != ':')
            continue;
        if (value[0])
            strcat(value, "\n");
        strncat(value, text + len + 2, strcspn(text + len + 2, "\n"));
        if (!value[0])
            return "";
    }
    return value[0] ? value : NULL;
}

static void http_dates(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t unix_s; /* -1: none */
    } rows[] = {
        {"Sun, 06 Nov 1994 08:49:37 GMT", THEN_S},
        {"Sunday, 06-Nov-94 08:49:37 GMT", THEN_S},
        {"Sun Nov  6 08:49:37 1994", THEN_S},
        {"Sun Nov 06 08:49:37 1994", THEN_S},
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Tue, 29 Feb 2000 12:00:00 GMT", 951825600},
        {"Sat, 21 Nov 2026 05:40:00 GMT", 1795239600},
        {"Fri, 31 Dec 9999 23:59:59 GMT", 253402300799},
        {"Saturday, 21-Nov-26 05:40:00 GMT", 1795239600},
        {"Saturday, 21-Nov-45 05:40:00 GMT", -760904400}, /* more than 50 years ahead of 1994 */
        {"Sat, 31 Dec 2016 23:59:60 GMT", 1483228800},
        {"Tue, 29 Feb 1900 12:00:00 GMT", -1},
        {"Sun, 31 Nov 1994 08:49:37 GMT", -1},
        {"Sun, 00 Nov 1994 08:49:37 GMT", -1},
        {"Sun, 06 Nov 1994 24:00:00 GMT", -1},
        {"Sun, 06 Nov 1994 08:60:00 GMT", -1},
        /* other dates of RFC 5322, and what cookies have */
        {"Sun, 06 Nov 1994 08:49:37 UTC", THEN_S},
        {"Sun, 06 Nov 1994 08:49:37 +0000", THEN_S},
        {"Sun, 06 Nov 1994 09:49:37 +0100", THEN_S},
        {"Sun, 06 Nov 1994 03:49:37 -0500", THEN_S},
        {"Sun, 06 Nov 1994 03:49:37 EST", THEN_S},
        {"Sun, 6 Nov 1994 08:49:37 GMT", THEN_S},
        {"Sun, 06 Nov 94 08:49:37 GMT", THEN_S},
        {"sun, 06 nov 1994 08:49:37 gmt", THEN_S},
        {"06 Nov 1994 08:49:37 GMT", THEN_S},
        {"6 Nov 1994 08:49 UT", THEN_S - 37},
        {"Sun, 06-Nov-1994 08:49:37 GMT", THEN_S},
        {"Sunday, 06 Nov 1994 08:49:37 GMT", THEN_S},
        {"Sun, 06 Nov 1994 08:49:37 GMTX", -1},
        {"Sun, 06 Nov 1994 08:49:37 +01", -1},
        /* ISO 8601 */
        {"1994-11-06T08:49:37Z", THEN_S},
        {"1994-11-06t08:49:37z", THEN_S},
        {"1994-11-06 08:49:37Z", THEN_S},
        {"1994-11-06 08:49:37 UTC", THEN_S},
        {"1994-11-06T08:49:37", THEN_S},
        {"1994-11-06T08:49Z", THEN_S - 37},
        {"1994-11-06T08:49:36.001Z", THEN_S},
        {"1994-11-06T08:49:37.000Z", THEN_S},
        {"1994-11-06T09:49:37+01:00", THEN_S},
        {"1994-11-06T03:19:37-0530", THEN_S},
        {"19941106T084937Z", THEN_S},
        {"1994-13-06T08:49:37Z", -1},
        {"1994-11-31T08:49:37Z", -1},
        {"1994-11-06", -1},
        {"1994-11-06T08", -1},
        {"Sun, 06 Nov 1994 08:49", -1},
        {"Sun,", -1},
        {"", -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t unix_s = -2;
        size_t len = date_read(rows[i].text, now_ms, &unix_s);
        if (rows[i].unix_s == -1) {
            if (len != 0)
                fail_msg("%s", rows[i].text);
        } else {
            assert_int_equal(len, strlen(rows[i].text));
            if (unix_s != rows[i].unix_s)
                fail_msg("%s: %lld", rows[i].text, (long long)unix_s);
        }
    }
}

/* RFC 9110, 5.6.7: what seems more than 50 years ahead is past. */
static void years_of_two_digits(void **state)
{
    (void)state;
    static const struct {
        const char *year, *now, *meant;
    } rows[] = {
        {"94", "1994", "1994"}, {"44", "1994", "2044"}, {"45", "1994", "1945"},
        {"00", "1994", "2000"}, {"26", "2026", "2026"}, {"76", "2026", "2076"},
        {"77", "2026", "1977"}, {"99", "2026", "1999"}, {"00", "2026", "2000"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[64], now[64], meant[64];
        int64_t now_s, is, should_be;
        snprintf(text, sizeof text, "Sunday, 06-Nov-%s 08:49:37 GMT", rows[i].year);
        snprintf(now, sizeof now, "Sun, 21 Nov %s 05:40:00 GMT", rows[i].now);
        snprintf(meant, sizeof meant, "Sun, 06 Nov %s 08:49:37 GMT", rows[i].meant);
        assert_true(date_read(now, 0, &now_s) > 0);
        assert_true(date_read(meant, 0, &should_be) > 0);
        assert_true(date_read(text, now_s * 1000, &is) > 0);
        assert_int_equal(is, should_be);
    }
}

static void retry_after_table(void **state)
{
    (void)state;
    static const char date[] = "Sun, 06 Nov 1994 08:49:37 GMT";
    static const struct {
        const char *value, *date;
        int64_t us;
    } rows[] = {
        {"0", NULL, 0},
        {"37", NULL, 37 * S},
        {" 37\t", NULL, 37 * S},
        {"007", NULL, 7 * S},
        {"1.5", NULL, 1500 * MS},
        {"0.0001", NULL, 1 * MS},
        {"2.0000000000", NULL, 2 * S},
        {"2.0000000000001", NULL, 2001 * MS},
        {"1.9999", NULL, 2 * S},
        {"99999999999999999999999", NULL, INT64_MAX / 4},
        {"99999999999999999999999.9", NULL, INT64_MAX / 4},
        {"5, 120", NULL, 120 * S},
        {"120\n5", NULL, 120 * S},
        {"nonsense, 5", NULL, 5 * S},
        {"Sun, 06 Nov 1994 08:50:07 GMT", date, 30 * S},
        {"Sun, 06 Nov 1994 08:50:07 GMT", NULL, 30 * S},
        {"Sunday, 06-Nov-94 08:50:07 GMT", date, 30 * S},
        {"Sun Nov  6 08:50:07 1994", date, 30 * S},
        {"Sun, 06 Nov 1994 08:50:07 GMT, 45", date, 45 * S},
        {"45, Sun, 06 Nov 1994 08:50:37 GMT", date, 60 * S},
        {"Sun, 06 Nov 1994 08:50:07 GMT\nSun, 06 Nov 1994 08:50:08 GMT", date, 31 * S},
        {"Sun, 06 Nov 1994 08:49:36 GMT", date, 0}, /* past */
        {"Thu, 01 Jan 1970 00:00:00 GMT", date, 0},
        {"Sun, 06 Nov 1994 09:50:07 GMT", "Sun, 06 Nov 1994 09:50:00 GMT", 7 * S}, /* skewed */
        {"Sun, 06 Nov 1994 08:50:07 GMT", "garbage", 30 * S},
        {"Thu, 01 Jan 2099 00:00:00 GMT", date, (4070908800 - THEN_S) * S},
        {"", NULL, -1},
        {" ", NULL, -1},
        {"-1", NULL, -1},
        {"+5", NULL, -1},
        {".5", NULL, -1},
        {"5.", NULL, -1},
        {"1e3", NULL, -1},
        {"0x10", NULL, -1},
        {"5s", NULL, 5 * S},
        {"2.5s", NULL, 2500 * MS},
        {"5 S", NULL, 5 * S},
        {"5 seconds, 7sec", NULL, 7 * S},
        {"1994-11-06T08:50:07Z", date, 30 * S},
        {"06 Nov 1994 09:50:07 +0100", date, 30 * S},
        {"s", NULL, -1},
        {"3000ms", NULL, 3 * S},
        {"0.5ms", NULL, 1 * MS},
        {"20 milliseconds", NULL, 20 * MS},
        {"5m", NULL, 300 * S},
        {"6m0s", NULL, 360 * S},
        {"1m30.5s", NULL, 90500 * MS},
        {"1 hour 5 minutes", NULL, 3900 * S},
        {"1h0m0s", NULL, 3600 * S},
        {"PT3S", NULL, 3 * S},
        {"pt0.5s", NULL, 500 * MS},
        {"PT1M30S", NULL, 90 * S},
        {"PT1H", NULL, 3600 * S},
        {"P1D", NULL, 86400 * S},
        {"P1DT1S", NULL, 86401 * S},
        {"99999999999999999999999h99999999999999999999999m", NULL, INT64_MAX / 4},
        {"30s1m", NULL, -1}, /* not the larger one first */
        {"3s3s", NULL, -1},
        {"3s5", NULL, -1},
        {"3 fortnights", NULL, -1},
        {"P", NULL, -1},
        {"PT", NULL, -1},
        {"P1M", NULL, -1}, /* a month */
        {"P3S", NULL, -1},
        {"PT1D", NULL, -1},
        {"PT3", NULL, -1},
        {"PTS", NULL, -1},
        {"3 m s", NULL, -1},
        {"1994-11-06", NULL, -1},
        {"3600abc", NULL, -1},
        {"5 6", NULL, -1},
        {"1.2.3", NULL, -1},
        {"soon", NULL, -1},
        {"\xef\xbc\x95", NULL, -1}, /* a full-width 5 */
        {"Sun, 06 Nov 1994 08:50:07 GMTx", date, -1},
        {"Sun, 32 Nov 1994 08:50:07 GMT", date, -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t us = retry_after_us(rows[i].value, rows[i].date, now_ms);
        if (us != rows[i].us)
            fail_msg("%s: %lld", rows[i].value, (long long)us);
    }
}

/* Beyond a billion it is a time. 1795239600 is Sat, 21 Nov 2026 05:40:00 GMT. */
static void unix_times(void **state)
{
    (void)state;
    static const char date[] = "Sat, 21 Nov 2026 05:40:00 GMT";
    static const struct {
        const char *value, *date;
        int64_t now_ms, us;
    } rows[] = {
        {"1795239637", NULL, 1795239600000, 37 * S},
        {"1795239637", NULL, 1795239600400, 36600 * MS},
        {"1795239637.5", NULL, 1795239600000, 37500 * MS},
        {"1795239637000", NULL, 1795239600000, 37 * S},
        {"1795239637", date, 1795239000000, 37 * S}, /* our clock is ten minutes slow */
        {"1795239637", date, 1795239600400, 36600 * MS},
        {"1795239599", NULL, 1795239600000, 0}, /* past */
        {"1000000000", NULL, 1795239600000, 1000000000 * S},
        {"1000000001", NULL, 1795239600000, 0},
        {"1795239637s", NULL, 1795239600000, 1795239637 * S},
        {"1795239637, 5", NULL, 1795239600000, 37 * S},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t us = retry_after_us(rows[i].value, rows[i].date, rows[i].now_ms);
        if (us != rows[i].us)
            fail_msg("%s: %lld", rows[i].value, (long long)us);
    }
}

#define DATE "Date: Sun, 06 Nov 1994 08:49:37 GMT\n"

static void hint_table(void **state)
{
    (void)state;
    static const struct {
        const char *provider, *headers, *body;
        int64_t wait_us;
        bool clamped, nonsense;
    } rows[] = {
        {"openrouter", "", "", -1, false, false},
        {"openrouter", "Retry-After: 37\n", "", 37 * S, false, false},
        {"openrouter", "retry-after: 0\n", "", 0, false, false},
        {"openrouter", "Retry-After: 3\nRetry-After: 9\n", "", 9 * S, false, false},
        {"openrouter", "Retry-After: 3600\n", "", 3600 * S, false, false},
        {"openrouter", "Retry-After: 3601\n", "", 3600 * S, true, false},
        {"openrouter", "Retry-After: Thu, 01 Jan 2099 00:00:00 GMT\n", "", 3600 * S, true, false},
        {"openrouter", "Retry-After: 99999999999999999999\n", "", 3600 * S, true, false},
        {"openrouter", "Retry-After: 3600abc\n", "", -1, false, true},
        {"openrouter", "Retry-After: -5\n", "", -1, false, true},
        {"openrouter", "Retry-After: \n", "", -1, false, true},
        {"openrouter", "retry-after-ms: 1500\n", "", 1500 * MS, false, false},
        {"openrouter", "Retry-After: 1\nRetry-After-Ms: 1500\n", "", 1500 * MS, false, false},
        {"openrouter", "Retry-After-Ms: 250.5\n", "", 251 * MS, false, false},
        {"openrouter", "x-ms-retry-after-ms: 40\n", "", 40 * MS, false, false},
        {"openrouter", "Retry-After-Ms: soon\n", "", -1, false, false},
        {"openrouter", "Retry-After: x\nX-RateLimit-Reset: 784111787000\n", "", 10 * S, false,
         true},
        /* milliseconds since the epoch; with Date when the local clock is wrong */
        {"openrouter", "X-RateLimit-Reset: 784111779500\n", "", 2500 * MS, false, false},
        {"openrouter", DATE "X-RateLimit-Reset: 784111779500\n", "", 2500 * MS, false, false},
        {"openrouter", "Date: Sun, 06 Nov 1994 09:49:37 GMT\nX-RateLimit-Reset: 784115380000\n", "",
         3 * S, false, false},
        {"openrouter", "Date: Sun, 06 Nov 1994 07:49:37 GMT\nX-RateLimit-Reset: 784108180000\n", "",
         3 * S, false, false},
        {"openrouter", "X-RateLimit-Reset: 784111776999\n", "", -1, false, false}, /* past */
        {"openrouter", "X-RateLimit-Reset: soon\n", "", -1, false, false},
        {"openrouter", "Retry-After: 2\nX-RateLimit-Reset: 784111779500\n", "", 2500 * MS, false,
         false},
        {"openrouter", "Retry-After: 3\nX-RateLimit-Reset: 784111779500\n", "", 3 * S, false,
         false},
        {"openrouter", "X-RateLimit-Remaining: 0\nX-RateLimit-Reset: 784111779500\n", "", 2500 * MS,
         false, false},
        {"openrouter", "X-RateLimit-Remaining: 9\nX-RateLimit-Reset: 784111779500\n", "", -1, false,
         false},
        /* mirrored in the body, as strings or numbers */
        {"openrouter", "",
         "{\"error\":{\"code\":429,\"message\":\"m\",\"metadata\":{\"headers\":"
         "{\"X-RateLimit-Limit\":\"20\",\"X-RateLimit-Reset\":\"784111779500\"}}}}",
         2500 * MS, false, false},
        {"openrouter", "",
         "{\"error\":{\"metadata\":{\"headers\":{\"X-RateLimit-Reset\":784111779500}}}}", 2500 * MS,
         false, false},
        {"openrouter", "", "{\"error\":{\"metadata\":{\"headers\":{\"Retry-After\":\"12\"}}}}",
         12 * S, false, false},
        {"openrouter", "", "{\"error\":{\"metadata\":{\"headers\":null}}}", -1, false, false},
        {"openrouter", "", "{\"error_code\":1015,\"retry_after\":30}", 30 * S, false, false},
        {"baseten", "", "{\"error\":\"Rate limit exceeded.\",\"retry_after\":37}", 37 * S, false,
         false},
        {"baseten", "Retry-After: 40\n", "{\"error\":\"m\",\"retry_after\":37}", 40 * S, false,
         false},
        {"baseten", "", "{\"error\":\"m\",\"retry_after\":1.5}", 1500 * MS, false, false},
        {"baseten", "", "{\"error\":\"m\",\"retry_after\":-3}", -1, false, false},
        {"baseten", "", "{\"error\":\"m\",\"retry_after\":1e30}", 3600 * S, true, false},
        {"baseten", "", "{\"error\":\"m\",\"retry_after\":true}", -1, false, false},
        {"baseten", "", "{\"error\":\"m\",\"retry_after\":37", -1, false, false}, /* cut */
        {"baseten", "", "<html>429</html>", -1, false, false},
        {"baseten", "X-RateLimit-Reset: 784111779500\n", "", -1, false, false}, /* not its own */
        {"spans", "X-RateLimit-Reset: 12\n", "", 12 * S, false, false},
        {"spans", "X-Wait-Ms: 1500\n", "", 1500 * MS, false, false},
        {"spans", "X-Epoch: 784111787\n", "", 10 * S, false, false},
        /* the draft's fields */
        {"baseten", "RateLimit-Limit: 100\nRateLimit-Remaining: 0\nRateLimit-Reset: 7\n", "", 7 * S,
         false, false},
        {"baseten", "RateLimit-Remaining: 5\nRateLimit-Reset: 7\n", "", -1, false, false},
        {"baseten", "RateLimit-Reset: 784111787\n", "", 10 * S, false, false},
        {"baseten", "RateLimit: limit=100, remaining=0, reset=50\n", "", 50 * S, false, false},
        {"baseten", "RateLimit: limit=100, remaining=1, reset=50\n", "", -1, false, false},
        {"baseten", "RateLimit: \"default\";r=0;t=30\n", "", 30 * S, false, false},
        {"baseten", "RateLimit: \"a,b\"; r=0; t=5, \"daily\";r=1000;t=3600\n", "", 5 * S, false,
         false},
        {"baseten", "RateLimit: \"burst\";r=0\nRateLimit-Policy: \"burst\";q=100;w=60\n", "",
         60 * S, false, false},
        {"baseten", "RateLimit: \"burst\";r=0\nRateLimit-Policy: \"other\";q=100;w=60\n", "", -1,
         false, false},
        {"baseten", "RateLimit: ;;;\"\n", "", -1, false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char headers[300];
        snprintf(headers, sizeof headers, "%s", rows[i].headers);
        const struct header_source source = {line_get, headers};
        struct hint h = hint_read(catalog_find(catalog, rows[i].provider, NULL), &source,
                                  rows[i].body, strlen(rows[i].body), now_ms);
        if (h.wait_us != rows[i].wait_us || h.clamped != rows[i].clamped ||
            h.nonsense != rows[i].nonsense)
            fail_msg("row %zu: %s%s: %lld %d %d", i, rows[i].headers, rows[i].body,
                     (long long)h.wait_us, h.clamped, h.nonsense);
    }
}

/* Date names a whole second: a local clock within it is believed to the millisecond, and any other
 * is not believed at all. */
static void milliseconds_against_date(void **state)
{
    (void)state;
    static const struct {
        int64_t local_ms, wait_us;
    } rows[] = {
        {now_ms, 5000 * MS},        {now_ms + 700, 4300 * MS},
        {now_ms + 1400, 3600 * MS}, /* on its way for 0.4 s */
        {now_ms + 1500, 5000 * MS}, {now_ms + 100000, 5000 * MS},
        {now_ms - 1, 5000 * MS},    {now_ms - 100000, 5000 * MS},
    };
    char headers[] = DATE "X-RateLimit-Reset: 784111782000\n";
    const struct header_source source = {line_get, headers};
    const struct definition *d = catalog_find(catalog, "openrouter", NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(hint_read(d, &source, NULL, 0, rows[i].local_ms).wait_us, rows[i].wait_us);
}

static void room_table(void **state)
{
    (void)state;
    static const struct {
        const char *provider, *headers;
        int64_t remaining, reset_us;
    } rows[] = {
        {"openrouter", "", -1, -1},
        {"openrouter", "X-RateLimit-Remaining: 12\n", 12, -1},
        {"openrouter", "X-RateLimit-Remaining: 12\nX-RateLimit-Reset: 784111779500\n", 12,
         2500 * MS},
        {"openrouter", "X-RateLimit-Reset: 784111779500\n", -1, -1},
        {"openrouter", "X-RateLimit-Remaining: many\n", -1, -1},
        {"spans", "X-RateLimit-Remaining: 3\nX-RateLimit-Reset: 9\n", 3, 9 * S},
        {"baseten", "RateLimit-Remaining: 0\nRateLimit-Reset: 7\n", 0, 7 * S},
        {"baseten", "RateLimit: \"a\";r=50;t=30, \"b\";r=9;t=1\n", 9, 1 * S},
        {"baseten", "RateLimit: \"a\";r=9;t=1, \"b\";r=9;t=30\n", 9, 30 * S},
        {"baseten", "RateLimit: limit=10, remaining=4, reset=86400\n", 4, 3600 * S},
        {"baseten", "RateLimit: \"a\";r=50;t=30\nX-RateLimit-Remaining: 2\n", 2, -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char headers[300];
        snprintf(headers, sizeof headers, "%s", rows[i].headers);
        const struct header_source source = {line_get, headers};
        struct room r = hint_room(catalog_find(catalog, rows[i].provider, NULL), &source, now_ms);
        if (r.remaining != rows[i].remaining || r.reset_us != rows[i].reset_us)
            fail_msg("%s: %lld %lld", rows[i].headers, (long long)r.remaining,
                     (long long)r.reset_us);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(http_dates),        cmocka_unit_test(years_of_two_digits),
        cmocka_unit_test(retry_after_table), cmocka_unit_test(unix_times),
        cmocka_unit_test(hint_table),        cmocka_unit_test(milliseconds_against_date),
        cmocka_unit_test(room_table),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
