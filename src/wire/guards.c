#include "wire/guards.h"

#include "base/mem.h"
#include "journal/evidence.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void guard_finished(struct guard *g, enum outcome now)
{
    g->finished++;
    if (outcome_failed(now))
        g->failed++;
}

bool guard_says_halt(const struct guard *g, const struct settings *s, const char *provider,
                     char reason[512])
{
    char limit[48];
    bool halt = s->halt_count ? g->failed >= s->halt_count
                              : s->halt_percent < 100 && g->finished >= HALT_PERCENT_FROM &&
                                    (double)g->failed * 100 > s->halt_percent * (double)g->finished;
    if (!halt)
        return false;
    if (s->halt_count)
        snprintf(limit, sizeof limit, "--halt %" PRIu32, s->halt_count);
    else
        snprintf(limit, sizeof limit, "--halt %g%%", s->halt_percent);
    snprintf(reason, 512, "%s: %" PRIu64 " of %" PRIu64 " finished targets failed (%s)", provider,
             g->failed, g->finished, limit);
    return true;
}

bool gate_allows(const struct gate *g)
{
    return g->open || g->sent < ABSENT_GATE;
}

void gate_announced(struct gate *g)
{
    g->sent++;
}

void gate_heard(struct gate *g, enum outcome o)
{
    if (g->looked && o == OUTCOME_FAILED) {
        g->sent--; /* told by the provider itself of a key that may be there */
        return;
    }
    g->heard++;
    g->absent += o == OUTCOME_UNPROVEN_ABSENT;
}

bool gate_says_stop(const struct gate *g, const struct definition *d, uint64_t waiting,
                    char reason[512])
{
    if (g->open || g->heard < g->sent || (g->sent < ABSENT_GATE && (waiting || !g->absent)))
        return false;
    snprintf(reason, 512,
             "%s %s: of the first %" PRIu64
             " targets not one was seen to exist: check the account, "
             "the workspace, the URL, and one key that is known to live",
             d->shown, d->kind, g->sent);
    return true;
}

static bool still_there(const struct targets *t, const struct row_set *listed,
                        const struct ledger *l, char reason[512])
{
    uint32_t count = 0;
    for (uint32_t row = 0; row < targets_count(t); row++)
        count += row_set_has(listed, row) &&
                 ledger_verification(l, row).verified == VERIFIED_PRESENT &&
                 outcome_done((enum outcome)ledger_state(l, row).outcome);
    if (count)
        snprintf(reason, 512,
                 "%" PRIu32 " of the targets %s still there when last looked at: "
                 "still_present.csv in the run directory is a manifest of them",
                 count, count == 1 ? "was" : "were");
    return count > 0;
}

bool guards_doubtful(const struct settings *s, const struct targets *t,
                     const struct row_set *listed, const struct ledger *l, char reason[512])
{
    const struct catalog *catalog = targets_catalog(t);
    size_t definitions = catalog_count(catalog);
    uint64_t *targets = mem_zalloc(definitions + 1, sizeof *targets);
    uint64_t *absent = mem_zalloc(definitions + 1, sizeof *absent);
    uint64_t *seen = mem_zalloc(definitions + 1, sizeof *seen);
    bool doubtful = still_there(t, listed, l, reason);
    for (uint32_t row = 0; row < targets_count(t); row++) {
        size_t index = catalog_index(catalog, targets_definition(t, row));
        if (!row_set_has(listed, row))
            continue;
        targets[index]++;
        const struct target_state st = ledger_state(l, row);
        const bool vanished = evidence_vanished(&st);
        absent[index] += st.from_start || vanished;
        seen[index] += vanished;
    }
    for (size_t i = 0; i < definitions && !doubtful; i++) {
        const struct definition *d = catalog_at(catalog, i);
        doubtful = !settings_expect_absent(s, d) && evidence_too_many_absent(targets[i], absent[i]);
        if (doubtful)
            snprintf(reason, 512,
                     "%s %s: %" PRIu64 " of %" PRIu64
                     " targets were absent %s: check account, workspace, URL, and one key that is "
                     "known to live",
                     d->shown, d->kind, absent[i], targets[i],
                     seen[i] ? "before anything was sent for them, though some were seen before"
                             : "from the start, and never seen by this account");
    }
    free(targets);
    free(absent);
    free(seen);
    return doubtful;
}

void canary_add(struct canary *c, uint32_t row)
{
    if (!c->rows)
        c->rows = row_set_new();
    if (row_set_has(c->rows, row))
        return;
    row_set_add(c->rows, row);
    c->left++;
}

void canary_free(struct canary *c)
{
    row_set_free(c->rows);
    *c = (struct canary){0};
}

bool canary_has(const struct canary *c, uint32_t row)
{
    return c->rows && row_set_has(c->rows, row);
}

bool canary_holds(const struct canary *c, uint32_t row)
{
    return (c->left || c->failed) && !canary_has(c, row);
}

enum canary_says canary_judge(struct canary *c, const char *provider, uint32_t row, enum outcome o,
                              char reason[512])
{
    if (!c->left || !canary_has(c, row))
        return CANARY_NOTHING;
    if (outcome_done(o)) {
        c->there += !outcome_absent(o);
        if (--c->left)
            return CANARY_NOTHING;
        if (c->there)
            return CANARY_PASSED;
    }
    c->failed = true;
    if (outcome_done(o))
        snprintf(reason, 512, "canary: all of its targets were absent already");
    else
        snprintf(reason, 512, "canary: a target of %s ended as %s", provider, outcome_word[o]);
    return CANARY_FAILED;
}
