#ifndef RESCIND_SANDBOX_FAULTS_H
#define RESCIND_SANDBOX_FAULTS_H

/* What goes wrong, how often, and when. A fault is `[PROVIDER=]KIND:RATE[:SETTING...]`:
 *
 *   500:5%                     any status; :retry-after=TEXT adds the header
 *   drop-before:1% drop-after:1% drop:1%      connection closed without an answer, before or after
 *   reset-before:1% reset-after:1% reset:1%   the deletion took effect (or either); reset: by RST
 *   stall:1%:for=2s            the answer comes that much later
 *   cut:1%                     the body is announced longer than it is, then the connection closes
 *   stray:1%                   a second answer nobody asked for follows on the same connection
 *   html404:1% redirect:1%     a gateway's page; a 307 to a trap that is counted
 *   deleted-false:1% other-id:1% empty:1% html:1%     a 200 that confirms nothing
 *   listed:1% lie:1%           the right answer, but the key is still there
 *   stuck:1:on=read            a list that ignores its offset
 *   more:1:on=read             a list that says at its end that there is more
 *
 * Settings: effect=yes|no|either (whether the deletion happens), on=action|read|all (an action is
 * any request that changes something), id=ID, tries=N (only the first N times that a target is
 * asked for), from=N, to=N (only from the Nth, up to the Nth matching request), times=N (at most so
 * often), for=SPAN, retry-after=TEXT.
 *
 * The dice are thrown with (seed, fault, target, how often it was asked for), so that a run has the
 * same faults in whatever order its requests arrive. */

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

enum fault_kind {
    FAULT_STATUS,
    FAULT_DROP,
    FAULT_RESET,
    FAULT_STALL,
    FAULT_CUT,
    FAULT_STRAY,
    FAULT_HTML_404,
    FAULT_REDIRECT,
    FAULT_DELETED_FALSE,
    FAULT_OTHER_ID,
    FAULT_EMPTY,
    FAULT_HTML,
    FAULT_LISTED,
    FAULT_STUCK,
    FAULT_MORE,
};

enum fault_effect { EFFECT_NO, EFFECT_YES, EFFECT_EITHER };
enum fault_on { ON_ACTION, ON_READ, ON_ALL };

struct fault {
    enum fault_kind kind;
    enum fault_effect effect;
    enum fault_on on;
    char *provider, *id, *retry_after; /* NULL: any, none */
    double rate;
    int status;
    int64_t for_us;
    uint64_t tries, from, to, times; /* 0: no bound */
    uint64_t seen, fired;
};

enum { FAULTS_MAX = 32 };
struct faults {
    struct fault at[FAULTS_MAX];
    unsigned count;
    uint64_t seed;
};

int faults_add(struct faults *f, const char *spec, struct error *err); /* EXIT_USAGE */
void faults_clear(struct faults *f);

/* One request, as the dice see it. */
struct fault_case {
    const char *provider, *id;
    bool action;       /* a deletion, disabling or enabling; otherwise a read */
    uint64_t identity; /* of the target, or of the path */
    uint64_t sight;    /* how often it was asked for before */
};

/* The first fault that happens to this request, or NULL. *effect: whether the action is to take
 * effect all the same (what EFFECT_EITHER came to). */
const struct fault *faults_pick(struct faults *f, const struct fault_case *c, bool *effect);

/* A throw in [0, 1) that depends on nothing but its arguments. */
double fault_dice(uint64_t seed, uint64_t a, uint64_t b, uint64_t c);

#endif
