#ifndef RESCIND_RUN_QUEUE_H
#define RESCIND_RUN_QUEUE_H

/* The targets of one pair that are still to be sent: fresh ones by priority and in the manifest's
 * order, announced ahead in the journal before they go, and those that wait for another attempt. */

#include "manifest/targets.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct waiting {
    int64_t due_us;
    uint32_t row;
    uint16_t backoff_ms; /* the last one, for decorrelated jitter */
    uint16_t batch;      /* the journal batch that announces it, modulo 2^16 */
    uint16_t ended;      /* reads: attempts that ended retryable */
};

struct queue {
    uint32_t *fresh;                          /* rows, in the order of sending */
    uint32_t count, sent, durable, announced; /* sent <= durable <= announced <= count */
    uint32_t deferred;                        /* the last ones of `fresh`, that let others by */
    struct waiting *heap;
    size_t waiting, heap_cap;
};

void queue_add(struct queue *q, uint32_t row);
/* To the front of what was not announced, from where it stands there. */
void queue_forward(struct queue *q, uint32_t row);
/* Takes out the rows that `takes` says it does: of those that were not announced. */
typedef bool queue_takes_fn(void *at, uint32_t row);
/* Lets the others by: behind them go those that it takes, in their order, until they are recalled.
 */
void queue_defer(struct queue *q, queue_takes_fn *takes, void *at);
/* They are the first again. */
void queue_recall(struct queue *q);
void queue_drop(struct queue *q, queue_takes_fn *takes, void *at);
/* The same of those that were announced and are not on their way, or wait; they go to `out`. */
void queue_withdraw(struct queue *q, queue_takes_fn *takes, void *at, struct row_set *out);
void queue_free(struct queue *q);

void queue_wait(struct queue *q, struct waiting w);
const struct waiting *queue_first(const struct queue *q); /* the earliest due; NULL: none waits */
struct waiting queue_pop(struct queue *q);

static inline bool queue_empty(const struct queue *q)
{
    return q->sent == q->count && !q->waiting;
}

#endif
