#include "wire/lister.h"

#include "base/clock.h"
#include "base/text.h"
#include "provider/own_id.h"
#include "provider/secret_hint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TELL_US = 10 * 1000000, /* between two words on how far a long list is */
    KEYS_MOST = 10000000,
    ONE_BY_ONE = 16, /* pages */
};
static const uint64_t BYTES_MOST = 1 << 30;
static const int64_t LIST_US_MOST = INT64_C(7200) * 1000000;

static struct lister_page *page_at(struct lister *l, unsigned i)
{
    return &l->page[(l->first + i) % LISTER_AHEAD];
}

/* What is on its way, and what came of it, is nobody's any more. */
static void forget_pages(struct lister *l)
{
    for (; l->asked; l->asked--) {
        struct read *r = &page_at(l, l->asked - 1)->read;
        read_drop(r);
        body_drop(r->body);
        r->body = NULL;
    }
}

static void finish(struct lister *l)
{
    forget_pages(l);
    l->over = true;
    l->done(l->at, l);
}

static void fail(struct lister *l, const char *what)
{
    const struct definition *d = l->endpoint->definition;
    error_set(&l->error, EXIT_STOPPED, "%s %s: %s", d->shown, d->kind, what);
    l->failed = true;
    finish(l);
}

static void tell_how_far(struct lister *l)
{
    const struct definition *d = l->endpoint->definition;
    char count[TEXT_COUNT];
    int64_t now = clock_mono_us();
    if (now < l->tell_at_us)
        return;
    l->tell_at_us = now + TELL_US;
    session_tell(l->wire->session, "", "%s %s: %s read so far", d->shown, d->kind,
                 text_count(keylist_count(l->keys), count));
}

static void on_page(void *at, struct read *r);

/* Asks for the page of this path behind those that are asked for. */
static void ask_for(struct lister *l, const struct buf *path)
{
    struct lister_page *p = page_at(l, l->asked++);
    buf_clear(&p->path);
    buf_put(&p->path, buf_text(path), path->len);
    walk_scope(&l->part.walk, l->endpoint->definition, &p->scope);
    p->lister = l;
    p->there = false;
    p->read = (struct read){.endpoint = l->endpoint,
                            .request = l->part.walk.request,
                            .path = buf_text(&p->path),
                            .scope = buf_text(&p->scope),
                            .whole = true,
                            .keeps = true,
                            .most = l->wire->session->work.settings->max_attempts,
                            .done = on_page,
                            .at = p};
    read_begin(&p->read, l->wire);
    if (!l->pages)
        p->read.due_us = l->not_before_us;
}

/* How many pages may be on their way: of a list that does not tell how long it is the first ones
 * are read one by one, so that nothing is asked for behind a short one's end; of a long one a
 * quarter more at most. */
static unsigned ahead(const struct lister *l)
{
    size_t read = l->part.walk.pages_read;
    if (l->part.walk.total || l->part.walk.again)
        return LISTER_AHEAD;
    if (read < ONE_BY_ONE)
        return 1;
    return read / 4 < LISTER_AHEAD ? (unsigned)(read / 4) : LISTER_AHEAD;
}

/* The next page, and those that can be told from here. */
static void ask(struct lister *l)
{
    const struct definition *d = l->endpoint->definition;
    walk_request(&l->part.walk, d, &l->path);
    if (l->asked && strcmp(buf_text(&page_at(l, 0)->path), buf_text(&l->path)) != 0)
        forget_pages(l);
    if (!l->asked)
        ask_for(l, &l->path);
    while (l->asked < ahead(l) && walk_request_ahead(&l->part.walk, d, l->asked, &l->path))
        ask_for(l, &l->path);
}

static void begin_walk(struct lister *l)
{
    struct walk fresh = {.pages = l->part.walk.pages,
                         .request = l->part.walk.request,
                         .each = l->part.walk.each,
                         .scope = l->scope,
                         .base = endpoint_url(l->endpoint)};
    walk_free(&l->part.walk);
    forget_pages(l);
    l->part.walk = fresh;
    l->part.readings++;
    ask(l);
}

