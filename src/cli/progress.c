/* Drawing. The block of lines at the bottom of the screen is taken off and drawn again in one
 * write; what is told goes where it was. The cursor stays at the end of its last line, and is never
 * hidden, so a process that is killed leaves a usable terminal.
 *
 * A terminal that became narrower has wrapped the old lines, so what is taken off is counted in
 * rows of the present width. A line is one column shorter than the terminal, whose last column may
 * hold the cursor back.
 *
 * A terminal that was stopped (^S) or a pipe that nobody empties must not stop the run: without
 * room a drawing is skipped, and what was told waits. */

#include "cli/progress.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/events.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DRAW_US  ((int64_t)100000)
#define PLAIN_US (10 * (int64_t)1000000)
#define JSON_US  ((int64_t)1000000)
enum {
    LANES_MAX = 32,
    PLAIN_COLUMNS = 160,
    LEAST_COLUMNS = 20,
    WAITING_MAX = 65536, /* bytes told and not written; what comes then is counted only */
    PATIENCE_MS = 1000,  /* at the end */
};

enum style { STYLE_LIVE, STYLE_PLAIN, STYLE_QUIET, STYLE_JSON };

struct block {
    size_t lines;
    unsigned length[LANES_MAX + 2]; /* of each, escapes not counted */
};

struct progress {
    enum style style;
    int fd;
    bool colour;
    bool gone; /* nobody reads fd any more */
    int64_t next;
    struct events *events;
    struct buf told;           /* from events, a line each, on its way to `waiting` */
    struct buf waiting;        /* to be written above the block */
    struct buf text;           /* the block as it is to be; PROGRESS_JSON: the latest object */
    struct block block, shown; /* as it is to be, and as it is on the screen */
    bool written;              /* PROGRESS_JSON: the latest object */
};

static enum style choose_style(enum progress_mode mode, int fd)
{
    const char *term = getenv("TERM");
    switch (mode) {
    case PROGRESS_ALWAYS:
        return STYLE_LIVE;
    case PROGRESS_NEVER:
        return STYLE_QUIET;
    case PROGRESS_JSON:
        return STYLE_JSON;
    case PROGRESS_AUTO:
        break;
    }
    return isatty(fd) && term && strcmp(term, "dumb") != 0 ? STYLE_LIVE : STYLE_PLAIN;
}

struct progress *progress_new(enum progress_mode mode, int fd, bool colour)
{
    const char *no_color = getenv("NO_COLOR");
    struct progress *p = mem_zalloc(1, sizeof *p);
    p->style = choose_style(mode, fd);
    p->fd = fd;
    p->colour = colour && isatty(fd) && !(no_color && *no_color);
    p->events = events_new();
    p->next = clock_mono_us() + (p->style == STYLE_PLAIN ? PLAIN_US : 0);
    return p;
}

static void size_of_terminal(int fd, unsigned *columns, unsigned *rows)
{
    struct winsize size = {0};
    if (ioctl(fd, TIOCGWINSZ, &size) != 0)
        size.ws_col = 0;
    *columns = size.ws_col ? size.ws_col : 80;
    *rows = size.ws_row ? size.ws_row : 24;
    if (*columns < 2)
        *columns = 2;
}

static bool has_room(const struct progress *p, int patience_ms)
{
    struct pollfd ready = {.fd = p->fd, .events = POLLOUT};
    return poll(&ready, 1, patience_ms) != 0; /* an error too: the write will tell */
}

