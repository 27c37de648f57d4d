#ifndef RESCIND_PROVIDER_CONTRADICTION_H
#define RESCIND_PROVIDER_CONTRADICTION_H

/* What in the body of a success says the contrary. For verdict.c. */

#include "provider/answer.h"
#include "provider/condition.h"

enum { CONTRADICTION = 100 };

/* NULL where nothing does. Looked at are the body, its members that are objects, after an action
 * arrays of objects too, and what stands next to a promised member. Names are compared without
 * regard to case, `_` and `-`:
 *   - an `error`, `errors` or `err` that is not null, false or empty, an error's code or message
 *   - a `success`, `ok`, `succeeded` or `successful` that is false; after a deletion a `deleted`,
 *     or a count of what was, that is false, 0 or empty; after an action a `dry_run` that is true
 *   - a `status`, `state`, `result` or `outcome` with a word of failure, or after an action of what
 *     is still to be done; a `status` or `code` from 400 to 599
 *   - another id wherever the provider puts ids: echo, the conditions that name {id}, list.id at
 *     the top and in list.items; and, where no condition names {id}, another text of
 *     its length under the name that the list gives ids, at the top or one below */
const char *contradiction_in(const struct question *q, json_t *json, char why[CONTRADICTION]);

#endif
