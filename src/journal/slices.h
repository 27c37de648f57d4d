#ifndef RESCIND_JOURNAL_SLICES_H
#define RESCIND_JOURNAL_SLICES_H

/* What happened over time, and how long answers took, in fixed room: the ledger's charts. */

#include "journal/pace.h"

#include <stddef.h>
#include <stdint.h>

enum { TIMELINE_SLICES = 512 };
struct slice {
    uint32_t finished, failed, http_429, requests;
    struct pace pace; /* the last one told */
};

struct slices {
    int64_t start_ms, width_ms; /* width 0: nothing was told yet */
    size_t used;
    struct pace pace; /* told last, for slices in which none is told; nothing between runs */
    struct slice slice[TIMELINE_SLICES];
};

/* The slice of this time. What is before the start (a clock that was set back) falls into the
 * first; slices become twice as wide until the last holds it. */
struct slice *slices_at(struct slices *t, int64_t at_ms);
void slices_rate(struct slices *t, int64_t at_ms, double rate); /* what a `try` tells of it */
void slices_pace(struct slices *t, int64_t at_ms, struct pace pace);

/* Buckets whose upper bounds grow by a quarter octave from 1 ms: bucket i ends at 2^(i/4) ms, and
 * the last holds what is longer. */
enum { LATENCY_BUCKETS = 68 };
size_t latency_bucket(uint32_t ms);

#endif
