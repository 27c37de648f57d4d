#include "wire/guards.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void count_outcome(struct guard *g, enum outcome o)
{
    if (outcome_absent(o))
        g->absent++;
    else if (outcome_done(o) || outcome_failed(o))
        g->evidence = true;
}

void guard_known(struct guard *g, enum outcome o, bool announced)
{
    g->targets++;
    if (announced || o != OUTCOME_NONE)
        g->sent++;
    count_outcome(g, o);
}

void guard_known_to_another(struct guard *g, enum outcome o)
{
    guard_known(g, outcome_absent(o) ? o : OUTCOME_NONE, false);
}

bool guard_allows(const struct guard *g, const struct settings *s)
{
    return s->expect_absent || g->evidence || g->sent < ABSENT_GATE;
}

void guard_announced(struct guard *g)
{
    g->sent++;
}

void guard_finished(struct guard *g, enum outcome before, enum outcome now)
{
    g->finished++;
    if (outcome_failed(now))
        g->failed++;
    if (outcome_absent(before))
        g->absent--;
    count_outcome(g, now);
}

static bool all_absent(const struct guard *g)
{
    uint64_t enough = g->targets < ABSENT_GATE ? g->targets : ABSENT_GATE;
    return !g->evidence && g->targets > 0 && g->absent >= enough;
}

bool guard_doubts(const struct guard *g, const struct settings *s)
{
    return !s->expect_absent && all_absent(g);
}

static bool too_many_failed(const struct guard *g, const struct settings *s)
{
    if (s->halt_count)
        return g->failed >= s->halt_count;
    return s->halt_percent < 100 && g->finished >= HALT_PERCENT_FROM &&
           (double)g->failed * 100 > s->halt_percent * (double)g->finished;
}

enum guard_halt guard_check(const struct guard *g, const struct settings *s, const char *provider,
                            char reason[512])
{
    if (guard_doubts(g, s)) {
        snprintf(reason, 512,
                 "%s: all of the first %" PRIu64 " targets were already absent: the wrong account, "
                 "workspace or URL? (--expect-absent if that is right)",
                 provider, g->absent);
        return GUARD_ABSENT;
    }
    if (too_many_failed(g, s)) {
        char limit[48];
        if (s->halt_count)
            snprintf(limit, sizeof limit, "--halt %" PRIu32, s->halt_count);
        else
            snprintf(limit, sizeof limit, "--halt %g%%", s->halt_percent);
        snprintf(reason, 512, "%s: %" PRIu64 " of %" PRIu64 " finished targets failed (%s)",
                 provider, g->failed, g->finished, limit);
        return GUARD_FAILURES;
    }
    return GUARD_GO;
}

bool guards_suspicious(const struct settings *s, const struct targets *t,
                       const struct row_set *listed, const struct ledger *l, char reason[512])
{
    const struct catalog *catalog = targets_catalog(t);
    size_t definitions = catalog_count(catalog);
    struct guard *guard = mem_zalloc(definitions, sizeof *guard);
    size_t *of =
        mem_zalloc(definitions, sizeof *of); /* a definition's group: its provider's first */
    for (size_t i = 0; i < definitions; i++) {
        while (strcmp(catalog_at(catalog, of[i])->shown, catalog_at(catalog, i)->shown) != 0)
            of[i]++;
    }
    for (uint32_t row = 0; row < targets_count(t); row++) {
        if (!row_set_has(listed, row))
            continue;
        size_t index = catalog_index(catalog, targets_definition(t, row));
        struct target_state st = ledger_state(l, row);
        guard_known(&guard[of[index]], (enum outcome)st.outcome, st.attempts > 0);
    }
    bool suspicious = false;
    for (size_t i = 0; i < definitions && !suspicious; i++)
        suspicious =
            guard_check(&guard[i], s, catalog_at(catalog, i)->shown, reason) == GUARD_ABSENT;
    free(guard);
    free(of);
    return suspicious;
}

bool canary_holds(const struct canary *c, uint32_t row)
{
    return row > c->last_row && (c->left || c->failed);
}

enum canary_says canary_judge(struct canary *c, const char *provider, uint32_t row, enum outcome o,
                              char reason[512])
{
    if (!c->left || row > c->last_row)
        return CANARY_NOTHING;
    if (outcome_done(o))
        return --c->left ? CANARY_NOTHING : CANARY_PASSED;
    c->failed = true;
    snprintf(reason, 512, "canary: a target of %s ended as %s", provider, outcome_word[o]);
    return CANARY_FAILED;
}
