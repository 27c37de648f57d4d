/* Progress: the line as a table over widths, and what goes to a pipe or a file. */

#include "progress_tests.h"

#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void lines(void **state)
{
    const struct lane_view running = {.name = "openrouter",
                                      .state = "running",
                                      .targets = 100000,
                                      .finished = 12345,
                                      .failed = 3,
                                      .rate = 98.4,
                                      .limit = 100,
                                      .eta_us = 892 * (int64_t)S};
    const struct lane_view holding = {.name = "requesty",
                                      .state = "holding",
                                      .targets = 500,
                                      .finished = 499,
                                      .rate = 0,
                                      .limit = 9.5,
                                      .hold_left_us = 26 * (int64_t)S + 1,
                                      .eta_us = S};
    const struct lane_view huge = {.name = "a-provider-with-a-very-long-name-of-its-own",
                                   .state = "running",
                                   .targets = UINT64_MAX,
                                   .finished = UINT64_MAX / 2,
                                   .failed = UINT64_MAX / 4,
                                   .rate = 1e9,
                                   .limit = 1e9,
                                   .eta_us = 300 * 86400 * (int64_t)S};
    const struct lane_view verifying = {.name = "openrouter",
                                        .state = "verifying",
                                        .targets = 40,
                                        .finished = 12,
                                        .failed = 2,
                                        .rate = 9.8,
                                        .eta_us = 3 * (int64_t)S};
    struct lane_view far = running;
    far.in_flight = 98;
    far.rtt_us = 201600;
    far.bound = "quota";
    struct lane_view odd = lane("baseten", "running", 0, 0);
    odd.rate = NAN;
    odd.limit = INFINITY;
    const struct lane_view down = lane("baseten", "down", 3, 9);
    const struct lane_view finished = {
        .name = "baseten", .state = "finished", .targets = 9, .finished = 9, .limit = 5};
    const struct lane_view preflight = lane("openrouter", "preflight", 0, 1200);
    const struct {
        const struct lane_view *lane;
        unsigned columns;
        const char *want;
    } rows[] = {
        {&running, 200,
         "openrouter   12,345/100,000   12%  98/s  limit 100/s  3 failed  eta 14m 52s"},
        {&running, 80,
         "openrouter   12,345/100,000   12%  98/s  limit 100/s  3 failed  eta 14m 52s"},
        {&far, 120,
         "openrouter   12,345/100,000   12%  98/s  limit 100/s  98 in flight, 202 ms, bound by "
         "quota  "
         "3 failed  eta 14m 52s"},
        {&far, 110, "openrouter   12,345/100,000   12%  98/s  limit 100/s  3 failed  eta 14m 52s"},
        {&running, 75,
         "openrouter   12,345/100,000   12%  98/s  limit 100/s  3 failed  eta 14m 52s"},
        {&running, 74, "openrouter   12,345/100,000   12%  98/s  3 failed  eta 14m 52s"},
        {&running, 62, "openrouter   12,345/100,000   12%  98/s  3 failed  eta 14m 52s"},
        {&running, 61, "openrouter   12,345/100,000   12%  98/s  3 failed"},
        {&running, 47, "openrouter   12%  98/s  3 failed"},
        {&running, 32, "openrouter   12%  98/s  3 failed"},
        {&running, 31, "openrouter   12%  3 failed"},
        {&running, 25, "openrouter   12%"},
        {&running, 20, "openrouter   12%"},
        {&holding, 80, "requesty    499/500   99%  hold 27s  limit 9.5/s  eta 1s"},
        {&holding, 20, "requesty     99%"},
        {&holding, 30, "requesty     99%  hold 27s"},
        {&down, 80, "baseten     3/9   33%  down"},
        {&verifying, 80, "openrouter  12/40   30%  verify 9.8/s  2 failed  eta 3s"},
        {&finished, 80, "baseten     9/9  100%  finished"},
        {&preflight, 80, "openrouter      0/1,200    0%  preflight"},
        {&odd, 80, "baseten     0/0    0%  0.0/s  limit 0.0/s"},
        {&huge, 20, "a-provider-wit   50%"},
    };
    struct buf got = {0};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        buf_clear(&got);
        progress_line(rows[i].lane, rows[i].columns, &got);
        assert_string_equal(buf_text(&got), rows[i].want);
    }
    const struct lane_view *all[] = {&running, &holding, &huge, &odd, &down, &finished};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        for (unsigned columns = 20; columns < 300; columns++) {
            buf_clear(&got);
            progress_line(all[i], columns, &got);
            assert_true(got.len <= columns);
            assert_true(strchr(buf_text(&got), '%') != NULL);
            assert_memory_equal(buf_text(&got), all[i]->name, 4);
            for (size_t c = 0; c < got.len; c++)
                assert_true(got.data[c] >= ' ' && got.data[c] <= '~');
        }
    }
    buf_free(&got);
}

