#ifndef RESCIND_SANDBOX_INVENTORY_H
#define RESCIND_SANDBOX_INVENTORY_H

/* The reads and writes beyond the actions: who the credential is, lists, single reads, changes,
 * creations. */

#include "sandbox/forms.h"
#include "sandbox/routes.h"
#include "sandbox/standin.h"
#include "sandbox/truth.h"

struct inventory;
struct inventory *inventory_new(struct truth *truth, const struct forms *forms); /* borrows */
void inventory_free(struct inventory *v);

/* row: the target that the path names; UINT32_MAX: none, or never heard of. */
void inventory_answer(struct inventory *v, const struct place *place, const struct provider *p,
                      const struct incoming *in, uint32_t row, struct reply *out);

#endif
