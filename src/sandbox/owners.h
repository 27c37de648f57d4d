#ifndef RESCIND_SANDBOX_OWNERS_H
#define RESCIND_SANDBOX_OWNERS_H

/* The accounts by name. "main" is number 0: whose keys a manifest names that tells no account. */

#include <stdbool.h>

enum { ACCOUNTS_MAX = 256, ACCOUNT_NAME = 32 };
struct account_names {
    char name[ACCOUNTS_MAX][ACCOUNT_NAME];
};

/* The number of a name, a new one where it is new. false where there is no room for more. */
bool accounts_number(struct account_names *a, const char *name, unsigned *out);

#endif
