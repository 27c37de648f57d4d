#ifndef RESCIND_REPORT_MODEL_H
#define RESCIND_REPORT_MODEL_H

/* What the forms of the report share, and nobody else sees: the merged rows, why what is left is
 * left, and where bytes go. */

#include "base/buf.h"
#include "base/durable.h"
#include "report/report.h"

/* Targets that are not done, grouped by why. Texts are normalised (see reasons.c), and so few. */
struct reason {
    const char *provider;
    enum outcome outcome;
    unsigned status; /* 0: no answer */
    char *text;      /* "" where nothing is known but the outcome */
    uint64_t targets;
    bool others; /* stands for the reasons beyond REASONS_KEPT */
};
enum { REASONS_KEPT = 256 };

struct reasons {
    struct reason *at;
    size_t count;
    uint32_t *slot; /* hash table of indexes + 1 */
};
void reasons_init(struct reasons *s);
void reasons_add(struct reasons *s, const char *provider, enum outcome o, unsigned status,
                 const char *error, const char *id);
void reasons_sort(struct reasons *s); /* most targets first; nothing is added after it */
void reasons_free(struct reasons *s);

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

/* The sources' timelines on one grid, and their latencies in one histogram. */
struct timeline {
    int64_t start_ms, slice_ms;
    size_t slices;
    struct slice slice[TIMELINE_SLICES];
    uint64_t latency[LATENCY_BUCKETS], answers;
};
void report_timeline(const struct report *r, struct timeline *out);
/* Upper bound, in ms, of the bucket that the quantile q (0 to 1) falls into; 0 without answers. */
double timeline_quantile(const struct timeline *t, double q);
double latency_bound_ms(size_t bucket);

bool report_was_verified(const struct report *r); /* anything of it */

/* What took its place; "" for nothing, or nothing yet. */
const char *entry_successor(const struct entry *e);

int64_t entry_finished_ms(const struct entry *e); /* 0: not finished */

/* Where a form's bytes go: through `buf` into a file, or, without one, they stay in `buf`. After a
 * failure everything is swallowed; sink_end tells. */
struct sink {
    struct durable_file *file;
    struct buf buf;
    struct error *err;
    bool failed;
};
void sink_rest(struct sink *s); /* to be called now and then: hands a full buf on */
int sink_end(struct sink *s);   /* hands the rest on; -1 where anything failed */

/* Text of any origin (a file name) as UTF-8: what is none becomes U+FFFD. */
void put_utf8(struct buf *b, const char *text);
void put_json_text(struct buf *b, const char *text); /* with quotes; NULL: null */
void put_json_time(struct buf *b, int64_t ms);       /* 0: null */

void report_json(const struct report *r, struct sink *s);
void report_csv(const struct report *r, struct sink *s);
void report_remaining(const struct report *r, struct sink *s);
/* verified.csv: what was found of each target that is done. */
void report_verified(const struct report *r, struct sink *s);
/* still_present.csv: a manifest, as remaining.csv is, of what is done and was found still there. */
void report_still_present(const struct report *r, struct sink *s);
void report_html(const struct report *r, struct sink *s);
void metrics_text(const struct report *r, const struct metrics_facts *m, struct buf *b);

#endif
