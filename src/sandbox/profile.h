#ifndef RESCIND_SANDBOX_PROFILE_H
#define RESCIND_SANDBOX_PROFILE_H

/* What a list or a read tells of a key: its id, and by the definition's fields its name, dates,
 * spending, state. Derived from the target's identity, so that it is the same at every start; dates
 * count back from the sandbox's start. */

#include "provider/definition.h"

#include <jansson.h>

enum { WORKSPACES_MAX = 100, ACCOUNT_ID = 37 };

/* Workspace i of an account. The default one, 0, names the account itself. */
void profile_workspace_id(unsigned i, unsigned account, char out[ACCOUNT_ID]);
/* The object of what list.each lists: "id" is where the definition says. */
json_t *profile_group(const struct definition *d, const char *id, unsigned i, int64_t epoch_ms);
/* Which workspace a key of this identity lives in. */
unsigned profile_workspace_of(uint64_t identity, unsigned workspaces);

struct profile {
    const char *id, *workspace;
    const char *secret; /* its own; NULL: raw_of tells, if anything does */
    uint64_t identity;
    unsigned account;
    bool disabled, dead; /* dead: deleted, and still to be seen */
    int64_t epoch_ms;    /* the sandbox's start */
    const json_t *over;  /* members that were said of this one, or NULL */
};

/* What stands for the key in a list; a bare string where list.id is the item itself. */
json_t *profile_make(const struct definition *d, const struct profile *p);

/* Where the object of a read, or a creation, lies in its answer: the pointer to the id without its
 * last part. Length of the prefix of `pointer`. */
size_t profile_wrap(const char *pointer);
/* The pointer to the id in the answer to `read`; NULL where it is not read. */
const char *profile_read_id(const struct definition *d);

#endif
