#ifndef RESCIND_REPORT_TIMELINE_H
#define RESCIND_REPORT_TIMELINE_H

/* What happened over time, in all sources together. */

#include "report/model.h"

/* The sources' timelines on one grid, and their latencies in one histogram. */
struct timeline {
    int64_t start_ms, slice_ms;
    size_t slices;
    struct slice slice[TIMELINE_SLICES];
    uint64_t latency[LATENCY_BUCKETS], answers;
};
void report_timeline(const struct report *r, struct timeline *out);
/* Upper bound, in ms, of the bucket that the quantile q (0 to 1) falls into; 0 without answers. */
double timeline_quantile(const struct timeline *t, double q);
double latency_bound_ms(size_t bucket);

#endif
