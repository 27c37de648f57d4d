/* Secrets, held in pages of their own (base/locked.h).
 *
 * A file is read straight into that mapping, never through stdio, whose
 * buffer would keep a copy.
 *
 * Invariant: no text that leaves this file holds a byte of a secret. NAME_FILE's value is not shown
 * until it has been opened, because people put the secret itself there. */

#include "wire/credential.h"

#include "base/buf.h"
#include "base/locked.h"
#include "base/mem.h"
#include "provider/mask.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    SECRET_MAX = 8192,
    ROOM = 3 * 4096, /* a secret of the greatest length, and white space around it */
};

struct secret {
    char *name;
    char *text; /* inside the mapping */
    void *room;
    struct secret *next;
};

struct credentials {
    struct secret *first;
    void (*tell)(void *at, const char *line);
    void *tell_at;
};

struct credentials *credentials_new(void)
{
    return mem_zalloc(1, sizeof(struct credentials));
}

static void *room_new(const char *name, struct error *err)
{
    void *room = locked_new(ROOM);
    if (!room)
        error_set(err, EXIT_CREDENTIAL, "%s: no memory for it:", name);
    return room;
}

void credentials_free(struct credentials *c)
{
    if (!c)
        return;
    while (c->first) {
        struct secret *s = c->first;
        c->first = s->next;
        locked_free(s->room, ROOM);
        free(s->name);
        free(s);
    }
    free(c);
}

void credentials_on_warning(struct credentials *c, void (*tell)(void *at, const char *line),
                            void *at)
{
    c->tell = tell;
    c->tell_at = at;
}

/* Where a secret is looked for, in order; the first that is there is the one. */
enum source { SOURCE_NONE, SOURCE_VARIABLE, SOURCE_FILE, SOURCE_DIRECTORY };

/* An empty variable is no variable: templates and composes leave those behind. */
static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static enum source source_find(const char *name, struct buf *path)
{
    buf_clear(path);
    if (variable(name))
        return SOURCE_VARIABLE;
    buf_printf(path, "%s_FILE", name);
    const char *file = variable(buf_text(path));
    buf_clear(path);
    if (file) {
        buf_puts(path, file);
        return SOURCE_FILE;
    }
    const char *directory = variable("CREDENTIALS_DIRECTORY");
    if (directory) {
        buf_printf(path, "%s/%s", directory, name);
        if (access(buf_text(path), F_OK) == 0)
            return SOURCE_DIRECTORY;
    }
    return SOURCE_NONE;
}

static void warn_of_mode(struct credentials *c, int fd, const char *name, const char *path)
{
    struct stat st;
    if (!c->tell || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
        !(st.st_mode & (S_IROTH | S_IWOTH | S_IWGRP)))
        return;
    struct buf line = {0};
    buf_printf(&line, "%s: %s can be %s by others (mode %04o): chmod 600 it", name, path,
               st.st_mode & S_IROTH ? "read" : "changed", (unsigned)(st.st_mode & 07777));
    c->tell(c->tell_at, buf_text(&line));
    buf_free(&line);
}

/* Reads up to ROOM - 1 bytes of the file into room. */
static int read_file(struct credentials *c, const char *name, enum source source, const char *path,
                     char *room, struct error *err)
{
    const char *which = source == SOURCE_FILE ? "the file that its _FILE variable names"
                                              : "its file in $CREDENTIALS_DIRECTORY";
    size_t len = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return error_set(err, EXIT_CREDENTIAL, "%s: %s cannot be opened:", name, which);
    while (len < ROOM - 1) {
        ssize_t n = read(fd, room + len, ROOM - 1 - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            error_set(err, EXIT_CREDENTIAL, "%s: %s cannot be read:", name, which);
            close(fd);
            return -1;
        }
        if (n == 0)
            break;
        len += (size_t)n;
    }
    /* systemd's own are 0400 with an ACL, whose mask shows as the group's bits. */
    if (source == SOURCE_FILE)
        warn_of_mode(c, fd, name, path);
    close(fd);
    if (memchr(room, '\0', len))
        return error_set(err, EXIT_CREDENTIAL, "%s: holds a NUL byte", name);
    room[len] = '\0';
    return 0;
}

