#ifndef RESCIND_SANDBOX_ANNOUNCE_H
#define RESCIND_SANDBOX_ANNOUNCE_H

/* How a 429 or a 503 says when to come back. */

#include "provider/definition.h"
#include "sandbox/reply.h"

enum announce_kind {
    ANNOUNCE_SECONDS = 1, /* Retry-After, whole seconds, rounded up, at least 1 */
    ANNOUNCE_DATE = 2,    /* Retry-After, HTTP-date, rounded up */
    ANNOUNCE_MS = 4,      /* the provider's own header, in its own unit */
    ANNOUNCE_BODY = 8,    /* wherever the definition knows a hint in a body */
    ANNOUNCE_IETF = 16,   /* RateLimit, draft-ietf-httpapi-ratelimit-headers */
    ANNOUNCE_RAW = 32,    /* Retry-After, a text as it is */
};

struct announce {
    unsigned kinds;
    char raw[64];
};

/* "sec", "date", "ms", "body", "ietf", "raw:TEXT" (the last one), joined by +; or "none". */
bool announce_parse(const char *text, struct announce *out);

/* What a provider does by itself: its body's hint where it has no header of its own, else
 * Retry-After and that header. */
struct announce announce_usual(const struct definition *d);

/* Adds the hints to an error that is written already. The wait counts from the answer, which goes
 * out at answer_wall_ms. Returns the longest hold that they announce, microseconds from the answer;
 * 0 for none. */
int64_t announce_put(const struct announce *how, const struct definition *d, int64_t wait_us,
                     int64_t answer_wall_ms, double quota, struct reply *out);

/* What a success tells of the room that is left, where the provider speaks the IETF draft. */
void announce_room(const struct announce *how, int64_t room, int64_t reset_us, struct reply *out);

#endif
