#ifndef RESCIND_ENGINE_ROTATE_TARGET_H
#define RESCIND_ENGINE_ROTATE_TARGET_H

/* A rotation in memory, for the engine's own files. */

#include "engine/fetch.h"
#include "engine/guards.h"
#include "engine/handover.h"
#include "engine/retry.h"
#include "engine/rotate_steps.h"
#include "engine/run.h"

#include <jansson.h>

enum { SECRET_MAX = 4096 };

struct rotor {
    const struct run *run;
    const struct rotate_handover *handover;
    struct fetch *fetch;
    const struct definition *d;
    struct fetch_observer observer;
    const char *pair;
    struct guard *guard;
    struct record_counts counts;
    struct rng rng;
    enum exit_code code; /* EXIT_DONE: it goes on */
    char reason[512];
    char *secret; /* SECRET_MAX bytes of locked memory */
    char own_id[ID_MAX + 1];

    /* for the view */
    uint64_t targets, finished, done, failed, sent, http_429;
    int64_t started_us;
};

/* One target. */
struct turn {
    struct rotor *rotor;
    uint32_t row;
    char id[ID_MAX + 1];
    struct rotate_state state;
    json_t *settings; /* the members of a creation, the name as it will be in the end */
    char successor[ID_MAX + 1], marker[ROTATION_MARKER + 1];
    unsigned creations; /* that ended in a retryable way */
    int64_t due_us;     /* of the next creation */
    unsigned backoff_ms;

    /* the last answer */
    struct verdict verdict;
    unsigned status, ms;
    json_t *json;
    char fail[300]; /* why there will be no successor */
};

/* What became of a piece of work. */
enum turned {
    TURNED,       /* go on with the next */
    TURN_FINISHED /* the target is finished, or the run stops (rotor.code) */
};
enum turned turn_step(struct turn *t);

void rotor_stop(struct rotor *r, enum exit_code code, const char *reason);
/* Collects a record and makes sure of it. */
int rotor_commit(struct rotor *r, struct record *record);
/* A wait that an answer asks for, kept for the next run. */
void rotor_hold(void *rotor, int status, const struct hint *hint);
void turn_end(struct turn *t, enum outcome outcome, const char *why);

#endif
