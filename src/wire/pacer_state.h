#ifndef RESCIND_WIRE_PACER_STATE_H
#define RESCIND_WIRE_PACER_STATE_H

/* What the pacer knows; who uses a pacer includes wire/pacer.h. */

#include "base/rng.h"
#include "wire/pacer_brake.h"

#include <stdbool.h>
#include <stdint.h>

struct pacer_config {
    double max_rate;      /* ceiling, requests a second; 0: none */
    unsigned concurrency; /* most requests in flight */
    uint64_t seed;
};

/* Readable, not for others to change; pacer.c explains the words. Times ending in _us are
 * microseconds of the caller's clock, spans ending in _s are seconds. */
struct pacer {
    struct pacer_config config;
    struct rng rng;

    struct brake brake; /* how many the server takes at once */
    uint64_t left;      /* targets that have no result yet; 0: not said */
    bool begun;         /* something was sent */
    int64_t delayed_us; /* of the next answer: before it was really sent */

    int64_t now_us;     /* the latest that was said */
    double rate;        /* requests a second */
    double slot_us;     /* the next send's place in the even row */
    double rtt_s;       /* smoothed round trip, 0 while none was seen */
    int64_t hold_until; /* nothing goes before */
    int64_t room;       /* requests that a success left us until room_until; -1: not said */
    int64_t room_until;
    unsigned in_flight;
    unsigned heard; /* so many more may be in flight in slow start than at first */

    int64_t silent_us;      /* nothing was answered since */
    unsigned silent_flight; /* so many were out then */
    int64_t last_sent_us;   /* the last send */
    int64_t stall_us;       /* the end of the last stall */
    bool stalled;           /* nothing that was sent later is answered yet */

    bool slow_start;   /* no wall met yet */
    bool first_costly; /* no costly wall met yet */
    bool hearsay;      /* the limit was told by another pacer, and no wall was met since */
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
    double met_rtt_s; /* the round trip, */
    double met_after_s; /* how long the cycle was */
    double outrun;      /* how far it outran what was refused */
    int64_t through_us; /* requests sent from then to its beginning: */
    double through;     /* so many successes */
    bool trusted;       /* a hold's end was as it was told */

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

#endif
