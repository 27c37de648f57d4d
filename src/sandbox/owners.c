#include "sandbox/owners.h"

#include <string.h>

bool accounts_number(struct account_names *a, const char *name, unsigned *out)
{
    size_t len = strlen(name);
    *out = 0;
    if (!strcmp(name, "main"))
        return true;
    if (len == 0 || len >= ACCOUNT_NAME)
        return false;
    for (unsigned i = 1; i < ACCOUNTS_MAX; i++) {
        if (!a->name[i][0])
            memcpy(a->name[i], name, len + 1);
        *out = i;
        if (!strcmp(a->name[i], name))
            return true;
    }
    return false;
}
