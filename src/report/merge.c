#include "report/model.h"

#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* A row's flat number is its row plus those of all sources before its own. Rows of one identity are
 * found through open addressing, at most 3/4 full: a slot's low bits are an index into `entry` plus
 * one, 0 for a free slot, and its high bits a part of the hash, so that a wrong slot is nearly
 * always passed without a look at its row. That is 10 to 15 bytes a row, and nothing for one
 * source. The row that tells most stands for its identity, at the place where the identity was
 * first seen. */

/* Which row of two tells more: one that is done before one that is not; among the done ones the
 * deletion before its absence, among the others what may have been deleted before what was not. No
 * time of day decides what counts: clocks are set, and differ from machine to machine. */
static const uint8_t weight[OUTCOME_COUNT] = {
    [OUTCOME_REVOKED] = 9,
    [OUTCOME_ROTATED] = 8,
    [OUTCOME_DISABLED] = 7,
    [OUTCOME_ENABLED] = 7,
    [OUTCOME_ABSENT_AFTER_RETRY] = 6,
    [OUTCOME_ALREADY_ABSENT] = 5,
    [OUTCOME_UNCONFIRMED] = 4,
    [OUTCOME_UNPROVEN_ABSENT] = 3,
    [OUTCOME_FAILED] = 2,
    [OUTCOME_NOT_ATTEMPTED] = 1,
};

/* One that was found to be there is never hidden by a proof from elsewhere. */
static const uint8_t finding[VERIFIED_COUNT] = {
    [VERIFIED_PRESENT] = 3,
    [VERIFIED_ABSENT] = 2,
    [VERIFIED_UNPROVEN] = 1,
};

struct merger {
    struct report *r;
    uint32_t *slot;
    unsigned bits; /* the table has 2^bits slots */
    struct row_set *listed;
};

static void entry_at(const struct report *r, uint32_t flat, struct entry *e)
{
    size_t s = 0;
    while (flat >= r->first[s + 1])
        s++;
    e->source = &r->source[s];
    e->row = flat - r->first[s];
    e->definition = targets_definition(e->source->targets, e->row);
    e->outcome = ledger_outcome(e->source->ledger, e->row);
    e->state = ledger_state(e->source->ledger, e->row);
    e->verification = outcome_done(e->outcome) ? ledger_verification(e->source->ledger, e->row)
                                               : (struct verification){0};
}

static bool same_target(const struct entry *a, const struct entry *b)
{
    const struct definition *d = a->definition, *e = b->definition;
    char x[ID_MAX + 1], y[ID_MAX + 1];
    if (d != e && (strcmp(d->shown, e->shown) != 0 || strcmp(d->kind, e->kind) != 0))
        return false;
    size_t len = targets_id(a->source->targets, a->row, x);
    return len == targets_id(b->source->targets, b->row, y) && memcmp(x, y, len) == 0 &&
           strcmp(targets_scope(a->source->targets, a->row),
                  targets_scope(b->source->targets, b->row)) == 0;
}

static bool tells_more(const struct entry *a, const struct entry *b)
{
    uint8_t x = finding[a->verification.verified], y = finding[b->verification.verified];
    const bool both_done = outcome_done(a->outcome) && outcome_done(b->outcome);
    if (both_done && (x == finding[VERIFIED_PRESENT]) != (y == finding[VERIFIED_PRESENT]))
        return x > y;
    if (weight[a->outcome] != weight[b->outcome])
        return weight[a->outcome] > weight[b->outcome];
    if (x != y)
        return x > y;
    int64_t at = entry_finished_ms(a), then = entry_finished_ms(b); /* whose words are shown */
    return at != then ? at > then : a->state.attempts > b->state.attempts;
}

