#ifndef RESCIND_WIRE_DECODING_H
#define RESCIND_WIRE_DECODING_H

/* The content coding of a body, which nobody asked for: gzip and deflate, taken apart here and not
 * by libcurl, to whom a stream without its end, or without its checksum, is as good as a whole one.
 * Pure, knows no socket. What it kept is wiped. */

#include <stdbool.h>
#include <stddef.h>

struct decoding;

/* For the coding that a Content-Encoding names; NULL: one that is not known, or more than one. */
struct decoding *decoding_new(const char *name);
void decoding_free(struct decoding *d); /* NULL, too */

/* The next bytes as they came; `take` has what they are, in pieces, and says false to stop. False
 * where it did, or where they are no such coding. */
bool decoding_feed(struct decoding *d, const char *bytes, size_t len,
                   bool (*take)(void *at, const char *bytes, size_t len), void *at);

/* Whether it came to its own end, checksum and all, with nothing behind it. */
bool decoding_ended(const struct decoding *d);

#endif
