#ifndef RATELAB_DISTANCE_H
#define RATELAB_DISTANCE_H

/* Servers far away: 512 may be in flight, and the best possible is what the limiter, or the
 * server's workers, allow alone, and one round trip. */

#include "play.h"

#include <stddef.h>

enum distance_id {
    DISTANCE_OPEN,        /* no limit */
    DISTANCE_ONE_FREE,    /* 500/s burst 50, 200 ms, 5,000 requests: no hint or ms */
    DISTANCE_ONE_TOLD,    /* ... Retry-After */
    DISTANCE_BUCKET_FREE, /* buckets of a tenth of a second and more, up to 200 ms */
    DISTANCE_BUCKET_TOLD,
    DISTANCE_FAR_FREE, /* the same, 500 ms */
    DISTANCE_FAR_TOLD,
    DISTANCE_CAPACITY, /* so many workers */
    DISTANCE_REFUSING, /* ... which answer 503 when more than 64 wait */
    DISTANCE_HALVES,   /* ... which take twice as long from the middle on */
    DISTANCE_DOUBLES,  /* ... half as long */
    DISTANCE_WAY,      /* the way becomes twice as long in the middle */
    DISTANCE_STALL,    /* the server stands still for seconds in the middle: no limit, or workers */
    DISTANCE_STALL_FREE, /* ... buckets and windows: no hint or ms */
    DISTANCE_STALL_TOLD, /* ... Retry-After */
    DISTANCE_SMALL,      /* limits that a small number of targets hardly meets: for w alone */
    DISTANCES,
};

struct distance_class {
    const char *name;
    double mean, each; /* bars of eta; 0: none */
};
extern const struct distance_class distance_classes[DISTANCES];

struct distance_case {
    enum distance_id class;
    struct play_setup setup; /* without client and seed */
};

enum { DISTANCE_MAX = 1024, DISTANCE_NAME = 160 };
int distance_fill(struct distance_case *cases); /* returns their number */
void distance_name(const struct distance_case *c, char *out, size_t size);

struct distance_outcome {
    double eta, w, refusals, sick;
    double spans;     /* mean time in the queue, in times of service */
    double queue;     /* mean length of the queue */
    double settled_s; /* after a step or a stall: until what there is is used and no queue stands */
    int64_t violations;
};
struct distance_outcome distance_measure(const struct distance_case *c, const struct client *client,
                                         int seeds, int64_t turn_us);

/* What it misses: "" where nothing; of bars for each case. */
const char *distance_missed(const struct distance_case *c, const struct distance_outcome *o);

#define DISTANCE_SETTLE_S 5.0

#endif
