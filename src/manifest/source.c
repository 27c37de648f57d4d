/* One buffer of a longest line and a block. Lines are cut out where they lie; what is left of the
 * last one moves to the front before the next block is read:
 *
 *   hash\n64 digits\n64 dig|its\n...      from: start of the line to come; fill: end of the bytes
 *
 * A regular file that is cut, rewritten, replaced or deleted meanwhile is refused at its end: what
 * was read is then half of one manifest and half of another. */

#include "manifest/source.h"

#include "base/digest.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BLOCK = 1 << SCALE_BITS(18, 8),
    SKIPPED_MOST = 1 << 30, /* bytes of a line that is passed over: more have no end */
    WAIT_TOLD_MS = 1000,
};

struct source {
    source_read *read;
    void *at;
    int fd;           /* -1: none of ours */
    const char *name; /* borrowed; of what may keep us waiting; NULL: nothing, or it was told */
    void (*tell)(void *at, const char *line);
    void *tell_at;
    struct stat before; /* of a regular file; st_nlink and st_size tell whether it is one */
    off_t start;
    const char *bytes; /* of source_of_bytes */
    size_t bytes_left;
    struct sha256 *digest;
    char *buffer;
    size_t from, fill;
    iconv_t utf16; /* (iconv_t)-1: the bytes are UTF-8 as they are */
    char *wide;    /* a block of UTF-16, and how much of it is not yet turned */
    size_t wide_len;
    uint64_t line, total;
    bool begun, ended, skipping, regular, waits;
    uint64_t skipped; /* bytes of the line that is passed over */
    char reason[160];
};

/* Until there is something, or never will be. A FIFO that nobody has opened for writing yet is not
 * at its end. Who waits for a person or a program says so. */
static void await(struct source *s)
{
    struct pollfd wait = {.fd = s->fd, .events = POLLIN};
    while (s->name) {
        int ready = poll(&wait, 1, WAIT_TOLD_MS);
        if (ready > 0 || (ready < 0 && errno != EINTR))
            return;
        if (ready == 0) {
            char line[160];
            snprintf(line, sizeof line, "waiting for %.120s", s->name);
            if (s->tell)
                s->tell(s->tell_at, line);
            s->name = NULL;
        }
    }
    while (poll(&wait, 1, -1) < 0 && errno == EINTR)
        ;
}

static ssize_t fd_read(void *at, void *bytes, size_t size)
{
    struct source *s = at;
    if (s->waits)
        await(s);
    for (;;) {
        ssize_t n = read(s->fd, bytes, size);
        if (n >= 0)
            return n;
        if (errno == EAGAIN)
            await(s); /* standard input may be non-blocking */
        else if (errno != EINTR)
            return -1;
    }
}

static ssize_t bytes_read(void *at, void *bytes, size_t size)
{
    struct source *s = at;
    size_t n = size < s->bytes_left ? size : s->bytes_left;
    if (n > 0)
        memcpy(bytes, s->bytes, n);
    s->bytes += n;
    s->bytes_left -= n;
    return (ssize_t)n;
}

struct source *source_of(source_read *read, void *at)
{
    struct source *s = mem_zalloc(1, sizeof *s);
    s->read = read;
    s->at = at;
    s->fd = -1;
    s->digest = sha256_new();
    s->utf16 = (iconv_t)-1;
    s->buffer = mem_alloc(MANIFEST_LINE_MAX + BLOCK);
    return s;
}

struct source *source_of_bytes(const void *bytes, size_t len)
{
    struct source *s = source_of(bytes_read, NULL);
    s->at = s;
    s->bytes = bytes;
    s->bytes_left = len;
    return s;
}

/* A FIFO's open would wait for its writer, without a word. */
static int open_path(const char *path)
{
    struct stat st;
    int more = stat(path, &st) == 0 && S_ISFIFO(st.st_mode) ? O_NONBLOCK : 0;
    return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | more);
}

struct source *source_open(const char *path, void (*tell)(void *at, const char *line), void *at,
                           struct error *err)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDIN_FILENO : open_path(path);
    int how = fd < 0 ? -1 : fcntl(fd, F_GETFL);
    if (how >= 0 && (how & O_ACCMODE) == O_WRONLY) { /* what main puts where stdin was closed */
        how = -1;
        errno = EBADF;
    }
    if (how < 0) {
        error_set(err, EXIT_NOINPUT, "cannot open %s:", standard ? "standard input" : path);
        return NULL;
    }
    struct source *s = source_of(fd_read, NULL);
    s->fd = fd;
    s->at = s;
    s->tell = tell;
    s->tell_at = at;
    s->name = standard ? "standard input" : path;
    bool known = fstat(fd, &s->before) == 0;
    s->waits = known && !S_ISREG(s->before.st_mode) && !S_ISDIR(s->before.st_mode);
    if (known && S_ISREG(s->before.st_mode)) {
        s->start = standard ? lseek(fd, 0, SEEK_CUR) : 0;
        s->regular = s->start >= 0 && s->before.st_size > 0; /* /proc has files of size 0 */
    }
    posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return s;
}

