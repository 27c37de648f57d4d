#ifndef RESCIND_PROVIDER_RAWKEY_H
#define RESCIND_PROVIDER_RAWKEY_H

/* The language in which a definition says what a raw secret looks like (`raw`, `raw.loose`):
 * literal characters, and runs {N} or {N-M} of so many of A-Z a-z 0-9 _ -, or, with a letter before
 * the }, of less or more: h 0-9 a-f, a A-Z a-z 0-9, b A-Z a-z 0-9 + / _ - with up to two = at its
 * end. */

#include "provider/definition.h"

enum rawkey_class { RAWKEY_WORD, RAWKEY_HEX, RAWKEY_ALNUM, RAWKEY_BASE64 };

bool rawkey_pattern_good(const char *pattern);

struct rawkey_span {
    size_t min, max; /* characters */
    enum rawkey_class class;
};

/* Reads the {...} at *at and moves behind it. */
bool rawkey_span(const char **at, struct rawkey_span *out);

/* Whether a character may stand in a run of that class (a = only ends one). */
bool rawkey_holds(enum rawkey_class class, char c);

/* Whether a whole text fits; if so one more than the pattern's literal characters, else 0. */
unsigned rawkey_fits(const char *pattern, const char *text, size_t len);

enum rawkey { RAWKEY_NONE, RAWKEY_ONE, RAWKEY_AMBIGUOUS };

/* The definition whose pattern fits a text, that with the most literal characters where several
 * do; AMBIGUOUS where that is no one's alone. */
enum rawkey rawkey_find(const struct catalog *c, const char *text, size_t len,
                        const struct definition **out);

#endif
