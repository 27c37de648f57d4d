#ifndef RESCIND_MANIFEST_SOURCE_H
#define RESCIND_MANIFEST_SOURCE_H

/* A manifest's bytes as physical lines, with their SHA-256. A line that is longer than
 * MANIFEST_LINE_MAX is never stored. */

#include "base/error.h"
#include "base/scale.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { MANIFEST_LINE_MAX = 1 << SCALE_BITS(20, 10) }; /* longest line, and longest CSV row, bytes */

struct source;

/* As read(2): bytes, 0 at the end, -1 and errno. */
typedef ssize_t source_read(void *at, void *bytes, size_t size);

/* EXIT_NOINPUT. "-" is standard input. A directory opens and fails at the first read. */
struct source *source_open(const char *path, struct error *err);
struct source *source_of(source_read *read, void *at);
struct source *source_of_bytes(const void *bytes, size_t len); /* borrows them */
void source_free(struct source *s);                            /* NULL is fine */

enum source_state {
    SOURCE_LINE,
    SOURCE_LONG, /* a line that is too long; the next call passes over the rest of it */
    SOURCE_END,
    SOURCE_FAILED, /* it cannot be read, or changed meanwhile: source_reason */
};

/* The next line, with its LF where it has one, without the file's byte order mark; *text is good
 * until the next call. */
enum source_state source_next(struct source *s, const char **text, size_t *len);
uint64_t source_line(const struct source *s); /* the number of that line, from 1 */
const char *source_reason(const struct source *s);

/* The first byte that is neither byte order mark nor blank; -1 where there is none within a line's
 * longest length. To be asked before the first source_next. */
int source_peek(struct source *s);

/* Of all bytes that were read, byte order mark included. */
void source_sha256(const struct source *s, char out[65]);

#endif