void source_free(struct source *s)
{
    if (!s)
        return;
    if (s->fd > STDIN_FILENO)
        close(s->fd);
    sha256_free(s->digest);
    if (s->utf16 != (iconv_t)-1)
        iconv_close(s->utf16);
    free(s->wide);
    free(s->buffer);
    free(s);
}

static enum source_state fail(struct source *s, const char *reason)
{
    snprintf(s->reason, sizeof s->reason, "%s", reason);
    return SOURCE_FAILED;
}

/* What happened to a regular file since it was opened, or NULL. */
static const char *changed(const struct source *s)
{
    struct stat now;
    if (!s->regular || fstat(s->fd, &now) < 0)
        return NULL;
    if (s->before.st_nlink > 0 && now.st_nlink == 0)
        return "the file was deleted or replaced while it was read";
    if ((uint64_t)s->start + s->total < (uint64_t)s->before.st_size ||
        now.st_size < s->before.st_size)
        return "the file became shorter while it was read";
    if (now.st_size != s->before.st_size || now.st_mtim.tv_sec != s->before.st_mtim.tv_sec ||
        now.st_mtim.tv_nsec != s->before.st_mtim.tv_nsec)
        return "the file was changed while it was read";
    return NULL;
}

/* One read of bytes, into `into`; their number, 0 at a lawful end, -1 with the reason. */
static ssize_t take(struct source *s, char *into, size_t size)
{
    ssize_t n = s->read(s->at, into, size);
    if (n < 0) {
        char words[160];
        snprintf(words, sizeof words, "cannot be read: %s", strerror(errno));
        fail(s, errno == EISDIR ? "a directory, not a manifest" : words);
        return -1;
    }
    if (n == 0) {
        s->ended = true;
        const char *why = changed(s);
        if (why)
            fail(s, why);
        return why ? -1 : 0;
    }
    sha256_add(s->digest, into, (size_t)n);
    s->total += (uint64_t)n;
    return n;
}

/* The UTF-16 in s->wide as UTF-8 behind what is there, up to where it is none: what came before
 * that is handed out all the same. */
static void turn(struct source *s)
{
    char *in = s->wide, *out = s->buffer + s->fill;
    size_t left = s->wide_len, room = MANIFEST_LINE_MAX + BLOCK - s->fill;
    size_t result = iconv(s->utf16, &in, &left, &out, &room);
    if (result == (size_t)-1 && (errno != EINVAL || s->ended))
        fail(s, "not UTF-16, though it begins as such");
    s->fill = (size_t)(out - s->buffer);
    memmove(s->wide, in, left);
    s->wide_len = left;
}

/* A unit in UTF-16 is at most 3/2 of its bytes. */
static enum source_state fill_from_utf16(struct source *s)
{
    ssize_t n = take(s, s->wide + s->wide_len, BLOCK / 2 - s->wide_len);
    if (n < 0)
        return SOURCE_FAILED;
    s->wide_len += (size_t)n;
    turn(s);
    return SOURCE_LINE;
}

/* One read more; SOURCE_LINE where there may be bytes. */
static enum source_state fill(struct source *s)
{
    if (s->from > 0) {
        memmove(s->buffer, s->buffer + s->from, s->fill - s->from);
        s->fill -= s->from;
        s->from = 0;
    }
    if (s->utf16 != (iconv_t)-1)
        return fill_from_utf16(s);
    ssize_t n = take(s, s->buffer + s->fill, BLOCK);
    if (n < 0)
        return SOURCE_FAILED;
    s->fill += (size_t)n;
    return SOURCE_LINE;
}

/* What was read so far is UTF-16 (or, rarely, UTF-32) behind its mark: turned, and so is what
 * comes.
 */
static enum source_state begin_utf16(struct source *s, const char *from, size_t mark)
{
    s->utf16 = iconv_open("UTF-8", from);
    if (s->utf16 == (iconv_t)-1) {
        s->fill = 0;
        return fail(s, "UTF-16, which this system cannot read: UTF-8 is needed");
    }
    s->wide_len = s->fill - mark;
    s->wide = mem_alloc(MANIFEST_LINE_MAX + BLOCK);
    memcpy(s->wide, s->buffer + mark, s->wide_len);
    s->fill = 0;
    turn(s);
    return SOURCE_LINE;
}

/* Tools that add a mark where there is one already. */
static enum source_state pass_marks(struct source *s)
{
    for (;;) {
        while (!s->ended && s->fill - s->from < 3)
            if (fill(s) == SOURCE_FAILED)
                return SOURCE_FAILED;
        if (s->fill - s->from < 3 || memcmp(s->buffer + s->from, "\xef\xbb\xbf", 3) != 0)
            return SOURCE_LINE;
        s->from += 3;
    }
}

