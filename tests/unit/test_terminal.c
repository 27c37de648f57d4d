/* Progress on a terminal: what its screen shows, read from a pseudo-terminal by a small terminal of
 * the test's own. */

#include "progress_tests.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include <cmocka.h>

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

/* A line is cut to what there is of a row, and no row is left behind by the next drawing. */
static void a_narrow_terminal(void **state)
{
    int slave, master = new_terminal(&slave, 12);
    struct screen screen = {.columns = 12};
    struct lane_view l = lane("openrouter", "running", 1, 10);
    struct run_view view = one_lane(&l);
    (void)state;
    setenv("TERM", "xterm", 1);
    setenv("NO_COLOR", "1", 1);
    fake_us = 0;
    struct progress *p = progress_new(PROGRESS_AUTO, slave, true);
    for (int i = 0; i < 3; i++) {
        progress_tick(p, &view);
        read_screen(master, &screen);
        check_screen(&screen, (const char *[]){"openrouter ", NULL});
        fake_us += 100000;
    }
    progress_free(p);
    unsetenv("NO_COLOR");
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
    lanes[35] = lane("ill", "down", 0, 2); /* is shown first */
    lanes[39].failed = lanes[0].finished = 2;
    lanes[15].rate = lanes[37].rate = 3;
    lanes[37].eta_us = 7000000;
    setenv("TERM", "xterm", 1);
    fake_us = 0;
    struct progress *p = progress_new(PROGRESS_AUTO, slave, false);
    for (int i = 0; i < 3; i++, fake_us += 100000)
        progress_tick(p, &view);
    read_screen(master, &screen);
    assert_string_equal(screen.cell[0], "ill         0/2    0%  down");
    assert_string_equal(screen.cell[1], "lane        1/2   50%  0.0/s  2 failed");
    for (int i = 2; i < 9; i++)
        assert_string_equal(screen.cell[i], "lane        1/2   50%  0.0/s");
    assert_string_equal(screen.cell[9], "31 more     32/62   51%  6.0/s");
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
        cmocka_unit_test(on_a_terminal),        cmocka_unit_test(a_narrow_terminal),
        cmocka_unit_test(redraws_are_bounded),  cmocka_unit_test(colour),
        cmocka_unit_test(more_lanes_than_rows),
    };
    clock_set(&fake_clock);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
