#include "wire/lister.h"

#include "base/clock.h"
#include "base/text.h"
#include "provider/classify.h"

#include <stdio.h>
#include <string.h>

enum { TELL_US = 10 * 1000000 }; /* between two words on how far a long list is */

struct lister {
    struct fetch *fetch;
    int64_t tell_at_us;
    const struct definition *d;
    const struct fetch_observer *observer;
    struct inventory *out;
    struct buf path;
};

typedef enum walk_step take_page(struct keylist *l, struct walk *w, const char *body, size_t len,
                                 char reason[WALK_REASON]);

static bool same_read(const struct request *a, const struct request *b)
{
    return a->method && b->method && !a->body && !b->body && strcmp(a->path, b->path) == 0;
}

/* The reads that a run makes before its first deletion: one where they are the same. */
static int read_first(struct lister *l, bool preflight, struct error *err)
{
    const struct definition *d = l->d;
    const struct request *check = preflight && d->preflight.method ? &d->preflight : NULL;
    const struct request *self = d->self == SELF_READ ? &d->self_read : NULL;
    const char *body;
    size_t len;
    bool both = check && self && same_read(check, self);
    if (check && fetch_get(l->fetch, check, NULL, &check->confirm, &body, &len, err) != 0)
        return -1;
    if (!self) {
        if (own_id_of_secret(d, fetch_secret(l->fetch), l->out->own_id) <= 0)
            l->out->own_id[0] = '\0';
        return 0;
    }
    if (!both && fetch_get(l->fetch, self, NULL, NULL, &body, &len, err) != 0)
        return -1;
    if (own_id_of_body(d, body, len, l->out->own_id) <= 0)
        return error_set(err, EXIT_CREDENTIAL,
                         "%s: the answer does not tell which key the credential itself is",
                         d->provider);
    return 0;
}

static void tell(const struct lister *l, const char *line)
{
    if (l->observer && l->observer->tell)
        l->observer->tell(l->observer->at, line);
}

static void tell_how_far(struct lister *l)
{
    char line[200], count[TEXT_COUNT];
    int64_t now = clock_mono_us();
    if (now < l->tell_at_us)
        return;
    l->tell_at_us = now + TELL_US;
    snprintf(line, sizeof line, "%s %s: %s read so far", l->d->provider, l->d->kind,
             text_count(keylist_count(l->out->keys), count));
    tell(l, line);
}

/* From the first page to the last. */
static enum walk_step walk(struct lister *l, struct walk *w, take_page *take,
                           char reason[WALK_REASON], struct error *err)
{
    enum walk_step step = WALK_MORE;
    while (step == WALK_MORE) {
        const char *body;
        size_t len;
        walk_request(w, l->d, &l->path);
        if (fetch_get(l->fetch, w->request, buf_text(&l->path), NULL, &body, &len, err) != 0) {
            reason[0] = '\0';
            return WALK_BROKEN;
        }
        w->link = fetch_link(l->fetch);
        step = take(l->out->keys, w, body, len, reason);
        tell_how_far(l);
    }
    return step;
}

static void tell_again(const struct lister *l, const char *reason)
{
    char line[WALK_REASON + 120];
    snprintf(line, sizeof line, "%s %s: the list changed while it was read (%s): reading it anew",
             l->d->provider, l->d->kind, reason);
    tell(l, line);
}

/* A whole list, again where it changed underneath. */
static int read_list(struct lister *l, const struct request *request,
                     const struct list_pages *pages, const char *each, take_page *take,
                     struct error *err)
{
    char reason[WALK_REASON];
    size_t before = keylist_count(l->out->keys);
    for (unsigned n = 1;; n++) {
        struct walk w = {
            .pages = pages, .request = request, .each = each, .base = fetch_base(l->fetch)};
        enum walk_step step = walk(l, &w, take, reason, err);
        walk_free(&w);
        if (step == WALK_END)
            return 0;
        if (step == WALK_BROKEN && !*reason)
            return -1;
        if (step == WALK_BROKEN)
            return error_set(err, EXIT_STOPPED, "%s %s: the list %s: %s; nothing was written",
                             l->d->provider, l->d->kind, request->path, reason);
        if (n == LISTER_WALKS)
            return error_set(err, EXIT_STOPPED,
                             "%s %s: the list %s did not stand still in %d readings: %s; nothing "
                             "was written",
                             l->d->provider, l->d->kind, request->path, LISTER_WALKS, reason);
        tell_again(l, reason);
        l->out->again++;
        keylist_cut(l->out->keys, before);
    }
}

static int read_all(struct lister *l, struct error *err)
{
    const struct list_rule *rule = &l->d->list;
    struct keylist *keys = l->out->keys;
    if (rule->each &&
        read_list(l, &rule->each_request, &rule->each_pages, NULL, keylist_each_page, err) != 0)
        return -1;
    size_t parts = keylist_each_count(keys);
    if (!parts)
        return read_list(l, &rule->request, &rule->pages, NULL, keylist_page, err);
    for (size_t i = 0; i < parts; i++)
        if (read_list(l, &rule->request, &rule->pages, keylist_each(keys, i), keylist_page, err) !=
            0)
            return -1;
    return 0;
}

int lister_list(struct fetch *f, const struct definition *d, const struct fetch_observer *observer,
                struct inventory *out, struct error *err)
{
    struct lister l = {.fetch = f,
                       .d = d,
                       .observer = observer,
                       .out = out,
                       .tell_at_us = clock_mono_us() + TELL_US};
    *out = (struct inventory){.keys = keylist_new(d)};
    int result = read_all(&l, err);
    buf_free(&l.path);
    return result;
}

int lister_preflight(struct fetch *f, const struct definition *d, bool preflight,
                     char own_id[ID_MAX + 1], struct error *err)
{
    struct inventory out = {0};
    struct lister l = {.fetch = f, .d = d, .out = &out};
    int result = read_first(&l, preflight, err);
    snprintf(own_id, ID_MAX + 1, "%s", out.own_id);
    return result;
}

int lister_read(const struct settings *s, const struct definition *d, struct credentials *c,
                const struct fetch_observer *observer, struct inventory *out, struct error *err)
{
    struct lister l = {
        .d = d, .observer = observer, .out = out, .tell_at_us = clock_mono_us() + TELL_US};
    *out = (struct inventory){0};
    if (!d->list.request.method)
        return error_set(err, EXIT_USAGE, "%s %s: its definition does not say how to list it",
                         d->provider, d->kind);
    out->keys = keylist_new(d);
    l.fetch = fetch_new(s, d, c, 1, observer, err);
    int result = l.fetch ? read_first(&l, s->preflight, err) : -1;
    if (result == 0)
        result = read_all(&l, err);
    if (l.fetch)
        out->requests = fetch_sent(l.fetch);
    fetch_free(l.fetch);
    buf_free(&l.path);
    return result;
}

void inventory_free(struct inventory *i)
{
    keylist_free(i->keys);
    i->keys = NULL;
}
