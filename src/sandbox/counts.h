#ifndef RESCIND_SANDBOX_COUNTS_H
#define RESCIND_SANDBOX_COUNTS_H

/* Everything that was counted, as one JSON object. */

#include "sandbox/sandbox.h"

void counts_print(const struct sandbox *s, uint64_t connections, struct buf *out);

#endif
