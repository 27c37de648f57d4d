#ifndef RESCIND_WIRE_ALIAS_H
#define RESCIND_WIRE_ALIAS_H

/* One target under several names: a second definition of a provider at the same origin (a job
 * file's, the usual way to reach another account) leads to the same keys. So guards compare the
 * origin and the id, whatever a definition is called. */

#include "manifest/targets.h"
#include "wire/settings.h"

struct aliases;
/* Of the targets in these rows. All is borrowed. */
struct aliases *aliases_new(const struct settings *s, const struct targets *t,
                            const struct row_set *rows);
void aliases_free(struct aliases *a); /* NULL is fine */

/* Those of one definition, in their order: of hundreds of accounts each is looked through by
 * itself.
 */
const uint32_t *aliases_rows(const struct aliases *a, const struct definition *d, uint32_t *count);

/* The first of the rows that is the target `id` of `d`, under whatever definition at its origin;
 * UINT32_MAX where there is none. `id` is canonical, or as it came. */
uint32_t aliases_find(const struct aliases *a, const struct definition *d, const char *id,
                      size_t len, const char *scope);

/* The row that is one of the credentials in use at the origin of `d`: by the id that any definition
 * there tells from a secret, by the secret being the id, or by its digest. `secrets` are all that
 * the headers of `d` hold, NULL-terminated. */
uint32_t aliases_own(const struct aliases *a, const struct definition *d,
                     const char *const *secrets);

#endif
