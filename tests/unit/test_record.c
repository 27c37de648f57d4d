/* Records as lines: their exact bytes, what reads back, what is refused. */

#include "journal_fixture.h"

#include "base/clock.h"
#include "base/digest.h"

static struct buf line_of(const struct record *r, uint64_t seq, uint64_t batch, uint32_t link)
{
    struct buf b = {0};
    record_write(r, seq, batch, &link, &b);
    assert_true(b.len > 0 && b.data[b.len - 1] == '\n');
    return b;
}

static enum line_state read_line(const char *line, size_t len, uint64_t seq, uint32_t link,
                                 struct record *r)
{
    static struct record_reader *rr; /* texts must outlive the call */
    record_reader_free(rr);
    rr = line ? record_reader_new() : NULL;
    return line ? record_read(rr, line, len, seq, &link, r) : LINE_BAD_SUM;
}

/* A line from its body, with the right checksum: to see what parsing alone refuses. */
static struct buf summed(const char *before_sum)
{
    struct buf b = {0};
    buf_puts(&b, before_sum);
    buf_printf(&b, ",\"c\":\"%08x\"}", crc32c(0, b.data, b.len));
    return b;
}

#define HEAD "{\"s\":7,\"b\":6,\"p\":\"0000002a\",\"type\":"
#define AT   ",\"at\":\"2026-11-21T05:40:00.123Z\""
#define ID0  "0000000000000000000000000000000000000000000000000000000000000001"

