#ifndef RATELAB_PLAY_H
#define RATELAB_PLAY_H

/* One client, or several, get a number of requests through one limiter and one server, in simulated
 * time. */

#include "capacity.h"
#include "limiter.h"

#include <stdbool.h>
#include <stdint.h>

enum hint { HINT_NONE, HINT_SECONDS, HINT_DATE, HINT_MS };

enum reply { REPLY_OK, REPLY_REFUSED, REPLY_SICK };

enum {
    CLIENT_SIZE = 16 << 10,
    PLAYERS = 16
}; /* bytes of its state, at most; clients in one play */

/* A controller under test: the calls of wire/pacer.h. `answer`: hold_us -1 where none is told;
 * `left`, if not NULL: so many requests have no success yet. */
struct client {
    const char *name;
    void (*init)(void *state, unsigned concurrency, uint64_t seed);
    int64_t (*next)(const void *state, int64_t now);
    void (*sent)(void *state, int64_t now);
    void (*answer)(void *state, int64_t now, int64_t sent_at, enum reply what, int64_t hold_us);
    void (*left)(void *state, int64_t left);
    double (*rate)(const void *state);
};
extern const struct client client_pacer, client_reference;

#define HICCUP_S .01

struct play_setup {
    struct limiter_spec limiter;
    struct capacity_spec capacity;
    const struct client *client;
    enum hint hint;
    double rtt_s, sigma;        /* the round trip is lognormal, half of it before the server */
    double hiccup;              /* this share of requests reaches the server up to HICCUP_S late */
    int64_t turn_us;            /* the client's loop only wakes at multiples of this */
    double longer_at_s, longer; /* from then on the round trip is so many times rtt_s; 0: not */
    double stall_at_s, stall_s; /* the whole server stands still from then on for so long; 0: not */
    unsigned players;           /* clients that share the limiter; 0: one */
    int64_t requests;           /* of each of them */
    unsigned concurrency;
    bool distant; /* the best possible is the server's alone, and one round trip */
    uint64_t seed;
    double most_s; /* stopped then */
    void (*trace)(void *to, int64_t now, bool ok, double rate);
    void (*queued)(void *to, double at_s, double wait_s); /* at the server; to trace_to */
    void *trace_to;
};

struct play_result {
    double seconds;
    double eta;         /* the best possible time over the actual one */
    double w;           /* refusals per success */
    int64_t refusals;   /* 429 */
    int64_t sick;       /* 503 */
    int64_t violations; /* sent inside a hold that the client knew of */
    int64_t done;
    double queue_s;          /* mean time in the server's queue, */
    double queue;            /* and how many were in it, in the mean */
    double alone_s[PLAYERS]; /* when each had all of its requests done */
};

struct play_result play(const struct play_setup *setup);

/* The best possible time for `requests`. */
double play_optimum(const struct play_setup *setup);
/* How many requests keep a perfect client busy for `seconds`. */
int64_t play_size(const struct play_setup *setup, double seconds);

/* The best eta of any constant rate with at most `most_w` refusals per success. */
double steady_best(const struct play_setup *setup, double most_w);

#endif
