#ifndef RESCIND_WIRE_NEIGHBOURS_H
#define RESCIND_WIRE_NEIGHBOURS_H

/* What processes of one user on this host tell each other about one (origin, account): until when
 * nothing may go to it, and the limit that they found. Never needed for correctness: where there is
 * no directory for it, no space, no seat or something odd, each goes on alone.
 *
 * The file `neighbours` in the runtime directory (base/runtime_dir.h) is a table of 256 rows with
 * 32 seats each. A pair's row and its mark in a seat follow from a digest of the boot's random id,
 * the origin and the secrets, so no name, address or secret can be read from it, and nothing of an
 * earlier boot is believed. A process takes a free seat under a lock of that row, which it holds
 * for no longer than that; from then on it writes its own seat alone, and reads the row before it
 * sends. There is nothing to wait for and nothing to clean up: one that was killed stops renewing
 * its seat, and what it was told outlives it there.
 *
 *   seat, 64 bytes: mark, whose, renewed at, hold until, hold told at, limit learned at (ms since
 *   the boot, suspended time included), its limit and that of all (requests a second), checksum
 *
 * What is read is bounded: a hold by what was told, an hour at most, which no clock can stretch (a
 * boot's never steps); a limit by its age. A server on loopback is known by its socket, too: one
 * that was started anew on the same port is another. */

#include <stdbool.h>
#include <stdint.h>

struct neighbours;

/* NULL: alone. `secrets` are all that the headers hold, NULL-terminated; `listener` is kept by who
 * joins for many. */
struct listener;
struct neighbours *neighbours_join(const char *origin, const char *const *secrets,
                                   struct listener *listener);
void neighbours_leave(struct neighbours *n); /* NULL is fine */

/* What the others say. */
struct news {
    int64_t hold_left_us; /* 0: none */
    unsigned sharing;     /* others who send under the limit now, */
    unsigned learned;     /* of whom so many know their share of it, */
    double limit;         /* the sum of these, requests a second */
    double past_limit;    /* of all that once shared it, learned not long ago; 0: not known */
};
/* False where nobody was asked: too soon after the last time. `now_us` is of clock_mono_us. */
bool neighbours_hear(struct neighbours *n, int64_t now_us, struct news *out);

/* That the pair is to be left alone for so long from now; and what is known of its limit: `own` is
 * this one's share (0: not known), `all` the sum; `sharing`: it sends under it. Both are told at
 * once where that is new, else now and then. */
void neighbours_tell_hold(struct neighbours *n, int64_t hold_us);
void neighbours_tell_limit(struct neighbours *n, int64_t now_us, bool sharing, double own,
                           double all);

#endif
