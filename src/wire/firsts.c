#include "wire/firsts.h"

#include "provider/own_id.h"
#include "wire/alias.h"

#include <stdio.h>
#include <string.h>

static void plan(struct firsts *f, const struct first *wanted)
{
    for (unsigned i = 0; i < f->count; i++) {
        struct first *known = &f->first[i];
        if (strcmp(known->request->path, wanted->request->path) != 0 ||
            strcmp(known->request->method, wanted->request->method) != 0 || known->request->body ||
            wanted->request->body)
            continue;
        if (wanted->check && !known->check)
            known->request = wanted->request; /* it has what must hold */
        known->check |= wanted->check;
        known->self |= wanted->self;
        return;
    }
    if (f->count < FIRSTS_MAX)
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
}

/* False where the reads must not go on. */
static bool take_self(struct firsts *f, const struct first *first, const struct answer *a)
{
    char id[ID_MAX + 1];
    if (own_id_of_body(first->endpoint->definition, a->body, a->body_len, id) <= 0) {
        f->failed(f->at, EXIT_CREDENTIAL,
                  "the answer does not tell which key the credential itself is");
        return false;
    }
    return f->own_id(f->at, first->endpoint, id, a);
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

static void next(struct firsts *f)
{
    const struct first *first = &f->first[f->made];
    if (f->made == f->count) {
        f->done(f->at);
        return;
    }
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

bool firsts_begin(struct firsts *f)
{
    if (f->count)
        next(f);
    return !f->count;
}

bool own_is_target(const struct work *work, const struct endpoint *e, const struct answer *a,
                   char reason[ENDING_REASON])
{
    struct aliases *aliases = aliases_new(work->settings, work->targets, work->listed);
    const struct definition *d = e->definition;
    uint32_t row = a ? aliases_own_body(aliases, d, a->body, a->body_len)
                     : aliases_own(aliases, d, e->secrets);
    aliases_free(aliases);
    if (row == UINT32_MAX)
        return false;
    snprintf(reason, ENDING_REASON,
             "line %u of the manifest is the very credential in use (%s): take it out, or use "
             "another credential",
             (unsigned)targets_line(work->targets, row), d->credential);
    return true;
}
