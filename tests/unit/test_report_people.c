/* The forms for people: the summary and report.html. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "report/html_text.h"
#include "report_world.h"

#include <math.h>

static char *summary(const struct report *r, const char *command, bool colour)
{
    struct buf b = {0};
    report_summary(r, "keys.run", command, "rescind verify keys.run", colour, &b);
    char *text = mem_string(buf_text(&b));
    buf_free(&b);
    return text;
}

static void summary_of_a_stopped_run(void **state)
{
    (void)state;
    struct world w = world_of_all_outcomes();
    struct report *r = world_report(&w);
    char *text = summary(r, "rescind run keys.csv", false);
    assert_string_equal(text, "6 of 11 targets done in 2.5s\n"
                              "\n"
                              "  revoked                       1\n"
                              "  disabled                      1\n"
                              "  enabled                       1\n"
                              "  rotated                       1\n"
                              "  already_absent                1\n"
                              "  absent_after_retry            1\n"
                              "  unproven_absent               1\n"
                              "  unconfirmed                   1\n"
                              "  failed                        1\n"
                              "  not_attempted                 2\n"
                              "\n"
                              "  openrouter    6 of 10 done\n"
                              "  baseten       0 of  1 done\n"
                              "\n"
                              "  requests      12 sent, 4.8 a second; 1 answered 429, 2 answered "
                              "5xx, 3 lost to the network\n"
                              "  stopped       interrupted by SIGINT (exit 75)\n"
                              "  not done      1 x openrouter unproven_absent 404: @no "
                              "\"answer\", <i>none</i>\n"
                              "                1 x openrouter unconfirmed 404: @no \"answer\", "
                              "<i>none</i>\n"
                              "                1 x openrouter failed: @no \"answer\", "
                              "<i>none</i>\n"
                              "  report        keys.run/report.html\n"
                              "  left over     keys.run/remaining.csv (5 targets)\n"
                              "\n"
                              "To carry on:    rescind run keys.csv\n");
    free(text);
    report_free(r);
    world_free(&w);
}

static void summary_of_a_finished_run(void **state)
{
    (void)state;
    struct world w = world_new("d");
    for (uint32_t i = 0; i < 1200; i++)
        world_key(&w, i, "");
    world_open(&w, START_MS, NULL);
    for (uint32_t i = 0; i < 1200; i++)
        world_end(&w, START_MS + i, i, i < 1100 ? OUTCOME_REVOKED : OUTCOME_ALREADY_ABSENT, 200, 1,
                  "");
    w.counts = (struct record_counts){1200, 0, 0, 0};
    world_close(&w, START_MS + 2000, 0, "");
    struct report *r = world_report(&w);
    char *text = summary(r, "rescind run keys.csv", false);
    assert_string_equal(text, "1,200 of 1,200 targets done in 2.0s\n"
                              "\n"
                              "  revoked                   1,100\n"
                              "  already_absent              100\n"
                              "  failed                        0\n"
                              "  not_attempted                 0\n"
                              "\n"
                              "  openrouter    1,200 of 1,200 done\n"
                              "\n"
                              "  requests      1,200 sent, 600 a second\n"
                              "  report        keys.run/report.html\n"
                              "\n"
                              "To prove it:    rescind verify keys.run\n");
    free(text);
    report_free(r);
    world_free(&w);
}

static void summary_paints_only_when_asked_and_never_obeys(void **state)
{
    (void)state;
    struct world w = world_new("d");
    world_key(&w, 1, "");
    world_open(&w, START_MS, NULL);
    world_end(&w, START_MS + 1, 0, OUTCOME_FAILED, 400, 1, "\033[2Jbad\xc2\x9b\xe2\x80\xae\rend");
    world_close(&w, START_MS + 2, 1, "\033]0;x\007");
    struct report *r = world_report(&w);
    char *text = summary(r, NULL, false);
    for (const char *p = text; *p; p++)
        assert_true(*p == '\n' || (unsigned char)*p >= 0x20);
    assert_null(strstr(text, "\xc2\x9b"));
    assert_null(strstr(text, "\xe2\x80\xae"));
    assert_non_null(strstr(text, "bad"));
    free(text);
    text = summary(r, NULL, true);
    assert_non_null(strstr(text, "\033[31m"));
    assert_null(strstr(text, "\033[2J"));
    free(text);
    report_free(r);
    world_free(&w);
}

static void html_escapes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t width;
        const char *want;
    } rows[] = {
        {"<a href=\"x\">'&amp;", 0, "&lt;a href=&quot;x&quot;&gt;&#39;&amp;amp;"},
        {"gr\xc3\xbc\xc3\x9f", 3, "gr\xc3\xbc\xe2\x80\xa6"},
        {"four", 4, "four"},
        {"\x1b[1m\x07\tx\n", 0, "\xef\xbf\xbd[1m\xef\xbf\xbd\tx\n"},
        {"\xff<\xc3", 0, "\xef\xbf\xbd&lt;\xef\xbf\xbd"},
        {"\xc2\x85", 0, "\xef\xbf\xbd"},
        {"", 5, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf b = {0};
        html_text(&b, rows[i].text, rows[i].width);
        assert_string_equal(buf_text(&b), rows[i].want);
        buf_free(&b);
    }
}

/* What would make a browser fetch or run something. */
static void assert_inert(const char *page)
{
    static const char *const never[] = {
        "<script", "<link", "<img",           "<iframe", "<object",    "<embed",
        "<form",   "<a ",   " href",          " src=",   "url(",       "@import",
        "<base",   "<use",  "<foreignObject", " onload", "javascript:"};
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (strcasestr(page, never[i]))
            fail_msg("the page holds %s", never[i]);
    assert_true(text_is_utf8(page, strlen(page)));
}