static void exact_bytes(void **state)
{
    (void)state;
    const int64_t at = FIXTURE_T0 + 123;
    struct record end = rec_end(0, OUTCOME_REVOKED, 2, at), failed = end;
    failed.end.outcome = OUTCOME_FAILED;
    failed.end.status = 503;
    failed.end.applied = true;
    failed.end.error = "say \"no\"\n\x7f \xc3\xbc";
    struct record open = {.type = RECORD_OPEN,
                          .at_ms = at,
                          .open = {.run = 2,
                                   .tool = "rescind 1.0.0",
                                   .libcurl = "7.88.1",
                                   .pid = 123,
                                   .action = "delete",
                                   .manifest_path = "a\\b.csv",
                                   .manifest_sha256 = "ab",
                                   .rows = 10,
                                   .duplicates = 1,
                                   .rejected = 2,
                                   .targets = 7,
                                   .digest = "cd",
                                   .listed = "1-7",
                                   .shard = "0/1",
                                   .origins = "{ \"openrouter\" : \"https://openrouter.ai:443\" }",
                                   .options = NULL}};
    struct record looked = open;
    looked.open.eyes = "[ {\"provider\" : \"openrouter\"} ]";
    struct record refuted = rec_seen("baseten", "", LOOK_LIST, "3,6", at);
    refuted.seen.refutes = true;
    const struct {
        struct record r;
        const char *body;
    } rows[] = {
        {looked,
         "\"open\"" AT ",\"run\":2,\"tool\":\"rescind 1.0.0\",\"libcurl\":\"7.88.1\",\"pid\":123,"
         "\"action\":\"delete\",\"manifest\":{\"path\":\"a\\\\b.csv\",\"sha256\":\"ab\","
         "\"rows\":10,\"duplicates\":1,\"rejected\":2},\"targets\":7,\"digest\":\"cd\","
         "\"listed\":\"1-7\",\"shard\":\"0/1\","
         "\"origins\":{\"openrouter\":\"https://openrouter.ai:443\"},\"options\":{},"
         "\"eyes\":[{\"provider\":\"openrouter\"}]"},
        {rec_seen("baseten", "", LOOK_LIST, "3,6", at),
         "\"seen\"" AT ",\"provider\":\"baseten\",\"kind\":\"key\",\"account\":\"\","
         "\"look\":\"list\",\"rows\":\"3,6\""},
        {rec_seen("openrouter", "ws-1", LOOK_READ, "", at),
         "\"seen\"" AT ",\"provider\":\"openrouter\",\"kind\":\"key\",\"account\":\"ws-1\","
         "\"look\":\"read\",\"rows\":\"\""},
        {refuted, "\"seen\"" AT ",\"provider\":\"baseten\",\"kind\":\"key\",\"account\":\"\","
                  "\"look\":\"list\",\"rows\":\"3,6\",\"refutes\":true"},
        {open,
         "\"open\"" AT ",\"run\":2,\"tool\":\"rescind 1.0.0\",\"libcurl\":\"7.88.1\",\"pid\":123,"
         "\"action\":\"delete\",\"manifest\":{\"path\":\"a\\\\b.csv\",\"sha256\":\"ab\","
         "\"rows\":10,\"duplicates\":1,\"rejected\":2},\"targets\":7,\"digest\":\"cd\","
         "\"listed\":\"1-7\",\"shard\":\"0/1\","
         "\"origins\":{\"openrouter\":\"https://openrouter.ai:443\"},\"options\":{}"},
        {rec_try("1-250,300", at), "\"try\"" AT ",\"rows\":\"1-250,300\",\"sent\":12,"
                                   "\"http_429\":1,\"http_5xx\":2,\"network_errors\":3,"
                                   "\"rate\":812.5"},
        {rec_pace(at), "\"pace\"" AT ",\"sent\":12,\"http_429\":1,\"http_5xx\":2,"
                       "\"network_errors\":3,\"rate\":812.5,\"in_flight\":160,\"rtt_ms\":0.3,"
                       "\"bound\":\"max-rate\""},
        {rec_retry(16, 1, true, at), "\"try\"" AT ",\"row\":17,\"attempts\":1,\"status\":503,"
                                     "\"applied\":true,\"error\":\"503 \\\"down\\\"\""},
        {rec_retry(0, 9, false, at), "\"try\"" AT ",\"row\":1,\"attempts\":9,\"status\":503,"
                                     "\"applied\":false,\"error\":\"503 \\\"down\\\"\""},
        {end, "\"end\"" AT ",\"row\":1,\"provider\":\"openrouter\",\"kind\":\"key\",\"id\":\"" ID0
              "\",\"outcome\":\"revoked\",\"status\":200,\"attempts\":2,\"ms\":31"},
        {failed,
         "\"end\"" AT ",\"row\":1,\"provider\":\"openrouter\",\"kind\":\"key\",\"id\":\"" ID0
         "\",\"outcome\":\"failed\",\"status\":503,\"attempts\":2,\"ms\":31,"
         "\"applied\":true,\"error\":\"say \\\"no\\\"\\u000a\\u007f \xc3\xbc\""},
        {rec_look("1-3,7", at), "\"verify\"" AT ",\"rows\":\"1-3,7\",\"sent\":14,\"http_429\":1,"
                                "\"http_5xx\":2,\"network_errors\":3,\"rate\":100.0"},
        {rec_found(0, VERIFIED_ABSENT, at),
         "\"verify\"" AT ",\"row\":1,\"provider\":\"openrouter\",\"kind\":\"key\",\"id\":\"" ID0
         "\",\"verified\":\"confirmed_absent\",\"status\":404,\"ms\":12"},
        {rec_found(0, VERIFIED_PRESENT, at),
         "\"verify\"" AT ",\"row\":1,\"provider\":\"openrouter\",\"kind\":\"key\",\"id\":\"" ID0
         "\",\"verified\":\"still_present\",\"status\":200,\"ms\":12"},
        {rec_found(0, VERIFIED_UNPROVEN, at),
         "\"verify\"" AT ",\"row\":1,\"provider\":\"openrouter\",\"kind\":\"key\",\"id\":\"" ID0
         "\",\"verified\":\"unproven\",\"status\":200,\"ms\":12,\"error\":\"cannot tell\""},
        {rec_hold("openrouter", FIXTURE_T0 + 20000, at),
         "\"hold\"" AT ",\"pair\":\"openrouter\",\"until\":\"2026-11-21T05:40:20.000Z\","
         "\"reason\":\"429, asked to wait 20s\""},
        {rec_rotate(16, ROTATION_CREATE, "0123456789abcdef", NULL, at),
         "\"rotate\"" AT ",\"row\":17,\"step\":\"create\",\"marker\":\"0123456789abcdef\""},
        {rec_rotate(0, ROTATION_REMOVED, "0123456789abcdef", "ab", at),
         "\"rotate\"" AT ",\"row\":1,\"step\":\"removed\",\"marker\":\"0123456789abcdef\","
         "\"successor\":\"ab\""},
        {rec_close(75, "200-250", at),
         "\"close\"" AT ",\"exit_code\":75,\"reason\":\"stopped by SIGINT\",\"unsent\":\"200-250\","
         "\"sent\":20,\"http_429\":2,\"http_5xx\":2,\"network_errors\":3"},
        {{.type = RECORD_CLOSE,
          .at_ms = at,
          .close = {.exit_code = 75, .reason = "r", .unsent = "", .halted = true}},
         "\"close\"" AT ",\"exit_code\":75,\"reason\":\"r\",\"unsent\":\"\",\"sent\":0,"
         "\"http_429\":0,\"http_5xx\":0,\"network_errors\":0,\"halted\":true"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf whole = {0}, line = line_of(&rows[i].r, 7, 6, 0x2a);
        buf_puts(&whole, HEAD);
        buf_puts(&whole, rows[i].body);
        struct buf expected = summed(whole.data);
        buf_putc(&expected, '\n');
        assert_string_equal(line.data, expected.data);

        struct record back;
        assert_int_equal(read_line(line.data, line.len - 1, 7, 0x2a, &back), LINE_GOOD);
        assert_int_equal(back.seq, 7);
        assert_int_equal(back.batch, 6);
        struct buf again = line_of(&back, back.seq, back.batch, 0x2a);
        assert_string_equal(again.data, line.data);
        buf_free(&whole);
        buf_free(&line);
        buf_free(&expected);
        buf_free(&again);
    }
}

static void fields_come_back(void **state)
{
    (void)state;
    struct record failed = rec_end(4, OUTCOME_UNPROVEN_ABSENT, 3, FIXTURE_T0 + 59999), back;
    failed.end.error = "tab\there";
    failed.end.applied = true;
    struct buf line = line_of(&failed, 9, 9, 1);
    assert_int_equal(read_line(line.data, line.len - 1, 9, 1, &back), LINE_GOOD);
    assert_int_equal(back.type, RECORD_END);
    assert_int_equal(back.at_ms, FIXTURE_T0 + 59999);
    assert_int_equal(back.end.row, 4);
    assert_string_equal(back.end.provider, "requesty");
    assert_string_equal(back.end.id, failed.end.id);
    assert_int_equal(back.end.outcome, OUTCOME_UNPROVEN_ABSENT);
    assert_int_equal(back.end.status, 404);
    assert_int_equal(back.end.attempts, 3);
    assert_int_equal(back.end.ms, 31);
    assert_true(back.end.applied);
    assert_string_equal(back.end.error, "tab\there");
    buf_free(&line);

    struct record announced = rec_try("1-3,5", FIXTURE_T0);
    line = line_of(&announced, 1, 1, 0);
    assert_int_equal(read_line(line.data, line.len - 1, 1, 0, &back), LINE_GOOD);
    assert_string_equal(back.try.rows, "1-3,5");
    assert_int_equal(back.try.counts.network_errors, 3);
    assert_true(back.try.rate > 812.4 && back.try.rate < 812.6);
    buf_free(&line);
    read_line(NULL, 0, 0, 0, &back);
}

/* Times are kept by the minute on both sides: each must notice when it is another one. */
static void times_round_trip(void **state)
{
    (void)state;
    static const int64_t times[] = {0,
                                    999,
                                    59999,
                                    60000,
                                    FIXTURE_T0,
                                    FIXTURE_T0 + 59999,
                                    FIXTURE_T0 + 60000,
                                    FIXTURE_T0 - 1,
                                    1709164799999, /* before 29 February */
                                    1709164800000,
                                    253402300799999};
    struct record_reader *rr = record_reader_new();
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct record r = rec_try("1", times[i]), back;
        struct buf line = line_of(&r, 1, 1, 0);
        char text[CLOCK_TEXT];
        uint32_t link = 0;
        assert_non_null(strstr(line.data, clock_text(times[i], text)));
        assert_int_equal(record_read(rr, line.data, line.len - 1, 1, &link, &back), LINE_GOOD);
        assert_int_equal(back.at_ms, times[i]);
        buf_free(&line);
    }
    record_reader_free(rr);
}

