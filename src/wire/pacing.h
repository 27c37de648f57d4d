#ifndef RESCIND_WIRE_PACING_H
#define RESCIND_WIRE_PACING_H

/* What an answer tells the two that say when the next request may go. */

#include "journal/ledger.h"
#include "wire/health.h"
#include "wire/http.h"
#include "wire/pacer.h"

/* When pacer and health let something go; a retry may have to wait for the retry budget. */
int64_t pacing_open_us(struct pacer *p, struct health *h, int64_t now, bool retry);

/* The wait that an answer asks for: of a 429, 425 or 503 that came whole; else none. */
struct hint pacing_hint(const struct definition *d, const struct http_answer *a);

/* `holds`: the answer was about rate. */
void pacing_answer(struct pacer *p, struct health *h, const struct http_answer *a,
                   const struct hint *hint, bool holds, int64_t now);

/* Whether the answer to a read is about rate: 429, 425, 503 with a hint. */
bool pacing_read_holds(const struct http_answer *a, const struct hint *hint);

/* The record of a hold that was told, for a restart to know; its texts are `pair` and `reason`.
 * False where it reaches no further than what the ledger knows of (less than 100 ms further). */
enum { HOLD_REASON = 96 };
bool pacing_hold(const struct ledger *l, const char *pair, int status, const struct hint *hint,
                 struct record *out, char reason[HOLD_REASON]);

#endif
