#ifndef RESCIND_WIRE_PACER_H
#define RESCIND_WIRE_PACER_H

/* When the next request to one (origin, credential) pair may go. A pure state machine over (now,
 * event): no clock, no allocation, no randomness but its own seeded one. `now` is microseconds of
 * any monotonic clock; one that goes back is taken to stand still. Every pacer_sent is followed,
 * sooner or later, by exactly one pacer_answer or pacer_unsent. */

#include "journal/pace.h"
#include "wire/pacer_state.h"

#include <stdbool.h>
#include <stdint.h>

/* "No room" on a success is believed for so long. */
#define PACER_ROOM_MOST_US (60 * (int64_t)1000000)

#define PACER_WAIT INT64_MAX /* not before an answer has come back */

enum pacer_answer {
    PACER_OK,      /* the server took it: any answer that is not about rate, a 404 included */
    PACER_REFUSED, /* 429, 425, 503 with a hint */
    PACER_SICK, /* 5xx, 408: it reached the server; no rate signal, but it frees a probe's place */
    PACER_LOST, /* timeout, reset, connect failure: the same */
};

void pacer_init(struct pacer *p, const struct pacer_config *config, int64_t now);

/* How many targets have no result yet: what the search for the limit may cost follows from that. To
 * be called before the first pacer_sent, and now and then. */
void pacer_left(struct pacer *p, uint64_t left);

/* The earliest time at which the next request may go: <= now means now; PACER_WAIT means that an
 * answer must come first. */
int64_t pacer_next(const struct pacer *p, int64_t now);

void pacer_sent(struct pacer *p, int64_t now);

/* To be called before pacer_answer where a request waited so long for its connection before it
 * went out: that is no part of the round trip. */
void pacer_delayed(struct pacer *p, int64_t us);

/* An answer to a request that was sent at `sent_at`. `hold_us`: what a PACER_REFUSED was told to
 * wait from now, -1 for nothing. */
void pacer_answer(struct pacer *p, int64_t now, int64_t sent_at, enum pacer_answer what,
                  int64_t hold_us);

/* A request that was counted as sent and then never left (the transfer could not be started). */
void pacer_unsent(struct pacer *p, int64_t now);

/* Nothing before `until`; then one probe. For holds of an earlier run; one that is past asks for
 * the probe alone. */
void pacer_hold(struct pacer *p, int64_t until);

/* Goes on from a limit that another pacer of the same pair learned (its pacer_view's `limit`, or
 * this one's share of it), requests a second: no search for it, near below it at once, and up from
 * there as after any wall; where none is met a little above it, the search begins there after all.
 * Before the first pacer_sent or at any time later; while a wall is being
 * met, which tells more, and with a `rate` that is not positive nothing is done. */
void pacer_start_from(struct pacer *p, int64_t now, double rate);

/* Another pacer of the same pair was refused and told to wait for so long from now. What it met is
 * this one's wall, too, as if a request of its own had been refused. */
void pacer_neighbour_refused(struct pacer *p, int64_t now, int64_t hold_us);

/* More or fewer share the limit now, or unevenly: this one's part of what was learned is so many
 * times as large. Nothing while no limit is known or a wall is being met. */
void pacer_share(struct pacer *p, double times);

/* The room that a success told of (RateLimit fields), to be called after its pacer_answer: once
 * `remaining` more were sent, nothing goes for `reset_us` from now, at most a minute. It can only
 * slow down. A negative `remaining`, or a `reset_us` that is not positive, is ignored. */
void pacer_room(struct pacer *p, int64_t now, int64_t remaining, int64_t reset_us);

struct pacer_view {
    double rate;        /* now, requests a second */
    double limit;       /* the learned limit, 0 while none is known */
    int64_t hold_until; /* 0: none */
    bool probing;       /* one request at a time until one succeeds */
    unsigned in_flight;
    double rtt_s;     /* smoothed round trip; 0: none seen yet */
    enum bound bound; /* what keeps the rate from being higher; never BOUND_NONE */
};
struct pacer_view pacer_view(const struct pacer *p, int64_t now);

#endif