static void every_changed_byte_shows(void **state)
{
    (void)state;
    const struct record kinds[] = {
        rec_end(1, OUTCOME_REVOKED, 1, FIXTURE_T0),
        rec_found(1, VERIFIED_UNPROVEN, FIXTURE_T0),
        rec_try("1-20", FIXTURE_T0),
        rec_hold("a b", 5, FIXTURE_T0),
        rec_pace(FIXTURE_T0),
        rec_rotate(1, ROTATION_CREATED, "0123456789abcdef", "ab", FIXTURE_T0),
        rec_close(0, "", FIXTURE_T0)};
    struct record_reader *rr = record_reader_new();
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        struct buf line = line_of(&kinds[k], 3, 2, 7);
        struct record back;
        for (size_t i = 0; i + 1 < line.len; i++) {
            char was = line.data[i];
            for (int change = 1; change < 256; change++) {
                uint32_t link = 7;
                line.data[i] = (char)(was ^ change);
                assert_int_equal(record_read(rr, line.data, line.len - 1, 3, &link, &back),
                                 LINE_BAD_SUM);
                assert_int_equal(link, 7);
            }
            line.data[i] = was;
        }
        for (size_t len = 0; len + 1 < line.len; len++) {
            uint32_t link = 7;
            assert_int_equal(record_read(rr, line.data, len, 3, &link, &back), LINE_BAD_SUM);
        }
        buf_free(&line);
    }
    record_reader_free(rr);
}

