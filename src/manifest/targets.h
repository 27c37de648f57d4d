#ifndef RESCIND_MANIFEST_TARGETS_H
#define RESCIND_MANIFEST_TARGETS_H

/* The table of distinct targets, in the order in which they were first seen. A target is what one
 * request would name: (definition with its account, scope, id). Ids are packed in one arena, notes
 * in another; a row costs 16 bytes, its hash slot at most 11, and the packed id. */

#include "provider/definition.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SCOPE_TEXT_MAX = 1023, /* longest scope text of a row, bytes */
    PRIORITY_MIN = -1000000,
    PRIORITY_MAX = 1000000,
    NOTE_MAX = 1 << 18, /* longest note, bytes: with every quote doubled it still fits a CSV row */
};

struct targets;

struct targets *targets_new(const struct catalog *catalog); /* borrows the catalog */
void targets_free(struct targets *t);

/* Adds a canonical target; all texts are copied. `line` is where it stood, 0 for unknown. Returns
 * its row (from 0), and sets *fresh to whether it was new. A target that is there already keeps its
 * note and its line, and takes the new ones only where it has none (0, ""). A note holds no NUL and
 * is at most NOTE_MAX. UINT32_MAX with EXIT_DATA: the table is full (4 GiB of ids or notes), or the
 * id is empty or too long to be one. */
uint32_t targets_add(struct targets *t, const struct definition *d, const char *id, size_t id_len,
                     const char *scope, const char *note, size_t note_len, uint32_t line,
                     bool *fresh, struct error *err);

/* The same in two steps, for many: a target as it is compared (scope and definition are borrowed),
 * whose place is on its way from memory from then on; false where no target can be so. */
struct target_key {
    const struct definition *d;
    unsigned char id[ID_MAX]; /* packed */
    size_t id_len;
    const char *scope; /* NULL: the definition has none */
    size_t scope_len;
    uint16_t definition;
    uint64_t hash;
};
bool targets_key(const struct targets *t, const struct definition *d, const char *id, size_t id_len,
                 const char *scope, struct target_key *out);
uint32_t targets_put(struct targets *t, const struct target_key *key, const char *note,
                     size_t note_len, uint32_t line, bool *fresh, struct error *err);

/* The row of a target, or UINT32_MAX. */
uint32_t targets_find(const struct targets *t, const struct definition *d, const char *id,
                      size_t id_len, const char *scope);

/* What is sent first: the highest; 0 at first. Of a target that is there already the higher one
 * counts. EXIT_DATA where the table has 255 different ones already. */
int targets_prioritize(struct targets *t, uint32_t row, int32_t priority, struct error *err);
int32_t targets_priority(const struct targets *t, uint32_t row);
bool targets_prioritized(const struct targets *t); /* any is not 0 */
bool targets_accounted(const struct targets *t);   /* any has an account */

uint32_t targets_count(const struct targets *t);
const struct catalog *targets_catalog(const struct targets *t);
const struct definition *targets_definition(const struct targets *t, uint32_t row);
size_t targets_id(const struct targets *t, uint32_t row, char out[ID_MAX + 1]);
/* Both stay good while the table lives. */
const char *targets_scope(const struct targets *t, uint32_t row); /* "" for none */
const char *targets_note(const struct targets *t, uint32_t row);  /* "" for none */
uint32_t targets_line(const struct targets *t, uint32_t row);

/* A hash of the target's identity alone (provider, kind, scope, id), the same in every process and
 * version: SHA-256's first eight bytes. shard K of N holds the targets with hash % N == K. */
uint64_t targets_identity(const struct targets *t, uint32_t row);

/* SHA-256 over the identities of the first `rows` rows, in order: what the journal's `open` records
 * bind themselves to, so that a `try` that names rows can be trusted. */
void targets_digest(const struct targets *t, uint32_t rows, char out[65]);

/* Bytes in use, for `plan` and the tests of the 128 bytes a target. */
size_t targets_memory(const struct targets *t);

/* A set of rows: a bitmap that grows. Its text form counts from 1, as a file's data rows do, and is
 * always closed: "1-400,402". In code rows count from 0. */
struct row_set;
struct row_set *row_set_new(void);
void row_set_free(struct row_set *s);
void row_set_add(struct row_set *s, uint32_t row);
void row_set_add_all(struct row_set *s, const struct row_set *more);
bool row_set_has(const struct row_set *s, uint32_t row);
uint32_t row_set_size(const struct row_set *s);
void row_set_print(const struct row_set *s, struct buf *out);
/* Calls for each range, first and last row inclusive, of a text; false where it is malformed, not
 * ascending, or names a row of `rows` or beyond (nothing is promised of the calls made by then). */
bool row_ranges_parse(const char *text, size_t len, uint32_t rows,
                      void (*each)(void *at, uint32_t first, uint32_t last), void *at);

#endif
