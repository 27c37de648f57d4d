#include "wire/firsts.h"

#include "base/mem.h"
#include "provider/own_id.h"
#include "provider/secret_hint.h"
#include "wire/alias.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool same_request(const struct first *a, const struct first *b)
{
    return a->request && b->request && !a->request->body && !b->request->body &&
           strcmp(a->request->path, b->request->path) == 0 &&
           strcmp(a->request->method, b->request->method) == 0;
}

static void plan(struct firsts *f, const struct first *wanted)
{
    for (unsigned i = 0; i < f->count; i++) {
        struct first *known = &f->first[i];
        if (!same_request(known, wanted))
            continue;
        if (wanted->check && !known->check)
            known->request = wanted->request; /* it has what must hold */
        known->check |= wanted->check;
        known->self |= wanted->self;
        return;
    }
    f->first = mem_resize(f->first, f->count + 1, sizeof *f->first);
    f->first[f->count++] = *wanted;
}

void firsts_plan(struct firsts *f, const struct endpoint *e, const char *scope, bool preflight,
                 bool self)
{
    const struct definition *d = e->definition;
    if (preflight && d->preflight.method)
        plan(f, &(struct first){e, &d->preflight, scope, true, false});
    if (self && d->self == SELF_READ)
        plan(f, &(struct first){e, &d->self_read, scope, false, true});
    if (self && d->self == SELF_LIST)
        plan(f, &(struct first){e, NULL, NULL, false, true});
}

/* What the credential's own ids are told to, one after the other, until one is refused. */
struct own_telling {
    struct firsts *f;
    const struct endpoint *endpoint;
    const struct keylist *keys;
    size_t told, among;
    bool refused;
};

static void tell(struct own_telling *t, const char *id)
{
    t->told++;
    if (!t->refused)
        t->refused = !t->f->own_id(t->f->at, t->endpoint, id, t->among);
}

static void tell_id(void *at, const char *id, size_t len)
{
    (void)len;
    tell(at, id);
}

/* False where the reads must not go on. */
static bool take_self(struct firsts *f, const struct first *first, const struct answer *a)
{
    struct own_telling t = {.f = f, .endpoint = first->endpoint, .among = 1};
    own_ids_of_body(first->endpoint->definition, a->body, a->body_len, tell_id, &t);
    if (!t.told)
        f->failed(f->at, EXIT_CREDENTIAL,
                  "the answer does not tell which key the credential itself is");
    return t.told && !t.refused;
}

static void tell_key(void *at, size_t i)
{
    struct own_telling *t = at;
    tell(t, keylist_id(t->keys, i));
}

/* Likewise, by what a list shows of its keys' secrets. */
static bool take_list(struct firsts *f, const struct first *first, const struct keylist *keys)
{
    const struct endpoint *e = first->endpoint;
    const struct definition *d = e->definition;
    struct own_telling t = {.f = f, .endpoint = e, .keys = keys};
    t.among = secret_hint_own(keys, d, e->secret, NULL, NULL);
    secret_hint_own(keys, d, e->secret, tell_key, &t);
    if (!t.among)
        secret_hint_mute(keys, d, e->secret, tell_key, &t);
    if (!t.among && !t.refused)
        session_tell(f->wire->session, "",
                     "%s %s: none of the %zu in its list shows a %s like that of the credential in "
                     "use: make sure that it is none of these",
                     d->shown, d->kind, keylist_count(keys), d->list.hint);
    return !t.refused;
}

static void next(struct firsts *f);

static void on_read(void *at, struct read *r)
{
    struct firsts *f = at;
    const struct first *first = &f->first[f->made];
    if (!r->verdict.good) {
        f->failed(f->at, read_code(r), r->verdict.reason);
    } else if (!first->self || take_self(f, first, &r->answer->answer)) {
        f->made++;
        next(f);
    }
}

static void on_list(void *at, struct lister *l)
{
    struct firsts *f = at;
    char why[ENDING_REASON];
    if (l->failed) {
        snprintf(why, sizeof why, "which key the credential itself is: %.300s", l->error.text);
        f->failed(f->at, (enum exit_code)l->error.code, why);
    } else if (take_list(f, &f->first[f->made], l->keys)) {
        f->made++;
        lister_end(l);
        next(f);
    }
}

static void next(struct firsts *f)
{
    const struct first *first = &f->first[f->made];
    if (f->made == f->count) {
        f->done(f->at);
    } else if (!first->request) {
        f->lister =
            (struct lister){.wire = f->wire, .endpoint = first->endpoint, .done = on_list, .at = f};
        lister_begin(&f->lister);
    } else {
        f->read = (struct read){.endpoint = first->endpoint,
                                .request = first->request,
                                .scope = first->scope,
                                .checks = first->check ? &first->request->confirm : NULL,
                                .most = f->attempts,
                                .what = f->what,
                                .done = on_read,
                                .at = f};
        read_begin(&f->read, f->wire);
    }
}

bool firsts_begin(struct firsts *f)
{
    if (f->count)
        next(f);
    return !f->count;
}

void firsts_end(struct firsts *f)
{
    read_drop(&f->read);
    lister_end(&f->lister);
    free(f->first);
    f->first = NULL;
    f->count = 0;
}

bool own_is_target(struct session *s, const struct endpoint *e, const char *id, size_t among,
                   char reason[ENDING_REASON])
{
    const struct aliases *aliases = session_aliases(s);
    const struct definition *d = e->definition;
    uint32_t row =
        id ? aliases_find(aliases, d, id, strlen(id), NULL) : aliases_own(aliases, d, e->secrets);
    if (row == UINT32_MAX)
        return false;
    unsigned line = (unsigned)targets_line(s->work.targets, row);
    if (!among)
        snprintf(reason, ENDING_REASON,
                 "line %u of the manifest may be the very credential in use (%s): the list shows "
                 "nothing of its secret that could tell, and no other key's is like it. Take it "
                 "out, or use another credential",
                 line, d->credential);
    else if (among > 1)
        snprintf(reason, ENDING_REASON,
                 "line %u of the manifest may be the very credential in use (%s): the list shows "
                 "the same of %zu keys' secrets. Take it out, or use another credential",
                 line, d->credential, among);
    else
        snprintf(reason, ENDING_REASON,
                 "line %u of the manifest is the very credential in use (%s): take it out, or use "
                 "another credential",
                 line, d->credential);
    return true;
}
