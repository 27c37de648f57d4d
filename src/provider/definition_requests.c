/* Templates are walked brace by brace, and bodies filled in and parsed. */

#include "provider/definition_requests.h"
#include "provider/condition.h"
#include "provider/request.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool is_variable(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!isupper((unsigned char)text[i]) && text[i] != '_' &&
            !(i > 0 && isdigit((unsigned char)text[i])))
            return false;
    return len > 0 && len <= 64;
}

bool is_token(const char *text, size_t len) /* RFC 9110, 5.6.2 */
{
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)text[i]) && !strchr("!#$%&'*+-.^_`|~", text[i]))
            return false;
    return len > 0;
}

static bool use(const struct definition *d, const char *name, size_t len, struct uses *uses)
{
    if (len == 2 && memcmp(name, "id", 2) == 0)
        return uses->id = true;
    for (size_t i = 0; i < d->scope_count; i++)
        if (strlen(d->scopes[i]) == len && memcmp(d->scopes[i], name, len) == 0)
            return uses->scope[i] = true;
    return false;
}

static bool is_secret(const char *name, size_t len)
{
    return (len == 6 && memcmp(name, "secret", 6) == 0) ||
           (len == 5 && memcmp(name, "basic", 5) == 0);
}

static bool header_good(const struct definition *d, size_t nth, bool *has_secret, struct uses *uses,
                        char *why)
{
    /* The client's own: a definition that sets one of these breaks the message's framing. */
    static const char *const owned[] = {"host", "content-length", "transfer-encoding", "connection",
                                        "te",   "expect"};
    const char *header = d->headers[nth], *colon = strchr(header, ':');
    size_t name = colon ? (size_t)(colon - header) : 0;
    if (!is_token(header, name) || !colon[1 + strspn(colon + 1, " ")])
        return WHY("header[%zu]: not `Name: value`", nth);
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        if (strlen(owned[i]) == name && strncasecmp(header, owned[i], name) == 0)
            return WHY("header[%zu]: %s is not for a definition to set", nth, owned[i]);
    bool secret = false, scoped = false;
    for (const char *at = strchr(colon, '{'); at; at = strchr(at + 1, '{')) {
        const char *end = strchr(at, '}');
        size_t len = end ? (size_t)(end - at - 1) : 0;
        bool env = len > 4 && strncmp(at + 1, "env:", 4) == 0 &&
                   is_variable(at + 5, len - 4 - (at[len] == '?'));
        bool id = len == 2 && memcmp(at + 1, "id", 2) == 0;
        if (is_secret(at + 1, len))
            secret = *has_secret = true;
        else if (env)
            secret = true;
        else if (!id && use(d, at + 1, len, uses))
            scoped = true;
        else
            return WHY("header[%zu]: only {secret}, {basic}, {env:NAME} and a scope that is "
                       "declared may stand in braces",
                       nth);
    }
    return !(secret && scoped) || WHY("header[%zu]: a secret and a scope do not go into one", nth);
}

bool headers_good(const struct definition *d, struct uses *uses, char *why)
{
    bool has_secret = false;
    if (!is_variable(d->credential, strlen(d->credential)))
        return WHY("credential: not the name of an environment variable");
    for (size_t i = 0; d->headers[i]; i++)
        if (!header_good(d, i, &has_secret, uses, why))
            return false;
    return has_secret || WHY("no header carries {secret} or {basic}");
}

bool path_good(const struct definition *d, const char *what, const char *path, struct uses *uses,
               char *why)
{
    for (const char *c = path; *c; c++)
        if (*c <= 0x20 || *c > 0x7e || strchr("#\\\"<>^`|", *c))
            return WHY("%s: a character that cannot stand in a path", what);
    for (const char *at = strpbrk(path, "{}"); at; at = strpbrk(at, "{}")) {
        const char *end = *at == '{' ? strchr(at, '}') : NULL;
        if (!end)
            return WHY("%s: a brace without its other half", what);
        if (!use(d, at + 1, (size_t)(end - at - 1), uses))
            return WHY("%s: {%.*s} is neither {id} nor a scope that is declared", what,
                       (int)(end - at - 1 > 40 ? 40 : end - at - 1), at + 1);
        at = end + 1;
    }
    if (!path_segments_plain(path))
        return WHY("%s: a path has no empty, `.` or `..` segment", what);
    return true;
}

