#ifndef RESCIND_BASE_TEXT_H
#define RESCIND_BASE_TEXT_H

/* Strict readings of small texts: the whole text must fit, or it is none. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Without the blanks at both ends, and what else is not seen there: no-break and zero-width spaces,
 * marks of direction and of byte order. No control characters. The text need not be valid. */
const char *text_trimmed(const char *text, size_t *len);
/* RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool text_is_utf8(const char *bytes, size_t len);

/* How many bytes from the start are plain for certain: printable ASCII that neither JSON nor CSV
 * writes in another way (so no quote, backslash or comma). Looks at whole words of eight: the last
 * seven bytes are never counted, and any may be plain beyond what is. */
size_t text_plain(const char *bytes, size_t len);

/* How many bytes from the start hold no quote, no backslash and no control character; *wide becomes
 * true where one of them is beyond ASCII, and stays as it is elsewhere. */
size_t text_unescaped(const char *bytes, size_t len, bool *wide);

/* How many bytes the character at `at` of a valid text has, and whether one of n bytes would act on
 * a terminal instead of showing: C0, DEL, C1, and what turns the direction of writing or breaks the
 * line; or shows nothing at all: those, blanks, and what has no width. */
size_t text_char_len(const char *at);
bool text_acts(const char *at, size_t n);
bool text_invisible(const char *at, size_t n);

/* A unit of UTF-16 as UTF-8; how many bytes that is, at most three. Half of a pair becomes U+FFFD.
 */
size_t text_put_unit(char *out, unsigned unit);

/* Whether a spreadsheet may take a valid text for a formula: = + - @ (full-width ones too) are its
 * first character that can be seen, or it begins with a tab or a line's end. */
bool text_begins_formula(const char *text);

/* A decimal number without sign, 0 to max. */
bool text_u64(const char *text, uint64_t max, uint64_t *out);

/* "90s", "15m", "2h", "1h30m", "3d", or bare seconds; microseconds out, at most 365 days. */
bool text_duration(const char *text, int64_t *us);

/* A plain decimal such as "2.5", 0 to max. */
bool text_decimal(const char *text, double max, double *out);

/* "4m 05s", "12.3s", "2h 03m": for people. */
enum { TEXT_SPAN = 32 };
char *text_span(int64_t us, char out[TEXT_SPAN]);

/* "1,234,567": for people. */
enum { TEXT_COUNT = 32 };
char *text_count(uint64_t n, char out[TEXT_COUNT]);

#endif
