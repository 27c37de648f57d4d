/* The catalog: definitions in the order in which they came, the built-in ones first. A replaced
 * definition is put aside and not freed, so that a pointer once given out stays good. */

#include "provider/builtin.h"
#include "provider/definition_read.h"

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFINITIONS_MAX = 255, ACCOUNTS_MOST = 65000 };

struct catalog_entry {
    struct definition *d;
    char *source;
};

struct list {
    struct catalog_entry *at;
    size_t count, plain; /* plain: of them, those without an account come first */
    uint16_t *slot;      /* 1 + the index of one with an account, by its suffix; 0: free */
    size_t slots;
};

struct catalog {
    struct list *list; /* apart, so that accounts can be added to it */
    struct list replaced;
};

static void list_put(struct list *l, struct catalog_entry e)
{
    l->at = mem_resize(l->at, l->count + 1, sizeof *l->at);
    l->at[l->count++] = e;
}

/* What one with an account has of its own: the rest is that of the definition without. */
static void account_free(struct definition *d)
{
    for (char **header = d->headers; header && *header; header++)
        free(*header);
    free(d->headers);
    free(d->credential);
    free(d->account);
    free(d->shown);
    free(d);
}

static void list_drop(struct list *l)
{
    for (size_t i = 0; i < l->count; i++) {
        if (l->at[i].d->account)
            account_free(l->at[i].d);
        else
            definition_free(l->at[i].d), free(l->at[i].source);
    }
    free(l->at);
    free(l->slot);
}

static struct catalog_entry *find(const struct list *l, const char *provider, const char *kind)
{
    for (size_t i = 0; i < l->count; i++)
        if (strcmp(l->at[i].d->provider, provider) == 0 && strcmp(l->at[i].d->kind, kind) == 0)
            return &l->at[i];
    return NULL;
}

/* A catalog while a text is added to it: nothing of the text is in yet. */
struct adding {
    const struct catalog *to;
    struct list fresh;
    bool built_in;
};

/* Whether a column of one is a column or a scope of the other. The text is the shared name. */
static const char *column_shared(const struct definition *a, const struct definition *b)
{
    if (!a->column)
        return NULL;
    if (b->column && strcmp(a->column, b->column) == 0)
        return a->column;
    for (size_t i = 0; i < b->scope_count; i++)
        if (strcmp(a->column, b->scopes[i]) == 0)
            return a->column;
    return NULL;
}

static int clash(const struct list *l, const struct definition *d, const struct definition *except,
                 struct error *err)
{
    for (size_t i = 0; i < l->count; i++) {
        const struct definition *other = l->at[i].d;
        const char *name = column_shared(d, other);
        if (!name)
            name = column_shared(other, d);
        if (name && other != except)
            return error_set(err, EXIT_CONFIG, "the column %s is that of [provider %s %s] already",
                             name, other->provider, other->kind);
    }
    return 0;
}

static int gather(void *at, struct definition *d, char *source, unsigned line, struct error *err)
{
    struct adding *adding = at;
    (void)line;
    const struct catalog_entry *known = find(adding->to->list, d->provider, d->kind);
    bool twice = find(&adding->fresh, d->provider, d->kind) || (known && !known->d->built_in);
    d->built_in = adding->built_in;
    d->shown = mem_string(d->provider);
    list_put(&adding->fresh, (struct catalog_entry){d, source});
    if (twice)
        return error_set(err, EXIT_CONFIG, "[provider %s %s] is given twice", d->provider, d->kind);
    if (adding->to->list->count + adding->fresh.count > DEFINITIONS_MAX)
        return error_set(err, EXIT_CONFIG, "more than 255 definitions");
    if (clash(adding->to->list, d, known ? known->d : NULL, err) != 0)
        return -1;
    return clash(&adding->fresh, d, d, err);
}

static int add(struct catalog *c, const char *name, unsigned first_line, const char *text,
               bool built_in, struct error *err)
{
    struct adding adding = {.to = c, .built_in = built_in};
    int result = definition_read(name, first_line, text, gather, &adding, err);
    if (result != 0) {
        list_drop(&adding.fresh);
        return result;
    }
    for (size_t i = 0; i < adding.fresh.count; i++) {
        struct definition *d = adding.fresh.at[i].d;
        struct catalog_entry *known = find(c->list, d->provider, d->kind);
        if (known) {
            d->index = known->d->index;
            list_put(&c->replaced, *known);
            *known = adding.fresh.at[i];
        } else {
            d->index = c->list->count;
            list_put(c->list, adding.fresh.at[i]);
            c->list->plain = c->list->count;
        }
    }
    free(adding.fresh.at);
    return 0;
}

