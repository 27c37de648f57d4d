#ifndef RESCIND_RUN_CHECK_H
#define RESCIND_RUN_CHECK_H

/* What can be said of a run before it begins, without a socket. */

#include "journal/ledger.h"
#include "wire/credential.h"
#include "wire/settings.h"

/* Everything that a run would find missing before it could send: an action that a provider
 * does not have, or no way to verify it (EXIT_REFUSED), a base URL, a credential (of several each
 * in a line to `tell`). Opens no socket. */
int check_run(const struct settings *s, const struct targets *t, const struct row_set *listed,
              struct credentials *c, void (*tell)(void *at, const char *line), struct error *err);

/* Whether it can be told of a target of this definition that it is there: by a read of its own, or
 * by a list that is read whole. */
bool check_verifiable(const struct definition *d);

/* Whether a row is to be verified: it is done, and was not confirmed before (or settings.again). */
bool check_unverified_row(const struct settings *s, const struct ledger *l, uint32_t row);
uint32_t check_unverified(const struct settings *s, const struct ledger *l,
                          const struct row_set *listed, const struct targets *t);

/* Whether a listed row is done that was absent to an account of other secrets than
 * those that are there now, so that it is worth another look. */
bool check_foreign(const struct settings *s, const struct ledger *l, const struct row_set *listed,
                   const struct targets *t, struct credentials *c);

/* How many of the listed rows are left to do: not done, or failed before. */
uint32_t check_left(const struct ledger *l, const struct row_set *listed, const struct targets *t);

/* Whether a definition has what these settings want of it: EXIT_REFUSED. */
int check_definition(const struct settings *s, const struct definition *d, struct error *err);

#endif
