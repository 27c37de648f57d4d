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

/* Sets one key of a definition. NULL, or what is wrong: no such key, given twice, a bad value.
 * `seen` remembers what was set, 0 at the start. */
const char *definition_set(struct definition *d, uint64_t *seen, const char *name,
                           const char *value);
bool definition_was_set(uint64_t seen, const char *name);

/* Whether a definition whose every key was read can work; if not, why. */
enum { DEFINITION_WHY = 160 };
bool definition_possible(const struct definition *d, char why[DEFINITION_WHY]);

void definition_free(struct definition *d); /* NULL is fine */

#endif
