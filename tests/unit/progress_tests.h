#ifndef RESCIND_PROGRESS_TESTS_H
#define RESCIND_PROGRESS_TESTS_H

/* For the tests of progress: a clock that stands until it is moved, views, and what was written. */

#include "base/buf.h"
#include "base/clock.h"
#include "cli/progress.h"

#include <unistd.h>

enum { S = 1000000 };

static int64_t fake_us;

static inline int64_t mono(void)
{
    return fake_us;
}

static inline int64_t wall(void)
{
    return 1795239607000 + fake_us / 1000;
}

static const struct clock_source fake_clock = {mono, wall};

static inline struct lane_view lane(const char *name, const char *state, uint64_t finished,
                                    uint64_t targets)
{
    return (struct lane_view){.name = name,
                              .state = state,
                              .targets = targets,
                              .finished = finished,
                              .done = finished,
                              .eta_us = -1};
}

/* What was written to a pipe so far. */
static inline void drain(int fd, struct buf *out)
{
    ssize_t n;
    while ((n = read(fd, buf_room(out, 4096), 4096)) > 0)
        out->len += (size_t)n;
    buf_puts(out, "");
}

static inline struct run_view one_lane(const struct lane_view *l)
{
    return (struct run_view){.lane = l, .lanes = 1, .deadline_left_us = -1};
}

#endif
