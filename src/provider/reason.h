#ifndef RESCIND_PROVIDER_REASON_H
#define RESCIND_PROVIDER_REASON_H

/* One line for a report out of words that a provider or a library chose. For verdict.c. */

#include "provider/definition.h"

enum { REASON_SIZE = 200 };

struct reason_context {
    const struct definition *d;
    const char *id;             /* may be repeated, unlike any other long token; NULL: none */
    const char *const *secrets; /* never repeated; NULL-terminated, or NULL */
};

/* `lead`, and behind a colon `words` (NULL or empty: none) made fit to be shown: valid UTF-8, no
 * control characters, no line breaks, secrets and what looks like one replaced by [masked], cut to
 * fit with "..." at its end. */
void reason_put(char out[REASON_SIZE], const char *lead, const char *words, size_t len,
                const struct reason_context *context);

#endif
