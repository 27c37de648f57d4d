#include "sandbox/announce.h"

#include "base/text.h"
#include "sandbox/compose.h"
#include "sandbox/spec.h"
#include "sandbox/vendors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

bool announce_parse(const char *text, struct announce *out)
{
    static const char *const words[] = {"sec", "date", "ms", "body", "ietf", "raw"};
    *out = (struct announce){0};
    if (!strcmp(text, "none"))
        return true;
    while (*text) {
        size_t len = strcspn(text, "+:");
        unsigned bit = 0;
        char word[8];
        if (len >= sizeof word)
            return false;
        memcpy(word, text, len);
        word[len] = '\0';
        if (!spec_one_of(word, words, 6, &bit))
            return false;
        out->kinds |= 1u << bit;
        text += len;
        if (1u << bit == ANNOUNCE_RAW) {
            if (*text != ':' || strlen(text + 1) >= sizeof out->raw)
                return false;
            memcpy(out->raw, text + 1, strlen(text + 1) + 1);
            return true;
        }
        if (*text && (*text++ != '+' || !*text))
            return false;
    }
    return out->kinds != 0;
}

struct announce announce_usual(const struct definition *d)
{
    bool header = false, body = false;
    for (size_t i = 0; i < d->rate_count; i++)
        *(d->rate[i].in_body ? &body : &header) = true;
    if (header)
        return (struct announce){.kinds = ANNOUNCE_SECONDS | ANNOUNCE_MS};
    if (body && vendor_of(d)->tells_in_body)
        return (struct announce){.kinds = ANNOUNCE_BODY};
    return (struct announce){.kinds = ANNOUNCE_SECONDS};
}

/* A wait in a unit, rounded up; *hold_us becomes what a reader makes of it. */
static long long in_unit(enum rate_unit unit, int64_t wait_us, int64_t wall_ms, int64_t *hold_us)
{
    long long n = 0;
    switch (unit) {
    case RATE_S:
        n = (wait_us + 999999) / 1000000;
        n = n ? n : 1;
        *hold_us = n * 1000000;
        break;
    case RATE_MS:
        n = (wait_us + 999) / 1000;
        *hold_us = n * 1000;
        break;
    case RATE_EPOCH_S:
        n = (wall_ms + (wait_us + 999) / 1000 + 999) / 1000;
        *hold_us = (n * 1000 - wall_ms) * 1000;
        break;
    case RATE_EPOCH_MS:
        n = wall_ms + (wait_us + 999) / 1000;
        *hold_us = (n - wall_ms) * 1000;
        break;
    }
    return n;
}

static int64_t put_date(int64_t wait_us, int64_t wall_ms, struct reply *out)
{
    int64_t hold = 0;
    time_t at = (time_t)in_unit(RATE_EPOCH_S, wait_us, wall_ms, &hold);
    struct tm utc;
    char text[64];
    gmtime_r(&at, &utc);
    strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc);
    reply_header(out, "Retry-After", "%s", text);
    return hold;
}

static int64_t put_raw(const char *raw, struct reply *out)
{
    uint64_t seconds = 0;
    reply_header(out, "Retry-After", "%s", raw);
    return text_u64(raw, 3600, &seconds) ? (int64_t)seconds * 1000000 : 0;
}

static int64_t put_own_header(const struct definition *d, int64_t wait_us, int64_t wall_ms,
                              double quota, struct reply *out)
{
    const char *name = "X-RateLimit-Reset";
    enum rate_unit unit = RATE_EPOCH_MS;
    for (size_t i = d->rate_count; i-- > 0;)
        if (!d->rate[i].in_body) {
            name = d->rate[i].where;
            unit = d->rate[i].unit;
        }
    int64_t hold = 0;
    long long n = in_unit(unit, wait_us, wall_ms, &hold);
    reply_header(out, "X-RateLimit-Limit", "%.0f", quota);
    reply_header(out, "X-RateLimit-Remaining", "0");
    reply_header(out, name, "%lld", n);
    return hold;
}

