#ifndef RESCIND_WIRE_INVENTORY_READ_H
#define RESCIND_WIRE_INVENTORY_READ_H

/* What `rescind list` reads: the preflight (if the settings want one), the credential's own id, and
 * the list. */

#include "wire/lister.h"

struct inventory {
    struct keylist *keys;
    char own_id[ID_MAX + 1]; /* of the credential in use; "": it is none of these, or unknown */
    bool *maybe_own;         /* by key: it may be it, by what the list shows; NULL: not asked */
    uint64_t requests;
    unsigned again; /* how often a list was read anew */
};

/* `scope` as request.h has it, or NULL. Waits for its end; SIGINT, SIGTERM and the deadline end it
 * at once. EXIT_USAGE for a definition without a list, or without a base URL; EXIT_CREDENTIAL;
 * EXIT_STOPPED for all else. */
int inventory_read(const struct settings *s, const struct definition *d, const char *scope,
                   struct credentials *c, const struct observer *observer, struct inventory *out,
                   struct error *err);
void inventory_free(struct inventory *i);

/* Whether a key is the credential in use, or may be. */
bool inventory_own(const struct inventory *i, size_t key);

#endif
