#ifndef RESCIND_INTAKE_FINDS_H
#define RESCIND_INTAKE_FINDS_H

/* The keys that were found, by their ids: each once, with where it stood first and in how many
 * places it did. */

#include "intake/places.h"
#include "manifest/targets.h"

struct finds;
struct finds *finds_new(const struct catalog *catalog); /* borrows it */
void finds_free(struct finds *f);

/* Adds one that stands at `place`; `words` is what a report says of it, or NULL. The same on the
 * same occasion (a line, a record) as before counts once. Scope and words are borrowed until
 * finds_settle, before which nothing else may be asked. EXIT_DATA: full, maybe of an earlier one.
 */
int finds_add(struct finds *f, const struct definition *d, const char *id, size_t len,
              const char *scope, uint64_t place, uint64_t occasion, const char *words,
              struct error *err);

int finds_settle(struct finds *f, struct error *err);

uint32_t finds_count(const struct finds *f);
const struct targets *finds_targets(const struct finds *f);
uint64_t finds_repeated(const struct finds *f); /* places beyond each key's first */
/* "FILE:LINE", or a report's words; "... and 2 more places". */
void finds_note(const struct finds *f, uint32_t row, const struct places *p, struct buf *out);

#endif
