#ifndef RESCIND_WIRE_TOLD_H
#define RESCIND_WIRE_TOLD_H

/* The holds that the journal remembers. */

#include "journal/ledger.h"
#include "provider/hints.h"
#include "wire/endpoint.h"

/* The name of an endpoint's holds in the journal: "https://host:port 1f0c9a3e", origin and account.
 * Added. */
void told_pair_put(struct buf *out, const struct endpoint *e);

/* The record of a hold that was told (`who`: "429,", or "another process was"), for a restart to
 * know; its texts are `pair` and `reason`.
 * False where it reaches no further than what the ledger knows of (less than 100 ms further); a
 * ledger that is NULL knows of none. */
enum { HOLD_REASON = 96 };
bool hold_record(const struct ledger *l, const char *pair, const char *who, const struct hint *hint,
                 struct record *out, char reason[HOLD_REASON]);

/* What is left of the hold that an earlier run was told for an endpoint's pair, microseconds, at
 * most HINT_MAX_US. In journals of the released format a pair is an origin as the run named it and
 * a variable, "https://localhost:9000 NAME": whose account that was nobody knows, so it holds
 * whatever the variable has now. */
int64_t hold_left_us(const struct ledger *l, const struct endpoint *e);

#endif
