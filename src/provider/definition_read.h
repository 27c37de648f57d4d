#ifndef RESCIND_PROVIDER_DEFINITION_READ_H
#define RESCIND_PROVIDER_DEFINITION_READ_H

/* From a text to definitions. For catalog.c. */

#include "provider/definition.h"

/* Calls `each` for every definition of the text, in order, with its piece of the text; both are the
 * callee's from then on, also where it returns -1, which ends the reading. -1: EXIT_CONFIG, and
 * what `each` was given by then is worth nothing, for the text around it is broken. */
int definition_read(const char *name, unsigned first_line, const char *text,
                    int (*each)(void *at, struct definition *d, char *source, unsigned line,
                                struct error *err),
                    void *at, struct error *err);

void definition_free(struct definition *d); /* NULL is fine */

#endif
