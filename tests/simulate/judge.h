/* Whether the promises hold. It knows the truth, and what has become safe on the disk. */

#ifndef RESCIND_SIMULATE_JUDGE_H
#define RESCIND_SIMULATE_JUDGE_H

#include "provider.h"

#include "journal/ledger.h"
#include "wire/endings.h"

void judge_life_begins(const struct ledger *l);
void judge_request(const struct asked *what);
void judge_answer(const struct asked *what, const struct reply *r);
/* It ended by itself. */
void judge_life_ended(const struct ledger *l, const struct ending *e);

#endif
