/* TIMELINE_SLICES slices of equal width from the first record on. When a time falls beyond the
 * last, each two neighbours become one and the width doubles: 100 ms slices for 51 s, 200 ms for
 * 102 s, and 2.8 minutes each for a day. */

#include "journal/slices.h"

#include <string.h>

enum { FIRST_WIDTH_MS = 100 };

static struct slice merged(struct slice a, struct slice b)
{
    return (struct slice){
        .finished = a.finished + b.finished,
        .failed = a.failed + b.failed,
        .http_429 = a.http_429 + b.http_429,
        .requests = a.requests + b.requests,
        .pace = pace_later(a.pace, b.pace),
    };
}

static void widen(struct slices *t)
{
    for (size_t i = 0; i < TIMELINE_SLICES / 2; i++)
        t->slice[i] = merged(t->slice[2 * i], t->slice[2 * i + 1]);
    memset(t->slice + TIMELINE_SLICES / 2, 0, sizeof t->slice / 2);
    t->used = (t->used + 1) / 2;
    t->width_ms *= 2;
}

struct slice *slices_at(struct slices *t, int64_t at_ms)
{
    if (t->width_ms == 0) {
        t->start_ms = at_ms;
        t->width_ms = FIRST_WIDTH_MS;
    }
    int64_t since = at_ms > t->start_ms ? at_ms - t->start_ms : 0;
    while (since / t->width_ms >= TIMELINE_SLICES)
        widen(t);
    size_t i = (size_t)(since / t->width_ms);
    for (; t->used <= i; t->used++)
        t->slice[t->used].pace = t->pace;
    return &t->slice[i];
}

void slices_rate(struct slices *t, int64_t at_ms, double rate)
{
    struct pace pace = t->pace;
    pace.rate = rate;
    slices_pace(t, at_ms, pace);
}

void slices_pace(struct slices *t, int64_t at_ms, struct pace pace)
{
    t->pace = pace;
    slices_at(t, at_ms)->pace = pace;
}

/* 2^(i/4), rounded down: an answer of so many whole milliseconds is within the bound. */
static const uint32_t bound_ms[LATENCY_BUCKETS - 1] = {
    1,     1,     1,     1,     2,     2,     2,     3,     4,     4,     5,     6,    8,     9,
    11,    13,    16,    19,    22,    26,    32,    38,    45,    53,    64,    76,   90,    107,
    128,   152,   181,   215,   256,   304,   362,   430,   512,   608,   724,   861,  1024,  1217,
    1448,  1722,  2048,  2435,  2896,  3444,  4096,  4870,  5792,  6888,  8192,  9741, 11585, 13777,
    16384, 19483, 23170, 27554, 32768, 38967, 46340, 55108, 65536, 77935, 92681,
};

size_t latency_bucket(uint32_t ms)
{
    size_t low = 0, high = LATENCY_BUCKETS - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (ms <= bound_ms[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}
