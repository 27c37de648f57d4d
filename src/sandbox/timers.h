#ifndef RESCIND_SANDBOX_TIMERS_H
#define RESCIND_SANDBOX_TIMERS_H

/* A heap of things that are due, earliest first; of two at the same moment the older one. */

#include <stddef.h>
#include <stdint.h>

struct timer {
    int64_t due_us;
    uint64_t order;
    void *what;
};

struct timers {
    struct timer *at;
    size_t count, cap;
    uint64_t order;
};

void timers_add(struct timers *t, int64_t due_us, void *what);
/* The earliest one's moment, INT64_MAX where there is none. */
int64_t timers_next_us(const struct timers *t);
/* Takes the earliest one out; NULL where there is none. */
void *timers_take(struct timers *t);
void timers_free(struct timers *t);

#endif
