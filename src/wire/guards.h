#ifndef RESCIND_WIRE_GUARDS_H
#define RESCIND_WIRE_GUARDS_H

/* What stops a run while it goes: pure counting, a guard for each provider and a canary for all. */

#include "journal/ledger.h"
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

/* Whether everything that is done was absent, so that "nothing is left" may be a mistake; the
 * reason names the provider. */
bool guards_suspicious(const struct settings *s, const struct targets *t,
                       const struct row_set *listed, const struct ledger *l, char reason[512]);

/* The canary: the first few targets go before all others, and the first of them that does not
 * succeed stops the run. */
struct canary {
    uint32_t left;     /* that are still to succeed */
    uint32_t last_row; /* they stand in no row beyond it */
    bool failed;
};
/* Whether a row must wait for it. */
bool canary_holds(const struct canary *c, uint32_t row);
enum canary_says { CANARY_NOTHING, CANARY_PASSED, CANARY_FAILED };
/* A target has ended. */
enum canary_says canary_judge(struct canary *c, const char *provider, uint32_t row, enum outcome o,
                              char reason[512]);

#endif
