/* Whether a definition can work at all: a list of rules, each a function that says what it found.
 * What passes here makes no request that names no target, shows no secret, and leaves no origin. */

#include "provider/definition_check.h"
#include "provider/condition.h"
#include "provider/request.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define WHY(...) (snprintf(why, DEFINITION_WHY, __VA_ARGS__), false)

static bool is_variable(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!isupper((unsigned char)text[i]) && text[i] != '_' &&
            !(i > 0 && isdigit((unsigned char)text[i])))
            return false;
    return len > 0 && len <= 64;
}

static bool is_token(const char *text, size_t len) /* RFC 9110, 5.6.2 */
{
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)text[i]) && !strchr("!#$%&'*+-.^_`|~", text[i]))
            return false;
    return len > 0;
}

/* The uses that a request's templates make of {id} and the scopes; false for any other name. */
struct uses {
    bool id, scope[SCOPES_MAX];
};

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

static bool header_good(const struct definition *d, const char *header, bool *has_secret,
                        struct uses *uses, char *why)
{
    /* The client's own: a definition that sets one of these breaks the message's framing. */
    static const char *const owned[] = {"host", "content-length", "transfer-encoding", "connection",
                                        "te",   "expect"};
    const char *colon = strchr(header, ':');
    size_t name = colon ? (size_t)(colon - header) : 0;
    if (!is_token(header, name) || !colon[1 + strspn(colon + 1, " ")])
        return WHY("header: not `Name: value`");
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        if (strlen(owned[i]) == name && strncasecmp(header, owned[i], name) == 0)
            return WHY("header: %s is not for a definition to set", owned[i]);
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
            return WHY("header: only {secret}, {basic}, {env:NAME} and a scope that is declared "
                       "may stand in braces");
    }
    return !(secret && scoped) || WHY("header: a secret and a scope do not go into one");
}

static bool headers_good(const struct definition *d, struct uses *uses, char *why)
{
    bool has_secret = false;
    if (!is_variable(d->credential, strlen(d->credential)))
        return WHY("credential: not the name of an environment variable");
    for (size_t i = 0; d->headers[i]; i++)
        if (!header_good(d, d->headers[i], &has_secret, uses, why))
            return false;
    return has_secret || WHY("no header carries {secret} or {basic}");
}

static bool scopes_good(const struct definition *d, char *why)
{
    static const char *const taken[] = {"id", "provider", "kind", "note", "secret"};
    for (size_t i = 0; i < d->scope_count; i++) {
        const char *name = d->scopes[i];
        size_t len = strlen(name);
        if (len > 32 || !islower((unsigned char)name[0]) ||
            strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != len)
            return WHY("scope: a name is of a-z 0-9 _ and begins with a letter");
        for (size_t k = 0; k < sizeof taken / sizeof *taken; k++)
            if (strcmp(name, taken[k]) == 0)
                return WHY("scope: %s is taken", name);
        if (d->column && strcmp(name, d->column) == 0)
            return WHY("scope: %s is this definition's own column", name);
        for (size_t k = 0; k < i; k++)
            if (strcmp(name, d->scopes[k]) == 0)
                return WHY("scope: %s is given twice", name);
    }
    return true;
}

static bool path_good(const struct definition *d, const char *what, const char *path,
                      struct uses *uses, char *why)
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