/* Whether it is made once for each of something; a scope that is given is the only one. */
static bool has_parts(const struct lister *l)
{
    const struct list_rule *rule = &l->endpoint->definition->list;
    return rule->each && !(rule->each_scope && l->scope && *l->scope);
}

/* The next list: what the keys are listed for each of, then that of each. */
static void begin_part(struct lister *l)
{
    const struct list_rule *rule = &l->endpoint->definition->list;
    l->part = (struct lister_walk){.take = keylist_page, .before = keylist_count(l->keys)};
    if (has_parts(l) && !l->in_parts) {
        l->part.walk.request = &rule->each_request;
        l->part.walk.pages = &rule->each_pages;
        l->part.take = keylist_each_page;
    } else {
        l->part.walk.request = &rule->request;
        l->part.walk.pages = &rule->pages;
        if (keylist_each_count(l->keys))
            l->part.walk.each = keylist_each(l->keys, l->parts_done);
    }
    begin_walk(l);
}

static bool broken(struct lister *l, const char *reason)
{
    char what[WALK_REASON + 300];
    snprintf(what, sizeof what, "the list %.200s: %s; nothing was written",
             l->endpoint->definition->list.request.path, reason);
    fail(l, what);
    return false;
}

/* Whether the list is of all keys: the credential's own may be in another scope than the given. */
static bool wants_own(const struct lister *l)
{
    const struct list_rule *rule = &l->endpoint->definition->list;
    return rule->own && !(l->scope && *l->scope);
}

static void note_own(void *at, size_t i)
{
    struct lister *l = at;
    snprintf(l->own_id, sizeof l->own_id, "%s", keylist_id(l->keys, i));
}

/* What a whole list has that belongs there. */
static bool has_own(struct lister *l)
{
    const struct endpoint *e = l->endpoint;
    if (e->definition->self == SELF_LIST)
        secret_hint_own(l->keys, e->definition, e->secret, note_own, l);
    return *l->own_id && keylist_find(l->keys, l->own_id) != SIZE_MAX;
}

/* Pages that are still to come, at least. */
static size_t pages_to_come(const struct lister *l)
{
    const struct walk *w = &l->part.walk;
    const size_t parts = l->in_parts ? keylist_each_count(l->keys) - l->parts_done - 1 : 0;
    const size_t items =
        w->total && (size_t)w->total - 1 > w->taken ? (size_t)w->total - 1 - w->taken : 1;
    return parts + (w->page_size ? (items + w->page_size - 1) / w->page_size : 1);
}

static bool is_worth_it(const struct lister *l)
{
    if (!l->worth)
        return true;
    return l->pages + pages_to_come(l) <= l->worth &&
           (l->part.walk.total || l->pages < l->worth_untold);
}

static bool give_up(struct lister *l)
{
    l->given_up = true;
    fail(l, "the list is longer than it is worth");
    return false;
}

/* False where all is read. */
static bool end_part(struct lister *l)
{
    walk_free(&l->part.walk);
    if (has_parts(l) && !l->in_parts) {
        l->in_parts = true;
    } else if (++l->parts_done >= keylist_each_count(l->keys)) {
        if (wants_own(l) && !has_own(l))
            return broken(l, "the credential's own key is not in it, so it is not whole, or not "
                             "this account's");
        finish(l);
        return false;
    }
    if (!is_worth_it(l))
        return give_up(l);
    begin_part(l);
    return true;
}

/* A list without an end ends here, in pages, bytes, keys and time, whatever each page looks like.
 */
static const char *beyond_bounds(struct lister *l, size_t len)
{
    l->bytes += len;
    if (l->pages++ >= WALK_PAGES_MAX)
        return "more pages than any list has";
    if (l->bytes > BYTES_MOST || keylist_count(l->keys) > KEYS_MOST)
        return "longer than any list is";
    return clock_mono_us() - l->began_us > LIST_US_MOST ? "not at its end after two hours" : NULL;
}

