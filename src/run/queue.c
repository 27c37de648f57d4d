#include "run/queue.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void queue_add(struct queue *q, uint32_t row)
{
    if ((q->count & (q->count - 1)) == 0) /* a power of two, or empty: it is full */
        q->fresh = mem_resize(q->fresh, q->count ? (size_t)q->count * 2 : 1, sizeof *q->fresh);
    q->fresh[q->count++] = row;
}

void queue_forward(struct queue *q, uint32_t row)
{
    for (uint32_t at = q->announced; at < q->count; at++) {
        if (q->fresh[at] != row)
            continue;
        q->deferred -= at >= q->count - q->deferred;
        memmove(&q->fresh[q->announced + 1], &q->fresh[q->announced],
                (at - q->announced) * sizeof *q->fresh);
        q->fresh[q->announced] = row;
        return;
    }
}

void queue_drop(struct queue *q, queue_takes_fn *takes, void *at)
{
    uint32_t kept = q->announced, deferred = q->count - q->deferred;
    for (uint32_t i = q->announced; i < q->count; i++) {
        if (!takes(at, q->fresh[i]))
            q->fresh[kept++] = q->fresh[i];
        else
            q->deferred -= i >= deferred;
    }
    q->count = kept;
}

void queue_defer(struct queue *q, queue_takes_fn *takes, void *at)
{
    const uint32_t fresh = q->count - q->announced;
    uint32_t *behind = mem_alloc((fresh + 1) * sizeof *behind), kept = q->announced, n = 0;
    for (uint32_t i = q->announced; i < q->count; i++) {
        if (takes(at, q->fresh[i]))
            behind[n++] = q->fresh[i];
        else
            q->fresh[kept++] = q->fresh[i];
    }
    if (n)
        memcpy(q->fresh + kept, behind, n * sizeof *behind);
    q->deferred = n;
    free(behind);
}

void queue_recall(struct queue *q)
{
    const uint32_t others = q->count - q->deferred - q->announced;
    uint32_t *front = q->fresh + q->announced, *kept = mem_alloc((others + 1) * sizeof *kept);
    memcpy(kept, front, others * sizeof *kept);
    memmove(front, front + others, q->deferred * sizeof *front);
    memcpy(front + q->deferred, kept, others * sizeof *kept);
    q->deferred = 0;
    free(kept);
}

static void withdraw_fresh(struct queue *q, queue_takes_fn *takes, void *at, struct row_set *out)
{
    const uint32_t durable = q->durable, announced = q->announced, count = q->count;
    q->count = q->durable = q->announced = q->sent;
    for (uint32_t i = q->sent; i < count; i++) {
        const uint32_t row = q->fresh[i];
        if (i < announced && takes(at, row)) {
            row_set_add(out, row);
            continue;
        }
        q->fresh[q->count++] = row;
        q->durable += i < durable;
        q->announced += i < announced;
    }
}

void queue_withdraw(struct queue *q, queue_takes_fn *takes, void *at, struct row_set *out)
{
    const size_t waiting = q->waiting;
    withdraw_fresh(q, takes, at, out);
    q->waiting = 0;
    for (size_t i = 0; i < waiting; i++) { /* no more of them wait again than were looked at */
        const struct waiting w = q->heap[i];
        if (takes(at, w.row))
            row_set_add(out, w.row);
        else
            queue_wait(q, w);
    }
}

void queue_free(struct queue *q)
{
    free(q->fresh);
    free(q->heap);
    *q = (struct queue){0};
}

static void swap(struct waiting *a, struct waiting *b)
{
    struct waiting c = *a;
    *a = *b;
    *b = c;
}

void queue_wait(struct queue *q, struct waiting w)
{
    if (q->waiting == q->heap_cap) {
        q->heap_cap = q->heap_cap ? q->heap_cap * 2 : 64;
        q->heap = mem_resize(q->heap, q->heap_cap, sizeof *q->heap);
    }
    size_t at = q->waiting++;
    q->heap[at] = w;
    for (; at && q->heap[(at - 1) / 2].due_us > q->heap[at].due_us; at = (at - 1) / 2)
        swap(&q->heap[at], &q->heap[(at - 1) / 2]);
}

const struct waiting *queue_first(const struct queue *q)
{
    return q->waiting ? q->heap : NULL;
}

struct waiting queue_pop(struct queue *q)
{
    struct waiting first = q->heap[0];
    q->heap[0] = q->heap[--q->waiting];
    for (size_t at = 0;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < q->waiting; child++)
            if (q->heap[child].due_us < q->heap[least].due_us)
                least = child;
        if (least == at)
            return first;
        swap(&q->heap[at], &q->heap[least]);
        at = least;
    }
}