/* The slot of this target, or the free one that it is to have. */
static uint32_t *slot_of(const struct merger *m, const struct entry *e, uint64_t hash)
{
    uint32_t mask = (uint32_t)((UINT64_C(1) << m->bits) - 1), part = (uint32_t)(hash >> 32) & ~mask;
    for (uint32_t at = (uint32_t)hash & mask;; at = (at + 1) & mask) {
        uint32_t *slot = &m->slot[at];
        struct entry have;
        if (!*slot)
            return slot;
        if ((*slot & ~mask) != part)
            continue;
        entry_at(m->r, m->r->entry[(*slot & mask) - 1], &have);
        if (same_target(&have, e))
            return slot;
    }
}

static void merge_row(struct merger *m, const struct entry *e, uint32_t flat)
{
    struct report *r = m->r;
    uint32_t mask = (uint32_t)((UINT64_C(1) << m->bits) - 1);
    const uint64_t identity = targets_identity(e->source->targets, e->row);
    const uint64_t hash = hash_bytes(0, &identity, sizeof identity);
    uint32_t *slot = slot_of(m, e, hash);
    uint32_t i = (*slot & mask) - 1;
    struct entry have;
    if (!*slot) {
        i = (uint32_t)r->entries++;
        r->entry[i] = flat;
        *slot = ((uint32_t)(hash >> 32) & ~mask) | (i + 1);
    } else {
        entry_at(r, r->entry[i], &have);
        if (tells_more(e, &have))
            r->entry[i] = flat;
    }
    if (ledger_listed(e->source->ledger, e->row))
        row_set_add(m->listed, i);
}

/* What no source lists any more leaves the view and is counted. */
static void drop_unlisted(struct merger *m)
{
    struct report *r = m->r;
    size_t kept = 0;
    for (size_t i = 0; i < r->entries; i++)
        if (row_set_has(m->listed, (uint32_t)i))
            r->entry[kept++] = r->entry[i];
    r->facts.dropped = r->entries - kept;
    r->entries = kept;
}

static void merge_sources(struct report *r)
{
    size_t rows = r->first[r->sources];
    unsigned bits = 4;
    while ((UINT64_C(3) << bits) / 4 < rows)
        bits++;
    struct merger m = {.r = r,
                       .slot = mem_zalloc((size_t)1 << bits, sizeof *m.slot),
                       .bits = bits,
                       .listed = row_set_new()};
    r->entry = mem_alloc((rows ? rows : 1) * sizeof *r->entry);
    for (uint32_t flat = 0; flat < rows; flat++) {
        struct entry e;
        entry_at(r, flat, &e);
        if (ledger_listed(e.source->ledger, e.row) || ledger_dropped(e.source->ledger, e.row))
            merge_row(&m, &e, flat);
    }
    drop_unlisted(&m);
    free(m.slot);
    row_set_free(m.listed);
}

void report_merge(struct report *r)
{
    r->first = mem_zalloc(r->sources + 1, sizeof *r->first);
    for (size_t s = 0; s < r->sources; s++)
        r->first[s + 1] = r->first[s] + targets_count(r->source[s].targets);
    if (r->sources != 1) {
        merge_sources(r);
        return;
    }
    const struct ledger *l = r->source[0].ledger;
    for (uint32_t row = 0; row < r->first[1]; row++)
        r->facts.dropped += ledger_dropped(l, row);
}

bool cursor_next(struct cursor *c, struct entry *e)
{
    const struct report *r = c->report;
    if (r->entry) {
        if (c->at == r->entries)
            return false;
        entry_at(r, r->entry[c->at++], e);
        return true;
    }
    while (c->at < r->first[1]) {
        uint32_t row = (uint32_t)c->at++;
        if (!ledger_listed(r->source[0].ledger, row))
            continue;
        entry_at(r, row, e);
        return true;
    }
    return false;
}

const char *entry_successor(const struct entry *e)
{
    const struct rotation *known = ledger_rotation(e->source->ledger, e->row);
    return known && e->outcome == OUTCOME_ROTATED ? known->successor : "";
}

int64_t entry_finished_ms(const struct entry *e)
{
    if (e->state.outcome == OUTCOME_NONE)
        return 0;
    return (int64_t)e->state.finished_s * 1000 + e->state.finished_ms;
}
