#ifndef RATELAB_LIMITER_H
#define RATELAB_LIMITER_H

/* The limiters a provider may hide behind its 429. Times are seconds since the start, and never go
 * back. */

#include <stdint.h>

enum limiter_kind {
    LIMITER_NONE,
    LIMITER_BUCKET, /* `rate` a second, `burst` deep; `steps` change the rate */
    LIMITER_WINDOW, /* `quota` per fixed window of `width` s; the first one began `phase` ago */
    LIMITER_BOX,    /* more than `quota` in any `width` s, refused ones too: out for `out` s */
};

enum { LIMITER_STEPS = 3, LIMITER_HISTORY = 2048 };

struct limiter_spec {
    enum limiter_kind kind;
    double rate, burst;
    struct {
        double at, rate;
    } steps[LIMITER_STEPS]; /* rate 0 ends them */
    int quota;
    double width, phase, out;
};

struct limiter {
    struct limiter_spec spec;
    double tokens, at;
    int64_t window;
    int used;
    double out_until;
    double history[LIMITER_HISTORY]; /* a ring of the admitted times within `width` */
    unsigned first, count;
};

void limiter_init(struct limiter *l, const struct limiter_spec *spec);

/* Negative: admitted. Else the seconds until it could admit again. */
double limiter_admit(struct limiter *l, double t);

/* The most requests that anybody could get admitted by time t, sending at most `most` a second. */
double limiter_cap(const struct limiter_spec *spec, double t, double most);

#endif
