#ifndef RESCIND_CLI_RAWLINES_H
#define RESCIND_CLI_RAWLINES_H

/* A file of raw secrets, line by line, in memory that is locked and wiped: read(2) puts the bytes
 * there, and each line is overwritten before the next is handed out. Nothing else has a copy. */

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct rawlines;
/* "-" is standard input. EXIT_NOINPUT. */
struct rawlines *rawlines_open(const char *path, struct error *err);
void rawlines_free(struct rawlines *r); /* NULL is fine */

enum rawline {
    RAWLINE_TEXT,
    RAWLINE_LONG, /* longer than any key; passed over */
    RAWLINE_END,
    RAWLINE_FAILED, /* EXIT_NOINPUT */
};

/* The next line that is not blank, NUL-terminated, without what stands around a key: blanks, quotes
 * of three sorts, a comma or semicolon at its end, the file's byte order mark. Good until the next
 * call. */
enum rawline rawlines_next(struct rawlines *r, const char **text, size_t *len, struct error *err);
uint64_t rawlines_line(const struct rawlines *r); /* its number, from 1 */

#endif
