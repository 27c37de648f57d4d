#ifndef RESCIND_WIRE_TOLD_H
#define RESCIND_WIRE_TOLD_H

/* The holds that the journal remembers. */

#include "journal/ledger.h"
#include "provider/hints.h"

/* The record of a hold that was told (`who`: "429,", or "another process was"), for a restart to
 * know; its texts are `pair` and `reason`.
 * False where it reaches no further than what the ledger knows of (less than 100 ms further); a
 * ledger that is NULL knows of none. */
enum { HOLD_REASON = 96 };
bool hold_record(const struct ledger *l, const char *pair, const char *who, const struct hint *hint,
                 struct record *out, char reason[HOLD_REASON]);

/* What is left of the hold that an earlier run was told for a pair; at most HINT_MAX_US. */
int64_t hold_left_us(const struct ledger *l, const char *pair);

#endif
