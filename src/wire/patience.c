#include "wire/patience.h"

static const int64_t hold_most_us = 120 * 1000000LL;
static const int64_t backoff_us[] = {500000, 1500000, 3000000}; /* the last one again and again */
enum { BACKOFFS = sizeof backoff_us / sizeof *backoff_us };

static bool is_hold(const struct http_answer *a)
{
    return a->answer.transport == TRANSPORT_WHOLE &&
           (a->answer.status == 429 || a->answer.status == 425);
}

int64_t patience_again_us(struct patience *p, const struct http_answer *a, int64_t hold_until_us,
                          unsigned most, struct rng *rng, int64_t now)
{
    if (!p->end_us)
        p->end_us = now + hold_most_us;
    if (is_hold(a))
        return now >= p->end_us || hold_until_us > p->end_us ? -1 : now;
    if (++p->attempts >= most)
        return -1;
    unsigned n = p->attempts > BACKOFFS ? BACKOFFS : p->attempts;
    return now + (int64_t)(rng_uniform(rng, .75, 1.25) * (double)backoff_us[n - 1]);
}
