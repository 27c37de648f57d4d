#ifndef RESCIND_BASE_BUF_H
#define RESCIND_BASE_BUF_H

/* A growable run of bytes. Zero-initialised it is empty and owns nothing. data is followed by a NUL
 * that len does not count once anything was put, so it can be read as a string. */

#include <stddef.h>
#include <string.h>

struct buf {
    char *data;
    size_t len, cap;
};

/* Makes room for len more bytes and returns where they go; the caller adds to b->len. */
char *buf_room(struct buf *b, size_t len);

/* Inline, for a record and a row of a report are made of dozens of pieces. */
static inline void buf_put(struct buf *b, const void *bytes, size_t len)
{
    char *at = len < b->cap - b->len ? b->data + b->len : buf_room(b, len);
    if (len)
        memcpy(at, bytes, len);
    at[len] = '\0';
    b->len += len;
}

static inline void buf_puts(struct buf *b, const char *text)
{
    buf_put(b, text, strlen(text));
}

static inline void buf_putc(struct buf *b, char c)
{
    buf_put(b, &c, 1);
}

void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_put_u64(struct buf *b, unsigned long long n);          /* decimal, faster than printf */
void buf_put_json(struct buf *b, const char *utf8, size_t len); /* escaped, without the quotes */
void buf_put_json_string(struct buf *b, const char *utf8);      /* with the quotes; NULL: null */
void buf_put_csv(struct buf *b, const char *field, size_t len); /* quoted where RFC 4180 needs it */
void buf_put_shell(struct buf *b,
                   const char *word); /* one word for a POSIX shell, quoted if need be */

const char *buf_text(const struct buf *b); /* never NULL */
void buf_clear(struct buf *b);             /* empty, keeps its memory */
void buf_free(struct buf *b);

#endif
