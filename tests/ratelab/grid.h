#ifndef RATELAB_GRID_H
#define RATELAB_GRID_H

/* The cases, the classes they fall into, and the bar of each class. */

#include "play.h"

#include <stddef.h>

enum class_id {
    CLASS_BUCKET_FREE,    /* token bucket, burst 2 and more, no hint or reset in ms */
    CLASS_BUCKET_DEEP,    /* token bucket, burst of a second and more, Retry-After */
    CLASS_BUCKET_SHALLOW, /* token bucket, burst 2 and more, Retry-After */
    CLASS_WINDOW_FREE,    /* window 1 to 3 s, no hint or ms */
    CLASS_WINDOW_TOLD,    /* window 1 to 3 s, Retry-After */
    CLASS_WINDOW_MIDDLE,  /* window 4 to 5 s: no bar; 25 s are five windows, and the best possible
                             run sends its last quota at once, which an even rate cannot */
    CLASS_WINDOW_LONG,    /* window 10 to 60 s, five of them and more */
    CLASS_BOX,            /* penalty box, out 4 to 10 s */
    CLASS_BOX_MIDDLE,     /* penalty box, out 15 s: no bar */
    CLASS_BOX_LONG,       /* 1200 or 800 per 300 s, out 300 s */
    CLASS_BURST1,         /* burst 1, 40/s and more: beside the best constant rate */
    CLASS_BURST1_SLOW,    /* burst 1, under 40/s: no bar */
    CLASS_STEP,
    CLASS_OPEN,
    CLASSES,
};

enum span { SPAN_SHORT, SPAN_LONG, SPAN_VERY_LONG, SPANS }; /* 25 s, 60 s and more, 300 s */

struct grid_class {
    const char *name;
    double bar[SPANS]; /* 0: none */
};
extern const struct grid_class grid_classes[CLASSES];

struct grid_case {
    struct limiter_spec limiter;
    enum hint hint;
    double rtt_s, sigma, seconds;
    enum class_id class;
    enum span span;
    bool barred; /* the bars are for jitter .05 and round trips up to 30 ms */
};

enum { GRID_MAX = 4096 };
int grid_fill(struct grid_case *cases); /* returns their number */

/* "bucket 40/s burst 5, seconds, 30 ms, 25 s" */
enum { GRID_NAME = 160 };
void grid_name(const struct grid_case *c, char *out, size_t size);

struct play_setup grid_setup(const struct grid_case *c, const struct client *client, uint64_t seed);

#endif
