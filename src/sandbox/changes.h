#ifndef RESCIND_SANDBOX_CHANGES_H
#define RESCIND_SANDBOX_CHANGES_H

/* PATCH and POST: keys changed and created. */

#include "sandbox/stock.h"

void changes_update(struct stock *v, struct inquiry *q, struct reply *out);
void changes_create(struct stock *v, struct inquiry *q, struct reply *out);

#endif