static bool changed(struct lister *l, const char *reason)
{
    const struct definition *d = l->endpoint->definition;
    char what[WALK_REASON + 300];
    if (l->part.readings == LISTER_WALKS) {
        snprintf(what, sizeof what,
                 "the list %.200s did not stand still in %d readings: %s; nothing was written",
                 l->part.walk.request->path, LISTER_WALKS, reason);
        fail(l, what);
        return false;
    }
    session_tell(l->wire->session, "",
                 "%s %s: the list changed while it was read (%s): reading it anew", d->shown,
                 d->kind, reason);
    l->again++;
    keylist_cut(l->keys, l->part.before);
    begin_walk(l);
    return true;
}

/* Takes in the page that came first; false where that was all, and `l` may be gone. */
static bool take_in(struct lister *l, struct lister_page *p)
{
    char reason[WALK_REASON];
    if (!p->read.verdict.good) {
        l->failed = true;
        error_set(&l->error, read_code(&p->read), "%s: %s", l->endpoint->definition->shown,
                  p->read.verdict.reason);
        finish(l);
        return false;
    }
    const char *beyond = beyond_bounds(l, p->len);
    if (beyond)
        return broken(l, beyond);
    l->part.walk.head = p->head;
    l->part.walk.head.link = p->link.len ? buf_text(&p->link) : NULL;
    enum walk_step step = l->part.take(l->keys, &l->part.walk, p->read.body, reason);
    l->part.walk.head = (struct page_head){0};
    body_drop(p->read.body);
    p->read.body = NULL;
    l->first = (l->first + 1) % LISTER_AHEAD;
    l->asked--;
    tell_how_far(l);
    switch (step) {
    case WALK_MORE:
        if (!is_worth_it(l))
            return give_up(l);
        ask(l);
        return true;
    case WALK_END:
        return end_part(l);
    case WALK_CHANGED:
        return changed(l, reason);
    case WALK_BROKEN:
        break;
    }
    return broken(l, reason);
}

static void on_page(void *at, struct read *r)
{
    struct lister_page *p = at;
    struct lister *l = p->lister;
    p->there = true;
    p->len = 0;
    buf_clear(&p->link);
    if (r->verdict.good) {
        const struct answer *a = &r->answer->answer;
        p->len = a->body_len;
        p->head = page_head_of(&a->headers);
        buf_puts(&p->link, p->head.link ? p->head.link : "");
    }
    for (bool more = true; more && l->asked && page_at(l, 0)->there;)
        more = take_in(l, page_at(l, 0));
}

static void on_own(void *at, struct read *r)
{
    struct lister *l = at;
    const struct definition *d = l->endpoint->definition;
    const struct answer *a = r->answer ? &r->answer->answer : NULL;
    if (r->verdict.good && own_id_of_body(d, a->body, a->body_len, l->own_id) > 0) {
        begin_part(l);
        return;
    }
    l->failed = true;
    error_set(&l->error, read_code(r), "%s: %s", d->shown,
              r->verdict.good ? "the answer does not tell which key the credential itself is"
                              : r->verdict.reason);
    finish(l);
}

void lister_begin(struct lister *l)
{
    const struct definition *d = l->endpoint->definition;
    l->keys = keylist_new(d);
    l->tell_at_us = clock_mono_us() + TELL_US;
    l->began_us = clock_mono_us();
    l->own_id[0] = '\0';
    if (wants_own(l) && d->self == SELF_READ) {
        l->own = (struct read){.endpoint = l->endpoint,
                               .request = &d->self_read,
                               .scope = "",
                               .most = l->wire->session->work.settings->max_attempts,
                               .done = on_own,
                               .at = l};
        read_begin(&l->own, l->wire);
        l->own.due_us = l->not_before_us;
        return;
    }
    if (wants_own(l) && own_id_of_secret(d, l->endpoint->secret, l->own_id) <= 0)
        l->own_id[0] = '\0';
    begin_part(l);
}

void lister_end(struct lister *l)
{
    read_drop(&l->own);
    forget_pages(l);
    for (unsigned i = 0; i < LISTER_AHEAD; i++) {
        buf_free(&l->page[i].path);
        buf_free(&l->page[i].scope);
        buf_free(&l->page[i].link);
    }
    walk_free(&l->part.walk);
    keylist_free(l->keys);
    buf_free(&l->path);
    l->keys = NULL;
}
