#ifndef RESCIND_SANDBOX_GENERATE_H
#define RESCIND_SANDBOX_GENERATE_H

/* Manifests for demos and tests: lawful random identifiers of any kind that the catalog knows. */

#include "base/rng.h"
#include "provider/definition.h"

#include <stdio.h>

/* A lawful, canonical identifier of the definition; returns its length. */
size_t generate_id(const struct definition *d, struct rng *r, char out[ID_MAX + 1]);

/* Writes a CSV of n targets, kinds drawn by the shares of `mix` (NULL: the usual one), the same for
 * the same seed; to `raw` (or NULL), a line each, the raw keys of those whose kind has such.
 * EXIT_USAGE for a mix that makes no sense, EXIT_IO. */
int generate_manifest(const struct catalog *catalog, uint64_t n, uint64_t seed, const char *mix,
                      FILE *out, FILE *raw, struct error *err);

#endif
