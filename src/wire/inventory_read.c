#include "wire/inventory_read.h"

#include "base/clock.h"
#include "base/mem.h"
#include "provider/own_id.h"
#include "provider/secret_hint.h"
#include "wire/firsts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct inventory_reading {
    struct session session;
    struct endpoint endpoint;
    struct wire wire;
    struct firsts firsts;
    struct lister lister;
    struct inventory *out;
    const char *scope;
    bool over, failed;
    struct error error;
};

static void on_list(void *at, struct lister *l)
{
    struct inventory_reading *r = at;
    r->over = true;
    r->failed = l->failed;
    r->error = l->error;
}

static void begin_list(void *at)
{
    struct inventory_reading *r = at;
    r->lister = (struct lister){
        .wire = &r->wire, .endpoint = &r->endpoint, .scope = r->scope, .done = on_list, .at = r};
    lister_begin(&r->lister);
}

static bool take_own_id(void *at, const struct endpoint *e, const char *id, size_t among)
{
    struct inventory_reading *r = at;
    (void)e;
    (void)among;
    if (!*r->out->own_id)
        snprintf(r->out->own_id, sizeof r->out->own_id, "%s", id);
    return true;
}

static void mark_own(void *at, size_t i)
{
    struct inventory *out = at;
    out->maybe_own[i] = true;
}

static void find_own(struct inventory *out, const struct endpoint *e)
{
    out->maybe_own = mem_zalloc(keylist_count(out->keys) + 1, sizeof *out->maybe_own);
    secret_hint_own(out->keys, e->definition, e->secret, mark_own, out);
}

static void on_failure(void *at, enum exit_code code, const char *why)
{
    struct inventory_reading *r = at;
    r->over = r->failed = true;
    error_set(&r->error, code, "%s: %s", r->endpoint.definition->shown, why);
}

static int open_all(struct inventory_reading *r, const struct work *work,
                    const struct definition *d, struct error *err)
{
    if (endpoint_open(&r->endpoint, work->settings, d, work->credentials, err) != 0 ||
        session_begin(&r->session, work, err) != 0)
        return -1;
    wire_init(&r->wire, &r->session, &r->endpoint);
    wire_join(&r->wire, &r->endpoint);
    return wire_open(&r->wire, LISTER_AHEAD, err);
}

static void begin_reading(struct inventory_reading *r)
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
    firsts_plan(&r->firsts, &r->endpoint, "", s->preflight, d->self == SELF_READ);
    if (firsts_begin(&r->firsts))
        begin_list(r);
}

static int read_to_the_end(struct inventory_reading *r, struct error *err)
{
    while (!r->over) {
        int64_t now = clock_mono_us();
        session_take_stops(&r->session, now);
        if (session_stopping(&r->session))
            return error_set(err, r->session.ending.code, "%s: %s", r->endpoint.definition->shown,
                             r->session.ending.reason);
        wire_listen(&r->wire, false, now);
        reads_send(&r->wire, now);
        if (!r->over)
            session_wait(&r->session, reads_next_us(&r->wire, clock_mono_us()));
    }
    if (!r->failed)
        return 0;
    *err = r->error;
    return -1;
}

int inventory_read(const struct settings *s, const struct definition *d, const char *scope,
                   struct credentials *c, const struct observer *observer, struct inventory *out,
                   struct error *err)
{
    struct inventory_reading r = {.out = out, .scope = scope};
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
    if (result == 0 && d->self == SELF_LIST)
        find_own(out, &r.endpoint);
    firsts_end(&r.firsts);
    lister_end(&r.lister);
    wire_close(&r.wire);
    session_end(&r.session);
    endpoint_close(&r.endpoint);
    return result;
}

void inventory_free(struct inventory *i)
{
    keylist_free(i->keys);
    free(i->maybe_own);
    i->keys = NULL;
    i->maybe_own = NULL;
}

bool inventory_own(const struct inventory *i, size_t key)
{
    return i->maybe_own ? i->maybe_own[key]
                        : *i->own_id && strcmp(keylist_id(i->keys, key), i->own_id) == 0;
}
