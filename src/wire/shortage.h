#ifndef RESCIND_WIRE_SHORTAGE_H
#define RESCIND_WIRE_SHORTAGE_H

/* What this machine lacks for more in flight: descriptors, ports, memory for sockets. Nothing goes
 * for a moment after it lacked something, and for some seconds no more than there was room for.
 * Times are clock_mono_us. Zeroed: it lacked nothing yet. */

#include <stdint.h>

struct shortage {
    unsigned fit;  /* most in flight that there was room for; 0: it never lacked anything */
    int64_t at_us; /* when it last did */
};

/* There was no room for the last of `in_flight`. */
void shortage_note(struct shortage *s, unsigned in_flight, int64_t now);
/* How many may be in flight now, of `most`. */
unsigned shortage_most(const struct shortage *s, unsigned most, int64_t now);
/* The end of the pause in which that is none; INT64_MAX: there is none. */
int64_t shortage_pause_us(const struct shortage *s, int64_t now);

#endif
