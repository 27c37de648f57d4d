#ifndef RESCIND_ENGINE_PACER_H
#define RESCIND_ENGINE_PACER_H

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
    int64_t hold_until; /* nothing goes before */
    double rtt_s;       /* smoothed round trip, 0 while none was seen */
    unsigned in_flight;

    bool slow_start;
    bool no_costly_wall_yet;
    bool single;      /* one request in flight at a time: the first one, and every probe */
    bool probe_out;   /* ... and it is out, */
    int64_t probe_us; /* sent then */
    unsigned dud;     /* probes in a row that ended in neither success nor refusal */

    int64_t epoch_us;         /* refusals of requests sent until then do not count again */
    int64_t cycle_us;         /* this cycle, from the end of the last wall: its start, */
    int64_t cycle_ok;         /* successes */
    int64_t cycle_refused;    /* and refusals */
    int64_t all_ok;           /* since the start: successes */
    int64_t all_refused;      /* and refusals */
    int64_t last_ok_us;       /* the last success */
    unsigned refused_running; /* refusals in a row, counted or not */

    unsigned dark;    /* counted refusals of the wall being met; 0: none is */
    int64_t wall_us;  /* that wall: since when, */
    bool told;        /* a hold was told, */
    double met_rate;  /* the rate that met it, */
    double met_after; /* and the length of the cycle before, seconds */

    int64_t last_refused_us;
    double cycle_s, wall_from_s, wall_to_s;
    double wall_s;     /* the last wall's length; 0: it was cheap */
    double refused_at; /* hi: the rate that the last wall refused */
    double climb_log;  /* ln(hi / the rate it left behind) */
    double climb_s;    /* to get back to hi */
    double steep_s;    /* beyond hi: after how long the climb steepens */
    double climb_us;   /* the climb's start */
    double verified;   /* the rate one to two marks ago */
    double recent;     /* the rate at the last mark */
    int64_t mark_us;   /* the last mark */
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

/* Nothing before `until`; then one probe. For holds of an earlier run. */
void pacer_hold(struct pacer *p, int64_t until);

/* The room that a success told of (RateLimit fields): may only slow down. */
void pacer_room(struct pacer *p, int64_t now, int64_t remaining, int64_t reset_us);

struct pacer_view {
    double rate;        /* now, requests a second */
    double limit;       /* the learned limit, 0 while none was met */
    int64_t hold_until; /* 0: none */
    bool probing;
};
struct pacer_view pacer_view(const struct pacer *p, int64_t now);

#endif
