#ifndef RESCIND_SANDBOX_INVENTORY_H
#define RESCIND_SANDBOX_INVENTORY_H

/* The reads and writes beyond the actions: who the credential is, lists, single reads, changes,
 * creations. */

#include "sandbox/stock.h"

void inventory_answer(struct stock *v, struct inquiry *q, struct reply *out);

#endif