struct catalog *catalog_new(void)
{
    struct catalog *c = mem_zalloc(1, sizeof *c);
    struct error err;
    c->list = mem_zalloc(1, sizeof *c->list);
    for (size_t i = 0; i < builtin_count; i++)
        if (add(c, builtin_texts[i].name, 1, builtin_texts[i].text, true, &err) != 0) {
            fprintf(stderr, "rescind: %s\n", err.text); /* the build is broken: its tests say so */
            abort();
        }
    return c;
}

void catalog_free(struct catalog *c)
{
    if (!c)
        return;
    list_drop(c->list);
    list_drop(&c->replaced);
    free(c->list);
    free(c);
}

int catalog_add(struct catalog *c, const char *name, unsigned first_line, const char *text,
                struct error *err)
{
    return add(c, name, first_line, text, false, err);
}

/* team-a as a variable has it: TEAM_A. False where it is no account's name. */
static bool account_suffix(const char *account, size_t len, char out[ACCOUNT_MAX + 1])
{
    for (size_t i = 0; i < len && i < ACCOUNT_MAX; i++) {
        char c = account[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool digit = c >= '0' && c <= '9';
        if (!letter && !digit && !strchr("-_.", c))
            return false;
        out[i] = (char)(letter ? c & ~0x20 : digit ? c : '_');
    }
    out[len <= ACCOUNT_MAX ? len : 0] = '\0';
    return len > 0 && len <= ACCOUNT_MAX;
}

/* Where those begin whose account has that suffix, or the next one's free place. */
static size_t slot_of(const struct list *l, const char *suffix)
{
    return (size_t)hash_text(0, suffix) & (l->slots - 1);
}

static void slot_take(struct list *l, size_t index)
{
    char suffix[ACCOUNT_MAX + 1];
    const char *account = l->at[index].d->account;
    account_suffix(account, strlen(account), suffix);
    size_t at = slot_of(l, suffix);
    while (l->slot[at])
        at = (at + 1) & (l->slots - 1);
    l->slot[at] = (uint16_t)(index + 1);
}

/* Room for one more, half of the table staying free. */
static void slots_grow(struct list *l)
{
    if ((l->count - l->plain + 1) * 2 <= l->slots)
        return;
    free(l->slot);
    l->slots = l->slots ? l->slots * 2 : 64;
    l->slot = mem_zalloc(l->slots, sizeof *l->slot);
    for (size_t i = l->plain; i < l->count; i++)
        slot_take(l, i);
}

/* A header with each {env:NAME} suffixed. */
static char *header_for(const char *header, const char *suffix)
{
    struct buf out = {0};
    for (const char *at = header; *at;) {
        const char *env = strstr(at, "{env:"), *end = env ? strchr(env, '}') : NULL;
        bool optional = end && end[-1] == '?';
        size_t n = end ? (size_t)(end - at) - optional : strlen(at);
        buf_put(&out, at, n);
        if (end)
            buf_printf(&out, optional ? "__%s?}" : "__%s}", suffix);
        at = end ? end + 1 : at + n;
    }
    buf_puts(&out, "");
    return out.data;
}

static struct definition *account_new(const struct definition *d, const char *account, size_t len,
                                      const char *suffix)
{
    struct definition *own = mem_alloc(sizeof *own);
    struct buf text = {0};
    size_t count = 0;
    *own = *d;
    own->account = mem_string_n(account, len);
    buf_printf(&text, "%s/%s", d->provider, own->account);
    own->shown = mem_string(buf_text(&text));
    buf_clear(&text);
    buf_printf(&text, "%s__%s", d->credential, suffix);
    own->credential = mem_string(buf_text(&text));
    buf_free(&text);
    while (d->headers[count])
        count++;
    own->headers = mem_zalloc(count + 1, sizeof *own->headers);
    for (size_t i = 0; i < count; i++)
        own->headers[i] = header_for(d->headers[i], suffix);
    return own;
}

const struct definition *catalog_account(const struct catalog *c, const struct definition *d,
                                         const char *account, size_t len, struct error *err)
{
    char suffix[ACCOUNT_MAX + 1], other[ACCOUNT_MAX + 1];
    if (!account_suffix(account, len, suffix)) {
        error_set(err, EXIT_DATA, "not an account: 1 to %d of A-Z a-z 0-9 . _ - are needed",
                  ACCOUNT_MAX);
        return NULL;
    }
    slots_grow(c->list);
    for (size_t at = slot_of(c->list, suffix); c->list->slot[at];
         at = (at + 1) & (c->list->slots - 1)) {
        const struct definition *known = c->list->at[c->list->slot[at] - 1].d;
        bool same = strlen(known->account) == len && memcmp(known->account, account, len) == 0;
        if (same && strcmp(known->provider, d->provider) == 0 && strcmp(known->kind, d->kind) == 0)
            return known;
        account_suffix(known->account, strlen(known->account), other);
        if (!same && strcmp(other, suffix) == 0) {
            error_set(err, EXIT_DATA, "the account's variables would be those of account %s (__%s)",
                      known->account, suffix);
            return NULL;
        }
    }
    if (c->list->count >= ACCOUNTS_MOST) {
        error_set(err, EXIT_DATA, "more than %d accounts", ACCOUNTS_MOST - DEFINITIONS_MAX);
        return NULL;
    }
    struct definition *own = account_new(d, account, len, suffix);
    own->index = c->list->count;
    list_put(c->list, (struct catalog_entry){own, c->list->at[catalog_index(c, d)].source});
    slot_take(c->list, own->index);
    return own;
}

size_t catalog_count(const struct catalog *c)
{
    return c->list->count;
}

size_t catalog_plain(const struct catalog *c)
{
    return c->list->plain;
}

const struct definition *catalog_at(const struct catalog *c, size_t i)
{
    return i < c->list->count ? c->list->at[i].d : NULL;
}

const struct definition *catalog_find(const struct catalog *c, const char *provider,
                                      const char *kind)
{
    const struct catalog_entry *e = find(c->list, provider, kind ? kind : "key");
    return e ? e->d : NULL;
}

const struct definition *catalog_wanted(const struct catalog *c, const char *provider,
                                        const char *kind, struct error *err)
{
    const struct definition *d = catalog_find(c, provider, kind);
    struct buf kinds = {0};
    if (d)
        return d;
    for (size_t i = 0; i < c->list->plain; i++)
        if (strcmp(c->list->at[i].d->provider, provider) == 0)
            buf_printf(&kinds, "%s%s", kinds.len ? ", " : "", c->list->at[i].d->kind);
    if (kinds.len)
        error_set(err, EXIT_USAGE, "%.60s has no kind %.60s; it has %.300s", provider,
                  kind ? kind : "key", buf_text(&kinds));
    else
        error_set(err, EXIT_USAGE,
                  "%.60s: no such provider; 'rescind providers' lists them, with --job those of a "
                  "job file, too",
                  provider);
    buf_free(&kinds);
    return NULL;
}

const struct definition *catalog_shown(const struct catalog *c, const char *shown, const char *kind)
{
    for (size_t i = 0; i < c->list->count; i++)
        if (strcmp(c->list->at[i].d->shown, shown) == 0 &&
            strcmp(c->list->at[i].d->kind, kind) == 0)
            return c->list->at[i].d;
    return NULL;
}

const struct definition *catalog_by_column(const struct catalog *c, const char *column)
{
    for (size_t i = 0; i < c->list->count; i++) {
        const struct definition *d = c->list->at[i].d;
        if (d->column && strcmp(d->column, column) == 0)
            return d;
    }
    return NULL;
}

bool catalog_has_provider(const struct catalog *c, const char *provider)
{
    for (size_t i = 0; i < c->list->count; i++)
        if (strcmp(c->list->at[i].d->provider, provider) == 0)
            return true;
    return false;
}

bool catalog_has_scope(const struct catalog *c, const char *name)
{
    for (size_t i = 0; i < c->list->count; i++)
        for (size_t k = 0; k < c->list->at[i].d->scope_count; k++)
            if (strcmp(c->list->at[i].d->scopes[k], name) == 0)
                return true;
    return false;
}

size_t catalog_index(const struct catalog *c, const struct definition *d)
{
    return d->index < c->list->count && c->list->at[d->index].d == d ? d->index : SIZE_MAX;
}

const char *catalog_source(const struct catalog *c, const struct definition *d)
{
    size_t i = catalog_index(c, d);
    return i == SIZE_MAX ? NULL : c->list->at[i].source;
}
