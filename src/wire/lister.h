#ifndef RESCIND_WIRE_LISTER_H
#define RESCIND_WIRE_LISTER_H

/* Everything that a provider's list tells, read whole before any of it is used: the preflight (if
 * the settings want one), the credential's own id, what the keys are listed for each of, and the
 * pages of each. A list that changes underneath is read anew, LISTER_WALKS times at most. */

#include "provider/keylist.h"
#include "wire/fetch.h"

enum { LISTER_WALKS = 5 };

struct inventory {
    struct keylist *keys;
    char own_id[ID_MAX + 1]; /* of the credential in use; "": it is none of these, or unknown */
    uint64_t requests;
    unsigned again; /* how often a list was read anew */
};

/* EXIT_USAGE for a definition without a list; else as fetch_get, and EXIT_STOPPED for a list that
 * never stood still or cannot be understood. */
int lister_read(const struct settings *s, const struct definition *d, struct credentials *c,
                const struct fetch_observer *observer, struct inventory *out, struct error *err);
/* The same through a fetch that is there, without the preflight; the own id stays unknown. */
int lister_list(struct fetch *f, const struct definition *d, const struct fetch_observer *observer,
                struct inventory *out, struct error *err);

/* The reads before: the preflight where it is wanted, and the credential's own id. */
int lister_preflight(struct fetch *f, const struct definition *d, bool preflight,
                     char own_id[ID_MAX + 1], struct error *err);
void inventory_free(struct inventory *i);

#endif
