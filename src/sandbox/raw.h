#ifndef RESCIND_SANDBOX_RAW_H
#define RESCIND_SANDBOX_RAW_H

/* Whole raw keys, made up, with the id that tells of each: what a leak holds and an inventory
 * knows. */

#include "base/rng.h"
#include "provider/definition.h"

enum { RAW_MAX = 512 };

/* A raw key as the definition's pattern has it, and its id. False where the definition has no
 * pattern, or its keys do not tell their ids. */
bool raw_make(const struct definition *d, struct rng *r, char raw[RAW_MAX], char id[ID_MAX + 1]);

#endif
