#ifndef RESCIND_PROVIDER_HINTS_H
#define RESCIND_PROVIDER_HINTS_H

/* What an answer says about when to come back: Retry-After (RFC 9110, 10.2.3), the provider's own
 * header and body hints, and the IETF draft's RateLimit fields. Hints may only slow down. */

#include "provider/definition.h"

/* Longest hold that is believed: a Cloudflare penalty box is 300 s, an hourly quota 3600 s. A
 * longer one is clamped to this and told. */
#define HINT_MAX_US (3600 * (int64_t)1000000)

/* Looks a response header up; NULL where it is absent. Names are case-insensitive. */
struct header_source {
    const char *(*get)(void *at, const char *name);
    void *at;
};

/* Retry-After's value, strictly: non-negative decimal seconds (a fraction is rounded up to the next
 * millisecond), or an HTTP-date (all three forms of RFC 9110, 5.6.7) measured against the answer's
 * own Date where it has one, else against now_wall_ms. A date that is past, and 0, give 0. Returns
 * microseconds, or -1 for nonsense. Not clamped. */
int64_t retry_after_us(const char *value, const char *date, int64_t now_wall_ms);

struct hint {
    int64_t wait_us; /* from now; -1: none was given; at most HINT_MAX_US */
    bool clamped;    /* what was asked for was longer */
    bool nonsense;   /* a Retry-After was there and made no sense */
};

/* The hint of a 429, 425 or 503. Where several disagree the longest counts, except that a coarser
 * Retry-After never beats the provider's own millisecond reset of the same moment: both are taken
 * as lower bounds, so the maximum of all is used. `now_wall_ms` is compared with epochs after a
 * correction by the answer's own Date. */
struct hint hint_read(const struct definition *d, const struct header_source *headers,
                      const char *body, size_t body_len, int64_t now_wall_ms);

/* What a success tells about the room left: RateLimit (`r` and `t` of
 * draft-ietf-httpapi-ratelimit-headers, both the -03 three-header form and the structured one) and
 * X-RateLimit-Remaining with its reset. remaining -1: not said. */
struct room {
    int64_t remaining;
    int64_t reset_us; /* from now; -1: not said */
};
struct room hint_room(const struct definition *d, const struct header_source *headers,
                      int64_t now_wall_ms);

#endif
