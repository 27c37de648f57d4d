#ifndef RESCIND_WIRE_ARRIVAL_H
#define RESCIND_WIRE_ARRIVAL_H

/* What comes back for one request: its heads, its body, and whether its end was certain. Fed line
 * by line and piece by piece; pure, knows no socket. Everything is bounded in bytes and in count:
 * what goes beyond is cut off, and its answer is lost. */

#include "base/buf.h"
#include "wire/decoding.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    ARRIVAL_HEAD_MOST = 300 << 10, /* bytes of all heads and trailers of one answer */
    ARRIVAL_LINES_MOST = 20000,
    ARRIVAL_HEADS_MOST = 32, /* interim ones (1xx) and the last */
    ARRIVAL_TRAILERS_MOST = 128,
    ARRIVAL_BEYOND_MOST = 1 << 20, /* bytes of a body beyond those that are kept */
    ARRIVAL_PIECES_FREE = 16384,   /* pieces of a body, however small; further ones must */
    ARRIVAL_PIECE_LEAST = 64,      /* have so many bytes on the average */
};

struct arrival {
    struct buf head; /* the last head's lines, without the first and the blank one */
    struct buf body; /* decoded; its first body_max bytes */
    size_t body_max, head_bytes, beyond, pieces;
    unsigned lines, heads, trailers, lengths;
    uint64_t length;     /* what Content-Length says */
    bool clipped;        /* the body had more */
    bool headed;         /* the head that began last has ended */
    bool chunked, fatal; /* Transfer-Encoding: chunked; a framing that nobody can rely on */
    bool framed;         /* the line before was about framing */
    bool coded;          /* the body comes in a content coding */
    bool undecoded;      /* in one that cannot be taken apart */
    struct decoding *decoding;
    bool http2;        /* as the head's first line says */
    bool ended, reset; /* HTTP/2: END_STREAM was seen; RST_STREAM was, of any code */
    bool stray;        /* bytes that belong to no request */
};

/* Empty again, for a body of which `body_max` bytes are kept. Keeps its memory. */
void arrival_begin(struct arrival *a, size_t body_max);
void arrival_free(struct arrival *a);

/* One line of a head or a trailer, with its line's end; one piece of the body as it came. False
 * where a bound was passed, or its coding is none: the transfer is to be broken off. */
bool arrival_line(struct arrival *a, const char *line, size_t len);
bool arrival_piece(struct arrival *a, const char *bytes, size_t len);

/* Whether the body has all the bytes that its Content-Length promised. */
bool arrival_filled(const struct arrival *a);

/* The values of a header of the last head, joined by newlines, into `joined`; NULL where it is
 * missing. One pass over the head, however often it stands there. */
const char *arrival_header(const struct arrival *a, const char *name, struct buf *joined);

/* Why an answer that its library calls whole is none: its end was not certain (RFC 9112, 6.3 and 8;
 * RFC 9113, 8.1), or it brought something that nobody asked for. NULL: it is whole. `got`: bytes of
 * the body as they came, before decoding. */
const char *arrival_doubt(const struct arrival *a, int status, bool http2, uint64_t got);

#endif
