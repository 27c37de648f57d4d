#ifndef RESCIND_PROVIDER_OWN_ID_H
#define RESCIND_PROVIDER_OWN_ID_H

/* Which key the credential in use is itself. */

#include "provider/definition.h"

/* The credential's own id, canonical, where the definition can tell it: from the secret itself
 * (sha256, before-dot, between-dots) or from the body of its `self = read` (the first of its
 * pointers that leads to an id). Returns its length, 0 where it cannot. */
int own_id_of_secret(const struct definition *d, const char *secret, char out[ID_MAX + 1]);
int own_id_of_body(const struct definition *d, const char *body, size_t len, char out[ID_MAX + 1]);
/* Each id that the body names in one of those places. */
void own_ids_of_body(const struct definition *d, const char *body, size_t len,
                     void (*each)(void *at, const char *id, size_t id_len), void *at);

/* Whose keys a credential sees, by the answer to the definition's account read: the first of its
 * pointers that leads to a text or an integer. Returns its length, 0 where there is none, or it is
 * longer than an id may be. */
int account_of_body(const struct definition *d, const char *body, size_t len, char out[ID_MAX + 1]);

#endif
