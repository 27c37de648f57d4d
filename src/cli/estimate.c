#include "cli/estimate.h"

#include "cli/commands.h"

#include "base/mem.h"
#include "base/text.h"
#include "wire/endpoint.h"
#include "wire/pacer_search.h"
#include "wire/told.h"
#include "wire/wire.h"

#include <stdlib.h>
#include <string.h>

double estimate_ceiling(const struct settings *s, const struct definition *d)
{
    return s->max_rate >= 0 ? s->max_rate : d->rate_limit;
}

void estimate_shares(const struct prepared *p, const struct catalog *catalog, struct share *share)
{
    for (uint32_t row = 0; row < targets_count(p->targets); row++) {
        if (!row_set_has(p->listed, row))
            continue;
        struct share *s = &share[catalog_index(catalog, targets_definition(p->targets, row))];
        s->targets++;
        s->left += !outcome_done((enum outcome)ledger_state(p->ledger, row).outcome);
    }
}

static bool same_pair(const struct settings *s, const struct definition *a,
                      const struct definition *b)
{
    struct buf one = {0}, other = {0};
    struct error err;
    bool same =
        strcmp(a->credential, b->credential) == 0 && endpoint_origin(s, a, &one, &err) == 0 &&
        endpoint_origin(s, b, &other, &err) == 0 && strcmp(buf_text(&one), buf_text(&other)) == 0;
    buf_free(&one);
    buf_free(&other);
    return same;
}

/* What is left of a hold that an earlier run was told. */
int64_t estimate_hold_us(const struct prepared *p, const struct definition *d)
{
    struct error err;
    struct endpoint e;
    struct credentials *c = credentials_new();
    int64_t left_us = 0;
    if (ledger_holds(p->ledger) && endpoint_open(&e, &p->options->settings, d, c, &err) == 0) {
        left_us = hold_left_us(p->ledger, &e);
        endpoint_close(&e);
    }
    credentials_free(c);
    return left_us;
}

/* What this definition's targets need, with all that share its pacer: one ceiling, the lowest of
 * theirs, and one hold. */
static struct outlook of_pair(const struct prepared *p, const struct catalog *catalog,
                              const struct share *share, const struct definition *d)
{
    const struct settings *s = &p->options->settings;
    double ceiling = 0;
    uint64_t left = 0;
    for (size_t i = 0; i < catalog_count(catalog); i++) {
        const struct definition *other = catalog_at(catalog, i);
        if (!share[i].targets || !same_pair(s, d, other))
            continue;
        double most = estimate_ceiling(s, other);
        if (most > 0 && (ceiling <= 0 || most < ceiling))
            ceiling = most;
        left += share[i].left;
    }
    const struct pacer_config config = {.max_rate = ceiling, .concurrency = s->concurrency};
    double held = left ? (double)estimate_hold_us(p, d) / 1e6 : 0;
    double trip_s = ESTIMATE_TRIP_MS / 1e3;
    return (struct outlook){.least_s = held + (ceiling > 0 ? (double)left / ceiling : 0),
                            .likely_s = held + search_estimate_s(&config, left, trip_s),
                            .open_ended = left && ceiling <= 0};
}

struct outlook estimate(const struct prepared *p, const struct catalog *catalog)
{
    struct share *share = mem_zalloc(catalog_count(catalog), sizeof *share);
    struct outlook all = {0};
    estimate_shares(p, catalog, share);
    for (size_t i = 0; i < catalog_count(catalog); i++) {
        if (!share[i].targets)
            continue;
        const struct outlook one = of_pair(p, catalog, share, catalog_at(catalog, i));
        all.least_s = one.least_s > all.least_s ? one.least_s : all.least_s;
        all.likely_s = one.likely_s > all.likely_s ? one.likely_s : all.likely_s;
        all.open_ended |= one.open_ended;
    }
    free(share);
    return all;
}

void estimate_warn(const struct prepared *p, const struct catalog *catalog)
{
    double deadline_s = (double)p->options->settings.deadline_us / 1e6;
    char span[TEXT_SPAN], deadline[TEXT_SPAN], left[TEXT_COUNT];
    const struct outlook o = estimate(p, catalog);
    if (deadline_s <= 0 || o.likely_s <= deadline_s)
        return;
    text_span((int64_t)(deadline_s * 1e6), deadline);
    text_count(p->left, left);
    if (o.least_s > deadline_s)
        say("the deadline of %s cannot be met: %s targets need at least %s at the known ceilings; "
            "what is left then can be resumed",
            deadline, left, text_span((int64_t)(o.least_s * 1e6), span));
    else
        say("the deadline of %s can hardly be met: %s targets need about %s with a round trip of "
            "%d ms (assumed); what is left then can be resumed",
            deadline, left, text_span((int64_t)(o.likely_s * 1e6), span), ESTIMATE_TRIP_MS);
}
