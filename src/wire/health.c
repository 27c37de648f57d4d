/* The rules are in retry.h. The last 100 answers are a ring of bits with a running count; a pair is
 * down exactly while `streak` is at DOWN_STREAK or more, and then at most one request that was sent
 * since it went down is out. Requests that were in flight when it went down still come back: the
 * spacing, not their number, bounds what is sent meanwhile. */

#include "wire/health.h"

#define SECOND_US     1e6
#define BACKOFF_MIN_S .5
#define BACKOFF_MAX_S 20.0
#define BACKOFF_GROW  3.0

#define SICK_LEAST   20   /* answers before a share of them means anything */
#define BUDGET_SHARE .2   /* retries per request sent, while sick */
#define BUDGET_RATE  1.0  /* and a second, so that a small run ends too */
#define BUDGET_MOST  10.0 /* saved up: what a pair that just fell sick can get at once */

#define DOWN_STREAK  20   /* at 90% failures, 20 in a row still come up once in eight tries */
#define PROBE_US     50e3 /* the first spacing: a blip costs no more than this, */
#define PROBE_GROW   1.01 /* and 413 probes in the 300 s of patience, the last 3 s apart */
#define PROBE_JITTER .25

int64_t retry_backoff_us(struct rng *rng, int64_t previous_us)
{
    double top = BACKOFF_GROW * (double)previous_us / SECOND_US;
    double s =
        rng_uniform(rng, BACKOFF_MIN_S, top > BACKOFF_MIN_S ? top : BACKOFF_GROW * BACKOFF_MIN_S);
    return (int64_t)((s < BACKOFF_MAX_S ? s : BACKOFF_MAX_S) * SECOND_US);
}

static double budget_at(const struct health *h, int64_t now)
{
    double b = h->budget + BUDGET_RATE * (double)(now - h->budget_us) / SECOND_US;
    return b < BUDGET_MOST ? b : BUDGET_MOST;
}

void health_init(struct health *h, uint64_t seed, int64_t now)
{
    *h = (struct health){
        .rng = rng_seed(seed), .budget = BUDGET_MOST, .budget_us = now, .spacing_us = PROBE_US};
}

bool health_sick(const struct health *h)
{
    return h->seen >= SICK_LEAST && 2 * h->failures > h->seen;
}

bool health_down(const struct health *h)
{
    return h->streak >= DOWN_STREAK;
}

bool health_hopeless(const struct health *h, int64_t now)
{
    return health_down(h) && now - h->dark_us >= RETRY_PATIENCE_US;
}

int64_t health_next(const struct health *h, int64_t now, bool retry)
{
    if (health_down(h))
        return h->probe_out ? INT64_MAX : h->probe_at_us > now ? h->probe_at_us : now;
    if (!retry || !health_sick(h))
        return now;
    double missing = 1 - budget_at(h, now);
    return missing <= 0 ? now : now + 1 + (int64_t)(missing / BUDGET_RATE * SECOND_US);
}

void health_sent(struct health *h, int64_t now, bool retry)
{
    double b = budget_at(h, now) + BUDGET_SHARE;
    if (retry && health_sick(h))
        b -= 1;
    h->budget = b < 0 ? 0 : b < BUDGET_MOST ? b : BUDGET_MOST;
    h->budget_us = now;
    h->probe_out = health_down(h);
}

static void remember(struct health *h, bool failed)
{
    uint64_t *word = &h->failed[h->at / 64], bit = (uint64_t)1 << h->at % 64;
    if (*word & bit)
        h->failures--;
    *word = failed ? *word | bit : *word & ~bit;
    h->failures += failed;
    h->at = (h->at + 1) % HEALTH_WINDOW;
    if (h->seen < HEALTH_WINDOW)
        h->seen++;
}

static void wait_before_probe(struct health *h, int64_t now)
{
    double gap = h->spacing_us * rng_uniform(&h->rng, 1 - PROBE_JITTER, 1 + PROBE_JITTER);
    if (gap > (double)RETRY_PROBE_MAX_US)
        gap = (double)RETRY_PROBE_MAX_US;
    h->probe_at_us = now + (int64_t)gap;
    h->probe_out = false;
}

void health_answer(struct health *h, int64_t now, bool failed)
{
    remember(h, failed);
    if (!failed) {
        h->streak = 0;
        h->probe_out = false;
        h->spacing_us = PROBE_US;
        return;
    }
    if (h->streak == 0)
        h->dark_us = now;
    h->streak++;
    if (!health_down(h))
        return;
    if (h->probe_out && h->spacing_us < (double)RETRY_PROBE_MAX_US)
        h->spacing_us *= PROBE_GROW;
    wait_before_probe(h, now);
}

void health_unsent(struct health *h, int64_t now)
{
    if (h->probe_out)
        wait_before_probe(h, now);
}
