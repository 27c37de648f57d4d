#ifndef RESCIND_WIRE_HOLDS_H
#define RESCIND_WIRE_HOLDS_H

/* What an answer says about rate, and the holds that the journal remembers. */

#include "journal/ledger.h"
#include "wire/http.h"
#include "wire/pacer.h"

/* The wait that an answer asks for: of a 429, 425 or 503 that came whole; else none. */
struct hint hint_of_answer(const struct definition *d, const struct http_answer *a);

/* `holds`: the answer was about rate. */
enum pacer_answer rate_of_answer(const struct answer *a, bool holds);

/* Whether the answer to a read is about rate: 429, 425, 503 with a hint. */
bool is_about_rate(const struct answer *a, const struct hint *hint);

/* The record of a hold that was told, for a restart to know; its texts are `pair` and `reason`.
 * False where it reaches no further than what the ledger knows of (less than 100 ms further); a
 * ledger that is NULL knows of none. */
enum { HOLD_REASON = 96 };
bool hold_record(const struct ledger *l, const char *pair, int status, const struct hint *hint,
                 struct record *out, char reason[HOLD_REASON]);

/* What is left of the hold that an earlier run was told for a pair; at most HINT_MAX_US. */
int64_t hold_left_us(const struct ledger *l, const char *pair);

#endif
