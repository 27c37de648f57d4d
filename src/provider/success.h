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

#endif
