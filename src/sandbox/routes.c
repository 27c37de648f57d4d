#include "sandbox/routes.h"

#include "base/mem.h"
#include "sandbox/query.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct route {
    const struct definition *d;
    size_t index;
    enum operation op;
    const char *method;
    char *path;        /* the base's path and the template, without a query */
    size_t literal;    /* characters before its first placeholder */
    const char *query; /* the template's, "": none */
    json_t *body;      /* the template's body, or NULL */
    const char *form;  /* likewise, where it is a form */
};

struct routes {
    struct route *at;
    size_t count, cap;
};

/* A body's template as JSON; a name without quotes, which stands for a number, becomes "#{name}".
 */
static json_t *body_template(const char *body)
{
    struct buf text = {0};
    bool quoted = false;
    for (const char *c = body; *c; c++) {
        size_t name = strspn(c + 1, "abcdefghijklmnopqrstuvwxyz0123456789_");
        quoted ^= *c == '"' && (c == body || c[-1] != '\\');
        if (quoted || *c != '{' || !name || c[1 + name] != '}') {
            buf_putc(&text, *c);
            continue;
        }
        buf_printf(&text, "\"#%.*s\"", (int)name + 2, c);
        c += name + 1;
    }
    json_t *json = json_loadb(text.data, text.len, JSON_DECODE_ANY, NULL);
    buf_free(&text);
    return json;
}

static void add(struct routes *r, const struct definition *d, size_t index, enum operation op,
                const struct request *request)
{
    struct buf whole = {0};
    if (!request->method)
        return;
    if (r->count == r->cap) {
        r->cap = r->cap ? r->cap * 2 : 64;
        r->at = mem_resize(r->at, r->cap, sizeof *r->at);
    }
    buf_puts(&whole, d->base ? base_url_path(d->base) : "");
    buf_put(&whole, request->path, strcspn(request->path, "?"));
    r->at[r->count++] = (struct route){
        .d = d,
        .index = index,
        .op = op,
        .method = request->method,
        .path = whole.data,
        .literal = strcspn(whole.data, "{"),
        .query = request->path + strcspn(request->path, "?"),
        .form = request->form ? request->body : NULL,
        .body = request->body && !request->form ? body_template(request->body) : NULL};
}

static const struct request *request_of(const struct definition *d, enum operation op)
{
    switch (op) {
    case OP_UPDATE:
        return &d->rotate.rename;
    case OP_CREATE:
        return &d->rotate.create;
    case OP_LIST:
        return &d->list.request;
    case OP_GROUPS:
        return &d->list.each_request;
    case OP_READ:
        return &d->read;
    case OP_PREFLIGHT:
        return &d->preflight;
    case OP_SELF:
        return &d->self_read;
    case OP_ACCOUNT:
        return &d->account_read;
    default:
        return &d->action[op];
    }
}

/* A change covers the switches that are made by the same request, a list the reads at its path. */
struct routes *routes_new(const struct catalog *catalog)
{
    static const enum operation order[] = {OP_UPDATE,    OP_CREATE, OP_DELETE, OP_DISABLE,
                                           OP_ENABLE,    OP_LIST,   OP_GROUPS, OP_READ,
                                           OP_PREFLIGHT, OP_SELF,   OP_ACCOUNT};
    struct routes *r = mem_zalloc(1, sizeof *r);
    for (size_t k = 0; k < sizeof order / sizeof *order; k++)
        for (size_t i = 0; i < catalog_count(catalog); i++) {
            const struct definition *d = catalog_at(catalog, i);
            add(r, d, i, order[k], request_of(d, order[k]));
        }
    return r;
}

void routes_free(struct routes *r)
{
    for (size_t i = 0; i < r->count; i++) {
        free(r->at[i].path);
        json_decref(r->at[i].body);
    }
    free(r->at);
    free(r);
}

