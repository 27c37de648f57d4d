#ifndef RESCIND_WIRE_GUARDS_H
#define RESCIND_WIRE_GUARDS_H

/* What stops a run while it goes: pure counting, one struct a provider. */

#include "wire/settings.h"

/* No more of a provider's targets than this are sent until one of them was not absent. */
enum { ABSENT_GATE = 20, HALT_PERCENT_FROM = 20 };

struct guard {
    /* over the whole journal */
    uint64_t targets; /* of the manifest */
    uint64_t sent;    /* distinct ones that anything was announced for */
    uint64_t absent;  /* finished as absent, in any of the three ways */
    bool evidence;    /* one finished and was not absent */
    /* of this invocation */
    uint64_t finished, failed;
};

/* A target that an earlier run dealt with. */
void guard_known(struct guard *g, enum outcome o, bool announced);
/* One that an earlier run with the credential of another account left over: what it found proves
 * nothing, but an absence still counts as one. */
void guard_known_to_another(struct guard *g, enum outcome o);
/* Whether absence proves nothing here: no target was ever there, and nobody said that to expect. */
bool guard_doubts(const struct guard *g, const struct settings *s);

/* Announcing one more target that nothing was ever announced for is allowed. */
bool guard_allows(const struct guard *g, const struct settings *s);
void guard_announced(struct guard *g);
/* A target of this invocation is finished. `before` is the outcome that an earlier run gave it. */
void guard_finished(struct guard *g, enum outcome before, enum outcome now);

enum guard_halt { GUARD_GO, GUARD_ABSENT, GUARD_FAILURES };
/* Whether the run must halt; the reason, naming the provider, goes to `reason`. */
enum guard_halt guard_check(const struct guard *g, const struct settings *s, const char *provider,
                            char reason[512]);

#endif
