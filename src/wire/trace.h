#ifndef RESCIND_WIRE_TRACE_H
#define RESCIND_WIRE_TRACE_H

/* RESCIND_TRACE=FILE: a line per step on the wire, for whoever looks for the reason of something.
 *
 *   2026-11-21T05:40:00.123Z openrouter > DELETE /api/v1/keys/5f0e... pace 4.0
 *   2026-11-21T05:40:00.204Z openrouter < DELETE /api/v1/keys/5f0e... 429 hold pace 2.0 wait 5.0s
 *
 * A header's value and a body are never in it, nor what follows the path's `?`, and what
 * provider/mask.h knows is masked. The file is appended to, mode 0600. */

#include "base/error.h"

#include <stdint.h>

struct trace;

/* *out is NULL where the variable is not set. EXIT_REFUSED for a file that is not ours alone, is a
 * link or no regular file; EXIT_CANTCREATE. */
int trace_open(struct trace **out, struct error *err);
void trace_close(struct trace *t); /* NULL is fine */

/* One line: the time, then the words; NULL for `t` is fine. */
struct trace_step {
    const char *lane, *method, *url;
    double pace;         /* requests a second */
    int status;          /* 0: none came, or none yet */
    const char *verdict; /* NULL: it is being sent */
    int64_t hold_us;     /* until which nothing goes, from now; 0: none */
};
void trace_put(struct trace *t, const struct trace_step *step);

#endif
