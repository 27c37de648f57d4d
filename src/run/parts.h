#ifndef RESCIND_RUN_PARTS_H
#define RESCIND_RUN_PARTS_H

/* A run in memory.
 *
 * A lane is a wire and its queue of targets. A part is one definition's share of the run: its
 * endpoint, and the lane that it goes over. A group is a provider's name, which is what the guards
 * count by. */

#include "journal/evidence.h"
#include "run/queue.h"
#include "wire/firsts.h"
#include "wire/guards.h"
#include "wire/recheck.h"
#include "wire/survey.h"
#include "wire/wire.h"

struct runner;
struct pass;
struct part;

struct group {
    const char *name;
    struct guard guard;
};

/* What is in a slot of a lane's wire. */
struct flight {
    struct part *part;
    uint32_t row;
    uint16_t backoff_ms, ended; /* as in struct waiting */
    bool busy;
};

/* Where a success says nothing, the first seen target is deleted alone and looked at again. */
enum trial_state {
    TRIAL_NONE, /* none is needed */
    TRIAL_WANTED,
    TRIAL_SENT,
    TRIAL_RECHECK,
    TRIAL_PASSED,
    TRIAL_FAILED
};
enum { TRIALS_MOST = 3 }; /* that may fail */
/* An answer that stands when the look that saw its target does not see it any more. */
struct suspect {
    struct flight flight;
    struct verdict verdict;
    int status;
    int64_t took_us;
};
struct trial {
    enum trial_state state, after; /* `after`: once the look has settled it */
    bool settling;                 /* what the look told is being written */
    unsigned failed;               /* so many targets that went alone could not be deleted */
    uint32_t row;
    struct suspect now; /* from TRIAL_RECHECK on: what is looked at */
    struct suspect *suspect;
    unsigned suspects, suspects_cap; /* what came meanwhile, and is looked at then */
    struct recheck recheck;
    void (*passed)(struct part *p);
};

/* An absence in the provider's own form that nothing proves yet. */
struct doubt {
    uint32_t row;
    int status;
    bool applied;
};
enum { DOUBTS_MAX = ABSENT_GATE };

struct part {
    struct endpoint endpoint;
    struct group *group;
    struct lane *lane;
    uint32_t first_row; /* of it, for the scope of its reads */
    struct survey survey;
    struct gate gate;
    struct trial trial;
    struct doubt doubt[DOUBTS_MAX];
    unsigned doubted;
    uint32_t waiting;        /* targets that were not announced in this run */
    bool withdrawn;          /* not even what was announced of it goes any more */
    bool sighted;            /* an action of these eyes showed that its target existed */
    struct ending ending;    /* not EXIT_DONE: nothing more of it is sent */
    struct listing *listing; /* verify.c: its list is to be read; NULL: it is not */
};

struct lane {
    struct runner *run;
    struct wire wire;
    struct queue queue;
    struct flight *flight; /* by slot */
    struct firsts firsts;
    unsigned parts;   /* that go over it */
    bool checked;     /* preflight passed */
    bool ready;       /* and its parts were looked at */
    unsigned surveys; /* looks that are not over */
    unsigned pending; /* targets and lists that are looked at besides the queue */
    bool foreign;     /* some was absent to another account: `pending` until it is looked at */
    bool foretold;    /* whether the deadline can be met */
    bool retried;     /* the last one sent was a retry: then a fresh one has its turn */
    struct tally tally;
};

struct runner {
    struct session session;
    const struct pass *pass;
    int64_t not_before_us; /* no request of the pass before */
    int64_t patience_us;   /* until when one that is still there is looked at again */
    struct late *late;     /* verify.c: absences that wait for a control */
    size_t lates;
    struct lane *lane;
    size_t lanes;
    struct group *group;
    size_t groups;
    struct part **part; /* by catalog index; NULL: not in use */

    uint16_t batch; /* the journal batch being collected */
    struct canary canary;
    struct row_set *withdrawn; /* announced, and certainly not sent since; NULL: none */
    bool barrier_open, abandon;
    int64_t next_pace_us; /* the journal is told of it no sooner */

    uint32_t *unsynced; /* rows whose `end` is collected and not yet on disk */
    size_t unsynced_count, unsynced_cap;
    struct buf body;
    struct lane_view *view;
};

/* From targets and definitions to lanes, and what earlier runs did to the guards; nothing is sent.
 * EXIT_CREDENTIAL, EXIT_USAGE, EXIT_CONFIG, EXIT_STOPPED. */
int parts_build(struct runner *r, struct error *err);
void parts_free(struct runner *r);

/* Stops a group's targets, and no other group's that go over the same lanes. */
void group_stop(struct runner *r, const struct group *g, enum exit_code code, const char *reason);

/* Another attempt at a row of it, later; unless it was stopped meanwhile. */
void part_wait(struct part *p, struct waiting w);

struct part *part_of(const struct runner *r, uint32_t row);

/* No more of a part is sent; what of it was not announced is left over. */
void part_stop(struct part *p, enum exit_code code, const char *reason);
/* Likewise with EXIT_STOPPED, by what another try does not mend. */
void part_halt(struct part *p, const char *reason);

static inline struct runner *part_runner(const struct part *p)
{
    return p->lane->run;
}

static inline const struct work *part_work(const struct part *p)
{
    return &part_runner(p)->session.work;
}

static inline const struct definition *part_definition(const struct part *p)
{
    return p->endpoint.definition;
}

static inline struct sight part_sight(const struct part *p)
{
    return evidence_sight(part_work(p)->ledger, part_definition(p));
}

#endif
