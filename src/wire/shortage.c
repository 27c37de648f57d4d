#include "wire/shortage.h"

enum { PAUSE_US = 250000, OVER_US = 10000000 };

void shortage_note(struct shortage *s, unsigned in_flight, int64_t now)
{
    s->fit = in_flight > 2 ? in_flight - 1 : 1;
    s->at_us = now;
}

unsigned shortage_most(const struct shortage *s, unsigned most, int64_t now)
{
    if (shortage_pause_us(s, now) != INT64_MAX)
        return 0;
    return s->fit && s->fit < most && now - s->at_us < OVER_US ? s->fit : most;
}

int64_t shortage_pause_us(const struct shortage *s, int64_t now)
{
    return s->fit && now - s->at_us < PAUSE_US ? s->at_us + PAUSE_US : INT64_MAX;
}