/* Names and values as in a query, {id} and scopes among them. */
static bool form_good(const struct definition *d, const char *what, const char *form,
                      struct uses *uses, char *why)
{
    struct buf path = {0};
    char name[40];
    snprintf(name, sizeof name, "%.30s.form", what);
    buf_printf(&path, "/?%s", form);
    bool good = path_good(d, name, buf_text(&path), uses, why);
    buf_free(&path);
    return good;
}

bool body_good(const struct definition *d, const char *what, const struct request *r,
               struct uses *uses, char *why)
{
    if (!r->body || r->form)
        return !r->body || form_good(d, what, r->body, uses, why);
    for (const char *at = strchr(r->body, '{'); at; at = strchr(at + 1, '{')) {
        size_t len = strcspn(at + 1, "{}\":,[] ");
        if (at[1 + len] == '}' && len > 0 && !use(d, at + 1, len, uses))
            return WHY("%s.body: {%.*s} is neither {id} nor a scope that is declared", what,
                       (int)(len > 40 ? 40 : len), at + 1);
    }
    struct buf body = {0};
    request_body(d, r, d->id.class == ID_DIGITS ? "1" : "x", "x\x1fx\x1fx\x1fx", &body);
    json_t *json = body_parse(body.data, body.len);
    buf_free(&body);
    bool good = json != NULL;
    json_decref(json);
    return good || WHY("%s.body: not JSON", what);
}

bool confirm_good(const char *what, const struct request *r, char *why)
{
    if (!r->method && (r->body || r->confirm.count || r->status.count))
        return WHY("%s is missing, though something of it is given", what);
    return true;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* What reads must not be what changes something. */
static bool reads_only(const struct definition *d, const char *what, const struct request *r,
                       char *why)
{
    static const char *const methods[] = {"GET", "POST", "LIST", "QUERY", "SEARCH"};
    bool known = false;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        known |= strcmp(r->method, methods[i]) == 0;
    if (!known)
        return WHY("%s: only GET, POST, LIST, QUERY and SEARCH read", what);
    for (size_t i = 0; i < ACTION_COUNT; i++)
        if (same_text(d->action[i].method, r->method) && same_text(d->action[i].path, r->path) &&
            same_text(d->action[i].body, r->body))
            return WHY("%s: it is the same request as %s", what, action_word[i]);
    return true;
}

/* Reads that are made once for a credential, before there is a target; a list's may name scopes. */
bool once_good(const struct definition *d, const char *what, const struct request *r, bool scopes,
               char *why)
{
    struct uses uses = {0};
    if (!confirm_good(what, r, why))
        return false;
    if (!r->method)
        return true;
    if (!reads_only(d, what, r, why) || !path_good(d, what, r->path, &uses, why) ||
        !body_good(d, what, r, &uses, why))
        return false;
    for (size_t k = 0; !scopes && k < d->scope_count; k++)
        uses.id |= uses.scope[k];
    for (size_t k = 0; k < r->confirm.count; k++)
        uses.id |= r->confirm.at[k].test == TEST_ID;
    return !uses.id || WHY("%s: it is made before there is a target, so it names no {id}", what);
}

bool read_good(const struct definition *d, const char *what, const struct request *r, char *why)
{
    return once_good(d, what, r, false, why);
}

/* The read of one target. What it confirms must name the target: any other success would prove it
 * to be there. */
bool target_read_good(const struct definition *d, char *why)
{
    const struct request *r = &d->read;
    struct uses uses = {0};
    bool named = false;
    if (!confirm_good("read", r, why))
        return false;
    if (!r->method)
        return true;
    if (!reads_only(d, "read", r, why) || !path_good(d, "read", r->path, &uses, why) ||
        !body_good(d, "read", r, &uses, why))
        return false;
    if (!uses.id)
        return WHY("read: {id} is missing from its path and its body");
    for (size_t k = 0; k < r->confirm.count;) {
        bool each = true; /* of what is joined by `or` */
        do
            each &= r->confirm.at[k].test == TEST_ID && !r->confirm.at[k].if_present &&
                    !r->confirm.at[k].negated;
        while (++k < r->confirm.count && r->confirm.at[k].or_before);
        named |= each;
    }
    return named || WHY("read.confirm: none of it says where the answer has {id}");
}
