#ifndef RESCIND_SANDBOX_COUNTS_H
#define RESCIND_SANDBOX_COUNTS_H

/* Everything that was counted, as one JSON object:
 *
 *   connections          accepted, but those that only ever asked for /sandbox/
 *   requests             but those for /sandbox/; unknown_paths of them led nowhere
 *   redirects_followed   requests for where a redirect led: there should be none
 *   targets, exist       heard of, and there now
 *   providers.NAME       per provider:
 *     requests           actions of them asked for a change, effective of those changed something
 *     repeated           actions on what had been deleted before
 *     unauthorised, limited (429), overloaded (503: all workers busy, the queue full), faults
 *                        how many were refused, and met a fault
 *     queued_us          what all of them together waited for a worker
 *     foreign            asked for a key of another account
 *     own_deletes        asked to delete the credential itself
 *     unlawful_ids, unheard_ids              no identifier at all, or none that was ever there
 *     holds              announced; in_hold: requests that arrived inside one, in_hold_grace: in
 *                        its first moments, when the client may not have known
 *     sent, dropped, reset, cut, aborted     how the answers ended; status: of those sent
 *     first_us, last_us, last_effect_us      when requests came, since the start; -1: never */

#include "sandbox/sandbox.h"

void counts_print(const struct sandbox *s, uint64_t connections, struct buf *out);

#endif