static void put(struct progress *p, const struct buf *text)
{
    for (size_t done = 0; done < text->len && !p->gone;) {
        ssize_t n = write(p->fd, text->data + done, text->len - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            p->gone = true;
    }
}

static void put_erase(const struct progress *p, struct buf *out)
{
    unsigned columns, screen;
    size_t rows = 0;
    if (!p->shown.lines)
        return;
    size_of_terminal(p->fd, &columns, &screen);
    for (size_t i = 0; i < p->shown.lines; i++)
        rows += p->shown.length[i] ? (p->shown.length[i] + columns - 1) / columns : 1;
    if (rows > screen)
        rows = screen;
    if (rows > 1)
        buf_printf(out, "\033[%zuA", rows - 1);
    buf_puts(out, "\r\033[J");
}

/* How much of what waits goes into one write: whole lines where they fit. */
static size_t portion(const struct buf *waiting)
{
    if (waiting->len <= PIPE_BUF)
        return waiting->len;
    const char *end = memrchr(waiting->data, '\n', PIPE_BUF);
    return end ? (size_t)(end - waiting->data) + 1 : PIPE_BUF;
}

/* Writes what waits, and draws the block below it. Where poll(2) sees room, PIPE_BUF bytes can be
 * written without waiting; more could not. */
static void refresh(struct progress *p, bool draw, int patience_ms)
{
    struct buf out = {0};
    bool last = false;
    while (!last && !p->gone && has_room(p, patience_ms)) {
        size_t len = portion(&p->waiting);
        last = len == p->waiting.len;
        buf_clear(&out);
        put_erase(p, &out);
        buf_put(&out, buf_text(&p->waiting), len);
        if (last && draw)
            buf_put(&out, buf_text(&p->text), p->text.len);
        p->shown = last && draw ? p->block : (struct block){0};
        put(p, &out);
        p->waiting.len -= len;
        if (len)
            memmove(p->waiting.data, p->waiting.data + len, p->waiting.len + 1);
    }
    buf_free(&out);
}

/* Puts what events told in line to be written, with the program's name before each line. */
static void take_told(struct progress *p, bool all)
{
    const char *line = buf_text(&p->told);
    for (size_t len; *line; line += len + (line[len] == '\n')) {
        len = strcspn(line, "\n");
        if (all || p->waiting.len < WAITING_MAX)
            buf_printf(&p->waiting, "rescind: %.*s\n", (int)len, line);
    }
    buf_clear(&p->told);
}

static const char *lane_colour(const struct lane_view *v)
{
    if (strcmp(v->state, "stopped") == 0 || strcmp(v->state, "down") == 0)
        return "\033[31m";
    return v->hold_left_us > 0 ? "\033[33m" : v->failed ? "\033[35m" : NULL;
}

static void add_line(struct progress *p, const char *text, unsigned columns, const char *colour)
{
    size_t len = strlen(text);
    if (len > columns)
        len = columns;
    if (p->block.lines)
        buf_putc(&p->text, '\n');
    if (colour && p->colour)
        buf_puts(&p->text, colour);
    buf_put(&p->text, text, len);
    if (colour && p->colour)
        buf_puts(&p->text, "\033[0m");
    p->block.length[p->block.lines++] = (unsigned)len;
}

/* Of hundreds of lanes those come first that want attention, then those at work. */
static int urgency(const struct lane_view *v)
{
    return lane_colour(v) ? 2 : v->finished < v->targets;
}

static void add_to(struct lane_view *sum, const struct lane_view *v)
{
    sum->targets += v->targets;
    sum->finished += v->finished;
    sum->failed += v->failed;
    sum->rate += v->rate;
    if (v->finished < v->targets && (v->eta_us < 0 || sum->eta_us < 0))
        sum->eta_us = -1;
    else if (v->eta_us > sum->eta_us)
        sum->eta_us = v->eta_us;
}

static void tell_line(struct progress *p, const char *text, unsigned columns, const char *colour)
{
    (void)columns;
    (void)colour;
    buf_puts(&p->told, text);
    buf_putc(&p->told, '\n');
}

/* `most` lanes at most, and what the others come to. */
static void
put_lanes(struct progress *p, const struct run_view *view, size_t most, unsigned columns,
          void (*draw)(struct progress *p, const char *text, unsigned columns, const char *colour))
{
    unsigned wide =
        columns < LEAST_COLUMNS ? LEAST_COLUMNS : columns; /* and what is drawn is cut */
    char name[TEXT_COUNT + 8], count[TEXT_COUNT];
    struct lane_view others = {.name = name, .state = "running"};
    struct buf line = {0};
    size_t shown = 0;
    for (int u = 2; u >= 0; u--)
        for (size_t i = 0; i < view->lanes; i++) {
            const struct lane_view *v = &view->lane[i];
            if (view->lanes > most ? urgency(v) != u : u != 0)
                continue;
            if (shown == most) {
                add_to(&others, v);
                continue;
            }
            buf_clear(&line);
            progress_line(v, wide, &line);
            draw(p, buf_text(&line), columns, lane_colour(v));
            shown++;
        }
    buf_clear(&line);
    if (view->lanes > most) {
        snprintf(name, sizeof name, "%s more", text_count(view->lanes - most, count));
        progress_line(&others, wide, &line);
        draw(p, line.data, columns, NULL);
    }
    buf_free(&line);
}

static void make_block(struct progress *p, const struct run_view *view)
{
    unsigned columns, rows;
    struct buf line = {0};
    size_of_terminal(p->fd, &columns, &rows);
    columns--;
    size_t most = rows > 4 ? rows - 3 : 1;
    if (most > LANES_MAX)
        most = LANES_MAX;
    buf_clear(&p->text);
    p->block.lines = 0;
    put_lanes(p, view, most, columns, add_line);
    if (view->stopping) {
        unsigned in_flight = 0;
        for (size_t i = 0; i < view->lanes; i++)
            in_flight += view->lane[i].in_flight;
        buf_printf(&line, "stopping, %u in flight: ", in_flight);
        event_clean(view->stopping, &line);
        add_line(p, line.data, columns, "\033[33m");
    }
    buf_free(&line);
}

static void tick_live(struct progress *p, const struct run_view *view, int64_t now)
{
    if (now < p->next)
        return;
    p->next = now + DRAW_US;
    make_block(p, view);
    refresh(p, true, 0);
}

static void tick_plain(struct progress *p, const struct run_view *view, int64_t now)
{
    if (p->style == STYLE_PLAIN && now >= p->next) {
        p->next = now + PLAIN_US;
        put_lanes(p, view, LANES_MAX, PLAIN_COLUMNS, tell_line);
        take_told(p, false);
    }
    if (p->waiting.len)
        refresh(p, false, 0);
}

static void tick_json(struct progress *p, const struct run_view *view, int64_t now)
{
    buf_clear(&p->text);
    progress_json(view, clock_wall_ms(), &p->text);
    buf_putc(&p->text, '\n');
    p->written = now >= p->next && has_room(p, 0);
    if (p->written) {
        p->next = now + JSON_US;
        buf_put(&p->waiting, p->text.data, p->text.len);
    }
    if (p->waiting.len)
        refresh(p, false, 0);
}

void progress_tick(void *at, const struct run_view *view)
{
    struct progress *p = at;
    int64_t now = clock_mono_us();
    events_due(p->events, now, &p->told);
    take_told(p, false);
    if (p->style == STYLE_LIVE)
        tick_live(p, view, now);
    else if (p->style == STYLE_JSON)
        tick_json(p, view, now);
    else
        tick_plain(p, view, now);
}

static void tell_json(struct progress *p, const char *key, const char *line)
{
    char time[CLOCK_TEXT];
    struct buf clean = {0};
    buf_printf(&p->waiting,
               "{\"type\":\"event\",\"time\":\"%s\",\"key\":", clock_text(clock_wall_ms(), time));
    event_clean(key, &clean);
    buf_put_json_string(&p->waiting, buf_text(&clean));
    buf_clear(&clean);
    event_clean(line, &clean);
    buf_puts(&p->waiting, ",\"text\":");
    buf_put_json_string(&p->waiting, buf_text(&clean));
    buf_puts(&p->waiting, "}\n");
    buf_free(&clean);
}

void progress_tell(void *at, const char *key, const char *line)
{
    struct progress *p = at;
    if (p->style == STYLE_QUIET && strcmp(key, OBSERVER_GOOD_NEWS) == 0)
        return;
    if (p->style != STYLE_JSON) {
        events_add(p->events, key, line, clock_mono_us(), &p->told);
        take_told(p, !*key);
    } else if (!*key || p->waiting.len < WAITING_MAX) {
        tell_json(p, key, line);
    }
    if (p->waiting.len)
        refresh(p, p->style == STYLE_LIVE, 0);
}

void progress_free(struct progress *p)
{
    if (!p)
        return;
    events_end(p->events, &p->told);
    take_told(p, false);
    if (p->style == STYLE_JSON && !p->written)
        buf_put(&p->waiting, buf_text(&p->text), p->text.len); /* how it ended */
    refresh(p, false, PATIENCE_MS);
    buf_free(&p->told);
    buf_free(&p->waiting);
    buf_free(&p->text);
    events_free(p->events);
    free(p);
}
