#ifndef RESCIND_SANDBOX_WORKERS_H
#define RESCIND_SANDBOX_WORKERS_H

/* A server that is slow because it is busy: `8:40ms:queue=100` has 8 workers, each of which takes
 * 40 ms for a request; 100 requests wait for one, and what comes on top is refused with 503.
 * Without `queue` all wait. Requests are served in the order of their arrival. */

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct workers {
    unsigned count; /* 0: no such bound */
    int64_t span_us;
    bool bounded;
    uint64_t room;      /* of the queue, where it is bounded */
    int64_t *free_us;   /* a ring: when each worker is free, in the order in which they are */
    unsigned next;      /* the one that is free first */
    int64_t *start_us;  /* a ring of `room`: when the last ones to wait begin */
    uint64_t waited;    /* how many ever waited */
    uint64_t queued_us; /* all that was ever waited for a worker, together */
};

/* EXIT_USAGE. What was there before is freed. */
int workers_parse(const char *spec, struct workers *out, struct error *err);
void workers_free(struct workers *w);

/* The microseconds from now until the request is answered, 0 where there is no bound; -1: the queue
 * is full. `now` never goes back. */
int64_t workers_take(struct workers *w, int64_t now_us);

#endif
