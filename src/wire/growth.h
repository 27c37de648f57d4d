#ifndef RESCIND_WIRE_GROWTH_H
#define RESCIND_WIRE_GROWTH_H

/* How many connections, or streams, a peer lets us have. It refuses or resets new ones, or lets
 * them wait, where it has a limit that nobody told: growth ends there, and is tried again now and
 * then, a little further each time. Times are clock_mono_us. */

#include <stdint.h>

struct growth {
    unsigned most;    /* in flight; 0: nothing was refused */
    int64_t again_us; /* then some more may be tried */
    int64_t seen_us;  /* refusals of what was sent before belong to the first one's */
};

/* One more of `in_flight` was refused, or waits; it was sent at sent_us. */
void growth_end(struct growth *g, unsigned in_flight, int64_t sent_us, int64_t now);
/* At most this many; `free` where the peer has set no limit. */
unsigned growth_most(struct growth *g, unsigned free, int64_t now);

#endif
