#include "wire/trace.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "provider/mask.h"
#include "provider/request.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct trace {
    int fd;
    struct buf line;
};

#define NO_FILE "RESCIND_TRACE: %s is no regular file; nothing was sent"

/* Only a regular file of ours that nobody else can read: what is in it names targets. */
static int check(int fd, const char *path, struct error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return error_set(err, EXIT_CANTCREATE, "RESCIND_TRACE: %s:", path);
    if (!S_ISREG(st.st_mode))
        return error_set(err, EXIT_REFUSED,
                         "RESCIND_TRACE: %s is no regular file; nothing was sent", path);
    if (st.st_uid != geteuid())
        return error_set(err, EXIT_REFUSED,
                         "RESCIND_TRACE: %s belongs to another user; nothing was sent", path);
    if (st.st_mode & 077)
        return error_set(err, EXIT_REFUSED,
                         "RESCIND_TRACE: others may read %s (mode %04o): chmod 600 it, or name "
                         "another; nothing was sent",
                         path, (unsigned)(st.st_mode & 07777));
    return 0;
}

int trace_open(struct trace **out, struct error *err)
{
    const char *path = getenv("RESCIND_TRACE");
    *out = NULL;
    if (!path || !*path)
        return 0;
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    if (fd < 0 && errno == ELOOP)
        return error_set(err, EXIT_REFUSED, "RESCIND_TRACE: %s is a link; nothing was sent", path);
    if (fd < 0 && errno == ENXIO) /* a pipe that nobody reads */
        return error_set(err, EXIT_REFUSED, NO_FILE, path);
    if (fd < 0)
        return error_set(err, EXIT_CANTCREATE, "RESCIND_TRACE: %s:", path);
    if (check(fd, path, err) != 0) {
        close(fd);
        return -1;
    }
    *out = mem_zalloc(1, sizeof **out);
    (*out)->fd = fd;
    return 0;
}

void trace_close(struct trace *t)
{
    if (!t)
        return;
    close(t->fd);
    buf_free(&t->line);
    free(t);
}

/* Of "https://host/path?query" the path. */
static void put_path(struct buf *out, const char *url)
{
    const char *path = base_url_path(url);
    mask_put(out, path, strcspn(path, "?"));
}

void trace_put(struct trace *t, const struct trace_step *step)
{
    char now[CLOCK_TEXT], span[TEXT_SPAN];
    if (!t)
        return;
    buf_clear(&t->line);
    buf_printf(&t->line, "%s %s %s %s ", clock_text(clock_wall_ms(), now), step->lane,
               step->verdict ? "<" : ">", step->method);
    put_path(&t->line, step->url);
    if (step->verdict)
        buf_printf(&t->line, " %d %s", step->status, step->verdict);
    buf_printf(&t->line, " pace %.1f", step->pace);
    if (step->hold_us > 0)
        buf_printf(&t->line, " wait %s", text_span(step->hold_us, span));
    buf_putc(&t->line, '\n');
    /* A full disk must not end a run for the sake of its trace. */
    ssize_t ignored = write(t->fd, t->line.data, t->line.len);
    (void)ignored;
}
