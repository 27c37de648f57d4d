#ifndef RESCIND_SANDBOX_OWNED_H
#define RESCIND_SANDBOX_OWNED_H

/* What exists at first: the targets of manifests. One with an account is that account's, which has
 * a demo secret of its own unless it was given another: a manifest of many organisations is
 * rehearsed with nothing but itself. */

#include "sandbox/sandbox.h"

/* EXIT_DATA where it is none, or has more accounts than the sandbox can keep apart. */
int owned_load(struct sandbox *s, const char *manifest, struct error *err);

/* `export NAME='secret'` lines of all definitions and accounts, for a shell to evaluate. */
void owned_print_credentials(struct sandbox *s, struct buf *out);

#endif
