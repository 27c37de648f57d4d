#ifndef RESCIND_BASE_JSON_SCAN_H
#define RESCIND_BASE_JSON_SCAN_H

/* The pieces of JSON as nearly all of it is, read where they stand. Each says yes or nothing:
 * whatever is out of the ordinary (a number that 64 bits may be too small for, half a character),
 * or wrong, is left to a parser that can say what it is. */

#include "base/buf.h"

#include <stdbool.h>

/* Zero-initialised but for `at` and `end`. */
struct json_scan {
    const char *at, *end;
    size_t lines;     /* ends of lines that were passed */
    bool wide;        /* there were bytes beyond ASCII: whether they are UTF-8 is left to be seen */
    struct buf plain; /* the texts that had escapes, without them; to be freed, or cleared */
};

/* The next byte that is no blank, which stays; -1 at the end. */
int json_scan_next(struct json_scan *s);
/* Passes it, where it is that one. */
bool json_scan_take(struct json_scan *s, char what);

/* A text in quotes, the first of which is next. What comes out is in what is read, or in `plain`,
 * and is good until that is cleared. It holds no NUL, nor is there one behind it. */
bool json_scan_text(struct json_scan *s, const char **out, size_t *len);
/* A number that is next, of no more than 18 digits and small exponents; *whole: no fraction, no
 * exponent. */
bool json_scan_number(struct json_scan *s, bool *whole);
/* This very word. */
bool json_scan_word(struct json_scan *s, const char *word);

#endif
