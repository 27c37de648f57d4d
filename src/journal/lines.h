#ifndef RESCIND_JOURNAL_LINES_H
#define RESCIND_JOURNAL_LINES_H

/* The lines of a file, in order, with where they stand and the SHA-256 of what was passed. Reads by
 * position, so the descriptor may be shared with a writer. */

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longer than any line that a run can write (an `open` whose shard lists ten million rows one by
 * one has some 90 MB). More is never held in memory, and is no line of ours. */
enum { LINE_MAX_BYTES = 256 << 20 };

struct line {
    const char *text;  /* until the next call; NULL for one that is too long */
    size_t len;        /* without its newline */
    bool ended;        /* by a newline; only the last line of a file can lack it */
    uint64_t number;   /* from 1 */
    uint64_t at, next; /* offsets of it and of what follows it */
};

struct lines;
/* Borrows fd. `longest`: LINE_MAX_BYTES, but in tests. */
struct lines *lines_new(int fd, size_t longest);
void lines_free(struct lines *l);

/* 1: a line; 0: the end; -1: EXIT_NOINPUT, it cannot be read. */
int lines_next(struct lines *l, struct line *out, struct error *err);

/* The digest of all bytes that were passed, the last line included; the caller's to free. To be
 * called once, at the end. */
struct sha256;
struct sha256 *lines_take_digest(struct lines *l);

#endif
