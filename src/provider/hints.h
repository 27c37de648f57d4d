#ifndef RESCIND_PROVIDER_HINTS_H
#define RESCIND_PROVIDER_HINTS_H

/* What an answer says about when to come back: Retry-After (RFC 9110, 10.2.3), the provider's own
 * header and body hints, and the IETF draft's RateLimit fields. Hints may only slow down. */

#include "provider/definition.h"

/* Longest hold that is believed: a Cloudflare penalty box is 300 s, an hourly quota 3600 s. A
 * longer one is clamped to this and told. */
#define HINT_MAX_US (3600 * (int64_t)1000000)

/* Looks a response header up; NULL where it is absent, and where `get` is. Names are
 * case-insensitive; a header that came several times is joined by commas or newlines. What it
 * returned need only be valid until the next look-up. */
struct header_source {
    const char *(*get)(void *at, const char *name);
    void *at;
};

/* Retry-After's value: non-negative decimal seconds (a fraction is rounded up to the next
 * millisecond); a span with its units (span_us); a date (date_read) measured against
 * the answer's own Date (NULL: none) where it has one that can be read, else against now_wall_ms;
 * or, where it is above a billion, a Unix time in seconds, above a hundred billion in milliseconds.
 * A time that is past, and 0, give 0. Where the field came several times, joined by commas or
 * newlines, the longest counts. Returns microseconds, or -1 for nonsense. Not clamped. */
int64_t retry_after_us(const char *value, const char *date, int64_t now_wall_ms);

struct hint {
    int64_t wait_us;  /* from now; -1: none was given; at most HINT_MAX_US */
    bool clamped;     /* what was asked for was longer */
    bool retry_after; /* a Retry-After was there, or one of its kin in milliseconds */
    bool nonsense;    /* Retry-After made no sense */
};

/* The hint of a refusal: the longest of Retry-After, the definition's own sources, and the
 * RateLimit fields of what is used up. A reset that is past, and one of a quota of which something
 * is left (X-RateLimit-Remaining, `r`), is no hint: other answers carry it too. Epochs are compared
 * with the answer's own Date, so a wrong local clock does no harm; where the local clock is within
 * the second that Date names, its milliseconds are used. */
struct hint hint_read(const struct definition *d, const struct header_source *headers,
                      const char *body, size_t body_len, int64_t now_wall_ms);

/* What a success tells about the room left: the RateLimit fields
 * (draft-ietf-httpapi-ratelimit-headers: the three headers of -03, where a reset that is no span
 * but a Unix time, as some send it, is read as one; the dictionary of -07; the items of -08 and
 * later, with the window of RateLimit-Policy where `t` is not given) and X-RateLimit-Remaining with
 * the definition's reset. The smallest remaining counts. */
struct room {
    int64_t remaining; /* -1: not said */
    int64_t reset_us;  /* from now; -1: not said */
};
struct room hint_room(const struct definition *d, const struct header_source *headers,
                      int64_t now_wall_ms);

#endif
