#include "capacity.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

void capacity_init(struct capacity *c, const struct capacity_spec *spec)
{
    memset(c, 0, sizeof *c);
    c->spec = *spec;
}

static double span_at(const struct capacity_spec *s, double t)
{
    return s->step > 0 && t >= s->step_at_s ? s->span_s * s->step : s->span_s;
}

static unsigned soonest(const struct capacity *c)
{
    unsigned worker = 0;
    for (unsigned i = 1; i < c->spec.workers; i++)
        if (c->free_at[i] < c->free_at[worker])
            worker = i;
    return worker;
}

bool capacity_take(struct capacity *c, double t, double *done_s, double *wait_s)
{
    *done_s = t;
    *wait_s = 0;
    if (c->spec.workers == 0)
        return true;
    while (c->waiting > 0 && c->begin[c->first] <= t) {
        c->first = (c->first + 1) % CAPACITY_WAITING;
        c->waiting--;
    }
    bool full = c->spec.queue > 0 && c->waiting >= c->spec.queue;
    if (full || c->waiting == CAPACITY_WAITING) {
        c->turned_away++;
        return false;
    }
    unsigned worker = soonest(c);
    double begin = fmax(t, c->free_at[worker]);
    if (begin > t)
        c->begin[(c->first + c->waiting++) % CAPACITY_WAITING] = begin;
    *wait_s = begin - t;
    *done_s = c->free_at[worker] = begin + span_at(&c->spec, begin);
    c->waited_s += *wait_s;
    c->taken++;
    return true;
}

double capacity_rate(const struct capacity_spec *s, double t)
{
    return s->workers ? s->workers / span_at(s, t) : INFINITY;
}

double capacity_cap(const struct capacity_spec *s, double t)
{
    if (s->workers == 0)
        return INFINITY;
    if (!(s->step > 0) || t < s->step_at_s)
        return t * capacity_rate(s, 0);
    return s->step_at_s * capacity_rate(s, 0) + (t - s->step_at_s) * capacity_rate(s, t);
}