static void json(void **state)
{
    struct lane_view lanes[2] = {lane("openrouter", "running", 12, 100),
                                 lane("x", "holding", 0, 1)};
    struct buf got = {0};
    (void)state;
    lanes[0].rate = 9.84;
    lanes[0].in_flight = 64;
    lanes[0].rtt_us = 203400;
    lanes[0].bound = "distance";
    lanes[0].eta_us = 8900000;
    lanes[1].hold_left_us = 1500000;
    lanes[1].limit = NAN;
    const struct run_view view = {.lane = lanes,
                                  .lanes = 2,
                                  .elapsed_us = 12300000,
                                  .deadline_left_us = -1,
                                  .stopping = "a \"signal\""};
    progress_json(&view, 1795239607123, &got);
    assert_string_equal(
        buf_text(&got),
        "{\"type\":\"progress\",\"time\":\"2026-11-21T05:40:07.123Z\",\"elapsed_s\":12.3,"
        "\"deadline_left_s\":null,\"stopping\":\"a \\\"signal\\\"\",\"providers\":["
        "{\"provider\":\"openrouter\",\"state\":\"running\",\"targets\":100,\"finished\":12,"
        "\"done\":12,\"failed\":0,\"sent\":0,\"http_429\":0,\"retries\":0,\"in_flight\":64,"
        "\"rtt_ms\":203.4,\"bound\":\"distance\",\"rate\":9.8,\"pace\":0.0,\"limit\":0.0,\"hold_"
        "left_s\":null,\"eta_s\":8.9},"
        "{\"provider\":\"x\",\"state\":\"holding\",\"targets\":1,\"finished\":0,\"done\":0,"
        "\"failed\":0,\"sent\":0,\"http_429\":0,\"retries\":0,\"in_flight\":0,\"rtt_ms\":null,"
        "\"bound\":null,\"rate\":0.0,"
        "\"pace\":0.0,\"limit\":0.0,\"hold_left_s\":1.5,\"eta_s\":null}]}");
    json_t *parsed = json_loads(buf_text(&got), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(parsed);
    json_decref(parsed);
    buf_free(&got);
}

static int new_pipe(int *write_end)
{
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    *write_end = ends[1];
    return ends[0];
}

static void without_a_terminal(void **state)
{
    static const struct {
        enum progress_mode mode;
        int lines; /* in 35 s */
    } rows[] = {{PROGRESS_AUTO, 3}, {PROGRESS_NEVER, 0}, {PROGRESS_JSON, 36}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int out, in = new_pipe(&out);
        struct buf got = {0};
        struct lane_view l = lane("openrouter", "running", 0, 1000);
        fake_us = 0;
        struct progress *p = progress_new(rows[i].mode, out, true);
        for (; fake_us <= 35 * (int64_t)S; fake_us += 100000) {
            const struct run_view view = one_lane(&l);
            progress_tick(p, &view);
            l.finished++;
        }
        drain(in, &got);
        int count = 0;
        for (const char *c = buf_text(&got); *c; c++)
            count += *c == '\n';
        assert_int_equal(count, rows[i].lines);
        assert_null(strchr(buf_text(&got), '\033'));
        progress_free(p);
        close(out);
        close(in);
        buf_free(&got);
    }
}

static void plain_text(void **state)
{
    int out, in = new_pipe(&out);
    struct buf got = {0};
    struct lane_view lanes[] = {lane("openrouter", "running", 5, 10),
                                lane("baseten", "holding", 1, 4)};
    const struct run_view view = {.lane = lanes, .lanes = 2, .deadline_left_us = -1};
    (void)state;
    lanes[1].hold_left_us = S;
    fake_us = 0;
    struct progress *p = progress_new(PROGRESS_AUTO, out, true);
    progress_tick(p, &view);
    progress_tell(p, "k", "openrouter: 500: no");
    progress_tell(p, "k", "openrouter: 500: no");
    fake_us = 10 * (int64_t)S;
    progress_tick(p, &view);
    progress_tell(p, "k", "openrouter: 500: no");
    progress_free(p);
    drain(in, &got);
    assert_string_equal(buf_text(&got), "rescind: openrouter: 500: no\n"
                                        "rescind: openrouter: 500: no (2 times)\n"
                                        "rescind: openrouter   5/10   50%  0.0/s\n"
                                        "rescind: baseten     1/4   25%  hold 1s\n"
                                        "rescind: openrouter: 500: no (3 times)\n");
    close(out);
    close(in);
    buf_free(&got);
}

static void json_lines(void **state)
{
    int out, in = new_pipe(&out);
    struct buf got = {0};
    struct lane_view l = lane("openrouter", "running", 1, 10);
    (void)state;
    fake_us = 0;
    struct progress *p = progress_new(PROGRESS_JSON, out, true);
    struct run_view view = one_lane(&l);
    progress_tick(p, &view);
    progress_tell(p, "k", "a \x1b[2J \"b\"");
    progress_tell(p, "k", "the same");
    l.finished = 10;
    fake_us = 300000;
    progress_tick(p, &view);
    progress_free(p); /* tells how it ended */
    drain(in, &got);
    const char *const want[][2] = {
        {"\"type\":\"progress\"", "\"finished\":1,"},
        {"\"type\":\"event\"", "\"text\":\"a ?[2J \\\"b\\\"\""},
        {"\"type\":\"event\"", "\"text\":\"the same\""},
        {"\"type\":\"progress\"", "\"finished\":10,"},
    };
    char *line = strtok(got.data, "\n");
    for (size_t i = 0; i < sizeof want / sizeof *want; i++, line = strtok(NULL, "\n")) {
        assert_non_null(line);
        json_t *parsed = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(parsed);
        json_decref(parsed);
        assert_non_null(strstr(line, want[i][0]));
        assert_non_null(strstr(line, want[i][1]));
    }
    assert_null(line);
    close(out);
    close(in);
    buf_free(&got);
}

/* A pipe that nobody empties: nothing blocks, nothing that was told first is lost. */
static void a_full_pipe_stops_nothing(void **state)
{
    int out, in = new_pipe(&out);
    struct buf got = {0};
    struct lane_view l = lane("openrouter", "running", 1, 10);
    struct run_view view = one_lane(&l);
    (void)state;
    fake_us = 0;
    struct progress *p = progress_new(PROGRESS_JSON, out, false);
    for (int i = 0; i < 2000; i++) {
        progress_tell(p, "k", "an event that takes some room in the pipe");
        progress_tick(p, &view);
        fake_us += S;
    }
    drain(in, &got);
    assert_true(got.len > 32768);
    buf_clear(&got);
    progress_tick(p, &view);
    drain(in, &got);
    assert_memory_equal(buf_text(&got), "{\"type\":\"", 9);
    progress_free(p);
    close(out);
    close(in);
    buf_free(&got);
}

static void a_closed_pipe_stops_nothing(void **state)
{
    int out, in = new_pipe(&out);
    struct lane_view l = lane("openrouter", "running", 1, 10);
    struct run_view view = one_lane(&l);
    (void)state;
    close(in);
    fake_us = 0;
    struct progress *p = progress_new(PROGRESS_JSON, out, false);
    for (int i = 0; i < 10; i++, fake_us += S) {
        progress_tell(p, "k", "x");
        progress_tick(p, &view);
    }
    progress_free(p);
    close(out);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),
        cmocka_unit_test(json),
        cmocka_unit_test(without_a_terminal),
        cmocka_unit_test(plain_text),
        cmocka_unit_test(json_lines),
        cmocka_unit_test(a_full_pipe_stops_nothing),
        cmocka_unit_test(a_closed_pipe_stops_nothing),
    };
    clock_set(&fake_clock);
    signal(SIGPIPE, SIG_IGN); /* as the program does */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