static void html_is_inert_whatever_it_is_told(void **state)
{
    (void)state;
    const char *evil = "</td></table><script>alert(1)</script><img src=x onerror='y'>\xff\x01";
    struct world w = world_new("run<script>.run\xff");
    for (uint32_t i = 0; i < 8; i++)
        world_key(&w, i, "<b onload=x>\"note\"");
    char digest[65];
    targets_digest(w.targets, 8, digest);
    struct record open = {.type = RECORD_OPEN,
                          .at_ms = START_MS,
                          .open = {.run = 1,
                                   .tool = "<script>",
                                   .libcurl = "<img>",
                                   .action = "<link>",
                                   .manifest_path = "<script src=x>.csv",
                                   .manifest_sha256 = "<a href=x>",
                                   .targets = 8,
                                   .digest = digest,
                                   .listed = "1-8",
                                   .shard = "<form>",
                                   .origins = "{\"<iframe>\":\"<object>\"}",
                                   .options = "{\"<embed>\":\"<base>\"}"}};
    world_apply(&w, &open);
    for (uint32_t i = 0; i < 6; i++)
        world_end(&w, START_MS + i, i, (enum outcome)(OUTCOME_UNPROVEN_ABSENT + i % 3), 500, 1,
                  evil);
    struct record hold = {.type = RECORD_HOLD,
                          .at_ms = START_MS,
                          .hold = {.pair = evil, .reason = evil, .until_ms = START_MS + 5}};
    world_apply(&w, &hold);
    world_close(&w, START_MS + 900, 75, evil);
    struct report *r = world_report(&w);
    char *page = form_text(r, report_html);
    /* escaped words such as `onerror=` may stand in text; nothing may stand in markup */
    assert_null(strstr(page, "<script"));
    assert_null(strstr(page, "<img"));
    assert_null(strstr(page, "<iframe"));
    assert_null(strstr(page, "<embed"));
    assert_null(strstr(page, "<object"));
    assert_null(strstr(page, "<link"));
    assert_null(strstr(page, "<form"));
    assert_null(strstr(page, "<b "));
    assert_null(strstr(page, "<a "));
    assert_true(text_is_utf8(page, strlen(page)));
    free(page);
    report_free(r);
    world_free(&w);
}

static void html_of_a_plain_run_is_inert(void **state)
{
    (void)state;
    struct world w = world_of_all_outcomes();
    struct report *r = world_report(&w);
    char *page = form_text(r, report_html);
    assert_inert(page);
    assert_non_null(strstr(page, "default-src 'none'"));
    free(page);
    report_free(r);
    world_free(&w);
}

/* The worst that a bounded page has to bear: many runs and holds, long texts that all differ and
 * that escaping makes longer, everything left over. */
static void html_stays_small(void **state)
{
    (void)state;
    struct world w = world_new("d");
    char error[400], note[400];
    enum { KEYS = 20000 };
    memset(note, '"', sizeof note - 1);
    note[sizeof note - 1] = '\0';
    for (uint32_t i = 0; i < KEYS; i++)
        world_key(&w, i, note);
    for (int run = 0; run < 100; run++) {
        int64_t at = START_MS + (int64_t)run * 86400000;
        world_open(&w, at, NULL);
        for (int i = 0; i < 20; i++) {
            world_try(&w, at + i * 1000, "1-2", (uint64_t)(i * 37 % 1000 + i * 1000),
                      (uint64_t)i * 3, 100 + i);
            world_pace(&w, at + i * 1000 + 500, w.counts.sent, w.counts.http_429,
                       (struct pace){100 + i, 10 + (unsigned)i, 100 + i, (enum bound)(1 + i % 6)});
            world_hold(&w, at + i * 1000, at + i * 1000 + 300);
        }
        world_close(&w, at + 20000, 75, note);
    }
    world_open(&w, START_MS + INT64_C(100) * 86400000, NULL);
    for (uint32_t i = 0; i < KEYS / 2; i++) {
        snprintf(error, sizeof error, "%u %.300s", i, note);
        world_end(&w, START_MS + INT64_C(100) * 86400000, i, OUTCOME_FAILED, 500, 1, error);
    }
    struct report *r = world_report(&w);
    char *page = form_text(r, report_html);
    if (strlen(page) > 300000)
        fail_msg("%zu bytes", strlen(page));
    free(page);
    report_free(r);
    world_free(&w);
}

