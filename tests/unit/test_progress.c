/* Progress: the line as a table over widths, events as a table over time, and what a terminal
 * shows, read from a pty by a small terminal of the test's own. */

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "cli/events.h"
#include "cli/progress.h"

#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

static int64_t fake_us;

static int64_t mono(void)
{
    return fake_us;
}

static int64_t wall(void)
{
    return 1795239607000 + fake_us / 1000;
}

static const struct clock_source fake_clock = {mono, wall};

static struct lane_view lane(const char *name, const char *state, uint64_t finished,
                             uint64_t targets)
{
    return (struct lane_view){.name = name,
                              .state = state,
                              .targets = targets,
                              .finished = finished,
                              .done = finished,
                              .eta_us = -1};
}

enum { S = 1000000 };

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
        "\"done\":12,\"failed\":0,\"sent\":0,\"http_429\":0,\"retries\":0,\"in_flight\":0,"
        "\"rate\":9.8,\"pace\":0.0,\"limit\":0.0,\"hold_left_s\":null,\"eta_s\":8.9},"
        "{\"provider\":\"x\",\"state\":\"holding\",\"targets\":1,\"finished\":0,\"done\":0,"
        "\"failed\":0,\"sent\":0,\"http_429\":0,\"retries\":0,\"in_flight\":0,\"rate\":0.0,"
        "\"pace\":0.0,\"limit\":0.0,\"hold_left_s\":1.5,\"eta_s\":null}]}");
    json_t *parsed = json_loads(buf_text(&got), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(parsed);
    json_decref(parsed);
    buf_free(&got);
}

static void cleaning(void **state)
{
    static const struct {
        const char *line, *want;
    } rows[] = {
        {"plain", "plain"},
        {"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x94\x91",
         "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x94\x91"},
        {"a\nb\rc\td", "a?b?c?d"},
        {"\x1b[2J\x7f", "?[2J?"},
        {"\xc2\x9b"
         "2J \xc2\xa0",
         "?2J \xc2\xa0"}, /* CSI in its 8-bit form; U+00A0 is none */
        {"\xff\xc3", "??"},
    };
    struct buf got = {0}, longest = {0};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        buf_clear(&got);
        event_clean(rows[i].line, &got);
        assert_string_equal(buf_text(&got), rows[i].want);
    }
    for (int i = 0; i < EVENT_MAX; i++)
        buf_puts(&longest, "\xe2\x82\xac");
    buf_clear(&got);
    event_clean(buf_text(&longest), &got);
    assert_true(got.len <= EVENT_MAX + 3);
    assert_string_equal(got.data + got.len - 6, "\xe2\x82\xac...");
    buf_free(&got);
    buf_free(&longest);
}

