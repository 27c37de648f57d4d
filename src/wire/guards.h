#ifndef RESCIND_WIRE_GUARDS_H
#define RESCIND_WIRE_GUARDS_H

/* What stops a run while it goes: pure counting, a guard for each provider, a gate for each kind of
 * target, and a canary for all. */

#include "journal/ledger.h"
#include "wire/settings.h"

/* No more of a kind than this are sent until one of them was seen. */
enum { ABSENT_GATE = 20, HALT_PERCENT_FROM = 20 };

/* Of this invocation. */
struct guard {
    uint64_t finished, failed;
};

/* A target of this invocation is finished. */
void guard_finished(struct guard *g, enum outcome now);
/* Whether so many failed that the provider must halt; the reason, naming it, goes to `reason`. */
bool guard_says_halt(const struct guard *g, const struct settings *s, const char *provider,
                     char reason[512]);

/* Of a kind of target that these eyes have seen nothing of. */
struct gate {
    bool open;            /* they have, or absence is expected: the rest does not matter */
    bool looked;          /* a look saw one: what is refused for its own reasons is no doubt */
    uint64_t sent, heard; /* announced over the whole journal, by these eyes, and ended */
    uint64_t absent;      /* ended as an absence that nothing proves */
};
bool gate_allows(const struct gate *g); /* one more may be announced */
void gate_announced(struct gate *g);
void gate_heard(struct gate *g, enum outcome o);
/* Whether all that may be sent was, and none was seen; `waiting`: so many more want to go. */
bool gate_says_stop(const struct gate *g, const struct definition *d, uint64_t waiting,
                    char reason[512]);

/* Whether what is done must not be called so without a word: some were still there when they were
 * last looked at, or too many of a kind were absent from the start (evidence.h), and nobody said to
 * expect that; the reason says which. */
bool guards_doubtful(const struct settings *s, const struct targets *t,
                     const struct row_set *listed, const struct ledger *l, char reason[512]);

/* The canary: a few targets go before all others, and the first of them that does not succeed
 * stops the run; so do targets that were all absent. */
struct canary {
    struct row_set *rows; /* NULL: none */
    uint32_t left;        /* that are still to succeed */
    uint32_t there;       /* that succeeded and were not absent */
    bool failed;
};
void canary_add(struct canary *c, uint32_t row); /* a row that is not in it */
void canary_free(struct canary *c);
bool canary_has(const struct canary *c, uint32_t row);
/* Whether a row must wait for it. */
bool canary_holds(const struct canary *c, uint32_t row);
enum canary_says { CANARY_NOTHING, CANARY_PASSED, CANARY_FAILED };
/* A target has ended. */
enum canary_says canary_judge(struct canary *c, const char *provider, uint32_t row, enum outcome o,
                              char reason[512]);

#endif
