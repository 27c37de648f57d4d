#ifndef RATELAB_RECOVERY_H
#define RATELAB_RECOVERY_H

/* How soon a changed limit is used, and how soon a server without a limit is. */

#include "play.h"

struct recovery_case {
    double from, to; /* a bucket's rate before and after second 30; burst 10 */
};
enum { RECOVERY_CASES = 8, RECOVERY_STEP_S = 30 };
extern const struct recovery_case recovery_cases[RECOVERY_CASES];

/* Seconds from the step until 95% of the new limit was delivered over 2 s; infinite: never. */
double recovery_s(const struct recovery_case *c, const struct client *client, enum hint hint,
                  int64_t turn_us, uint64_t seed);

struct ramp {
    double to_10k_s; /* until the rate was 10,000 a second */
    double lost_s;   /* the time of 100,000 requests beyond the best possible */
    double rate;     /* requests a second over all of them */
};
struct ramp ramp_measure(const struct client *client, double rtt_s, int64_t turn_us);

#endif