static bool body_good(const struct definition *d, const char *what, const struct request *r,
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

static bool confirm_good(const char *what, const struct request *r, char *why)
{
    if (!r->method && (r->body || r->confirm.count || r->status.count))
        return WHY("%s is missing, though something of it is given", what);
    return true;
}

static bool actions_good(const struct definition *d, struct uses *all, char *why)
{
    for (size_t i = 0; i < ACTION_COUNT; i++) {
        const struct request *r = &d->action[i];
        struct uses uses = {0};
        const char *what = action_word[i];
        if (!confirm_good(what, r, why))
            return false;
        if (!r->method)
            continue;
        if (strcmp(r->method, "DELETE") != 0 && strcmp(r->method, "POST") != 0 &&
            strcmp(r->method, "PATCH") != 0 && strcmp(r->method, "PUT") != 0)
            return WHY("%s: the method is none of DELETE, POST, PATCH, PUT", what);
        if (!path_good(d, what, r->path, &uses, why) || !body_good(d, what, r, &uses, why))
            return false;
        if (!uses.id)
            return WHY("%s: {id} is missing from its path and its body", what);
        for (size_t k = 0; k < d->scope_count; k++)
            all->scope[k] |= uses.scope[k];
    }
    for (size_t k = 0; k < d->scope_count; k++)
        if (!all->scope[k])
            return WHY("scope: %s is named in no path, no body and no header", d->scopes[k]);
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
static bool once_good(const struct definition *d, const char *what, const struct request *r,
                      bool scopes, char *why)
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

static bool read_good(const struct definition *d, const char *what, const struct request *r,
                      char *why)
{
    return once_good(d, what, r, false, why);
}

/* The read of one target. What it confirms must name the target: any other success would prove it
 * to be there. */
static bool target_read_good(const struct definition *d, char *why)
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

/* As it stands in a query, such as page%5Bnumber%5D. */
static bool parameter_good(const char *name)
{
    return *name && strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                 "-._~%$") == strlen(name);
}

static bool pages_good(const char *what, const struct list_pages *p, char *why)
{
    if (!p->items || !p->id)
        return WHY("%s has no `%s.%s`", what, what, p->items ? "id" : "items");
    static const char *const ways[] = {"", "page", "number", "after", "after", "next", "next"};
    if (p->paged > 1)
        return WHY("%s.%s: of page, number, after and next one can be", what, ways[p->paging]);
    return !p->page || parameter_good(p->page) ||
           WHY("%s.%s: not the name of a query parameter", what, ways[p->paging]);
}

static bool fields_good(const struct definition *d, char *why)
{
    static const char *const taken[] = {"id", "provider", "kind", "note"};
    for (size_t i = 0; i < d->list.field_count; i++) {
        const char *name = d->list.field[i].name;
        size_t len = strlen(name);
        bool is_taken = d->column && strcmp(name, d->column) == 0;
        if (!len || len > 32 || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != len)
            return WHY("list.field: a name is of a-z 0-9 _");
        for (size_t k = 0; k < sizeof taken / sizeof *taken; k++)
            is_taken |= strcmp(name, taken[k]) == 0;
        if (is_taken)
            return WHY("list.field: %s is taken", name);
        for (size_t k = 0; k < i; k++)
            if (strcmp(name, d->list.field[k].name) == 0)
                return WHY("list.field: %s is given twice", name);
    }
    return true;
}

static bool hint_good(const struct list_rule *l, char *why)
{
    bool found = !l->hint;
    for (size_t i = 0; i < l->field_count && !found; i++)
        found = strcmp(l->field[i].name, l->hint) == 0;
    return found || WHY("list.hint: no list.field of that name");
}

static bool pages_said(const struct list_pages *p)
{
    return p->items || p->id || p->paged || p->more || p->total;
}

static void list_uses(const struct definition *d, struct uses *uses)
{
    char why[DEFINITION_WHY];
    headers_good(d, uses, why);
    path_good(d, "list", d->list.request.path, uses, why);
    body_good(d, "list", &d->list.request, uses, why);
}

/* What the list is made once for each of. */
static bool each_good(const struct definition *d, char *why)
{
    const struct list_rule *l = &d->list;
    struct uses uses = {0};
    if (!l->each)
        return (!pages_said(&l->each_pages) && !l->each_request.body && !l->twice) ||
               WHY("list.each is missing, though something of it is given");
    if (!read_good(d, "list.each", &l->each_request, why) ||
        !pages_good("list.each", &l->each_pages, why))
        return false;
    if (!l->each_scope)
        return parameter_good(l->each) || WHY("list.each: not the name of a query parameter");
    list_uses(d, &uses);
    for (size_t i = 0; i < d->scope_count; i++)
        if (strcmp(d->scopes[i], l->each) == 0 && uses.scope[i])
            return true;
    return WHY("list.each: {%.40s} is no scope that list names", l->each);
}

static bool list_good(const struct definition *d, char *why)
{
    const struct list_rule *l = &d->list;
    bool part =
        pages_said(&l->pages) || l->each || l->field_count || l->own || l->partial || l->hint;
    for (size_t i = 0; i < WINDOW_COUNT; i++)
        part |= l->unused[i] != NULL;
    if (!l->request.method)
        return (!part && !l->request.body) ||
               WHY("list is missing, though something of it is given");
    return once_good(d, "list", &l->request, true, why) && pages_good("list", &l->pages, why) &&
           fields_good(d, why) && hint_good(l, why) && each_good(d, why);
}

/* The credential may be any key of the list, so the list is to be read without a target's scopes.
 */
static bool self_good(const struct definition *d, char *why)
{
    const struct list_rule *l = &d->list;
    struct uses uses = {0};
    if (l->own && (d->self == SELF_UNKNOWN || d->self == SELF_NONE))
        return WHY("list.own: no self tells the credential's own key");
    if (d->self != SELF_LIST)
        return true;
    if (!l->request.method || !l->hint)
        return WHY("self: list needs list and list.hint");
    list_uses(d, &uses);
    for (size_t i = 0; i < d->scope_count; i++)
        if (uses.scope[i] && !(l->each_scope && strcmp(l->each, d->scopes[i]) == 0))
            return WHY("self: list needs list.each for the scope %s", d->scopes[i]);
    return true;
}

static bool lists_names(const struct definition *d)
{
    for (size_t i = 0; i < d->list.field_count; i++)
        if (strcmp(d->list.field[i].name, "name") == 0)
            return d->list.request.method != NULL;
    return false;
}

/* A successor whose creation was not answered is found by its name in the list, so both are needed.
 */
static bool rotate_good(const struct definition *d, char *why)
{
    const struct rotate_rule *r = &d->rotate;
    struct uses create = {0}, rename = {0};
    bool named = false;
    if (!r->create.method)
        return (!r->rename.method && !r->field_count && !r->name && !r->id && !r->secret) ||
               WHY("create is missing, though something of it is given");
    if (!r->name || !r->id || !r->secret || !r->rename.method)
        return WHY("create needs create.name, create.id, create.secret and rename");
    if (strcmp(r->create.method, "POST") != 0)
        return WHY("create: only POST creates");
    if (strcmp(r->rename.method, "PATCH") != 0 && strcmp(r->rename.method, "PUT") != 0 &&
        strcmp(r->rename.method, "POST") != 0)
        return WHY("rename: the method is none of PATCH, PUT, POST");
    if (!path_good(d, "create", r->create.path, &create, why) ||
        !path_good(d, "rename", r->rename.path, &rename, why))
        return false;
    if (create.id || !rename.id)
        return WHY("create's path names no {id}, and rename's does");
    for (size_t i = 0; i < r->field_count; i++)
        named |= strcmp(r->field[i].name, r->name) == 0;
    if (!named)
        return WHY("create.name: no create.field of that name");
    return (d->read.method && lists_names(d)) ||
           WHY("create needs read, list, and a list.field called name");
}

/* A status may mean both only where the body tells which. */
static bool statuses_good(const struct definition *d, char *why)
{
    for (size_t g = 0; g < d->gone_count; g++) {
        const struct gone_rule *rule = &d->gone[g];
        for (size_t i = 0; i < rule->status.count && !rule->form.count; i++) {
            if (status_in(&d->stop, rule->status.at[i]))
                return WHY("gone.status: %u is in stop.status too, and no gone.form tells them "
                           "apart",
                           rule->status.at[i]);
            if (rule->status.at[i] < 300)
                return WHY("gone.status: %u is a success, and no gone.form tells them apart",
                           rule->status.at[i]);
        }
    }
    return true;
}

static bool rates_good(const struct definition *d, char *why)
{
    for (size_t i = 0; i < d->rate_count; i++)
        if (!d->rate[i].in_body && !is_token(d->rate[i].where, strlen(d->rate[i].where)))
            return WHY("rate.header: not the name of a header");
    return true;
}

static bool base_good(const struct definition *d, char *why)
{
    bool plain;
    struct buf origin = {0};
    struct error err;
    if (!d->base)
        return true;
    bool good = base_url_check(d->base, &origin, &plain, &err) == 0;
    buf_free(&origin);
    return good || WHY("base: %.140s", err.text);
}

static bool column_good(const struct definition *d, char *why)
{
    static const char *const taken[] = {"id", "provider", "kind", "note"};
    if (!d->column)
        return true;
    for (size_t k = 0; k < sizeof taken / sizeof *taken; k++)
        if (strcmp(d->column, taken[k]) == 0)
            return WHY("column: %s is taken", d->column);
    size_t len = strlen(d->column);
    return (len <= 32 && strspn(d->column, "abcdefghijklmnopqrstuvwxyz0123456789_") == len) ||
           WHY("column: a name is of a-z 0-9 _");
}

/* What tells that something is dead is told by something. */
static bool gone_good(const struct definition *d, char *why)
{
    if (d->read_gone.count && !d->read.method)
        return WHY("read.gone: there is no read");
    return !d->list.gone.count || d->list.request.method || WHY("list.gone: there is no list");
}

bool definition_possible(const struct definition *d, char why[DEFINITION_WHY])
{
    struct uses all = {0};
    if (d->id.class == ID_UUID && (d->id.min != 36 || d->id.max != 36))
        return WHY("id.length: a UUID has 36 characters");
    return base_good(d, why) && column_good(d, why) && headers_good(d, &all, why) &&
           scopes_good(d, why) && actions_good(d, &all, why) &&
           read_good(d, "preflight", &d->preflight, why) &&
           read_good(d, "self", &d->self_read, why) &&
           read_good(d, "account", &d->account_read, why) && gone_good(d, why) &&
           target_read_good(d, why) && list_good(d, why) && self_good(d, why) &&
           rotate_good(d, why) && statuses_good(d, why) && rates_good(d, why);
}
