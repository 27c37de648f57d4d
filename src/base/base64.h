#ifndef RESCIND_BASE_BASE64_H
#define RESCIND_BASE_BASE64_H

/* Base64 (RFC 4648). */

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* Whole texts, with padding (section 4). */

void base64_put(struct buf *out, const void *bytes, size_t len);

/* Appends what a text stands for; false, and nothing appended, where it is no base64. */
bool base64_read(struct buf *out, const char *text, size_t len);

/* From somewhere in the middle, in both alphabets: a text stands in it in one of three forms, by
 * its place modulo 3, and of each form those characters are sure that hold nothing but the text. */

/* The sure characters of a text at a place p, p % 3 == shift, without a NUL; returns how many.
 * `out` has room for 4/3 of the text and 4. */
size_t base64_form(const char *text, size_t len, unsigned shift, char *out);
/* How many characters of its group stand before the first sure one. */
size_t base64_before(unsigned shift);

/* Decodes whole groups of four from text[0..len) up to what is none of base64, and the rest that a
 * group at the end has; returns how many bytes. `out` has room for 3/4 of len and 3; *used tells
 * how many characters were decoded. */
size_t base64_decode(const char *text, size_t len, char *out, size_t *used);
bool base64_digit(char c);
bool base64_group(const char *four); /* four characters of it, none of them = */

#endif
