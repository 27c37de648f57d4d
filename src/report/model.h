#ifndef RESCIND_REPORT_MODEL_H
#define RESCIND_REPORT_MODEL_H

/* What the forms of the report share, and nobody else sees: the merged rows. */

#include "report/reasons.h"
#include "report/report.h"

/* One `open` of one source; end_ms is closed_ms or, where it never closed, when the last target of
 * it that is known finished. */
struct report_run {
    const struct run_facts *facts;
    size_t source;
    int64_t end_ms;
};

struct report {
    struct report_source *source;
    size_t sources;
    uint32_t *first; /* flat number of each source's row 0, and the sum: sources + 1 of them */
    uint32_t *entry; /* flat numbers of the merged rows; NULL for one source */
    size_t entries;
    struct report_facts facts;
    struct reasons reasons;
    struct report_run *run; /* by time of opening */
    size_t runs;
    char reason_text[512];
};

/* Merges rows by identity into r->entry, in order of first appearance, and counts r->facts.dropped.
 */
void report_merge(struct report *r);

/* One merged row. */
struct entry {
    const struct report_source *source;
    const struct definition *definition;
    uint32_t row;
    enum outcome outcome;
    struct target_state state;
    struct verification verification; /* of a target that is done; else nothing */
};
struct cursor {
    const struct report *report;
    size_t at;
};
bool cursor_next(struct cursor *c, struct entry *e);

/* The last `open` of a source, or NULL. */
const struct run_facts *report_last_run(const struct report_source *s);

/* The manifest, or the manifests: rows of the same bytes count once. */
struct manifest_sum {
    const char *path, *sha256; /* NULL where the sources' manifests differ, or none is known */
    uint64_t rows, duplicates, rejected;
};
struct manifest_sum report_manifest(const struct report *r);

bool report_was_verified(const struct report *r); /* anything of it */

/* What took its place; "" for nothing, or nothing yet. */
const char *entry_successor(const struct entry *e);

int64_t entry_finished_ms(const struct entry *e); /* 0: not finished */

#endif
