#ifndef RESCIND_INTAKE_STREAM_H
#define RESCIND_INTAKE_STREAM_H

/* The bytes of a file with raw keys in it, block by block, in memory that is locked and wiped:
 * read(2) puts them there, and nothing else has a copy. gzip and zlib are inflated; UTF-16 (with a
 * byte order mark, or where every other byte of the beginning is a NUL) becomes UTF-8. */

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct stream;
/* "-" is standard input. EXIT_NOINPUT; a directory is none, too. */
struct stream *stream_open(const char *path, struct error *err);
void stream_free(struct stream *s); /* NULL is fine */

/* What is there. FINDER_PAD bytes behind it are readable. */
const char *stream_text(const struct stream *s, size_t *len);
char *stream_bytes(struct stream *s); /* the same, to be overwritten */
bool stream_ended(const struct stream *s);
bool stream_full(const struct stream *s);

/* Reads more behind it: at least a byte, or the end; blocks for no more than one read(2) brings.
 * EXIT_NOINPUT. What cannot be inflated to its end ends where it breaks off. */
int stream_more(struct stream *s, struct error *err);
/* Forgets the first n bytes. */
void stream_drop(struct stream *s, size_t n);

/* What kind of packed file it is that is not read ("a zip archive"), by its first bytes; or NULL.
 */
const char *stream_packed(const struct stream *s);

/* Why what was inflated breaks off ("cut: ..."), once that was reached; or NULL. */
const char *stream_broken(const struct stream *s);

/* Whether other bytes than NULs stand behind the end of what was inflated: they were not read. */
bool stream_trailing(const struct stream *s);

/* Whether bytes begin like a file that is packed. */
bool stream_begins_packed(const char *text, size_t len);

#endif
