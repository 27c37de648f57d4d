#ifndef RESCIND_SANDBOX_AUTH_H
#define RESCIND_SANDBOX_AUTH_H

/* Credentials: what a request must carry, by the header templates of its definition. */

#include "sandbox/forms.h"
#include "sandbox/standin.h"

/* The own id of the first credential where the provider tells it by a read. */
#define AUTH_OWN_UUID "5e1f5e1f-0000-4000-8000-000000000001"

enum auth_result {
    AUTH_GOOD,
    AUTH_MISSING,
    AUTH_WRONG,
    AUTH_WEAK,   /* right, but it may not manage keys */
    AUTH_HEADER, /* a constant header that the definition names is not there */
};

/* The fixed secret that a provider takes unless it is given another; its id is in it where the
 * definition looks for it there. */
void auth_demo_secret(const struct definition *d, char out[SECRET_MAX]);
/* And that of a further secret, {env:NAME}. */
void auth_demo_extra(const char *name, char out[SECRET_MAX]);

/* *who: the credential that it is, where the result is AUTH_GOOD. */
enum auth_result auth_check(const struct definition *d, struct provider *p,
                            const struct incoming *in, struct credential **who);
/* The provider's own status for that, and what it says. */
int auth_status(const struct definition *d, enum auth_result why);
const char *auth_words(enum auth_result why);

/* `export NAME='secret'` lines of a definition, for a shell to evaluate; `served_by` is the same
 * without an account. */
void auth_print(const struct definition *d, const struct definition *served_by,
                const struct credential *c, struct buf *out);

#endif
