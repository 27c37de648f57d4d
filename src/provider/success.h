#ifndef RESCIND_PROVIDER_SUCCESS_H
#define RESCIND_PROVIDER_SUCCESS_H

/* Whether the body of a success bears it out. For verdict.c. */

#include "provider/answer.h"
#include "provider/condition.h"

enum { SUCCESS_WHY = 100 };

/* What kind of body it is that says nothing, for a person: "HTML?". `json`: as it was parsed, or
 * NULL. */
const char *body_kind(const struct answer *a, const json_t *json);

/* Whether a condition is of the body itself: `true`, `OK`, `[]`. */
bool success_of_whole_body(const struct conditions *all);

/* Why the whole answer with a 2xx does not confirm what was asked, or NULL where it does. */
const char *success_broken(const struct question *q, const struct answer *a, json_t *json,
                           char why[SUCCESS_WHY]);

/* What in a body says the contrary of a success, or NULL. Looked at are the body, its members that
 * are objects, and what stands next to a promised member:
 *   - an `error` or `errors` that is not null, false or empty
 *   - a `success` or `ok`, after a deletion a `deleted`, that is false
 *   - a `status`, `state`, `result` or `outcome` with a word of failure, or after an action of what
 *     is still to be done; a `status` or `code` that is a number from 400 to 599
 *   - another id wherever the provider puts ids: echo, the conditions that name {id}, list.id at
 *     the top and in list.items */
const char *success_contradicted(const struct question *q, json_t *json, char why[SUCCESS_WHY]);

#endif