/* What a template's names are bound to while one is matched. */
struct binding {
    char id[ID_MAX + 1];
    char scope[SCOPES_MAX][ID_MAX + 1];
};

static bool bind(const struct definition *d, const char *name, size_t name_len, const char *value,
                 size_t len, struct binding *b)
{
    char *to = NULL;
    if (name_len == 2 && !memcmp(name, "id", 2))
        to = b->id;
    for (size_t i = 0; i < d->scope_count; i++)
        if (strlen(d->scopes[i]) == name_len && !memcmp(d->scopes[i], name, name_len))
            to = b->scope[i];
    if (!to || len > ID_MAX || len == 0)
        return false;
    memcpy(to, value, len);
    to[len] = '\0';
    return true;
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c ? strchr(digits, c | 0x20) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* Percent-decodes; the decoded length, or -1 where it is malformed, too long, or holds a NUL. */
static int decode(const char *text, size_t len, char out[ID_MAX + 1])
{
    int n = 0;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (n == ID_MAX)
            return -1;
        if (c == '%') {
            int high = i + 2 < len ? hex_digit(text[i + 1]) : -1;
            int low = i + 2 < len ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0 || high + low == 0)
                return -1;
            c = (char)(high * 16 + low);
            i += 2;
        }
        out[n++] = c;
    }
    return n;
}

/* A placeholder stands for what is left of its segment up to the template's own rest of it. */
static bool match_path(const struct route *r, const char *path, struct binding *b)
{
    const char *t = r->path;
    while (*t || *path) {
        if (*t != '{') {
            if (*t++ != *path++)
                return false;
            continue;
        }
        size_t name = strcspn(t + 1, "}"), segment = strcspn(path, "/");
        const char *after = t + 1 + name + 1;
        size_t suffix = strcspn(after, "/{");
        char value[ID_MAX + 1];
        if (segment < suffix)
            return false;
        int len = decode(path, segment - suffix, value);
        if (len < 0 || !bind(r->d, t + 1, name, value, (size_t)len, b))
            return false;
        path += segment - suffix;
        t = after;
    }
    return true;
}

static bool match_json(const struct definition *d, const json_t *template, const json_t *body,
                       struct binding *b)
{
    const char *text = json_string_value(template);
    if (text && text[0] == '#' && json_is_integer(body)) {
        char number[32];
        int len = snprintf(number, sizeof number, "%lld", (long long)json_integer_value(body));
        return bind(d, text + 2, strlen(text) - 3, number, (size_t)len, b);
    }
    if (text && text[0] == '{' && text[strcspn(text, "}")] == '}' && json_is_string(body))
        return bind(d, text + 1, strcspn(text, "}") - 1, json_string_value(body),
                    json_string_length(body), b);
    if (json_is_array(template)) {
        if (!json_is_array(body) || json_array_size(template) != json_array_size(body))
            return false;
        for (size_t i = 0; i < json_array_size(template); i++)
            if (!match_json(d, json_array_get(template, i), json_array_get(body, i), b))
                return false;
        return true;
    }
    if (json_is_object(template)) {
        const char *key = NULL;
        json_t *value = NULL;
        json_object_foreach((json_t *)template, key, value)
        {
            if (!match_json(d, value, json_object_get(body, key), b))
                return false;
        }
        return true;
    }
    return json_equal(template, body) == 1;
}

/* name=value&name={id}: each must be there, and so. */
static bool match_pairs(const struct route *r, const char *template, const char *sent,
                        bool literals, struct binding *b)
{
    for (const char *t = template; *t; t += strcspn(t, "&"), t += *t == '&') {
        size_t name_len = strcspn(t, "=&"), len = strcspn(t, "&");
        char name[64], value[QUERY_VALUE];
        snprintf(name, sizeof name, "%.*s", (int)name_len, t);
        const char *wanted = t + name_len + (t[name_len] == '=');
        size_t wanted_len = len - (size_t)(wanted - t);
        bool variable = *wanted == '{' && wanted_len > 2;
        if (!variable && !literals)
            continue;
        if (!query_value(sent, name, value))
            return !variable || !literals; /* a scope that the list is not asked for */
        if (variable ? !bind(r->d, wanted + 1, wanted_len - 2, value, strlen(value), b)
                     : strlen(value) != wanted_len || memcmp(value, wanted, wanted_len) != 0)
            return false;
    }
    return true;
}

