#ifndef RESCIND_REPORT_KINDS_H
#define RESCIND_REPORT_KINDS_H

/* What was seen of each kind of target: the ground that all that is called gone stands on. */

#include "journal/ledger.h"

struct kind_totals {
    const char *provider, *kind; /* borrowed */
    uint64_t targets;
    uint64_t seen;       /* by a look, or deleted with a success that only an existing one gets */
    uint64_t from_start; /* absent from the start */
    uint64_t vanished;   /* seen, and absent before anything was sent for it */
    uint64_t never_seen; /* all that were not seen */
    bool expected;       /* a run was told to expect their absence */
    const struct definition *definition; /* of the row that was added last, */
    const struct ledger *ledger;         /* and its source */
};

struct kinds {
    struct kind_totals *at; /* in order of first appearance */
    size_t count;
};

/* Counts a row; `last` is what this returned for the row before it, NULL at first. */
struct kind_totals *kinds_add(struct kinds *f, const struct ledger *l, const struct definition *d,
                              const struct target_state *state, struct kind_totals *last);

/* What a deletion leaves undone, or does besides, of kind i: its definition's note, once however
 * many accounts have it; NULL for none, or another action. */
const char *kinds_note(const struct kinds *f, size_t i, enum action action);

/* The first kind, or the next behind `at`, of which too many were absent from the start, or
 * vanished, and nobody said to expect that; NULL for none. */
const struct kind_totals *kinds_doubtful(const struct kinds *f, const struct kind_totals *at);
void kinds_free(struct kinds *f);

#endif
