#include "wire/recent.h"

enum { SLOT_US = 500000 };

static void move(struct recent *r, int64_t now)
{
    int64_t slot = now / SLOT_US;
    if (slot - r->slot > RECENT_SLOTS)
        r->slot = slot - RECENT_SLOTS;
    while (r->slot < slot)
        r->count[++r->slot % RECENT_SLOTS] = 0;
}

void recent_add(struct recent *r, int64_t now)
{
    move(r, now);
    r->count[now / SLOT_US % RECENT_SLOTS]++;
}

double recent_rate(struct recent *r, int64_t since, int64_t now)
{
    move(r, now);
    uint64_t sum = 0;
    for (int i = 0; i < RECENT_SLOTS; i++)
        sum += r->count[i];
    int64_t span = (RECENT_SLOTS - 1) * SLOT_US + now % SLOT_US;
    if (now - since < span)
        span = now - since;
    return span > 0 ? (double)sum * 1e6 / (double)span : 0;
}
