#ifndef RESCIND_WIRE_LOOKER_H
#define RESCIND_WIRE_LOOKER_H

/* Who looks in this run, for the journal's `open` (journal/eyes.h): of each definition in use the
 * account, by a digest of its secrets, the endpoint, and what the definition believes. */

#include "journal/ledger.h"
#include "wire/credential.h"
#include "wire/settings.h"

/* The JSON array, one eye for each definition that the rows use and whose secrets are there. */
void looker_eyes(const struct settings *s, const struct targets *t, const struct row_set *rows,
                 struct credentials *c, struct buf *out);

/* Whether an eye's account is known by the secrets that the definition's requests send now; true
 * where there are none. */
bool looker_same_secrets(const struct definition *d, struct credentials *c, const struct eye *eye);

/* The whole base URL that a definition's requests go below (its origin with the port, and its path
 * without a trailing slash) and what is sent there: "https://openrouter.ai:443/api/v1 DELETE
 * /keys/{id}". EXIT_USAGE as endpoint_origin. */
int looker_endpoint(const struct settings *s, const struct definition *d, struct buf *out,
                    struct error *err);

/* A digest of those lines of a definition's text that say what an answer means and what is sent;
 * the others (titles, columns, rates, comments) leave it as it is. */
enum { MEANS_DIGITS = 16 };
void looker_means(const char *source, char out[MEANS_DIGITS + 1]);

/* What an account's secrets are known by: too little to guess one from. */
enum { ACCOUNT_DIGITS = 8 };
void looker_account(const char *const *secrets, char out[ACCOUNT_DIGITS + 1]);

#endif
