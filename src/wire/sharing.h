#ifndef RESCIND_WIRE_SHARING_H
#define RESCIND_WIRE_SHARING_H

/* A pacer among those of other processes that send to the same (origin, account): what they are
 * told holds this one, and each takes an equal share of the limit that they learn together. Who
 * begins takes his share of what the others know, or of what the last ones knew; who stays takes
 * over what those had that leave. */

#include "wire/neighbours.h"
#include "wire/pacer.h"

/* All zeros: alone. */
struct sharing {
    struct neighbours *seat; /* NULL: alone */
    struct news news;        /* as last heard */
    unsigned others;         /* who share the limit, as this one counts on, */
    double theirs;           /* with so much of it */
    bool sends;
    int64_t cycle_us; /* of the pacer's, for which the shares were made even */
};

void sharing_join(struct sharing *s, const char *origin, const char *const *secrets,
                  struct listener *listener);
void sharing_leave(struct sharing *s);

/* Every turn, before anything is sent; `sends`: there are targets to go. Returns how long a hold
 * that is news lasts from now, which the pacer obeys already; 0: there is none. */
int64_t sharing_turn(struct sharing *s, struct pacer *p, bool sends, int64_t now);

/* This process was told to wait for so long from now. */
void sharing_tell_hold(struct sharing *s, int64_t hold_us);

#endif
