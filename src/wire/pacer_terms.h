#ifndef RESCIND_WIRE_PACER_TERMS_H
#define RESCIND_WIRE_PACER_TERMS_H

/* Constants and small sums that the pacer's files share. */

#include <stdint.h>

#define START_RATE    30.0 /* a factor of 10 or so from most providers' limits, either way */
#define FREE_REQUESTS 3.0  /* a wall of fewer requests' time is cheap */
#define FLOOR_RATE    .2   /* slowest: one request in 5 s still notices recovery */
#define STEP_S        .02  /* between tries of an untold wall, or a beat, where that is longer */
#define BACK          1.6 /* tries STEP_S x 1.6^k apart, which is 0.6 of the time since the first */
#define FAR_S         5.0 /* ... at most: the end of a long wall is overslept by 3 s on average */
#define LONG_S        2.5 /* longer walls are windows or penalties, where lo is the truth */
#define RISEN         1.1 /* this much above hi the limit has risen */
#define DISTANT_S     .04 /* a round trip that is longer has time for more than it learns */

static inline double min2(double a, double b)
{
    return a < b ? a : b;
}

static inline double max2(double a, double b)
{
    return a > b ? a : b;
}

static inline double seconds(int64_t us)
{
    return (double)us * 1e-6;
}

static inline double after(int64_t now, double s)
{
    return (double)now + s * 1e6;
}

#define LATE_FREE_S 5e-3 /* so late a send may be made up for while no limit was met */

#endif
