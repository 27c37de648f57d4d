#ifndef RESCIND_MANIFEST_SOURCE_H
#define RESCIND_MANIFEST_SOURCE_H

/* A manifest's bytes as physical lines, or as blocks, with their SHA-256. A line that is longer
 * than MANIFEST_LINE_MAX is never stored. UTF-16 that begins with a byte order mark is handed out
 * as UTF-8 (Excel's "Unicode text", PowerShell's `>`). */

#include "base/error.h"
#include "base/scale.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { MANIFEST_LINE_MAX = 1 << SCALE_BITS(20, 10) }; /* longest line, and longest CSV row, bytes */

struct source;

/* As read(2): bytes, 0 at the end, -1 and errno. */
typedef ssize_t source_read(void *at, void *bytes, size_t size);

/* EXIT_NOINPUT. "-" is standard input. A directory opens and fails at the first read. Where a pipe,
 * a FIFO or a device keeps us waiting, `tell` (NULL: nobody) hears of it, once. `path` is borrowed.
 */
struct source *source_open(const char *path, void (*tell)(void *at, const char *line), void *at,
                           struct error *err);
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

/* Instead of lines: the bytes that are there by now, at least one; good until the next call. Lines
 * are not counted. */
enum source_state source_block(struct source *s, const char **text, size_t *len);

/* What comes next, without taking it: at least `want` bytes (MANIFEST_LINE_MAX at most), or all
 * that are left. Good until the next call of anything. */
void source_ahead(struct source *s, size_t want, const char **text, size_t *len);

/* The first byte that is neither byte order mark nor blank; -1 where there is none within a line's
 * longest length. To be asked before the first source_next. */
int source_peek(struct source *s);

/* Of all bytes that were read, byte order mark included. */
void source_sha256(const struct source *s, char out[65]);

/* The same of a whole file. EXIT_NOINPUT. */
int source_digest(const char *path, char out[65], struct error *err);

#endif
