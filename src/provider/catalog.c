/* The catalog: definitions in the order in which they came, the built-in ones first. A replaced
 * definition is put aside and not freed, so that a pointer once given out stays good. */

#include "provider/builtin.h"
#include "provider/definition_text.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFINITIONS_MAX = 255 };

struct entry {
    struct definition *d;
    char *source;
};

struct list {
    struct entry *at;
    size_t count;
};

struct catalog {
    struct list now, replaced;
};

static void list_put(struct list *l, struct entry e)
{
    l->at = mem_resize(l->at, l->count + 1, sizeof *l->at);
    l->at[l->count++] = e;
}

static void list_drop(struct list *l)
{
    for (size_t i = 0; i < l->count; i++) {
        definition_free(l->at[i].d);
        free(l->at[i].source);
    }
    free(l->at);
}

static struct entry *find(const struct list *l, const char *provider, const char *kind)
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
    const struct entry *known = find(&adding->to->now, d->provider, d->kind);
    bool twice = find(&adding->fresh, d->provider, d->kind) || (known && !known->d->built_in);
    d->built_in = adding->built_in;
    list_put(&adding->fresh, (struct entry){d, source});
    if (twice)
        return error_set(err, EXIT_CONFIG, "[provider %s %s] is given twice", d->provider, d->kind);
    if (adding->to->now.count + adding->fresh.count > DEFINITIONS_MAX)
        return error_set(err, EXIT_CONFIG, "more than 255 definitions");
    if (clash(&adding->to->now, d, known ? known->d : NULL, err) != 0)
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
        struct entry *known = find(&c->now, d->provider, d->kind);
        if (known) {
            d->index = known->d->index;
            list_put(&c->replaced, *known);
            *known = adding.fresh.at[i];
        } else {
            d->index = c->now.count;
            list_put(&c->now, adding.fresh.at[i]);
        }
    }
    free(adding.fresh.at);
    return 0;
}

struct catalog *catalog_new(void)
{
    struct catalog *c = mem_zalloc(1, sizeof *c);
    struct error err;
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
    list_drop(&c->now);
    list_drop(&c->replaced);
    free(c);
}

int catalog_add(struct catalog *c, const char *name, unsigned first_line, const char *text,
                struct error *err)
{
    return add(c, name, first_line, text, false, err);
}

size_t catalog_count(const struct catalog *c)
{
    return c->now.count;
}

const struct definition *catalog_at(const struct catalog *c, size_t i)
{
    return i < c->now.count ? c->now.at[i].d : NULL;
}

const struct definition *catalog_find(const struct catalog *c, const char *provider,
                                      const char *kind)
{
    const struct entry *e = find(&c->now, provider, kind ? kind : "key");
    return e ? e->d : NULL;
}

const struct definition *catalog_by_column(const struct catalog *c, const char *column)
{
    for (size_t i = 0; i < c->now.count; i++) {
        const struct definition *d = c->now.at[i].d;
        if (d->column && strcmp(d->column, column) == 0)
            return d;
    }
    return NULL;
}

bool catalog_has_provider(const struct catalog *c, const char *provider)
{
    for (size_t i = 0; i < c->now.count; i++)
        if (strcmp(c->now.at[i].d->provider, provider) == 0)
            return true;
    return false;
}

bool catalog_has_scope(const struct catalog *c, const char *name)
{
    for (size_t i = 0; i < c->now.count; i++)
        for (size_t k = 0; k < c->now.at[i].d->scope_count; k++)
            if (strcmp(c->now.at[i].d->scopes[k], name) == 0)
                return true;
    return false;
}

size_t catalog_index(const struct catalog *c, const struct definition *d)
{
    return d->index < c->now.count && c->now.at[d->index].d == d ? d->index : SIZE_MAX;
}

const char *catalog_source(const struct catalog *c, const struct definition *d)
{
    size_t i = catalog_index(c, d);
    return i == SIZE_MAX ? NULL : c->now.at[i].source;
}
