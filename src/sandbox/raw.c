#include "sandbox/raw.h"

#include "provider/own_id.h"
#include "provider/rawkey.h"

/* Of a run of any length: a short one is an id, a long one a secret. */
enum { RUN_SHORT = 10, RUN_LONG = 32 };

static size_t run_length(size_t min, size_t max)
{
    size_t usual = min < RUN_SHORT ? RUN_SHORT : RUN_LONG;
    return usual < min ? min : usual > max ? max : usual;
}

bool raw_make(const struct definition *d, struct rng *r, char raw[RAW_MAX], char id[ID_MAX + 1])
{
    size_t len = 0;
    struct rawkey_span span;
    const char *pattern = d->raw ? d->raw[0] : NULL;
    if (!pattern || d->scope_count)
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
    return own_id_of_secret(d, raw, id) > 0;
}
