#include "measure.h"

#define MOST_W       .10
#define FEW_REQUESTS 500
#define FEW_MOST     50

/* Found by search on a short run: it does not depend on the run's length. */
static double best_constant(const struct grid_case *c, int64_t turn_us)
{
    struct grid_case brief = *c;
    brief.seconds = 25;
    struct play_setup s = grid_setup(&brief, NULL, 1);
    s.turn_us = turn_us;
    return steady_best(&s, MOST_W);
}

struct measured measure(const struct grid_case *c, const struct client *client, int seeds,
                        int64_t turn_us)
{
    struct measured m = {0};
    for (int seed = 1; seed <= seeds; seed++) {
        struct play_setup s = grid_setup(c, client, (uint64_t)seed);
        s.turn_us = turn_us;
        struct play_result r = play(&s);
        m.eta += r.eta / seeds;
        m.w += r.w / seeds;
        m.refusals += (double)r.refusals / seeds;
        m.violations += r.violations;
        m.requests = s.requests;
    }
    m.share = m.eta;
    if (c->class == CLASS_BURST1) {
        double best = best_constant(c, turn_us);
        m.share = best > 0 ? m.eta / best : 1;
    }
    return m;
}

bool measured_noisy(const struct measured *m)
{
    return m->requests >= FEW_REQUESTS ? m->w > MOST_W : m->refusals > FEW_MOST;
}

bool measured_below(const struct measured *m, const struct grid_case *c)
{
    return c->barred && m->share < grid_classes[c->class].bar[c->span];
}
