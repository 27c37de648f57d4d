#ifndef RESCIND_WIRE_ACCOUNTS_H
#define RESCIND_WIRE_ACCOUNTS_H

/* Whether a run directory goes on with the credentials that it began with. To another account every
 * key looks absent, so what its answers prove must not lean on what the first one's proved.
 *
 * An `open` remembers of each credential the first 32 bits of a digest, among its options:
 *
 *   "accounts":"OPENROUTER_MANAGEMENT_KEY=1f0c9a3e REQUESTY_API_KEY=77b2d410"
 *
 * That tells two of them apart and helps nobody to guess one. */

#include "base/buf.h"
#include "journal/ledger.h"
#include "wire/credential.h"

/* The value of that member for all that the rows use; "" where none can be had. */
void accounts_put(struct buf *out, const struct targets *t, const struct row_set *rows,
                  struct credentials *c);

/* Of each of the journal's runs, whether it used another credential `name` than `secret`; of one
 * that does not remember, what the run before says. To be freed. */
bool *accounts_others(const struct ledger *l, const char *name, const char *secret);

/* Whether what the ledger says of a row was found out in one of those runs. */
bool accounts_other(const struct ledger *l, const bool *others, uint32_t row);

#endif
