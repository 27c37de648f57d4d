#ifndef RESCIND_SANDBOX_VENDORS_H
#define RESCIND_SANDBOX_VENDORS_H

/* What single vendors do that no definition says: the one place of the sandbox that knows them by
 * name. Whatever is not here follows from the definition. */

#include "base/rng.h"
#include "provider/definition.h"

#include <jansson.h>

/* Of a provider. */
struct vendor {
    const char *provider;
    const char *error;   /* an error's body, {code} and {message} filled in; NULL: by error.text */
    const char *limited; /* the words of a 429 */
    const char *secret;  /* the demo credential */
    int wrong;           /* status of a credential that is not known */
    bool tells_in_body;  /* its 429 is documented to have a hint in the body */
    bool seconds;        /* its times are Unix seconds */
    bool terse;          /* a success is as often a 204 as an empty 200 */
};
const struct vendor *vendor_of(const struct definition *d); /* never NULL */
const struct vendor *vendor_named(const char *provider);

/* Of a kind's list and what is in it. */
enum vendor_hides { HIDES_NONE, HIDES_DISABLED, HIDES_SOME };
struct vendor_list {
    const char *provider, *kind;
    unsigned page, page_max; /* without a limit in the query, and at most; 0: 100 */
    const char *reveals;     /* the query parameter without which the list */
    enum vendor_hides hides; /* leaves these out */
    int absent_read;         /* the status of a read of what is not there; 0: the absence's */
    const char *members;     /* JSON: members of every object beyond the definition's */
    void (*more)(json_t *object, struct rng *r); /* and those that differ; NULL: none */
    /* Of a change or a creation: the member that is wrong, or NULL; what a new key has besides. */
    const char *(*wrong)(const json_t *fields, bool creating);
    void (*born)(json_t *object, const json_t *fields);
};
const struct vendor_list *vendor_list_of(const struct definition *d); /* never NULL */

/* Made-up values, also for others. */
bool vendor_chance(struct rng *r, double share);
double vendor_money(struct rng *r, double most);

#endif