/* Passes over the byte order mark. */
static enum source_state begin(struct source *s)
{
    if (s->begun)
        return SOURCE_LINE;
    while (!s->begun && !s->ended && s->fill < 4)
        if (fill(s) == SOURCE_FAILED)
            return SOURCE_FAILED;
    enum source_state state = SOURCE_LINE;
    if (!s->begun && s->fill >= 3 && memcmp(s->buffer, "\xef\xbb\xbf", 3) == 0)
        state = pass_marks(s);
    else if (!s->begun && s->fill >= 4 && memcmp(s->buffer, "\xff\xfe\0\0", 4) == 0)
        state = begin_utf16(s, "UTF-32LE", 4);
    else if (!s->begun && s->fill >= 4 && memcmp(s->buffer, "\0\0\xfe\xff", 4) == 0)
        state = begin_utf16(s, "UTF-32BE", 4);
    else if (!s->begun && s->fill >= 2 && memcmp(s->buffer, "\xff\xfe", 2) == 0)
        state = begin_utf16(s, "UTF-16LE", 2);
    else if (!s->begun && s->fill >= 2 && memcmp(s->buffer, "\xfe\xff", 2) == 0)
        state = begin_utf16(s, "UTF-16BE", 2);
    s->begun = true;
    return state;
}

/* Passes over the rest of a line that was too long. */
static enum source_state skip(struct source *s)
{
    while (s->skipping) {
        char *lf = memchr(s->buffer + s->from, '\n', s->fill - s->from);
        s->skipped += lf ? 0 : s->fill - s->from;
        s->from = lf ? (size_t)(lf + 1 - s->buffer) : s->fill;
        if (s->skipped > SKIPPED_MOST) {
            s->ended = true;
            return fail(s, "a line without an end: no manifest");
        }
        s->skipping = !lf && !s->ended;
        if (s->skipping && (*s->reason || fill(s) == SOURCE_FAILED))
            return SOURCE_FAILED;
    }
    return SOURCE_LINE;
}

enum source_state source_next(struct source *s, const char **text, size_t *len)
{
    if (begin(s) == SOURCE_FAILED || skip(s) == SOURCE_FAILED) {
        s->line += s->line == 0;
        return SOURCE_FAILED;
    }
    size_t looked = 0; /* without finding a LF */
    for (;;) {
        size_t left = s->fill - s->from;
        const char *line = s->buffer + s->from;
        const char *lf = memchr(line + looked, '\n', left - looked);
        size_t content = lf ? (size_t)(lf - line) : left;
        if (content > MANIFEST_LINE_MAX) {
            s->line++;
            s->skipping = true;
            s->skipped = 0;
            return SOURCE_LONG;
        }
        if (lf || (s->ended && !*s->reason && left > 0)) {
            s->line++;
            *text = line;
            *len = content + (lf != NULL);
            s->from += *len;
            return SOURCE_LINE;
        }
        if (s->ended && !*s->reason)
            return SOURCE_END;
        looked = left;
        if (*s->reason || fill(s) == SOURCE_FAILED) { /* what came before was handed out */
            s->line++;
            return SOURCE_FAILED;
        }
    }
}

uint64_t source_line(const struct source *s)
{
    return s->line;
}

const char *source_reason(const struct source *s)
{
    return s->reason;
}

enum source_state source_block(struct source *s, const char **text, size_t *len)
{
    if (begin(s) == SOURCE_FAILED)
        return SOURCE_FAILED;
    while (s->from == s->fill) {
        if (s->ended && !*s->reason)
            return SOURCE_END;
        if (*s->reason || fill(s) == SOURCE_FAILED)
            return SOURCE_FAILED;
    }
    *text = s->buffer + s->from;
    *len = s->fill - s->from;
    s->from = s->fill;
    return SOURCE_LINE;
}

void source_ahead(struct source *s, size_t want, const char **text, size_t *len)
{
    bool good = begin(s) != SOURCE_FAILED && !*s->reason;
    while (good && !*s->reason && !s->ended && s->fill - s->from < want)
        good = fill(s) != SOURCE_FAILED;
    *text = s->buffer + s->from;
    *len = s->fill - s->from < want ? s->fill - s->from : want; /* however the bytes arrive */
}

int source_peek(struct source *s)
{
    if (begin(s) == SOURCE_FAILED)
        return -1;
    for (size_t i = s->from; s->fill - s->from < MANIFEST_LINE_MAX; i++) {
        while (i == s->fill) {
            size_t ahead = i - s->from;
            if (s->ended || *s->reason || fill(s) == SOURCE_FAILED)
                return -1;
            i = s->from + ahead;
        }
        if (!strchr(" \t\r\n", s->buffer[i]) || s->buffer[i] == '\0')
            return (unsigned char)s->buffer[i];
    }
    return -1;
}

int source_digest(const char *path, char out[65], struct error *err)
{
    struct source *s = source_open(path, NULL, NULL, err);
    ssize_t n = -1;
    while (s && (n = fd_read(s, s->buffer, BLOCK)) > 0)
        sha256_add(s->digest, s->buffer, (size_t)n);
    if (s && n < 0)
        error_set(err, EXIT_NOINPUT, "cannot read %s:", path);
    if (n == 0)
        source_sha256(s, out);
    source_free(s);
    return n == 0 ? 0 : -1;
}

void source_sha256(const struct source *s, char out[65])
{
    sha256_hex(s->digest, out);
}
