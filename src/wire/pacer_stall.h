#ifndef RESCIND_WIRE_PACER_STALL_H
#define RESCIND_WIRE_PACER_STALL_H

/* A server, or the way to it, that stands still for a while and then answers all at once. The
 * pacer's part that notices it; pacer_stall.c explains it. Times are microseconds of the caller's
 * clock. */

#include "wire/pacer_state.h"

#include <stdbool.h>
#include <stdint.h>

void stall_init(struct pacer *p, int64_t now);

/* Before it is counted as in flight. */
void stall_sent(struct pacer *p, int64_t now);

/* An answer that came from the server, while it is still counted as in flight. True: its request
 * was out in a stall, so neither how long it took nor that it was refused says anything about the
 * rate. */
bool stall_answer(struct pacer *p, int64_t now, int64_t sent_at);

/* `at`, or later where the server seems to stand still. */
int64_t stall_next(const struct pacer *p, int64_t at);

#endif
