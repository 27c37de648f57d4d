#include "cli/rawlines.h"

#include "base/locked.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROOM = 1 << 16, LINE_MAX_BYTES = ROOM - 1 };

struct rawlines {
    char *path;
    int fd;
    char *room;      /* ROOM bytes, locked */
    size_t at, end;  /* what is unread */
    size_t line_len; /* of the line that was handed out, with its end */
    uint64_t line;
    bool at_end;
};

struct rawlines *rawlines_open(const char *path, struct error *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        error_set(err, EXIT_NOINPUT, "%s:", path);
        return NULL;
    }
    struct rawlines *r = mem_zalloc(1, sizeof *r);
    r->path = mem_string(is_stdin ? "standard input" : path);
    r->fd = fd;
    r->room = locked_new(ROOM);
    if (r->room)
        return r;
    error_set(err, EXIT_NOINPUT, "%s: no memory for its keys:", path);
    rawlines_free(r);
    return NULL;
}

void rawlines_free(struct rawlines *r)
{
    if (!r)
        return;
    locked_free(r->room, ROOM);
    if (r->fd != STDIN_FILENO)
        close(r->fd);
    free(r->path);
    free(r);
}

/* Moves what is unread to the front, wipes what is behind it, and reads on. -1: EXIT_NOINPUT. */
static int fill(struct rawlines *r, struct error *err)
{
    size_t len = r->end - r->at;
    memmove(r->room, r->room + r->at, len);
    mem_wipe(r->room + len, ROOM - len);
    r->at = 0;
    r->end = len;
    for (;;) {
        ssize_t n = read(r->fd, r->room + len, LINE_MAX_BYTES - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_set(err, EXIT_NOINPUT, "%s:", r->path);
        r->end += (size_t)n;
        r->at_end = n == 0;
        return 0;
    }
}

/* The length of the next line, which is in the room as a whole; `*whole` is false for a piece of
 * one that has no room. */
static int next_line(struct rawlines *r, size_t *len, bool *whole, struct error *err)
{
    for (;;) {
        const char *newline = memchr(r->room + r->at, '\n', r->end - r->at);
        *len = newline ? (size_t)(newline - r->room) - r->at : r->end - r->at;
        *whole = newline || r->at_end;
        if (*whole || r->end - r->at == LINE_MAX_BYTES)
            return 0;
        if (fill(r, err) != 0)
            return -1;
    }
}

static void drop(struct rawlines *r, size_t len)
{
    mem_wipe(r->room + r->at, len);
    r->at += len;
}

/* Passes over the rest of a line that has no room. */
static int skip_line(struct rawlines *r, struct error *err)
{
    size_t len;
    bool whole = false;
    while (!whole) {
        if (next_line(r, &len, &whole, err) != 0)
            return -1;
        drop(r, len);
    }
    return 0;
}

static bool surrounds(char c)
{
    return c && strchr(" \t\r\v\f\"'`,;", c);
}

enum rawline rawlines_next(struct rawlines *r, const char **text, size_t *len, struct error *err)
{
    static const char bom[] = "\xef\xbb\xbf";
    for (;;) {
        bool whole;
        size_t n;
        drop(r, r->line_len);
        r->line_len = 0;
        if (next_line(r, &n, &whole, err) != 0)
            return RAWLINE_FAILED;
        if (r->at_end && r->at == r->end)
            return RAWLINE_END;
        r->line++;
        if (!whole) {
            if (skip_line(r, err) != 0)
                return RAWLINE_FAILED;
            r->line_len = r->at < r->end; /* its newline */
            return RAWLINE_LONG;
        }
        char *line = r->room + r->at;
        r->line_len = n + (r->at + n < r->end);
        line[n] = '\0'; /* the newline's place, or the last byte of the room */
        if (r->line == 1 && n >= 3 && memcmp(line, bom, 3) == 0) {
            line += 3;
            n -= 3;
        }
        while (n && surrounds(line[n - 1]))
            line[--n] = '\0';
        while (n && surrounds(*line)) {
            line++;
            n--;
        }
        *text = line;
        *len = n;
        if (n)
            return RAWLINE_TEXT;
    }
}

uint64_t rawlines_line(const struct rawlines *r)
{
    return r->line;
}
