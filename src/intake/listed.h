#ifndef RESCIND_INTAKE_LISTED_H
#define RESCIND_INTAKE_LISTED_H

/* What a provider has, as `rescind list` wrote it: keys, and what it shows of their secrets. */

#include "manifest/manifest.h"

struct listed;
/* Reads a manifest; hints are read of CSV and JSONL with a column that the definition's list.hint
 * names. EXIT_NOINPUT, EXIT_DATA. */
struct listed *listed_read(const struct manifest_options *how, const struct catalog *catalog,
                           struct error *err);
void listed_free(struct listed *l); /* NULL is fine */

/* The row of a key, of whatever account, or UINT32_MAX. */
uint32_t listed_find(const struct listed *l, const struct definition *d, const char *id,
                     size_t len);

/* The one key whose hint agrees with the beginning and the end of a secret (a whole one: `tail` is
 * the same text): its row, or UINT32_MAX where none or several do. At least SHOWN characters behind
 * the `lead` that all keys have must agree. */
uint32_t listed_fit(const struct listed *l, const struct definition *d, size_t lead,
                    const char *head, size_t head_len, const char *tail, size_t tail_len);
const struct targets *listed_targets(const struct listed *l);

#endif
