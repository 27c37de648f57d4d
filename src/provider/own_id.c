#include "provider/own_id.h"
#include "provider/condition.h"
#include "provider/identifier.h"
#include "provider/mask.h"

#include "base/base64.h"
#include "base/digest.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

static int canonical_id(const struct definition *d, const char *text, size_t len,
                        char out[ID_MAX + 1])
{
    char reason[ID_REASON];
    int n = identifier_canonical(d, text, len, out, reason);
    return n > 0 ? n : 0;
}

/* What stands before a secret's first colon; a secret without one may be user:password in base64.
 */
static int before_colon(const struct definition *d, const char *secret, bool user,
                        char out[ID_MAX + 1])
{
    struct buf plain = {0};
    const char *colon = strchr(secret, ':');
    if (!colon && user && base64_read(&plain, secret, strlen(secret)))
        colon = memchr(secret = buf_text(&plain), ':', plain.len);
    int n = colon ? canonical_id(d, secret, (size_t)(colon - secret), out) : 0;
    if (plain.data)
        mem_wipe(plain.data, plain.cap);
    buf_free(&plain);
    return n;
}

int own_id_of_secret(const struct definition *d, const char *secret, char out[ID_MAX + 1])
{
    if (d->self == SELF_SHA256) {
        char hex[SHA256_HEX + 1];
        sha256_of(secret, strlen(secret), hex);
        return canonical_id(d, hex, SHA256_HEX, out);
    }
    if (d->self == SELF_SECRET)
        return canonical_id(d, secret, strlen(secret), out);
    if (d->self == SELF_BEFORE_COLON || d->self == SELF_USER)
        return before_colon(d, secret, d->self == SELF_USER, out);
    const char *dot = strchr(secret, '.');
    if (dot && d->self == SELF_BEFORE_DOT)
        return canonical_id(d, secret, (size_t)(dot - secret), out);
    const char *second = dot ? strchr(dot + 1, '.') : NULL;
    if (second && d->self == SELF_BETWEEN_DOTS)
        return canonical_id(d, dot + 1, (size_t)(second - dot - 1), out);
    return 0;
}

void own_ids_of_body(const struct definition *d, const char *body, size_t len,
                     void (*each)(void *at, const char *id, size_t id_len), void *at)
{
    json_t *json = body_parse(body, len);
    for (char **pointer = d->self_pointers; json && pointer && *pointer; pointer++) {
        json_t *value = pointer_get(json, *pointer);
        char digits[32], id[ID_MAX + 1];
        int n = 0;
        if (json_is_integer(value)) {
            snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(value));
            n = canonical_id(d, digits, strlen(digits), id);
        } else if (json_is_string(value)) {
            n = canonical_id(d, json_string_value(value), json_string_length(value), id);
        }
        if (n > 0)
            each(at, id, (size_t)n);
    }
    json_decref(json);
}

struct first_id {
    char *out;
    int len;
};

static void take_first(void *at, const char *id, size_t len)
{
    struct first_id *f = at;
    if (f->len)
        return;
    memcpy(f->out, id, len + 1);
    f->len = (int)len;
}

int own_id_of_body(const struct definition *d, const char *body, size_t len, char out[ID_MAX + 1])
{
    struct first_id first = {out, 0};
    own_ids_of_body(d, body, len, take_first, &first);
    return first.len;
}

int account_of_body(const struct definition *d, const char *body, size_t len, char out[ID_MAX + 1])
{
    int n = 0;
    json_t *json = body_parse(body, len);
    *out = '\0';
    for (char **pointer = d->account_pointers; json && n <= 0 && pointer && *pointer; pointer++) {
        json_t *value = pointer_get(json, *pointer);
        if (json_is_integer(value))
            n = snprintf(out, ID_MAX + 1, "%lld", (long long)json_integer_value(value));
        else if (json_is_string(value))
            n = snprintf(out, ID_MAX + 1, "%s", json_string_value(value));
    }
    json_decref(json);
    if (n > ID_MAX || (n > 0 && mask_knows(out, (size_t)n))) {
        *out = '\0'; /* a secret names no account, and would go into the journal */
        return 0;
    }
    return n;
}
