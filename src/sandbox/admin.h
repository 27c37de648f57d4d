#ifndef RESCIND_SANDBOX_ADMIN_H
#define RESCIND_SANDBOX_ADMIN_H

/* What the sandbox answers for itself, under /sandbox/:
 *
 *   GET /sandbox/truth     JSON lines, see truth.h; ?provider=NAME, ?touched: those asked for
 *   GET /sandbox/counts    one JSON object
 *   POST /sandbox/options  settings, a line each, see settings.h; 204, or 400 and why
 */

#include "sandbox/sandbox.h"

#include <microhttpd.h>

/* Fills status, type and body; or returns a response that makes its body as it goes. */
struct MHD_Response *admin_answer(struct sandbox *s, struct MHD_Connection *c, const char *method,
                                  const char *path, const struct buf *sent, uint64_t connections,
                                  struct reply *out);

#endif
