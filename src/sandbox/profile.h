#ifndef RESCIND_SANDBOX_PROFILE_H
#define RESCIND_SANDBOX_PROFILE_H

/* What a list tells of a key beyond its id: names, dates, spending. Derived from the target's
 * identity, so that it is the same at every start; dates count back from the sandbox's start. */

#include "provider/definition.h"

#include <jansson.h>

enum { WORKSPACES_MAX = 100, WORKSPACE_ID = 37 };

/* Workspace i; 0 is the default one. */
void profile_workspace_id(unsigned i, char out[WORKSPACE_ID]);
json_t *profile_workspace(unsigned i, int64_t epoch_ms);
/* Which one a key of this identity lives in. */
unsigned profile_workspace_of(uint64_t identity, unsigned workspaces);

struct profile_world {
    int64_t epoch_ms; /* the sandbox's start */
    unsigned workspaces;
};

/* A whole object in the form of the provider's list; generic {"id"} where that is not known. */
json_t *profile_make(const struct definition *d, const char *id, uint64_t identity,
                     const struct profile_world *world);

/* The name of the field that holds the id: "hash", "id", "prefix". */
const char *profile_id_field(const struct definition *d);

#endif
