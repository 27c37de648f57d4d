#ifndef RESCIND_WIRE_PROBER_H
#define RESCIND_WIRE_PROBER_H

/* Tries a definition, one request after the other, without deleting anything that exists: whether
 * what it says of its reads and its list is so. */

#include "wire/lister.h"

/* An id of fewer bits that was made up may be somebody's, and is never deleted. */
enum { PROBE_SAFE_BITS = 128 };

enum probe_step {
    PROBE_PREFLIGHT,
    PROBE_SELF,
    PROBE_ACCOUNT,
    PROBE_LIST,
    PROBE_READ,   /* of one that is listed */
    PROBE_NOBODY, /* of an id that cannot exist */
    PROBE_DELETE, /* of such an id */
    PROBE_STEPS
};

enum probe_state {
    PROBE_UNSAID, /* the definition does not say how, or it could not be tried */
    PROBE_GOOD,
    PROBE_BAD /* it is not as the definition has it */
};

struct probe_finding {
    enum probe_state state;
    char words[300]; /* what was found, or why it was not tried */
};

struct probe {
    /* Filled by the owner, borrowed. */
    const struct settings *settings;
    const struct definition *definition;
    struct credentials *credentials;
    const struct observer *observer;
    const char *scope;  /* as request.h has it; NULL: that of the first listed */
    bool delete_nobody; /* makes PROBE_DELETE */

    /* What came of it. */
    struct probe_finding finding[PROBE_STEPS];
    char own_id[ID_MAX + 1], account[ID_MAX + 1], listed_id[ID_MAX + 1];
    struct keylist *keys; /* NULL: there is no whole list */
    bool own_is_listed;
    bool refused, unreached; /* the credential is; there was no usable answer at all */
    enum absent_rule absent; /* what PROBE_DELETE showed; UNKNOWN: nothing */
};

/* EXIT_CREDENTIAL, EXIT_USAGE, and EXIT_STOPPED where a signal or the deadline ended it; what the
 * server said is in the findings. */
int probe_make(struct probe *p, struct error *err);
void probe_free(struct probe *p);

#endif
