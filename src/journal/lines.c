#include "journal/lines.h"

#include "base/digest.h"
#include "base/mem.h"
#include "base/scale.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 1 << SCALE_BITS(16, 9) };

/*   buffer:  | hashed | handed out, not hashed yet | not looked at |
 *            0        hashed                       next           len    */
struct lines {
    int fd;
    char *buffer;
    size_t cap, len, hashed, next, longest;
    uint64_t base; /* offset in the file of buffer[0] */
    uint64_t number;
    bool at_end;
    struct sha256 *sha;
};

struct lines *lines_new(int fd, size_t longest)
{
    struct lines *l = mem_zalloc(1, sizeof *l);
    l->fd = fd;
    l->longest = longest;
    l->cap = CHUNK;
    l->buffer = mem_alloc(l->cap);
    l->sha = sha256_new();
    return l;
}

void lines_free(struct lines *l)
{
    if (!l)
        return;
    sha256_free(l->sha);
    free(l->buffer);
    free(l);
}

static void hash_to(struct lines *l, size_t position)
{
    if (position > l->hashed) {
        sha256_add(l->sha, l->buffer + l->hashed, position - l->hashed);
        l->hashed = position;
    }
}

/* Drops what was handed out and reads more. */
static int fill(struct lines *l, struct error *err)
{
    hash_to(l, l->next);
    if (l->next)
        memmove(l->buffer, l->buffer + l->next, l->len - l->next);
    l->base += l->next;
    l->len -= l->next;
    l->next = l->hashed = 0;
    if (l->cap - l->len < CHUNK / 2) {
        l->cap *= 2;
        l->buffer = mem_resize(l->buffer, l->cap, 1);
    }
    ssize_t n;
    do
        n = pread(l->fd, l->buffer + l->len, l->cap - l->len, (off_t)(l->base + l->len));
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return error_set(err, EXIT_NOINPUT, "read:");
    l->len += (size_t)n;
    l->at_end = n == 0;
    return 0;
}

/* Passes over a line that is too long, keeping nothing of it. */
static int skip_long(struct lines *l, struct line *out, struct error *err)
{
    out->text = NULL;
    out->len = 0;
    for (;;) {
        const char *newline = memchr(l->buffer + l->next, '\n', l->len - l->next);
        size_t upto = newline ? (size_t)(newline - l->buffer) : l->len;
        out->len += upto - l->next;
        l->next = upto + (newline ? 1 : 0);
        if (newline || l->at_end) {
            out->ended = newline != NULL;
            out->next = l->base + l->next;
            return 1;
        }
        if (fill(l, err) < 0)
            return -1;
    }
}

int lines_next(struct lines *l, struct line *out, struct error *err)
{
    size_t looked = 0; /* of the line to come: how much is known to hold no newline */
    for (;;) {
        const char *from = l->buffer + l->next;
        const char *newline = memchr(from + looked, '\n', l->len - l->next - looked);
        size_t len = newline ? (size_t)(newline - from) : l->len - l->next;
        if (len <= l->longest && (newline || (l->at_end && len))) {
            *out = (struct line){from, len, newline != NULL, ++l->number, l->base + l->next, 0};
            l->next += len + (newline ? 1 : 0);
            out->next = l->base + l->next;
            return 1;
        }
        if (len > l->longest) {
            *out = (struct line){.number = ++l->number, .at = l->base + l->next};
            return skip_long(l, out, err);
        }
        if (l->at_end)
            return 0;
        looked = len;
        if (fill(l, err) < 0)
            return -1;
    }
}

struct sha256 *lines_take_digest(struct lines *l)
{
    hash_to(l, l->next);
    struct sha256 *sha = l->sha;
    l->sha = NULL;
    return sha;
}
