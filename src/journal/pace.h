#ifndef RESCIND_JOURNAL_PACE_H
#define RESCIND_JOURNAL_PACE_H

/* How fast a run goes, and what keeps it from going faster: for its course. */

#include <stdbool.h>
#include <stdint.h>

enum bound {
    BOUND_NONE,        /* not told */
    BOUND_DISTANCE,    /* no limit met yet: growing, round trip by round trip */
    BOUND_QUOTA,       /* a limit that the provider's refusals told of */
    BOUND_CAPACITY,    /* a server that answers no faster with more in flight */
    BOUND_HOLD,        /* told to wait, or looking for the end of a wall */
    BOUND_MAX_RATE,    /* --max-rate */
    BOUND_CONCURRENCY, /* --concurrency */
    BOUND_COUNT
};
extern const char *const bound_word[BOUND_COUNT]; /* "", "distance", "quota", ... "max-rate", ... */
bool bound_parse(const char *word, enum bound *out); /* all but BOUND_NONE */

/* Of all pairs of a run. */
struct pace {
    double rate;        /* what the pacers allow, requests a second */
    uint32_t in_flight; /* requests */
    double rtt_ms;      /* smoothed round trip of the pair that has most to do; 0: none seen yet */
    enum bound bound;   /* of its rate */
};

/* Of two times, or of two runs that went on side by side. */
struct pace pace_later(struct pace before, struct pace now);
struct pace pace_both(struct pace a, struct pace b);

#endif
