#ifndef RESCIND_PROVIDER_DEFINITION_KEYS_H
#define RESCIND_PROVIDER_DEFINITION_KEYS_H

/* The keys of a definition's text. */

#include "provider/definition.h"

/* Where each key was set last, and where those that repeat were set; zero-initialised. */
enum { DEFINITION_KEYS = 128, DEFINITION_REPEATS = 256 };
struct definition_lines {
    unsigned at[DEFINITION_KEYS];
    struct {
        unsigned key, line;
    } repeat[DEFINITION_REPEATS];
    size_t repeats;
};

/* Sets one key of a definition. NULL, or what is wrong: no such key, given twice, a bad value. */
const char *definition_set(struct definition *d, struct definition_lines *lines, unsigned line,
                           const char *name, const char *value);
/* The line of a key (`name` need not end in NUL); 0 where it was not set. */
unsigned definition_line(const struct definition_lines *lines, const char *name, size_t len);
/* The line of the nth (from 0) of a key that repeats; the last one's where that is not known. */
unsigned definition_line_nth(const struct definition_lines *lines, const char *name, size_t len,
                             size_t nth);

#endif
