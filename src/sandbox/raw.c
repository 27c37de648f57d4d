#include "sandbox/raw.h"

#include "provider/own_id.h"
#include "provider/rawkey.h"

#include <stdio.h>
#include <string.h>

/* Of a run of any length: a short one is an id, a long one a secret. */
enum { RUN_SHORT = 10, RUN_LONG = 32 };

static size_t run_length(size_t min, size_t max)
{
    size_t usual = min < RUN_SHORT ? RUN_SHORT : RUN_LONG;
    return usual < min ? min : usual > max ? max : usual;
}

static bool fill(const struct definition *d, struct rng *r, char raw[RAW_MAX])
{
    size_t len = 0;
    struct rawkey_span span;
    const char *pattern = d->raw ? d->raw[0] : NULL;
    if (!pattern)
        return false;
    while (*pattern) {
        char literal = *pattern;
        size_t n = 1;
        if (literal == '{' && rawkey_span(&pattern, &span))
            n = run_length(span.min, span.max);
        else
            pattern++;
        if (len + n >= RAW_MAX)
            return false;
        for (size_t i = 0; i < n; i++)
            raw[len++] = literal == '{' ? "0123456789abcdef"[rng_next(r) % 16] : literal;
    }
    raw[len] = '\0';
    return true;
}

static bool tells_id(const struct definition *d)
{
    return d->self != SELF_UNKNOWN && d->self != SELF_NONE && d->self != SELF_READ &&
           d->self != SELF_LIST;
}

bool raw_make(const struct definition *d, struct rng *r, char raw[RAW_MAX], char id[ID_MAX + 1])
{
    return tells_id(d) && fill(d, r, raw) && own_id_of_secret(d, raw, id) > 0;
}

uint64_t raw_seed(const char *text)
{
    uint64_t h = 1469598103934665603u; /* FNV-1a */
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 1099511628211u;
    return h;
}

bool raw_of(const struct definition *d, const char *id, char raw[RAW_MAX])
{
    struct rng r = rng_seed(raw_seed(id));
    return !tells_id(d) && fill(d, &r, raw);
}

const char *raw_field(const struct definition *d)
{
    for (size_t i = 0; d->list.hint && i < d->list.field_count; i++)
        if (strcmp(d->list.field[i].name, d->list.hint) == 0)
            return d->list.field[i].pointer;
    return NULL;
}

void raw_show(const struct definition *d, const char *raw, char out[RAW_SHOWN])
{
    static const char four[] = "last4";
    const char *field = raw_field(d);
    size_t len = strlen(raw), lead = d->raw ? strcspn(d->raw[0], "{") : 0;
    size_t name = field ? strlen(field) : 0;
    bool tail_only = name > strlen(four) && strcmp(field + name - strlen(four), four) == 0;
    if (lead && strncmp(raw, d->raw[0], lead) != 0)
        lead = 0;
    if (tail_only || len < lead + 8)
        snprintf(out, RAW_SHOWN, "%s", raw + (len > 4 ? len - 4 : 0));
    else
        snprintf(out, RAW_SHOWN, "%.*s...%s", (int)(lead + 3 > 40 ? 40 : lead + 3), raw,
                 raw + len - 3);
}
