#ifndef RATELAB_CAPACITY_H
#define RATELAB_CAPACITY_H

/* A server with so many workers: what it takes in waits in one queue until a worker is free. Times
 * are seconds since the start, and never go back. */

#include <stdbool.h>
#include <stdint.h>

enum { CAPACITY_WORKERS = 128, CAPACITY_WAITING = 16384 };

struct capacity_spec {
    unsigned workers; /* 0: no end of them */
    double span_s;    /* that one request takes a worker */
    unsigned queue;   /* beyond so many waiting it answers 503; 0: never */
    double step_at_s; /* from then on a request takes */
    double step;      /* ... so many times span_s; 0: no change */
};

struct capacity {
    struct capacity_spec spec;
    double free_at[CAPACITY_WORKERS];
    double begin[CAPACITY_WAITING]; /* a ring: when those that wait will be begun */
    unsigned first, waiting;
    double waited_s; /* all that was taken in, together */
    int64_t taken, turned_away;
};

void capacity_init(struct capacity *c, const struct capacity_spec *spec);

/* False: turned away with a 503. Else when it is done, and for how long it waited before. */
bool capacity_take(struct capacity *c, double t, double *done_s, double *wait_s);

/* How many can be done by time t, and how many at once by then. */
double capacity_cap(const struct capacity_spec *spec, double t);
double capacity_rate(const struct capacity_spec *spec, double t); /* a second */

#endif
