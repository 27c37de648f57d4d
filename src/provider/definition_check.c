/* Whether a definition can work at all: a list of rules, each a function that says what it found.
 * What passes here makes no request that names no target, shows no secret, and leaves no origin. */

#include "provider/definition_check.h"
#include "provider/condition.h"
#include "provider/definition_requests.h"
#include "provider/request.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool scopes_good(const struct definition *d, char *why)
{
    static const char *const taken[] = {"id", "provider", "kind", "note", "secret"};
    for (size_t i = 0; i < d->scope_count; i++) {
        const char *name = d->scopes[i];
        size_t len = strlen(name);
        if (len > 32 || !islower((unsigned char)name[0]) ||
            strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != len)
            return WHY("scope[%zu]: a name is of a-z 0-9 _ and begins with a letter", i);
        for (size_t k = 0; k < sizeof taken / sizeof *taken; k++)
            if (strcmp(name, taken[k]) == 0)
                return WHY("scope[%zu]: %s is taken", i, name);
        if (d->column && strcmp(name, d->column) == 0)
            return WHY("scope[%zu]: %s is this definition's own column", i, name);
        for (size_t k = 0; k < i; k++)
            if (strcmp(name, d->scopes[k]) == 0)
                return WHY("scope[%zu]: %s is given twice", i, name);
    }
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
            return WHY("scope[%zu]: %s is named in no path, no body and no header", k,
                       d->scopes[k]);
    return true;
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
            return WHY("list.field[%zu]: a name is of a-z 0-9 _", i);
        for (size_t k = 0; k < sizeof taken / sizeof *taken; k++)
            is_taken |= strcmp(name, taken[k]) == 0;
        if (is_taken)
            return WHY("list.field[%zu]: %s is taken", i, name);
        for (size_t k = 0; k < i; k++)
            if (strcmp(name, d->list.field[k].name) == 0)
                return WHY("list.field[%zu]: %s is given twice", i, name);
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
