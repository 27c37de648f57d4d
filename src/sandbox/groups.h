#ifndef RESCIND_SANDBOX_GROUPS_H
#define RESCIND_SANDBOX_GROUPS_H

/* What the keys are listed for each of: the workspaces of an account, or the values that the
 * targets have for a scope (projects, teams). */

#include "sandbox/listing.h"

struct groups {
    char **at;
    size_t count;
};

void groups_find(struct groups *g, const struct stock_listing *l, const struct definition *d,
                 const struct credential *who);
void groups_free(struct groups *g);
/* The index of the one behind that of this name; their count where there is none. */
size_t groups_after(const struct groups *g, const char *name);

#endif