/* WCAG 2.1, relative luminance of "#rgb" or "#rrggbb". */
static double luminance(const char *hex)
{
    double sum = 0, weight[] = {.2126, .7152, .0722};
    size_t digits = strspn(hex + 1, "0123456789abcdef");
    assert_true(*hex == '#' && (digits == 3 || digits == 6));
    for (size_t i = 0; i < 3; i++) {
        char pair[3] = {hex[1 + i * digits / 3], hex[digits == 3 ? 1 + i : 2 + 2 * i], 0};
        double c = (double)strtoul(pair, NULL, 16) / 255;
        sum += weight[i] * (c <= .03928 ? c / 12.92 : pow((c + .055) / 1.055, 2.4));
    }
    return sum;
}

static double colour(const char *scheme, const char *name)
{
    char key[40];
    snprintf(key, sizeof key, "--%s:#", name);
    const char *at = strstr(scheme, key);
    assert_non_null(at);
    return luminance(at + strlen(key) - 1);
}

static double contrast(double a, double b)
{
    return a > b ? (a + .05) / (b + .05) : (b + .05) / (a + .05);
}

static void words_can_be_read_in_every_scheme(void **state)
{
    (void)state;
    const char *const scheme[] = {html_style, strstr(html_style, "prefers-color-scheme:dark"),
                                  strstr(html_style, "@media print")};
    for (size_t i = 0; i < sizeof scheme / sizeof *scheme; i++) {
        assert_non_null(scheme[i]);
        double page = colour(scheme[i], "page");
        assert_true(contrast(page, colour(scheme[i], "ink")) >= 7);
        assert_true(contrast(page, colour(scheme[i], "muted")) >= 4.5);
        for (int o = OUTCOME_NONE + 1; o < OUTCOME_COUNT; o++)
            colour(scheme[i], outcome_word[o]); /* each has one */
    }
}

static void quantiles_round_up(void **state)
{
    (void)state;
    struct timeline t = {.answers = 100};
    t.latency[8] = 50; /* up to 4 ms */
    t.latency[16] = 49;
    t.latency[40] = 1; /* up to 1024 ms */
    assert_true(timeline_quantile(&t, .5) > 3.99 && timeline_quantile(&t, .5) < 4.01);
    assert_true(timeline_quantile(&t, .51) > 15.9 && timeline_quantile(&t, .51) < 16.1);
    assert_true(timeline_quantile(&t, .99) > 15.9 && timeline_quantile(&t, .99) < 16.1);
    assert_true(timeline_quantile(&t, 1) > 1023);
    t.answers = 0;
    assert_true(timeline_quantile(&t, .5) < .001);
}

static void timelines_keep_their_sums(void **state)
{
    (void)state;
    struct world w[2] = {world_new("a"), world_new("b")};
    struct report_source s[2];
    for (size_t k = 0; k < 2; k++) {
        for (uint32_t i = 0; i < 300; i++)
            world_key(&w[k], i + 1000 * (uint32_t)k, "");
        int64_t start = START_MS + (int64_t)k * 7777777, step = k ? 997 : 31;
        world_open(&w[k], start, NULL);
        for (uint32_t i = 0; i < 300; i++) {
            world_try(&w[k], start + i * step, "300", i, i / 10, 5);
            if (i < 299)
                world_end(&w[k], start + i * step, i, i % 7 ? OUTCOME_REVOKED : OUTCOME_FAILED, 200,
                          1, "");
        }
        s[k] = world_source(&w[k]);
    }
    struct report *r = report_new(s, 2);
    struct timeline *t = mem_alloc(sizeof *t);
    report_timeline(r, t);
    uint64_t finished = 0, failed = 0, http_429 = 0, requests = 0;
    assert_true(t->slices <= TIMELINE_SLICES);
    for (size_t i = 0; i < t->slices; i++) {
        finished += t->slice[i].finished;
        failed += t->slice[i].failed;
        http_429 += t->slice[i].http_429;
        requests += t->slice[i].requests;
    }
    assert_int_equal(finished, 598);
    assert_int_equal(failed, 86);
    assert_int_equal(http_429, 58);
    assert_int_equal(requests, 598);
    assert_int_equal(t->answers, 598);
    free(t);
    report_free(r);
    world_free(&w[0]);
    world_free(&w[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(summary_of_a_stopped_run),
        cmocka_unit_test(summary_of_a_finished_run),
        cmocka_unit_test(summary_paints_only_when_asked_and_never_obeys),
        cmocka_unit_test(html_escapes),
        cmocka_unit_test(html_is_inert_whatever_it_is_told),
        cmocka_unit_test(html_of_a_plain_run_is_inert),
        cmocka_unit_test(html_stays_small),
        cmocka_unit_test(words_can_be_read_in_every_scheme),
        cmocka_unit_test(quantiles_round_up),
        cmocka_unit_test(timelines_keep_their_sums),
    };
    return cmocka_run_group_tests_name("report_people", tests, NULL, NULL);
}
