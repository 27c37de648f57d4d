#include "journal/holds.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static void told_free(struct hold_facts *hold)
{
    free(hold->pair);
    free(hold->reason);
}

static void told_add(struct holds *h, const struct record *r)
{
    if (!h->told)
        h->told = mem_zalloc(HOLDS_KEPT, sizeof *h->told);
    if (h->count == HOLDS_KEPT) {
        told_free(&h->told[0]);
        memmove(h->told, h->told + 1, (HOLDS_KEPT - 1) * sizeof *h->told);
        h->count--;
    }
    h->told[h->count++] = (struct hold_facts){
        .at_ms = r->at_ms,
        .until_ms = r->hold.until_ms,
        .pair = mem_string(r->hold.pair),
        .reason = mem_string(r->hold.reason),
    };
}

static struct pair_hold *pair_of(struct holds *h, const char *pair)
{
    for (size_t i = 0; i < h->pairs; i++)
        if (strcmp(h->pair[i].pair, pair) == 0)
            return &h->pair[i];
    h->pair = mem_resize(h->pair, h->pairs + 1, sizeof *h->pair);
    h->pair[h->pairs] = (struct pair_hold){.pair = mem_string(pair)};
    return &h->pair[h->pairs++];
}

void holds_add(struct holds *h, const struct record *r)
{
    told_add(h, r);
    struct pair_hold *pair = pair_of(h, r->hold.pair);
    /* A shorter one, told later, takes nothing back; but where the clock was set back, the one
     * before speaks of a time that may not come for long. */
    if (r->hold.until_ms > pair->until_ms || r->at_ms < pair->at_ms) {
        pair->at_ms = r->at_ms;
        pair->until_ms = r->hold.until_ms;
    }
}

static const struct pair_hold *find(const struct holds *h, const char *pair)
{
    for (size_t i = 0; i < h->pairs; i++)
        if (strcmp(h->pair[i].pair, pair) == 0)
            return &h->pair[i];
    return NULL;
}

int64_t holds_until(const struct holds *h, const char *pair)
{
    const struct pair_hold *known = find(h, pair);
    return known ? known->until_ms : 0;
}

int64_t holds_left_ms(const struct holds *h, const char *pair, int64_t now_ms)
{
    const struct pair_hold *known = find(h, pair);
    if (!known || known->until_ms <= now_ms)
        return 0;
    int64_t left = known->until_ms - now_ms, told = known->until_ms - known->at_ms;
    return left < told ? left : told;
}

void holds_free(struct holds *h)
{
    for (size_t i = 0; i < h->count; i++)
        told_free(&h->told[i]);
    for (size_t i = 0; i < h->pairs; i++)
        free(h->pair[i].pair);
    free(h->told);
    free(h->pair);
}
