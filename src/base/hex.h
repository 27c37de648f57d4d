#ifndef RESCIND_BASE_HEX_H
#define RESCIND_BASE_HEX_H

/* Hex digits, eight at a time: every target's id is checked, packed and written out several times
 * on its way from the manifest to the report. */

#include <stdbool.h>
#include <stddef.h>

/* 2n digits of n bytes, in lower case and without a NUL. */
void hex_put(const void *bytes, size_t n, char *digits);

/* n bytes out of 2n digits; false where one of them is no digit or an upper-case one: then the
 * bytes mean nothing. */
bool hex_get(const char *digits, size_t n, void *bytes);

/* Whether all are digits, in either case. */
bool hex_all(const char *text, size_t len);

/* What one digit stands for, or up to four of them, in either case; -1 where one of them is none.
 */
int hex_value(char digit);
int hex_number(const char *digits, size_t count);

#endif