/* One event of a key every `every` ms until `until`, looked at every 100 ms. */
static void grouping(void **state)
{
    static const struct {
        int every, until;
        const char *want;
    } rows[] = {
        {0, 0, "lost\n"},
        {100, 1000, "lost\nlost (11 times)\n"},
        {100, 10000, "lost\nlost (51 times)\nlost (101 times)\n"},
        {1, 9000, "lost\nlost (5,001 times)\nlost (9,001 times)\n"},
        {10000, 20000, "lost\nlost (2 times)\nlost (3 times)\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct events *e = events_new();
        struct buf told = {0};
        for (int ms = 0; ms <= rows[i].until; ms++) {
            if (!rows[i].every || ms % rows[i].every == 0)
                events_add(e, "k", "lost", ms * (int64_t)1000, &told);
            if (ms % 100 == 0)
                events_due(e, ms * (int64_t)1000, &told);
        }
        events_end(e, &told);
        assert_string_equal(buf_text(&told), rows[i].want);
        buf_clear(&told);
        events_end(e, &told);
        assert_string_equal(buf_text(&told), "");
        buf_free(&told);
        events_free(e);
    }
}

static void kinds_are_kept_apart(void **state)
{
    struct events *e = events_new();
    struct buf told = {0};
    (void)state;
    events_add(e, "a", "one", 0, &told);
    events_add(e, "b", "two", 0, &told);
    events_add(e, "a", "one again", 0, &told);
    events_add(e, "b", "two again", 0, &told);
    events_add(e, "b", "and again", 0, &told);
    events_end(e, &told);
    assert_string_equal(buf_text(&told), "one\ntwo\none again (2 times)\nand again (3 times)\n");
    events_free(e);
    buf_free(&told);
}

static void too_many_kinds_are_counted(void **state)
{
    struct events *e = events_new();
    struct buf told = {0};
    (void)state;
    for (int i = 0; i < EVENTS_KEYS + 1000; i++) {
        char key[16];
        snprintf(key, sizeof key, "%d", i);
        events_add(e, key, "x", 0, &told);
    }
    assert_int_equal(told.len, 2 * EVENTS_KEYS);
    buf_clear(&told);
    events_due(e, EVENTS_PAUSE_US - 1, &told);
    assert_string_equal(buf_text(&told), "");
    events_due(e, EVENTS_PAUSE_US, &told);
    assert_string_equal(buf_text(&told), "events of other kinds: 1,000\n");
    buf_clear(&told);
    events_end(e, &told);
    assert_string_equal(buf_text(&told), "");
    events_free(e);
    buf_free(&told);
}

/* What was written to a pipe so far. */
static void drain(int fd, struct buf *out)
{
    ssize_t n;
    while ((n = read(fd, buf_room(out, 4096), 4096)) > 0)
        out->len += (size_t)n;
    buf_puts(out, "");
}

static int new_pipe(int *write_end)
{
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    *write_end = ends[1];
    return ends[0];
}

static struct run_view one_lane(const struct lane_view *l)
{
    return (struct run_view){.lane = l, .lanes = 1, .deadline_left_us = -1};
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

/* A terminal of COLUMNS by ROWS that knows what progress writes: CR, LF, and the sequences A, J and
 * m. It wraps as xterm does: a full line leaves the cursor in its last column. */
enum { ROWS = 12, COLUMNS_MAX = 120 };

struct screen {
    char cell[ROWS][COLUMNS_MAX + 1];
    int columns, row, column;
};

static void scroll(struct screen *s)
{
    if (++s->row < ROWS)
        return;
    s->row = ROWS - 1;
    memmove(s->cell[0], s->cell[1], sizeof s->cell - sizeof *s->cell);
    memset(s->cell[ROWS - 1], 0, sizeof *s->cell);
}

static void print(struct screen *s, char c)
{
    if (s->column == s->columns) {
        s->column = 0;
        scroll(s);
    }
    char *line = s->cell[s->row];
    for (int i = 0; i < s->column; i++)
        if (!line[i])
            line[i] = ' ';
    line[s->column++] = c;
}

static const char *escape(struct screen *s, const char *at)
{
    int n = 0;
    assert_int_equal(*at++, '[');
    while (*at >= '0' && *at <= '9')
        n = n * 10 + *at++ - '0';
    if (*at == 'A') {
        s->row = s->row > n ? s->row - n : 0;
    } else if (*at == 'J') {
        memset(s->cell[s->row] + s->column, 0, sizeof *s->cell - (size_t)s->column);
        for (int i = s->row + 1; i < ROWS; i++)
            memset(s->cell[i], 0, sizeof *s->cell);
    } else {
        assert_int_equal(*at, 'm');
    }
    return at + 1;
}

static void show(struct screen *s, const char *text)
{
    while (*text) {
        if (*text == '\033') {
            text = escape(s, text + 1);
        } else if (*text == '\r') {
            s->column = 0;
            text++;
        } else if (*text == '\n') {
            scroll(s);
            text++;
        } else {
            print(s, *text++);
        }
    }
}

/* A narrower terminal: the lines are wrapped anew, as VTE and others do. */
static void narrow(struct screen *s, int columns)
{
    struct screen next = {.columns = columns};
    for (int i = 0; i <= s->row; i++) {
        for (const char *c = s->cell[i]; *c; c++)
            print(&next, *c);
        if (i < s->row) {
            next.column = 0;
            scroll(&next);
        }
    }
    *s = next;
}

static void resize(int fd, int columns)
{
    const struct winsize size = {.ws_row = ROWS, .ws_col = (unsigned short)columns};
    assert_int_equal(ioctl(fd, TIOCSWINSZ, &size), 0);
}

static int new_terminal(int *slave, int columns)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    *slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(*slave >= 0);
    resize(master, columns);
    return master;
}

static void read_screen(int master, struct screen *s)
{
    struct buf got = {0};
    drain(master, &got);
    show(s, buf_text(&got));
    buf_free(&got);
}

static void check_screen(const struct screen *s, const char *const *want)
{
    for (int i = 0; i < ROWS; i++)
        assert_string_equal(s->cell[i], *want ? *want++ : "");
}

static void on_a_terminal(void **state)
{
    int slave, master = new_terminal(&slave, 80);
    struct screen screen = {.columns = 80};
    struct lane_view lanes[] = {lane("openrouter", "running", 500, 1000),
                                lane("baseten", "stopped", 1, 4)};
    struct run_view view = {.lane = lanes, .lanes = 2, .deadline_left_us = -1};
    (void)state;
    lanes[0].rate = 50;
    lanes[0].eta_us = 10 * (int64_t)S;
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    show(&screen, "$ rescind run k.csv\r\n");
    fake_us = 0;
    struct progress *p = progress_new(PROGRESS_AUTO, slave, true);
    progress_tick(p, &view);
    read_screen(master, &screen);
    check_screen(&screen, (const char *[]){"$ rescind run k.csv",
                                           "openrouter    500/1,000   50%  50/s  eta 10s",
                                           "baseten     1/4   25%  stopped", NULL});
    /* an event goes above, the block stays */
    progress_tell(p, "k", "baseten: 401: bad credential");
    read_screen(master, &screen);
    const char *told = "rescind: baseten: 401: bad credential";
    check_screen(&screen, (const char *[]){"$ rescind run k.csv", told,
                                           "openrouter    500/1,000   50%  50/s  eta 10s",
                                           "baseten     1/4   25%  stopped", NULL});
    /* a line for why it stops; fewer lines again are no trouble */
    view.stopping = "interrupted";
    lanes[0].in_flight = 7;
    fake_us += 100000;
    progress_tick(p, &view);
    read_screen(master, &screen);
    check_screen(&screen, (const char *[]){"$ rescind run k.csv", told,
                                           "openrouter    500/1,000   50%  50/s  eta 10s",
                                           "baseten     1/4   25%  stopped",
                                           "stopping, 7 in flight: interrupted", NULL});
    view.stopping = NULL;
    view.lanes = 1;
    fake_us += 100000;
    progress_tick(p, &view);
    read_screen(master, &screen);
    check_screen(&screen, (const char *[]){"$ rescind run k.csv", told,
                                           "openrouter    500/1,000   50%  50/s  eta 10s", NULL});
    /* narrower: the old line has become two rows */
    resize(master, 30);
    narrow(&screen, 30);
    fake_us += 100000;
    progress_tick(p, &view);
    read_screen(master, &screen);
    check_screen(&screen, (const char *[]){"$ rescind run k.csv", "rescind: baseten: 401: bad cre",
                                           "dential", "openrouter   50%  50/s", NULL});
    progress_tell(p, "k", "baseten: 401: bad credential");
    progress_free(p);
    read_screen(master, &screen);
    show(&screen, "done");
    check_screen(&screen, (const char *[]){"$ rescind run k.csv", "rescind: baseten: 401: bad cre",
                                           "dential", "rescind: baseten: 401: bad cre",
                                           "dential (2 times)", "done", NULL});
    close(slave);
    close(master);
}

static void redraws_are_bounded(void **state)
{
    int slave, master = new_terminal(&slave, 80);
    struct lane_view l = lane("openrouter", "running", 1, 10);
    const struct run_view view = one_lane(&l);
    struct buf got = {0};
    int draws = 0;
    (void)state;
    setenv("TERM", "xterm", 1);
    fake_us = 0;
    struct progress *p = progress_new(PROGRESS_AUTO, slave, true);
    for (; fake_us < 2 * S; fake_us += 1000) {
        progress_tick(p, &view);
        drain(master, &got);
    }
    for (const char *at = buf_text(&got); (at = strstr(at, "openrouter")); at++)
        draws++;
    assert_int_equal(draws, 20);
    progress_free(p);
    buf_free(&got);
    close(slave);
    close(master);
}

static void colour(void **state)
{
    static const struct {
        bool wanted;
        const char *no_color, *term;
        enum progress_mode mode;
        bool live, coloured;
    } rows[] = {
        {true, NULL, "xterm", PROGRESS_AUTO, true, true},
        {true, "", "xterm", PROGRESS_AUTO, true, true},
        {true, "1", "xterm", PROGRESS_AUTO, true, false},
        {false, NULL, "xterm", PROGRESS_AUTO, true, false},
        {true, NULL, "dumb", PROGRESS_AUTO, false, false},
        {true, NULL, "dumb", PROGRESS_ALWAYS, true, true},
        {true, NULL, "xterm", PROGRESS_NEVER, false, false},
        {true, NULL, "xterm", PROGRESS_JSON, false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int slave, master = new_terminal(&slave, 80);
        struct lane_view l = lane("openrouter", "down", 1, 10);
        const struct run_view view = one_lane(&l);
        struct buf got = {0};
        setenv("TERM", rows[i].term, 1);
        unsetenv("NO_COLOR");
        if (rows[i].no_color)
            setenv("NO_COLOR", rows[i].no_color, 1);
        fake_us = 0;
        struct progress *p = progress_new(rows[i].mode, slave, rows[i].wanted);
        progress_tick(p, &view);
        fake_us += 100000;
        progress_tick(p, &view);
        drain(master, &got);
        assert_int_equal(strstr(buf_text(&got), "\033[J") != NULL, rows[i].live);
        assert_int_equal(strstr(buf_text(&got), "\033[31m") != NULL, rows[i].coloured);
        progress_free(p);
        buf_free(&got);
        close(slave);
        close(master);
    }
    unsetenv("NO_COLOR");
}

static void more_lanes_than_rows(void **state)
{
    int slave, master = new_terminal(&slave, 40);
    struct screen screen = {.columns = 40};
    struct lane_view lanes[40];
    const struct run_view view = {
        .lane = lanes, .lanes = 40, .deadline_left_us = -1, .stopping = "a deadline"};
    (void)state;
    for (int i = 0; i < 40; i++)
        lanes[i] = lane("lane", "running", 1, 2);
    setenv("TERM", "xterm", 1);
    fake_us = 0;
    struct progress *p = progress_new(PROGRESS_AUTO, slave, false);
    for (int i = 0; i < 3; i++, fake_us += 100000)
        progress_tick(p, &view);
    read_screen(master, &screen);
    for (int i = 0; i < 9; i++)
        assert_string_equal(screen.cell[i], "lane        1/2   50%  0.0/s");
    assert_string_equal(screen.cell[9], "and 31 more");
    assert_string_equal(screen.cell[10], "stopping, 0 in flight: a deadline");
    progress_free(p);
    read_screen(master, &screen);
    check_screen(&screen, (const char *[]){NULL});
    close(slave);
    close(master);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),
        cmocka_unit_test(json),
        cmocka_unit_test(cleaning),
        cmocka_unit_test(grouping),
        cmocka_unit_test(kinds_are_kept_apart),
        cmocka_unit_test(too_many_kinds_are_counted),
        cmocka_unit_test(without_a_terminal),
        cmocka_unit_test(plain_text),
        cmocka_unit_test(json_lines),
        cmocka_unit_test(a_full_pipe_stops_nothing),
        cmocka_unit_test(a_closed_pipe_stops_nothing),
        cmocka_unit_test(on_a_terminal),
        cmocka_unit_test(redraws_are_bounded),
        cmocka_unit_test(colour),
        cmocka_unit_test(more_lanes_than_rows),
    };
    clock_set(&fake_clock);
    signal(SIGPIPE, SIG_IGN); /* as the program does */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
