#ifndef RATELAB_MEASURE_H
#define RATELAB_MEASURE_H

/* One case, some seeds, and whether its bars are met. */

#include "grid.h"

struct measured {
    double eta, w, refusals; /* means over the seeds */
    double share;       /* what the bar is for: eta; for burst 1 over the best constant rate's */
    int64_t violations; /* in all */
    int64_t requests;   /* in each */
};

struct measured measure(const struct grid_case *c, const struct client *client, int seeds,
                        int64_t turn_us);

/* More than 0.10 refusals per success, or 50 in all where there are fewer than 500 requests. */
bool measured_noisy(const struct measured *m);
bool measured_below(const struct measured *m, const struct grid_case *c);

#endif