/* A header that is mirrored in a body is a string there, as OpenRouter's are. */
static json_t *body_value(const char *pointer, long long n)
{
    char text[32];
    if (!strstr(pointer, "/headers/"))
        return json_integer(n);
    snprintf(text, sizeof text, "%lld", n);
    return json_string(text);
}

static void put_text(json_t *body, struct reply *out)
{
    char *text = compose_text(body);
    buf_clear(&out->body);
    buf_puts(&out->body, text);
    free(text);
}

/* Where a body is known to repeat the headers, it repeats all that tell of limits. */
static void mirror_headers(const struct definition *d, struct reply *out)
{
    const char *place = NULL;
    for (size_t i = 0; i < d->rate_count && !place; i++)
        if (d->rate[i].in_body)
            place = strstr(d->rate[i].where, "/headers/") ? d->rate[i].where : NULL;
    if (!place)
        return;
    json_t *body = json_loadb(buf_text(&out->body), out->body.len, 0, NULL);
    for (unsigned i = 0; i < out->headers; i++) {
        char pointer[256];
        int len = (int)(strrchr(place, '/') - place);
        snprintf(pointer, sizeof pointer, "%.*s/%s", len, place, out->header[i].name);
        compose_put(&body, pointer, json_string(out->header[i].value));
    }
    put_text(body, out);
}

static int64_t put_body(const struct definition *d, int64_t wait_us, int64_t wall_ms,
                        struct reply *out)
{
    json_t *body = json_loadb(buf_text(&out->body), out->body.len, 0, NULL);
    int64_t longest = 0;
    for (size_t i = 0; i < d->rate_count; i++) {
        int64_t hold = 0;
        if (!d->rate[i].in_body)
            continue;
        long long n = in_unit(d->rate[i].unit, wait_us, wall_ms, &hold);
        compose_put(&body, d->rate[i].where, body_value(d->rate[i].where, n));
        longest = hold > longest ? hold : longest;
    }
    put_text(body, out);
    return longest;
}

int64_t announce_put(const struct announce *how, const struct definition *d, int64_t wait_us,
                     int64_t wall_ms, double quota, struct reply *out)
{
    int64_t hold = 0, longest = 0;
    if (how->kinds & ANNOUNCE_SECONDS) {
        reply_header(out, "Retry-After", "%lld", in_unit(RATE_S, wait_us, wall_ms, &hold));
        longest = hold;
    }
    if (how->kinds & ANNOUNCE_DATE) {
        hold = put_date(wait_us, wall_ms, out);
        longest = hold > longest ? hold : longest;
    }
    if (how->kinds & ANNOUNCE_RAW) {
        hold = put_raw(how->raw, out);
        longest = hold > longest ? hold : longest;
    }
    if (how->kinds & ANNOUNCE_MS) {
        hold = put_own_header(d, wait_us, wall_ms, quota, out);
        longest = hold > longest ? hold : longest;
        mirror_headers(d, out);
    }
    if (how->kinds & ANNOUNCE_IETF) {
        long long n = in_unit(RATE_S, wait_us, wall_ms, &hold);
        reply_header(out, "RateLimit", "\"default\";r=0;t=%lld", n);
        longest = hold > longest ? hold : longest;
    }
    if (how->kinds & ANNOUNCE_BODY) {
        hold = put_body(d, wait_us, wall_ms, out);
        longest = hold > longest ? hold : longest;
    }
    return longest;
}

void announce_room(const struct announce *how, int64_t room, int64_t reset_us, struct reply *out)
{
    if (how->kinds & ANNOUNCE_IETF)
        reply_header(out, "RateLimit", "\"default\";r=%lld;t=%lld", (long long)room,
                     (long long)((reset_us + 999999) / 1000000));
}