static bool match_body(const struct route *r, const char *body, size_t len, struct binding *b)
{
    if (r->form)
        return match_pairs(r, r->form, body, true, b);
    if (!r->body)
        return true;
    json_t *sent = json_loadb(body, len, 0, NULL);
    bool same = sent && match_json(r->d, r->body, sent, b);
    json_decref(sent);
    return same;
}

/* Headers that name a scope bind it; one that is not sent does not. */
static void bind_headers(const struct route *r, const struct incoming *in, struct binding *b)
{
    const struct definition *d = r->d;
    for (char **h = d->headers; d->scope_count && *h; h++) {
        char name[64];
        size_t name_len = strcspn(*h, ":");
        const char *open = strchr(*h, '{'), *close = open ? strchr(open, '}') : NULL;
        if (!close || name_len >= sizeof name || strncmp(open, "{env:", 5) == 0)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)name_len, *h);
        const char *before = *h + name_len + 1 + strspn(*h + name_len + 1, " ");
        const char *sent = in->header ? in->header(in->at, name) : NULL;
        size_t head = (size_t)(open - before), tail = strlen(close + 1);
        size_t len = sent ? strlen(sent) : 0;
        if (len <= head + tail || memcmp(sent, before, head) != 0 ||
            memcmp(sent + len - tail, close + 1, tail) != 0)
            continue;
        bind(d, open + 1, (size_t)(close - open - 1), sent + head, len - head - tail, b);
    }
}

static void fill(const struct route *r, const struct binding *b, struct place *out)
{
    const struct definition *d = r->d;
    char canonical[ID_MAX + 1], reason[ID_REASON];
    out->d = d;
    out->index = r->index;
    out->op = r->op;
    memcpy(out->id, b->id, strlen(b->id) + 1);
    int len = identifier_canonical(d, b->id, strlen(b->id), canonical, reason);
    out->lawful = len >= 0 && !strcmp(canonical, b->id);
    out->reserved = false;
    for (char **word = d->id.reserved; word && *word; word++)
        out->reserved |= !strcasecmp(*word, b->id);
    size_t at = 0;
    for (size_t i = 0; i < d->scope_count; i++) {
        size_t n = strlen(b->scope[i]);
        if (at + n + 2 > sizeof out->scope)
            break;
        if (i)
            out->scope[at++] = SCOPE_SEPARATOR;
        memcpy(out->scope + at, b->scope[i], n);
        at += n;
    }
    out->scope[at] = '\0';
}

static bool matches(const struct route *r, const struct incoming *in, struct binding *b)
{
    b->id[0] = '\0';
    for (int k = 0; k < SCOPES_MAX; k++)
        b->scope[k][0] = '\0';
    bind_headers(r, in, b);
    return strcmp(r->method, in->method) == 0 && strncmp(r->path, in->path, r->literal) == 0 &&
           match_path(r, in->path, b) && match_body(r, in->body, in->body_len, b) &&
           match_pairs(r, *r->query ? r->query + 1 : "", in->query, false, b);
}

bool routes_find(const struct routes *r, const struct incoming *in, struct place *out)
{
    /* Paths without placeholders first: `self` is no id where it is a path of its own. */
    for (int literal = 1; literal >= 0; literal--)
        for (size_t i = 0; i < r->count; i++) {
            const struct route *one = &r->at[i];
            struct binding b;
            if ((one->path[one->literal] == '\0') != literal || !matches(one, in, &b))
                continue;
            fill(one, &b, out);
            return true;
        }
    return false;
}
