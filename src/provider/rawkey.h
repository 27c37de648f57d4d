#ifndef RESCIND_PROVIDER_RAWKEY_H
#define RESCIND_PROVIDER_RAWKEY_H

/* The language in which a definition says what a raw secret looks like (`raw`, `raw.loose`):
 * literal characters, and runs {N} or {N-M} of so many of A-Z a-z 0-9 _ -, or, with a letter before
 * the }, of less or more: h 0-9 a-f, a A-Z a-z 0-9, b A-Z a-z 0-9 + / _ - with up to two = at its
 * end. */

#include <stdbool.h>
#include <stddef.h>

enum rawkey_class { RAWKEY_WORD, RAWKEY_HEX, RAWKEY_ALNUM, RAWKEY_BASE64 };

bool rawkey_pattern_good(const char *pattern);

struct rawkey_span {
    size_t min, max; /* characters */
    enum rawkey_class class;
};

/* Reads the {...} at *at and moves behind it. */
bool rawkey_span(const char **at, struct rawkey_span *out);

/* Whether a character may stand in a run of that class (a = only ends one). */
extern const unsigned char rawkey_classes[256];
static inline bool rawkey_holds(enum rawkey_class class, char c)
{
    return rawkey_classes[(unsigned char)c] >> class & 1;
}

#endif
