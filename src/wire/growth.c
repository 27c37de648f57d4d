#include "wire/growth.h"

enum {
    LEAST = 4,          /* so many are always tried */
    FIRST = 32,         /* so many before anything is known */
    PAUSE_US = 5000000, /* nothing more is tried for so long, */
    STEP_PERCENT = 10,  /* and then so much more */
};

static void no_more_than_most(struct growth *g)
{
    if (g->let_in > g->most)
        g->let_in = g->most;
}

void growth_end(struct growth *g, unsigned in_flight, int64_t sent_us, int64_t now)
{
    if (sent_us < g->seen_us) { /* one more of the same: so many fewer were let in */
        g->most -= g->most > LEAST;
        no_more_than_most(g);
        return;
    }
    unsigned most = in_flight > LEAST ? in_flight - 1 : LEAST;
    if (g->most == 0 || most < g->most)
        g->most = most;
    no_more_than_most(g);
    g->seen_us = now;
    g->again_us = now + PAUSE_US;
}

void growth_refused(struct growth *g, unsigned in_flight, int64_t sent_us, int64_t now)
{
    if (in_flight < 2)
        return;
    if (g->ok_us >= sent_us) {
        growth_end(g, in_flight, sent_us, now);
        return;
    }
    if (!g->refused.count++) {
        g->refused.in_flight = in_flight;
        g->refused.sent_us = sent_us;
    }
    g->refused.at_us = now;
}

void growth_answered(struct growth *g, unsigned level, bool opened, int64_t sent_us, int64_t now)
{
    g->ok_us = now;
    if (g->refused.count > 0 && sent_us >= g->refused.at_us) /* it was down, and begins anew */
        g->let_in = 0;
    if (opened && level > g->let_in)
        g->let_in = level;
    if (g->refused.count && sent_us < g->refused.at_us)
        for (unsigned i = 0; i < g->refused.count; i++)
            growth_end(g, g->refused.in_flight, g->refused.sent_us, now);
    g->refused.count = 0;
}

unsigned growth_open(const struct growth *g, unsigned free)
{
    unsigned most = g->let_in > FIRST / 2 ? 2 * g->let_in : FIRST;
    return most < free ? most : free;
}

unsigned growth_most(struct growth *g, unsigned free, int64_t now)
{
    if (g->most == 0)
        return free;
    if (now >= g->again_us) {
        g->most += 1 + g->most * STEP_PERCENT / 100;
        g->again_us = now + PAUSE_US;
    }
    if (g->most >= free)
        g->most = 0;
    return g->most ? g->most : free;
}
