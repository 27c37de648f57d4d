#ifndef RESCIND_WIRE_GROWTH_H
#define RESCIND_WIRE_GROWTH_H

/* How many connections, or streams, a peer lets us have. New connections are opened as more of them
 * prove to be let in: at most twice as many are in flight as there were beside one of which an
 * answer came. A peer refuses or resets new ones, or lets them wait, where it has a limit that
 * nobody told: growth ends there, and is tried again now and then, a little further each time.
 * What it let in once is no promise: who refuses more than fewer, or was down and came back, is met
 * with as many as it lets in now. Times are clock_mono_us. */

#include <stdbool.h>
#include <stdint.h>

struct growth {
    unsigned let_in;  /* most in flight when a connection was opened that brought an answer, */
                      /* since it last refused some or was down */
    unsigned most;    /* in flight; 0: nothing was refused */
    int64_t again_us; /* then some more may be tried */
    int64_t seen_us;  /* refusals of what was sent before belong to the first one's */
    int64_t ok_us;    /* the last whole answer; 0: none came yet */
    struct {
        unsigned count, in_flight; /* in_flight: with the first */
        int64_t sent_us, at_us;    /* of the first and the last */
    } refused;                     /* while it is not known whether others work */
};

/* One more of `in_flight` was refused, or waits, while others work; it was sent at sent_us. */
void growth_end(struct growth *g, unsigned in_flight, int64_t sent_us, int64_t now);
/* A new connection came to nothing. That ends growth where others work: where an answer came since
 * this was sent, or comes of what was sent before it was refused. */
void growth_refused(struct growth *g, unsigned in_flight, int64_t sent_us, int64_t now);
/* An answer came, of what was sent as the last of `level` in flight; on a new connection or not. */
void growth_answered(struct growth *g, unsigned level, bool opened, int64_t sent_us, int64_t now);
/* At most this many; `free` where the peer has set no limit. */
unsigned growth_most(struct growth *g, unsigned free, int64_t now);
/* How many may be in flight over connections of their own, of `free`. */
unsigned growth_open(const struct growth *g, unsigned free);

#endif
