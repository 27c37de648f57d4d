#include "wire/decoding.h"

#include "base/mem.h"

#include <stdlib.h>
#include <strings.h>
#include <zlib.h>

enum { PIECE = 4096, HEAD = 2 };

enum form { FORM_GZIP, FORM_DEFLATE };

struct decoding {
    z_stream z;
    enum form form;
    bool begun, ended, bad;
    unsigned char head[HEAD]; /* its first bytes tell zlib's form of deflate from the bare one */
    size_t headed;
};

static void *take_memory(void *unused, unsigned count, unsigned size)
{
    (void)unused;
    size_t *at = mem_zalloc(1, sizeof *at * 2 + (size_t)count * size);
    *at = (size_t)count * size;
    return at + 2;
}

static void give_memory(void *unused, void *memory)
{
    (void)unused;
    size_t *at = (size_t *)memory - 2;
    mem_wipe(memory, *at);
    free(at);
}

struct decoding *decoding_new(const char *name)
{
    bool gzip = strcasecmp(name, "gzip") == 0 || strcasecmp(name, "x-gzip") == 0;
    if (!gzip && strcasecmp(name, "deflate") != 0)
        return NULL;
    struct decoding *d = mem_zalloc(1, sizeof *d);
    d->form = gzip ? FORM_GZIP : FORM_DEFLATE;
    d->z.zalloc = take_memory;
    d->z.zfree = give_memory;
    return d;
}

void decoding_free(struct decoding *d)
{
    if (!d)
        return;
    if (d->begun)
        inflateEnd(&d->z);
    mem_wipe(d, sizeof *d);
    free(d);
}

/* What inflateInit2 calls windowBits. RFC 1950, 2.2: a zlib header is a multiple of 31. */
static int window_of(const struct decoding *d)
{
    bool zlib = (d->head[0] & 15) == Z_DEFLATED && (d->head[0] << 8 | d->head[1]) % 31 == 0;
    return d->form == FORM_GZIP ? MAX_WBITS + 16 : zlib ? MAX_WBITS : -MAX_WBITS;
}

static bool inflate_all(struct decoding *d, const unsigned char *bytes, size_t len,
                        bool (*take)(void *at, const char *bytes, size_t len), void *at)
{
    char piece[PIECE];
    bool good = true;
    d->z.next_in = (unsigned char *)bytes; /* only read */
    d->z.avail_in = (unsigned)len;
    do {
        if (d->ended && d->z.avail_in) /* gzip may come in several members, and nothing else may */
            d->ended = d->form != FORM_GZIP || inflateReset(&d->z) != Z_OK;
        d->z.next_out = (unsigned char *)piece;
        d->z.avail_out = PIECE;
        int result = d->ended ? Z_DATA_ERROR : inflate(&d->z, Z_NO_FLUSH);
        size_t got = PIECE - d->z.avail_out;
        good = result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR;
        d->bad |= !good;
        d->ended = result == Z_STREAM_END;
        if (got && good)
            good = take(at, piece, got);
    } while (good && (d->z.avail_in || (!d->z.avail_out && !d->ended)));
    mem_wipe(piece, sizeof piece);
    return good;
}

bool decoding_feed(struct decoding *d, const char *bytes, size_t len,
                   bool (*take)(void *at, const char *bytes, size_t len), void *at)
{
    while (!d->begun && d->headed < HEAD && len) {
        d->head[d->headed++] = (unsigned char)*bytes++;
        len--;
    }
    if (!d->begun && d->headed < HEAD)
        return true;
    if (!d->begun) {
        d->begun = inflateInit2(&d->z, window_of(d)) == Z_OK;
        d->bad = !d->begun;
        if (d->bad || !inflate_all(d, d->head, HEAD, take, at))
            return false;
    }
    return !len || inflate_all(d, (const unsigned char *)bytes, len, take, at);
}

bool decoding_ended(const struct decoding *d)
{
    return d->ended && !d->bad;
}
