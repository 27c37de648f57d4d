#include "wire/looker.h"

#include "base/digest.h"
#include "base/mem.h"
#include "provider/request.h"
#include "wire/endpoint.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int looker_endpoint(const struct settings *s, const struct definition *d, struct buf *out,
                    struct error *err)
{
    const char *base = endpoint_base(s, d) ? endpoint_base(s, d) : d->base;
    if (endpoint_origin(s, d, out, err) != 0)
        return -1;
    const char *path = base_url_path(base);
    size_t socket;
    if (*path && base_url_socket(base, &socket))
        buf_putc(out, ':');
    buf_puts(out, path);
    while (out->len && out->data[out->len - 1] == '/')
        out->data[--out->len] = '\0';
    const struct request *sent = &d->action[s->action == ACTION_ROTATE ? ACTION_DELETE : s->action];
    if (sent->method)
        buf_printf(out, " %s %s%s%s", sent->method, sent->path, sent->body ? " " : "",
                   sent->body ? sent->body : "");
    return 0;
}

/* Keys whose lines tell nothing of what an answer proves; a dot: all that begin so. */
static bool tells_nothing(const char *key, size_t len)
{
    static const char *const silent[] = {"title",       "column",      "credential", "raw",
                                         "error.text",  "id.name",     "id.secret",  "id.reserved",
                                         "rate.limit",  "rate.header", "rate.body",  "list.field",
                                         "list.unused", "create",      "rename",     "base"};
    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++) {
        size_t n = strlen(silent[i]);
        if (len >= n && memcmp(key, silent[i], n) == 0 && (len == n || key[n] == '.'))
            return true;
    }
    return false;
}

void looker_means(const char *source, char out[MEANS_DIGITS + 1])
{
    char digest[SHA256_HEX + 1];
    struct sha256 *sum = sha256_new();
    for (const char *at = source ? source : ""; *at;) {
        size_t len = strcspn(at, "\n"), key = 0;
        while (key < len && (isalnum((unsigned char)at[key]) || strchr("._-", at[key])))
            key++;
        bool counts = key > 0 && !tells_nothing(at, key);
        for (size_t i = 0; counts && i < len; i++)
            if (!isspace((unsigned char)at[i]))
                sha256_add(sum, at + i, 1);
        if (counts)
            sha256_add(sum, "\n", 1);
        at += len + (at[len] == '\n');
    }
    sha256_hex(sum, digest);
    sha256_free(sum);
    snprintf(out, MEANS_DIGITS + 1, "%.*s", MEANS_DIGITS, digest);
}

void looker_account(const char *const *secrets, char out[ACCOUNT_DIGITS + 1])
{
    char digest[SHA256_HEX + 1];
    struct sha256 *sum = sha256_new();
    for (size_t i = 0; secrets[i]; i++)
        sha256_add(sum, secrets[i], strlen(secrets[i]) + 1);
    sha256_hex(sum, digest);
    sha256_free(sum);
    snprintf(out, ACCOUNT_DIGITS + 1, "%.*s", ACCOUNT_DIGITS, digest);
}

/* False where the secrets cannot be had. */
static bool account_of(const struct definition *d, struct credentials *c,
                       char out[ACCOUNT_DIGITS + 1])
{
    const char *secret = credentials_get(c, d->credential, NULL);
    const char *secrets[HEADER_SECRETS + 1];
    struct http_headers *headers = secret ? headers_fill(d, secret, c, secrets, NULL) : NULL;
    bool known = headers != NULL;
    if (known)
        looker_account(secrets, out);
    http_headers_free(headers);
    return known;
}

bool looker_same_secrets(const struct definition *d, struct credentials *c, const struct eye *eye)
{
    char account[ACCOUNT_DIGITS + 1];
    return !account_of(d, c, account) || strcmp(account, eye->account) == 0;
}

static void put_member(struct buf *out, const char *name, const char *value)
{
    buf_printf(out, "%s\"%s\":", out->data[out->len - 1] == '{' ? "" : ",", name);
    buf_put_json_string(out, value);
}

static void put_eye(const struct settings *s, const struct targets *t, const struct definition *d,
                    struct credentials *c, struct buf *out)
{
    struct buf endpoint = {0};
    char account[ACCOUNT_DIGITS + 1], means[MEANS_DIGITS + 1];
    if (account_of(d, c, account) && looker_endpoint(s, d, &endpoint, NULL) == 0) {
        looker_means(catalog_source(targets_catalog(t), d), means);
        buf_puts(out, out->data[out->len - 1] == '[' ? "{" : ",{");
        put_member(out, "provider", d->shown);
        put_member(out, "kind", d->kind);
        put_member(out, "account", account);
        put_member(out, "endpoint", buf_text(&endpoint));
        put_member(out, "means", means);
        buf_putc(out, '}');
    }
    buf_free(&endpoint);
}

void looker_eyes(const struct settings *s, const struct targets *t, const struct row_set *rows,
                 struct credentials *c, struct buf *out)
{
    const struct catalog *catalog = targets_catalog(t);
    bool *known = mem_zalloc(catalog_count(catalog) + 1, sizeof *known);
    buf_putc(out, '[');
    for (uint32_t row = 0; row < targets_count(t); row++) {
        const struct definition *d = targets_definition(t, row);
        size_t index = catalog_index(catalog, d);
        if (known[index] || !row_set_has(rows, row))
            continue;
        known[index] = true;
        put_eye(s, t, d, c, out);
    }
    buf_putc(out, ']');
    free(known);
}
