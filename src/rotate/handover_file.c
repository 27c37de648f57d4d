#include "rotate/handover.h"

#include "base/buf.h"
#include "base/durable.h"
#include "base/mem.h"
#include "provider/own_id.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char header[] = "old_hash,new_hash,name,key\n";
enum { HEADER = sizeof header - 1 };

struct secrets_file {
    int fd;
    char *path;
    off_t size;
};

/* The file's bytes; wiped by drop(). */
static char *load(const struct secrets_file *f)
{
    char *all = mem_alloc((size_t)f->size + 1);
    off_t got = 0;
    while (got < f->size) {
        ssize_t n = pread(f->fd, all + got, (size_t)(f->size - got), got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        got += n;
    }
    all[got] = '\0';
    if (got == f->size)
        return all;
    mem_wipe(all, (size_t)got);
    free(all);
    return NULL;
}

static void drop(char *all, off_t size)
{
    mem_wipe(all, (size_t)size);
    free(all);
}

/* Where the last whole row ends: a name may hold a newline between quotes. */
static off_t whole_rows(const char *all, off_t size)
{
    off_t end = 0;
    bool quoted = false;
    for (off_t i = 0; i < size; i++) {
        quoted ^= all[i] == '"';
        if (all[i] == '\n' && !quoted)
            end = i + 1;
    }
    return end;
}

/* The next cell of a row, undone in place; NULL where its quote is not closed. `*last`: no comma
 * follows. */
static char *next_cell(char **at, bool *last)
{
    char *from = *at, *to = *at, *cell = *at;
    bool quoted = *from == '"';
    from += quoted;
    for (; *from && (quoted || *from != ','); from++) {
        if (quoted && *from == '"' && *++from != '"')
            break;
        *to++ = *from;
    }
    if (quoted && from[-1] != '"')
        return NULL;
    *last = *from != ',';
    *at = from + !*last;
    *to = '\0';
    return cell;
}

/* Whether a row without its newline lacks nothing else: the key is that of its new_hash. */
static bool row_whole(const struct catalog *c, char *row)
{
    char *cell[4] = {0}, own[ID_MAX + 1];
    bool last = false;
    for (size_t i = 0; i < 4; i++)
        if (last || !(cell[i] = next_cell(&row, &last)))
            return false;
    for (size_t i = 0; last && i < catalog_count(c); i++)
        if (own_id_of_secret(catalog_at(c, i), cell[3], own) > 0 && strcmp(own, cell[1]) == 0)
            return true;
    return false;
}

/* What stands behind the last whole row. Ours is one row at most that a crash left unfinished; what
 * a person's editor made of the file is never cut. */
static int mend(struct secrets_file *f, const struct catalog *c, char *tail, off_t whole,
                struct error *err)
{
    if (strchr(tail, '\n'))
        return error_set(err, EXIT_REFUSED,
                         "%s: what follows byte %lld are no rows (a quote that is not closed?): "
                         "mend it, or name another file; nothing was sent",
                         f->path, (long long)whole);
    if (row_whole(c, tail)) {
        if (durable_append(f->fd, "\n", 1, f->size, err) != 0 || durable_sync(f->fd, err) != 0)
            return -1;
        f->size++;
        return 0;
    }
    f->size = whole;
    return durable_truncate(f->fd, whole, err);
}

static int check_form(struct secrets_file *f, const struct catalog *c, struct error *err)
{
    char *all = load(f);
    if (!all)
        return error_set(err, EXIT_NOINPUT, "%s cannot be read:", f->path);
    off_t size = f->size, whole = whole_rows(all, size);
    size_t begins = size < HEADER ? (size_t)size : HEADER;
    int result = 0;
    if (memcmp(all, header, begins) != 0)
        result = error_set(err, EXIT_REFUSED,
                           "%s: does not begin with old_hash,new_hash,name,key: not a file of "
                           "secrets; nothing was sent",
                           f->path);
    else if (whole != size)
        result = mend(f, c, all + whole, whole, err);
    drop(all, size);
    return result;
}

static int check_mode(const struct secrets_file *f, const struct stat *st, struct error *err)
{
    if (!S_ISREG(st->st_mode))
        return error_set(err, EXIT_REFUSED, "%s: not a regular file; nothing was sent", f->path);
    if (st->st_uid != geteuid() || (st->st_mode & 077))
        return error_set(err, EXIT_REFUSED,
                         "%s: others can read it, or it is not yours (chmod 600); nothing was sent",
                         f->path);
    return 0;
}

static int prepare(struct secrets_file *f, const struct catalog *c, struct error *err)
{
    struct stat st;
    if (fstat(f->fd, &st) != 0)
        return error_set(err, EXIT_CANTCREATE, "%s:", f->path);
    if (check_mode(f, &st, err) != 0)
        return -1;
    int locked = durable_lock(f->fd, err);
    if (locked > 0)
        return error_set(err, EXIT_REFUSED, "%s: another process writes to it; nothing was sent",
                         f->path);
    if (locked < 0)
        return -1;
    f->size = st.st_size;
    if (check_form(f, c, err) != 0)
        return -1;
    if (f->size >= HEADER)
        return 0;
    if (f->size && durable_truncate(f->fd, 0, err) != 0)
        return -1;
    if (durable_append(f->fd, header, HEADER, 0, err) != 0 || durable_sync(f->fd, err) != 0)
        return -1;
    f->size = HEADER;
    return 0;
}

struct secrets_file *secrets_file_open(const char *path, const struct catalog *c, struct error *err)
{
    struct secrets_file *f = mem_zalloc(1, sizeof *f);
    f->path = mem_string(path);
    f->fd = durable_open_append(path, NULL, err);
    if (f->fd >= 0 && prepare(f, c, err) == 0)
        return f;
    secrets_file_close(f);
    return NULL;
}

void secrets_file_close(struct secrets_file *f)
{
    if (!f)
        return;
    if (f->fd >= 0)
        durable_close(f->fd);
    free(f->path);
    free(f);
}

/* A row in a file that has no name any more is lost as soon as we end. */
static int check_place(const struct secrets_file *f, struct error *err)
{
    struct stat named, ours;
    if (fstat(f->fd, &ours) != 0 || stat(f->path, &named) != 0 || named.st_dev != ours.st_dev ||
        named.st_ino != ours.st_ino)
        return error_set(err, EXIT_IO, "%s was moved or deleted meanwhile", f->path);
    if (ours.st_size != f->size)
        return error_set(err, EXIT_IO, "%s was changed meanwhile, and not by this process",
                         f->path);
    return 0;
}

enum { CELLS = 4 };

/* Room for all of it is made before: growing would leave copies behind. */
static void put_rows(const struct rotate_secret *s, size_t count, struct buf *rows)
{
    size_t most = 1;
    for (size_t i = 0; i < count; i++)
        most +=
            2 * (strlen(s[i].old_id) + strlen(s[i].new_id) + strlen(s[i].name) + strlen(s[i].key)) +
            4 * CELLS;
    buf_room(rows, most);
    for (size_t i = 0; i < count; i++) {
        const char *const cells[CELLS] = {s[i].old_id, s[i].new_id, s[i].name, s[i].key};
        for (size_t k = 0; k < CELLS; k++) {
            if (k)
                buf_putc(rows, ',');
            buf_put_csv(rows, cells[k], strlen(cells[k]));
        }
        buf_putc(rows, '\n');
    }
}

int secrets_file_give(void *at, const struct rotate_secret *s, size_t count,
                      const struct handover_clerk *clerk, struct error *err)
{
    struct secrets_file *f = at;
    struct buf rows = {0};
    (void)clerk;
    if (check_place(f, err) != 0)
        return -1;
    put_rows(s, count, &rows);
    int result = durable_append(f->fd, rows.data, rows.len, f->size, err);
    if (result == 0)
        result = durable_sync(f->fd, err);
    if (result == 0)
        f->size += (off_t)rows.len;
    mem_wipe(rows.data, rows.cap);
    buf_free(&rows);
    return result;
}

bool secrets_file_given(void *at, const char *new_id)
{
    struct secrets_file *f = at;
    struct buf cell = {0};
    char *all = load(f);
    if (!all)
        return false;
    buf_putc(&cell, ',');
    buf_put_csv(&cell, new_id, strlen(new_id));
    buf_putc(&cell, ',');
    bool found = false;
    /* The second cell of a row: ids hold neither commas nor quotes nor newlines. */
    for (const char *hit = all; !found && (hit = strstr(hit, buf_text(&cell))); hit++) {
        const char *start = hit;
        while (start > all && start[-1] != '\n' && start[-1] != ',' && start[-1] != '"')
            start--;
        found = start > all && start[-1] == '\n';
    }
    drop(all, f->size);
    buf_free(&cell);
    /* It may have been written and never synced. */
    struct error unheard;
    return found && durable_sync(f->fd, &unheard) == 0;
}
