#ifndef RESCIND_PROVIDER_DEFINITION_TEXT_H
#define RESCIND_PROVIDER_DEFINITION_TEXT_H

/* From a text to definitions, and whether one of them can work at all. For catalog.c. */

#include "provider/definition.h"

/* Calls `each` for every definition of the text, in order, with its piece of the text; both are the
 * callee's from then on, also where it returns -1, which ends the reading. -1: EXIT_CONFIG, and
 * what `each` was given by then is worth nothing, for the text around it is broken. */
int definition_read(const char *name, unsigned first_line, const char *text,
                    int (*each)(void *at, struct definition *d, char *source, unsigned line,
                                struct error *err),
                    void *at, struct error *err);

/* Where each key was set last; zero-initialised. */
enum { DEFINITION_KEYS = 128 };
struct definition_lines {
    unsigned at[DEFINITION_KEYS];
};

/* Sets one key of a definition. NULL, or what is wrong: no such key, given twice, a bad value. */
const char *definition_set(struct definition *d, struct definition_lines *lines, unsigned line,
                           const char *name, const char *value);
/* The line of a key (`name` need not end in NUL); 0 where it was not set. */
unsigned definition_line(const struct definition_lines *lines, const char *name, size_t len);

/* Whether a definition whose every key was read can work; if not, why: it begins with the key that
 * is wrong, where there is one. */
enum { DEFINITION_WHY = 160 };
bool definition_possible(const struct definition *d, char why[DEFINITION_WHY]);

void definition_free(struct definition *d); /* NULL is fine */

#endif
