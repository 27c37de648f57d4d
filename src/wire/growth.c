#include "wire/growth.h"

enum {
    LEAST = 4,          /* so many are always tried */
    PAUSE_US = 5000000, /* nothing more is tried for so long, */
    STEP_PERCENT = 10,  /* and then so much more */
};

void growth_end(struct growth *g, unsigned in_flight, int64_t sent_us, int64_t now)
{
    if (sent_us < g->seen_us) { /* one more of the same: so many fewer were let in */
        g->most -= g->most > LEAST;
        return;
    }
    unsigned most = in_flight > LEAST ? in_flight - 1 : LEAST;
    if (g->most == 0 || most < g->most)
        g->most = most;
    g->seen_us = now;
    g->again_us = now + PAUSE_US;
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
