#include "journal/pace.h"

#include <string.h>

const char *const bound_word[BOUND_COUNT] = {
    [BOUND_NONE] = "",
    [BOUND_DISTANCE] = "distance",
    [BOUND_QUOTA] = "quota",
    [BOUND_CAPACITY] = "capacity",
    [BOUND_HOLD] = "hold",
    [BOUND_MAX_RATE] = "max-rate",
    [BOUND_CONCURRENCY] = "concurrency",
};

bool bound_parse(const char *word, enum bound *out)
{
    for (int i = BOUND_NONE + 1; i < BOUND_COUNT; i++)
        if (strcmp(word, bound_word[i]) == 0) {
            *out = (enum bound)i;
            return true;
        }
    return false;
}

struct pace pace_later(struct pace before, struct pace now)
{
    return now.rate > 0 ? now : before;
}

struct pace pace_both(struct pace a, struct pace b)
{
    const struct pace *more = b.in_flight > a.in_flight || a.bound == BOUND_NONE ? &b : &a;
    return (struct pace){a.rate + b.rate, a.in_flight + b.in_flight, more->rtt_ms, more->bound};
}
