#ifndef RESCIND_SANDBOX_RAW_H
#define RESCIND_SANDBOX_RAW_H

/* Whole raw keys, made up: what a leak holds, and what a list shows of them. */

#include "base/rng.h"
#include "provider/definition.h"

enum { RAW_MAX = 512 };

/* A raw key as the definition's pattern has it, and its id. False where the definition has no
 * pattern, or its keys do not tell their ids. */
bool raw_make(const struct definition *d, struct rng *r, char raw[RAW_MAX], char id[ID_MAX + 1]);

/* A digest of a text, the same in every process. */
uint64_t raw_seed(const char *text);

/* The raw key of an id, where keys do not tell their ids: always the same one. False where there is
 * no pattern, or the keys do tell. */
bool raw_of(const struct definition *d, const char *id, char raw[RAW_MAX]);

/* What the definition's list shows of a secret: sk-or-v1-0e6...1c9, or its last four characters
 * where the field is called so. */
enum { RAW_SHOWN = 64 };
const char *raw_field(const struct definition *d); /* the pointer to it in an item, or NULL */
void raw_show(const struct definition *d, const char *raw, char out[RAW_SHOWN]);

#endif
