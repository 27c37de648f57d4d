#ifndef RESCIND_PROVIDER_RAWKEY_H
#define RESCIND_PROVIDER_RAWKEY_H

/* Whole raw secrets and the definitions that know them: a pattern (`raw` of a definition) is made
 * of literal characters and of {N} or {N-M}, so many of A-Z a-z 0-9 _ -, or of 0-9 a-f where an h
 * follows: {64h}. A masked key (sk-or-v1-0e6...1c9, or x for what is hidden) and one that was cut
 * fit none, and so are not taken for another key. */

#include "provider/definition.h"

bool rawkey_pattern_good(const char *pattern);

/* Reads the {N}, {N-M} or {N-Mh} at *at and moves behind it. */
bool rawkey_span(const char **at, size_t *min, size_t *max, bool *hex);

/* Whether a whole text fits; if so one more than the pattern's literal characters, else 0. */
unsigned rawkey_fits(const char *pattern, const char *text, size_t len);

enum rawkey { RAWKEY_NONE, RAWKEY_ONE, RAWKEY_AMBIGUOUS };

/* The definition whose pattern fits a text, that with the most literal characters where several
 * do; AMBIGUOUS where that is no one's alone. */
enum rawkey rawkey_find(const struct catalog *c, const char *text, size_t len,
                        const struct definition **out);

#endif
