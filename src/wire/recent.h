#ifndef RESCIND_WIRE_RECENT_H
#define RESCIND_WIRE_RECENT_H

/* How many answers a second came over the last few. They are counted in half-second slots. */

#include <stdint.h>

enum { RECENT_SLOTS = 8 };

/* Zeroed: none came yet. Times are clock_mono_us. */
struct recent {
    uint32_t count[RECENT_SLOTS];
    int64_t slot;
};

void recent_add(struct recent *r, int64_t now);
/* A second, over the full slots that are kept and the one that is running; `since`: when it all
 * began. */
double recent_rate(struct recent *r, int64_t since, int64_t now);

#endif