static int read_variable(const char *name, char *room, struct error *err)
{
    const char *value = getenv(name);
    size_t len = strlen(value);
    if (len >= ROOM)
        return error_set(err, EXIT_CREDENTIAL, "%s: longer than %d bytes", name, SECRET_MAX);
    memcpy(room, value, len + 1);
    return 0;
}

static char *trimmed(char *text)
{
    static const char white[] = " \t\r\n\v\f";
    text += strspn(text, white);
    size_t len = strlen(text);
    while (len && strchr(white, text[len - 1]))
        len--;
    text[len] = '\0';
    return text;
}

static int check_secret(const char *name, const char *text, struct error *err)
{
    size_t len = strlen(text);
    if (!len)
        return error_set(err, EXIT_CREDENTIAL, "%s: empty", name);
    if (len > SECRET_MAX)
        return error_set(err, EXIT_CREDENTIAL, "%s: longer than %d bytes", name, SECRET_MAX);
    for (size_t i = 0; i < len; i++) {
        if (text[i] < 0x20 || text[i] > 0x7e)
            return error_set(err, EXIT_CREDENTIAL,
                             "%s: character %zu of %zu cannot stand in a header: want printable "
                             "ASCII on one line",
                             name, i + 1, len);
    }
    return 0;
}

/* What only a shell would have taken off: quotes around the whole, NAME= before it. */
static int check_bare(const char *name, const char *text, struct error *err)
{
    size_t len = strlen(text), named = strlen(name);
    if (len > 1 && text[0] == text[len - 1] && strchr("\"'`", text[0]))
        return error_set(err, EXIT_CREDENTIAL,
                         "%s: stands in quotes, which would be sent as part of it: take them off",
                         name);
    const char *rest = strncmp(text, "export ", 7) == 0 ? text + 7 : text;
    if (strncmp(rest, name, named) == 0 && rest[named] == '=')
        return error_set(err, EXIT_CREDENTIAL,
                         "%s: begins with %s=, which would be sent as part of it: want the "
                         "credential alone",
                         name, name);
    return 0;
}

static struct secret *secret_read(struct credentials *c, const char *name, struct error *err)
{
    struct buf path = {0};
    struct secret *s = NULL;
    char *room = NULL;
    int bad = -1;
    enum source source = source_find(name, &path);
    if (source == SOURCE_NONE) {
        error_set(err, EXIT_CREDENTIAL,
                  "%s: not set: put the credential in that environment variable, or name its file "
                  "in %s_FILE",
                  name, name);
        goto out;
    }
    room = room_new(name, err);
    if (!room)
        goto out;
    bad = source == SOURCE_VARIABLE ? read_variable(name, room, err)
                                    : read_file(c, name, source, buf_text(&path), room, err);
    char *text = bad ? NULL : trimmed(room);
    if (bad || check_secret(name, text, err) != 0 || check_bare(name, text, err) != 0)
        goto out;
    s = mem_zalloc(1, sizeof *s);
    s->name = mem_string(name);
    s->text = text;
    s->room = room;
    mask_learn(text);
    room = NULL;
out:
    locked_free(room, ROOM);
    buf_free(&path);
    return s;
}

const char *credentials_get(struct credentials *c, const char *name, struct error *err)
{
    for (struct secret *s = c->first; s; s = s->next)
        if (strcmp(s->name, name) == 0)
            return s->text;
    struct secret *s = secret_read(c, name, err);
    if (!s)
        return NULL;
    s->next = c->first;
    c->first = s;
    return s->text;
}

const char *credentials_origin(const char *name)
{
    static char origin[512];
    struct buf path = {0};
    const char *answer = NULL;
    switch (source_find(name, &path)) {
    case SOURCE_VARIABLE:
        answer = "environment";
        break;
    case SOURCE_FILE:
        if (access(buf_text(&path), F_OK) == 0)
            snprintf(origin, sizeof origin, "file %s", buf_text(&path));
        else
            snprintf(origin, sizeof origin, "file named by %s_FILE, which is not there", name);
        answer = origin;
        break;
    case SOURCE_DIRECTORY:
        answer = "credentials directory";
        break;
    case SOURCE_NONE:
        break;
    }
    buf_free(&path);
    return answer;
}

void credentials_harden(void)
{
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
}
