#ifndef RESCIND_WIRE_VIEW_H
#define RESCIND_WIRE_VIEW_H

/* What whoever watches is shown while requests are under way. */

#include <stddef.h>
#include <stdint.h>

/* What a person or a machine watching is shown, a line per provider. */
struct lane_view {
    const char *name;
    uint64_t targets, finished, done,
        failed;                       /* of this run's manifest; earlier runs' ones included */
    uint64_t sent, http_429, retries; /* of this invocation */
    unsigned in_flight;
    int64_t rtt_us;       /* smoothed round trip; 0: none seen yet */
    const char *bound;    /* what bounds the rate just now: "distance", "quota", "capacity", "hold",
                             "max-rate", "concurrency"; as in journal/pace.h */
    double rate;          /* answers a second over the last seconds */
    double pace;          /* what the pacer allows now */
    double limit;         /* learned; 0: none met */
    double max_rate;      /* ceiling; 0: none */
    int64_t hold_left_us; /* 0: no hold */
    int64_t eta_us;       /* -1: unknown */
    const char *state;    /* "preflight", "running", "verifying", "waiting" (for --verify-delay),
                             "holding",    "probing", "down", "stopped", "finished" */
};

struct run_view {
    const struct lane_view *lane;
    size_t lanes;
    int64_t elapsed_us;
    int64_t deadline_left_us; /* -1: none */
    const char *stopping;     /* why no new requests are sent any more, or NULL */
};

/* The key of a line that says what went well: for those who want to hear of trouble only, none. */
#define OBSERVER_GOOD_NEWS "good news"

struct observer {
    void *at;
    /* Called at most every 100 ms while the loop runs. */
    void (*tick)(void *at, const struct run_view *view);
    /* One event for a person, such as "openrouter: 401: ..."; not yet grouped. `key` is the same
     * for events of one sort, "" for one that must be told by itself. */
    void (*tell)(void *at, const char *key, const char *line);
};

#endif
