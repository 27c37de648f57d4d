#ifndef RESCIND_RUN_PARTS_H
#define RESCIND_RUN_PARTS_H

/* A run in memory.
 *
 * A lane is a wire and its queue of targets. A part is one definition's share of the run: its
 * endpoint, and the lane that it goes over. A group is a provider's name, which is what the guards
 * count by. */

#include "run/queue.h"
#include "wire/firsts.h"
#include "wire/guards.h"
#include "wire/wire.h"

struct runner;
struct pass;

struct group {
    const char *name;
    struct guard guard;
};

struct part {
    struct endpoint endpoint;
    struct group *group;
    struct lane *lane;
    uint32_t first_row;    /* of it, for the scope of its reads */
    bool *others;          /* runs with another credential, perhaps of another account */
    bool by_us, by_others; /* who found any of its targets there */
};

/* What is in a slot of a lane's wire. */
struct flight {
    struct part *part;
    uint32_t row;
    uint16_t backoff_ms, ended; /* as in struct waiting */
    bool busy;
};

struct lane {
    struct runner *run;
    struct wire wire;
    struct queue queue;
    struct flight *flight; /* by slot */
    struct firsts firsts;
    bool held_at_start; /* by a hold of an earlier run: others do not wait for its preflight */
    bool ready;         /* preflight passed */
    struct tally tally;
};

struct runner {
    struct session session;
    const struct pass *pass;
    int64_t not_before_us; /* no request of the pass before */
    struct lane *lane;
    size_t lanes;
    struct group *group;
    size_t groups;
    struct part **part; /* by catalog index; NULL: not in use */

    uint16_t batch; /* the journal batch being collected */
    struct canary canary;
    bool barrier_open, abandon;

    uint32_t *unsynced; /* rows whose `end` is collected and not yet on disk */
    size_t unsynced_count, unsynced_cap;
    struct buf body;
    struct lane_view *view;
};

/* From targets and definitions to lanes, and what earlier runs did to the guards; nothing is sent.
 * EXIT_CREDENTIAL, EXIT_USAGE, EXIT_CONFIG, EXIT_STOPPED. */
int parts_build(struct runner *r, struct error *err);
void parts_free(struct runner *r);

struct part *part_of(const struct runner *r, uint32_t row);

#endif
