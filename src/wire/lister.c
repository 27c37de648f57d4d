#include "wire/lister.h"

#include "provider/own_id.h"

#include "wire/firsts.h"

#include "base/clock.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TELL_US = 10 * 1000000, /* between two words on how far a long list is */
    KEYS_MOST = 10000000,
};
static const uint64_t BYTES_MOST = 1 << 30;
static const int64_t LIST_US_MOST = INT64_C(7200) * 1000000;

static void finish(struct lister *l)
{
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

static void ask(struct lister *l)
{
    walk_request(&l->part.walk, l->endpoint->definition, &l->path);
    l->read = (struct read){.endpoint = l->endpoint,
                            .request = l->part.walk.request,
                            .path = buf_text(&l->path),
                            .scope = l->scope ? l->scope : "",
                            .whole = true,
                            .most = l->wire->session->work.settings->max_attempts,
                            .done = on_page,
                            .at = l};
    read_begin(&l->read, l->wire);
}

static void begin_walk(struct lister *l)
{
    struct walk fresh = {.pages = l->part.walk.pages,
                         .request = l->part.walk.request,
                         .each = l->part.walk.each,
                         .scope = l->scope,
                         .base = endpoint_url(l->endpoint)};
    walk_free(&l->part.walk);
    l->part.walk = fresh;
    l->part.readings++;
    ask(l);
}

/* The next list: what the keys are listed for each of, then that of each. */
static void begin_part(struct lister *l)
{
    const struct list_rule *rule = &l->endpoint->definition->list;
    l->part = (struct lister_walk){.take = keylist_page, .before = keylist_count(l->keys)};
    if (rule->each && !l->in_parts) {
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

static void end_part(struct lister *l)
{
    walk_free(&l->part.walk);
    if (l->endpoint->definition->list.each && !l->in_parts) {
        l->in_parts = true;
    } else if (++l->parts_done >= keylist_each_count(l->keys)) {
        finish(l);
        return;
    }
    begin_part(l);
}

static void broken(struct lister *l, const char *reason)
{
    char what[WALK_REASON + 300];
    snprintf(what, sizeof what, "the list %.200s: %s; nothing was written",
             l->part.walk.request->path, reason);
    fail(l, what);
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

static void changed(struct lister *l, const char *reason)
{
    const struct definition *d = l->endpoint->definition;
    char what[WALK_REASON + 300];
    if (l->part.readings == LISTER_WALKS) {
        snprintf(what, sizeof what,
                 "the list %.200s did not stand still in %d readings: %s; nothing was written",
                 l->part.walk.request->path, LISTER_WALKS, reason);
        fail(l, what);
        return;
    }
    session_tell(l->wire->session, "",
                 "%s %s: the list changed while it was read (%s): reading it anew", d->shown,
                 d->kind, reason);
    l->again++;
    keylist_cut(l->keys, l->part.before);
    begin_walk(l);
}

static void on_page(void *at, struct read *r)
{
    struct lister *l = at;
    char reason[WALK_REASON];
    if (!r->verdict.good) {
        l->failed = true;
        error_set(&l->error, read_code(r), "%s: %s", l->endpoint->definition->shown,
                  r->verdict.reason);
        finish(l);
        return;
    }
    const struct answer *a = &r->answer->answer;
    const struct header_source *headers = &a->headers;
    l->part.walk.link = headers->get ? headers->get(headers->at, "Link") : NULL;
    const char *beyond = beyond_bounds(l, a->body_len);
    if (beyond) {
        broken(l, beyond);
        return;
    }
    enum walk_step step = l->part.take(l->keys, &l->part.walk, a->body, a->body_len, reason);
    tell_how_far(l);
    switch (step) {
    case WALK_MORE:
        ask(l);
        break;
    case WALK_END:
        end_part(l);
        break;
    case WALK_CHANGED:
        changed(l, reason);
        break;
    case WALK_BROKEN:
        broken(l, reason);
        break;
    }
}

void lister_begin(struct lister *l)
{
    l->keys = keylist_new(l->endpoint->definition);
    l->tell_at_us = clock_mono_us() + TELL_US;
    l->began_us = clock_mono_us();
    begin_part(l);
}

void lister_end(struct lister *l)
{
    read_drop(&l->read);
    walk_free(&l->part.walk);
    keylist_free(l->keys);
    buf_free(&l->path);
    l->keys = NULL;
}

/* The command's way: first reads, list, end. */

struct inventory_read {
    struct session session;
    struct endpoint endpoint;
    struct wire wire;
    struct firsts firsts;
    struct lister lister;
    struct inventory *out;
    bool over, failed;
    struct error error;
};

static void on_list(void *at, struct lister *l)
{
    struct inventory_read *r = at;
    r->over = true;
    r->failed = l->failed;
    r->error = l->error;
}

static void begin_list(void *at)
{
    struct inventory_read *r = at;
    r->lister =
        (struct lister){.wire = &r->wire, .endpoint = &r->endpoint, .done = on_list, .at = r};
    lister_begin(&r->lister);
}

static bool take_own_id(void *at, const struct endpoint *e, const char *id, const struct answer *a)
{
    struct inventory_read *r = at;
    (void)e;
    (void)a;
    snprintf(r->out->own_id, sizeof r->out->own_id, "%s", id);
    return true;
}

static void on_failure(void *at, enum exit_code code, const char *why)
{
    struct inventory_read *r = at;
    r->over = r->failed = true;
    error_set(&r->error, code, "%s: %s", r->endpoint.definition->shown, why);
}

static int open_all(struct inventory_read *r, const struct work *work, const struct definition *d,
                    struct error *err)
{
    if (endpoint_open(&r->endpoint, work->settings, d, work->credentials, err) != 0 ||
        session_begin(&r->session, work, err) != 0)
        return -1;
    wire_init(&r->wire, &r->session, &r->endpoint);
    wire_join(&r->wire, &r->endpoint);
    return wire_open(&r->wire, 1, err);
}

static void begin_reading(struct inventory_read *r)
{
    const struct definition *d = r->endpoint.definition;
    const struct settings *s = r->session.work.settings;
    r->firsts = (struct firsts){.wire = &r->wire,
                                .attempts = s->max_attempts,
                                .own_id = take_own_id,
                                .done = begin_list,
                                .failed = on_failure,
                                .at = r};
    if (own_id_of_secret(d, r->endpoint.secret, r->out->own_id) <= 0)
        r->out->own_id[0] = '\0';
    firsts_plan(&r->firsts, &r->endpoint, "", s->preflight, true);
    if (firsts_begin(&r->firsts))
        begin_list(r);
}

static int read_to_the_end(struct inventory_read *r, struct error *err)
{
    while (!r->over) {
        int64_t now = clock_mono_us();
        session_take_stops(&r->session, now);
        if (session_stopping(&r->session))
            return error_set(err, r->session.ending.code, "%s: %s", r->endpoint.definition->shown,
                             r->session.ending.reason);
        reads_send(&r->wire, now);
        if (!r->over)
            session_wait(&r->session, reads_next_us(&r->wire, clock_mono_us()));
    }
    if (!r->failed)
        return 0;
    *err = r->error;
    return -1;
}

int lister_read(const struct settings *s, const struct definition *d, struct credentials *c,
                const struct observer *observer, struct inventory *out, struct error *err)
{
    struct inventory_read r = {.out = out};
    const struct work work = {.settings = s, .credentials = c, .observer = observer};
    *out = (struct inventory){0};
    if (!d->list.request.method)
        return error_set(err, EXIT_USAGE, "%s %s: its definition does not say how to list it",
                         d->shown, d->kind);
    int result = open_all(&r, &work, d, err);
    if (result == 0) {
        begin_reading(&r);
        result = read_to_the_end(&r, err);
    }
    out->keys = r.lister.keys;
    out->again = r.lister.again;
    out->requests = r.wire.attempts;
    r.lister.keys = NULL;
    lister_end(&r.lister);
    wire_close(&r.wire);
    session_end(&r.session);
    endpoint_close(&r.endpoint);
    return result;
}

void inventory_free(struct inventory *i)
{
    keylist_free(i->keys);
    i->keys = NULL;
}
