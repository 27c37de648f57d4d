#ifndef RESCIND_WIRE_PACER_H
#define RESCIND_WIRE_PACER_H

/* When the next request to one (origin, credential) pair may go. A pure state machine over (now,
 * event): no clock, no allocation, no randomness but its own seeded one. `now` is microseconds of
 * any monotonic clock and never goes back. Every pacer_sent is followed, sooner or later, by
 * exactly one pacer_answer or pacer_unsent. */

#include "base/rng.h"

#include <stdbool.h>
#include <stdint.h>

#define PACER_WAIT INT64_MAX /* not before an answer has come back */

struct pacer_config {
    double max_rate;      /* ceiling, requests a second; 0: none */
    unsigned concurrency; /* most requests in flight */
    uint64_t seed;
};

enum pacer_answer {
    PACER_OK,      /* the server took it: any answer that is not about rate, a 404 included */
    PACER_REFUSED, /* 429, 425, 503 with a hint */
    PACER_SICK, /* 5xx, 408: it reached the server; no rate signal, but it frees a probe's place */
    PACER_LOST, /* timeout, reset, connect failure: the same */
};

/* Readable, not for others to change; pacer.c explains the words. Times ending in _us are
 * microseconds of the caller's clock, spans ending in _s are seconds. */
struct pacer {
    struct pacer_config config;
    struct rng rng;

    double rate;        /* requests a second */
    double slot_us;     /* the next send's place in the even row */
    double rtt_s;       /* smoothed round trip, 0 while none was seen */
    int64_t hold_until; /* nothing goes before */
    int64_t room;       /* requests that a success left us until room_until; -1: not said */
    int64_t room_until;
    unsigned in_flight;

    bool slow_start;   /* no wall met yet */
    bool first_costly; /* no costly wall met yet */
    bool single;       /* one request in flight at a time: the first one, and every probe */
    bool held;         /* a told hold, which a probe sent after its end must end */
    bool probe_out;    /* a probe is out, */
    int64_t probe_us;  /* sent then */
    unsigned duds;     /* probes in a row that ended in neither success nor refusal */

    int64_t cycle_us;                /* this cycle, since the end of the last wall, */
    int64_t cycle_ok, cycle_refused; /* with so many successes and refusals */
    int64_t all_ok, all_refused;     /* since the start */
    int64_t last_ok_us;              /* the last success */
    unsigned refused_running;        /* refusals in a row, counted or not */
    double verified, recent;         /* the rate one to two marks ago, and at the last mark */
    int64_t mark_us;                 /* the last mark */

    int64_t epoch_us; /* the last counted refusal: those of requests sent until then do not count */
    unsigned dark;    /* counted refusals of the wall being met; 0: none is */
    int64_t wall_us;  /* that wall: since when, */
    bool told;        /* a hold was told, */
    double met_rate;  /* the rate that met it, */
    double met_after_s; /* how long the cycle was */

    double limit;         /* learned from the last wall, 0 while none was met */
    double hi;            /* the rate that it refused */
    double wall_s;        /* its length; 0: it was cheap */
    double blind_cycle_s; /* its cycle; */
    double blind_from_s;  /* where nothing was told: its last refusal */
    double blind_to_s;    /* and its first success, after its beginning; else 0 */
    double climb_us;      /* the climb back: its beginning, */
    double climb_s;       /* its length, */
    double climb_log;     /* ln(hi / the rate it begins with), */
    double steep_s;       /* and how soon it steepens beyond hi */
};

void pacer_init(struct pacer *p, const struct pacer_config *config, int64_t now);

/* The earliest time at which the next request may go: <= now means now; PACER_WAIT means that an
 * answer must come first. */
int64_t pacer_next(const struct pacer *p, int64_t now);

void pacer_sent(struct pacer *p, int64_t now);

/* An answer to a request that was sent at `sent_at`. `hold_us`: what a PACER_REFUSED was told to
 * wait from now, -1 for nothing. */
void pacer_answer(struct pacer *p, int64_t now, int64_t sent_at, enum pacer_answer what,
                  int64_t hold_us);

/* A request that was counted as sent and then never left (the transfer could not be started). */
void pacer_unsent(struct pacer *p, int64_t now);

/* Nothing before `until`; then one probe. For holds of an earlier run; one that is past asks for
 * the probe alone. */
void pacer_hold(struct pacer *p, int64_t until);

/* The room that a success told of (RateLimit fields), to be called after its pacer_answer: once
 * `remaining` more were sent, nothing goes for `reset_us` from now, at most a minute. It can only
 * slow down. A negative `remaining`, or a `reset_us` that is not positive, is ignored. */
void pacer_room(struct pacer *p, int64_t now, int64_t remaining, int64_t reset_us);

struct pacer_view {
    double rate;        /* now, requests a second */
    double limit;       /* the learned limit, 0 while none is known */
    int64_t hold_until; /* 0: none */
    bool probing;       /* one request at a time until one succeeds */
};
struct pacer_view pacer_view(const struct pacer *p, int64_t now);

#endif