static void links_and_numbers(void **state)
{
    (void)state;
    struct record_reader *rr = record_reader_new();
    struct record r = rec_try("1-20", FIXTURE_T0), back;
    struct buf line = line_of(&r, 3, 2, 7);
    uint32_t link = 8, sum;
    assert_int_equal(record_read(rr, line.data, line.len - 1, 3, &link, &back), LINE_BAD_LINK);
    assert_int_equal(link, 8);
    assert_int_equal(back.seq, 3);
    assert_string_equal(back.try.rows, "1-20");
    link = 7;
    assert_int_equal(record_read(rr, line.data, line.len - 1, 4, &link, &back), LINE_BAD_LINK);
    assert_int_equal(record_read(rr, line.data, line.len - 1, 3, &link, &back), LINE_GOOD);
    assert_true(record_sum(line.data, line.len - 1, &sum));
    assert_int_equal(link, sum);
    assert_int_not_equal(link, 7);
    buf_free(&line);
    record_reader_free(rr);
}

static void malformed_lines_table(void **state)
{
    (void)state;
#define END_WITH(row, tail)                                                                        \
    "\"end\"" AT ",\"row\":" row ",\"provider\":\"openrouter\",\"kind\":\"key\",\"id\":\"" ID0     \
    "\",\"outcome\":\"revoked\",\"status\":200,\"attempts\":2" tail
#define PACED(in_flight, bound)                                                                    \
    "\"pace\"" AT ",\"sent\":1,\"http_429\":1,\"http_5xx\":1,\"network_errors\":1,"                \
    "\"rate\":1.0,\"in_flight\":" in_flight ",\"rtt_ms\":1.5,\"bound\":" bound
#define FOUND_WITH(row, verified, tail)                                                            \
    "\"verify\"" AT ",\"row\":" row ",\"provider\":\"openrouter\",\"kind\":\"key\",\"id\":\"" ID0  \
    "\",\"verified\":\"" verified "\",\"status\":404,\"ms\":1" tail
#define OPEN_WITH(origins)                                                                         \
    "\"open\"" AT ",\"run\":2,\"tool\":\"\",\"libcurl\":\"\",\"pid\":1,\"action\":\"\","           \
    "\"manifest\":{\"path\":\"\",\"sha256\":\"\",\"rows\":1,\"duplicates\":1,\"rejected\":2},"     \
    "\"targets\":7,\"digest\":\"\",\"listed\":\"\",\"shard\":\"\",\"origins\":" origins            \
    ",\"options\":{}"
    static const struct {
        const char *body;
        enum line_state expected;
    } rows[] = {
        {END_WITH("1", ",\"ms\":31"), LINE_GOOD},
        {END_WITH("4294967295", ",\"ms\":31"), LINE_GOOD},
        {END_WITH("0", ",\"ms\":31"), LINE_MALFORMED},
        {END_WITH("4294967296", ",\"ms\":31"), LINE_MALFORMED},
        {END_WITH("01", ",\"ms\":31"), LINE_MALFORMED},
        {END_WITH("-1", ",\"ms\":31"), LINE_MALFORMED},
        {END_WITH("", ",\"ms\":31"), LINE_MALFORMED},
        {END_WITH("1", ""), LINE_MALFORMED},
        {END_WITH("1", ",\"ms\":31 "), LINE_MALFORMED},
        {END_WITH("1", ",\"ms\": 31"), LINE_MALFORMED},
        {END_WITH("1", ",\"ms\":31,\"more\":1"), LINE_MALFORMED},
        {END_WITH("1", ",\"ms\":31,\"applied\":false"), LINE_MALFORMED},
        {END_WITH("1", ",\"ms\":31,\"error\":\"\""), LINE_MALFORMED},
        {END_WITH("1", ",\"ms\":31,\"error\":\"x"), LINE_MALFORMED},
        {END_WITH("1", ",\"ms\":31,\"error\":\"\xff\""), LINE_MALFORMED},
        {END_WITH("1", ",\"ms\":31,\"error\":\"\\u000A\""), LINE_MALFORMED},
        {END_WITH("1", ",\"ms\":31,\"error\":\"\\u0041\""), LINE_MALFORMED},
        {END_WITH("1", ",\"ms\":31,\"error\":\"\\u0000\""), LINE_MALFORMED},
        {END_WITH("1", ",\"ms\":31,\"error\":\"\\n\""), LINE_MALFORMED},
        {END_WITH("1", ",\"ms\":31,\"error\":\"\t\""), LINE_MALFORMED},
        {END_WITH("1", ",\"ms\":31,\"error\":\"\\"), LINE_MALFORMED},
        {END_WITH("1", ",\"ms\":31,\"error\":\"\\u00"), LINE_MALFORMED},
        {"\"end\"", LINE_MALFORMED},
        {"\"end\"" AT, LINE_MALFORMED},
        {"\"ends\"" AT ",\"row\":1", LINE_MALFORMED},
        {"\"end\",\"at\":\"2026-11-21T25:40:00.123Z\",\"row\":1", LINE_MALFORMED},
        {"\"try\",\"at\":\"2026-11-21T05:40:60.123Z\",\"row\":1,\"attempts\":1,\"status\":5,"
         "\"applied\":true,\"error\":\"\"",
         LINE_MALFORMED},
        {"\"try\",\"at\":\"2026-02-30T05:40:00.123Z\",\"row\":1,\"attempts\":1,\"status\":5,"
         "\"applied\":true,\"error\":\"\"",
         LINE_MALFORMED},
        {"\"try\"" AT ",\"row\":1,\"attempts\":1,\"status\":5,\"applied\":1,\"error\":\"\"",
         LINE_MALFORMED},
        {"\"try\"" AT ",\"rows\":\"1\",\"sent\":1,\"http_429\":1,\"http_5xx\":1,"
         "\"network_errors\":1,\"rate\":1",
         LINE_MALFORMED},
        {PACED("1", "\"quota\""), LINE_GOOD},
        {PACED("1.0", "\"quota\""), LINE_MALFORMED},
        {PACED("1", "\"\""), LINE_MALFORMED},
        {PACED("1", "\"luck\""), LINE_MALFORMED},
        {PACED("1", "1"), LINE_MALFORMED},
        {"\"try\"" AT ",\"rows\":,\"row\":1,\"attempts\":1,\"status\":5,\"applied\":true,"
         "\"error\":\"\"",
         LINE_MALFORMED},
        {"\"close\"" AT ",\"exit_code\":256,\"reason\":\"\",\"unsent\":\"\",\"sent\":1,"
         "\"http_429\":1,\"http_5xx\":1,\"network_errors\":1",
         LINE_MALFORMED},
        {"\"close\"" AT ",\"exit_code\":0,\"reason\":\"\",\"unsent\":\"\",\"sent\":"
         "18446744073709551616,\"http_429\":1,\"http_5xx\":1,\"network_errors\":1",
         LINE_MALFORMED},
        {FOUND_WITH("1", "confirmed_absent", ""), LINE_GOOD},
        {FOUND_WITH("1", "unproven", ",\"error\":\"x\""), LINE_GOOD},
        {FOUND_WITH("1", "", ""), LINE_MALFORMED},
        {FOUND_WITH("1", "revoked", ""), LINE_MALFORMED},
        {FOUND_WITH("1", "confirmed_absentee", ""), LINE_MALFORMED},
        {FOUND_WITH("0", "unproven", ""), LINE_MALFORMED},
        {FOUND_WITH("1", "unproven", ",\"error\":\"\""), LINE_MALFORMED},
        {FOUND_WITH("1", "unproven", ",\"applied\":true"), LINE_MALFORMED},
        {"\"verify\"" AT ",\"rows\":\"1\",\"sent\":1,\"http_429\":1,\"http_5xx\":1,"
         "\"network_errors\":1",
         LINE_MALFORMED},
        {OPEN_WITH("{\"a\":\"b\"}"), LINE_GOOD},
        {OPEN_WITH("{\"a\":\"b\",\"a\":\"b\"}"), LINE_MALFORMED},
        {OPEN_WITH("{ }"), LINE_MALFORMED},
        {OPEN_WITH("null"), LINE_MALFORMED},
        {OPEN_WITH("{"), LINE_MALFORMED},
        {OPEN_WITH("{}}"), LINE_MALFORMED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf whole = {0};
        buf_puts(&whole, HEAD);
        buf_puts(&whole, rows[i].body);
        struct buf line = summed(whole.data);
        struct record back;
        if (read_line(line.data, line.len, 7, 0x2a, &back) != rows[i].expected)
            fail_msg("row %zu: %s", i, rows[i].body);
        if (rows[i].expected == LINE_MALFORMED) /* whole, but none of ours to begin with */
            assert_int_equal(read_line(line.data, line.len, 8, 0x2a, &back), LINE_BAD_SUM);
        buf_free(&whole);
        buf_free(&line);
    }
    read_line(NULL, 0, 0, 0, NULL);
}

/* The minute that is kept from the line before must be one from the start. */
static void a_time_of_zeros_is_none(void **state)
{
    (void)state;
    struct record first = rec_try("1", FIXTURE_T0), back;
    struct buf line = line_of(&first, 1, 1, 0);
    char *at = strstr(line.data, "2026-11-21T05:40");
    uint32_t sum;
    memset(at, 0, 16);
    sum = crc32c(0, line.data, line.len - 17);
    char suffix[18];
    snprintf(suffix, sizeof suffix, ",\"c\":\"%08x\"}", sum);
    memcpy(line.data + line.len - 17, suffix, 16);
    assert_int_equal(read_line(line.data, line.len - 1, 1, 0, &back), LINE_MALFORMED);
    read_line(NULL, 0, 0, 0, NULL);
    buf_free(&line);
}

static void what_cannot_be_read_is_not_written_in_silence(void **state)
{
    (void)state;
    struct record r = {.type = RECORD_OPEN,
                       .at_ms = FIXTURE_T0,
                       .open = {.origins = "not json", .manifest_path = "\xff\xfe.csv"}},
                  back;
    struct buf line = line_of(&r, 1, 1, 0);
    assert_non_null(strstr(line.data, "\"origins\":null"));
    assert_non_null(strstr(line.data, "\"path\":\"?\?.csv\""));
    assert_int_equal(read_line(line.data, line.len - 1, 1, 0, &back), LINE_MALFORMED);
    buf_free(&line);
    read_line(NULL, 0, 0, 0, NULL);
}

static void heads_of_broken_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_head;
    } rows[] = {
        {"{\"s\":7,\"b\":6,\"p\":\"0000002a\",\"type\":\"", true},
        {"{\"s\":7,\"b\":6,\"p\":\"0000002a\",\"type\":\"end\" and so on \xff", true},
        {"{\"s\":7,\"b\":6,\"p\":\"0000002A\",\"type\":\"end", false},
        {"{\"s\":7,\"b\":6,\"p\":\"0000002a\",\"typ", false},
        {"{\"s\":7,\"b\":6,\"p\":\"0000", false},
        {"{\"s\":07,\"b\":6,\"p\":\"0000002a\",\"type\":\"end", false},
        {"{\"s\":7", false},
        {"", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t seq = 0, batch = 0;
        assert_int_equal(record_head(rows[i].text, strlen(rows[i].text), &seq, &batch),
                         rows[i].is_head);
        if (rows[i].is_head)
            assert_true(seq == 7 && batch == 6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_bytes),
        cmocka_unit_test(fields_come_back),
        cmocka_unit_test(times_round_trip),
        cmocka_unit_test(every_changed_byte_shows),
        cmocka_unit_test(links_and_numbers),
        cmocka_unit_test(malformed_lines_table),
        cmocka_unit_test(a_time_of_zeros_is_none),
        cmocka_unit_test(what_cannot_be_read_is_not_written_in_silence),
        cmocka_unit_test(heads_of_broken_lines),
    };
    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
