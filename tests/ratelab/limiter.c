#include "limiter.h"

#include <math.h>

#define ADMITTED -1.0

void limiter_init(struct limiter *l, const struct limiter_spec *spec)
{
    *l = (struct limiter){.spec = *spec, .tokens = spec->burst, .window = -1, .out_until = -1};
}

static double rate_at(const struct limiter_spec *s, double t)
{
    double rate = s->rate;
    for (int i = 0; i < LIMITER_STEPS && s->steps[i].rate > 0; i++)
        if (t >= s->steps[i].at)
            rate = s->steps[i].rate;
    return rate;
}

static double bucket_admit(struct limiter *l, double t)
{
    double rate = rate_at(&l->spec, t);
    l->tokens = fmin(l->spec.burst, l->tokens + (t - l->at) * rate);
    l->at = t;
    if (l->tokens < 1)
        return (1 - l->tokens) / rate;
    l->tokens -= 1;
    return ADMITTED;
}

static double window_admit(struct limiter *l, double t)
{
    double since = t + l->spec.phase;
    int64_t window = (int64_t)(since / l->spec.width);
    if (window != l->window) {
        l->window = window;
        l->used = 0;
    }
    if (l->used >= l->spec.quota)
        return (double)(window + 1) * l->spec.width - since;
    l->used++;
    return ADMITTED;
}

static double box_admit(struct limiter *l, double t)
{
    if (t < l->out_until)
        return l->out_until - t;
    while (l->count > 0 && l->history[l->first] <= t - l->spec.width) {
        l->first = (l->first + 1) % LIMITER_HISTORY;
        l->count--;
    }
    l->history[(l->first + l->count) % LIMITER_HISTORY] = t;
    l->count++;
    if ((int)l->count <= l->spec.quota)
        return ADMITTED;
    l->out_until = t + l->spec.out;
    l->count = 0;
    return l->spec.out;
}

double limiter_admit(struct limiter *l, double t)
{
    switch (l->spec.kind) {
    case LIMITER_BUCKET:
        return bucket_admit(l, t);
    case LIMITER_WINDOW:
        return window_admit(l, t);
    case LIMITER_BOX:
        return box_admit(l, t);
    case LIMITER_NONE:
        break;
    }
    return ADMITTED;
}

static double bucket_cap(const struct limiter_spec *s, double t, double most)
{
    double n = s->burst, since = 0, rate = s->rate;
    for (int i = 0; i < LIMITER_STEPS && s->steps[i].rate > 0 && s->steps[i].at < t; i++) {
        n += (s->steps[i].at - since) * fmin(most, rate);
        since = s->steps[i].at;
        rate = s->steps[i].rate;
    }
    return n + (t - since) * fmin(most, rate);
}

double limiter_cap(const struct limiter_spec *s, double t, double most)
{
    switch (s->kind) {
    case LIMITER_BUCKET:
        return bucket_cap(s, t, most);
    case LIMITER_WINDOW:
        return s->quota * (floor((t + s->phase) / s->width) + 1);
    case LIMITER_BOX:
        return s->quota / s->width * t + s->quota;
    case LIMITER_NONE:
        break;
    }
    return INFINITY;
}
