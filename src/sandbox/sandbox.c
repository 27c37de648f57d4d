#include "sandbox/sandbox.h"

#include "base/mem.h"
#include "provider/own_id.h"
#include "sandbox/auth.h"
#include "sandbox/generate.h"
#include "sandbox/inventory.h"
#include "sandbox/raw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned provider_index(struct sandbox *s, const struct definition *d)
{
    const char *name = d->provider;
    unsigned i = 0;
    while (i < s->providers && strcmp(s->provider[i].name, name) != 0)
        i++;
    if (i == s->providers && i < PROVIDERS_MAX) {
        struct provider *p = &s->provider[s->providers++];
        *p = (struct provider){.name = name};
        p->tally.first_us = p->tally.last_us = p->tally.last_effect_us = -1;
        limiter_init(&p->limiter);
        p->credentials = 1;
        auth_demo_secret(d, p->credential[0].secret);
    }
    return i;
}

void sandbox_init(struct sandbox *s, struct catalog *catalog, int64_t now_us)
{
    *s = (struct sandbox){
        .catalog = catalog, .lists = {.workspaces = 1}, .start_us = now_us, .grace_us = 20000};
    size_t count = catalog_count(catalog);
    s->provider_of = mem_zalloc(count ? count : 1, 1);
    for (size_t i = 0; i < count; i++)
        s->provider_of[i] = (unsigned char)provider_index(s, catalog_at(catalog, i));
    s->routes = routes_new(catalog);
    s->forms = forms_new(catalog);
    truth_init(&s->truth, catalog);
    s->stock = stock_new(&s->truth, s->forms, &s->lists);
}

void sandbox_free(struct sandbox *s)
{
    stock_free(s->stock);
    truth_free(&s->truth);
    faults_clear(&s->faults);
    forms_free(s->forms);
    routes_free(s->routes);
    for (unsigned i = 0; i < s->providers; i++) {
        workers_free(&s->provider[i].workers);
        limiter_free(&s->provider[i].limiter);
    }
    mem_wipe(s->provider, sizeof s->provider);
    free(s->provider_of);
    catalog_free(s->catalog);
}

struct provider *sandbox_provider(struct sandbox *s, const char *name)
{
    for (unsigned i = 0; i < s->providers; i++)
        if (!strcmp(s->provider[i].name, name))
            return &s->provider[i];
    return NULL;
}

/* A credential's own id: what the definition tells from the secret, else a fixed one. */
static void learn_own_id(const struct definition *d, struct credential *c, unsigned number)
{
    struct rng r = rng_seed(1 + number);
    if (c->own_id[0] || own_id_of_secret(d, c->secret, c->own_id) > 0)
        return;
    c->own_id[0] = '\0';
    if (d->self == SELF_READ && d->id.class == ID_UUID && number == 0)
        memcpy(c->own_id, AUTH_OWN_UUID, sizeof AUTH_OWN_UUID);
    else if (d->self == SELF_READ || d->self == SELF_LIST)
        generate_id(d, &r, c->own_id);
}

void sandbox_ready(struct sandbox *s)
{
    for (size_t i = 0; i < catalog_count(s->catalog); i++) {
        const struct definition *d = catalog_at(s->catalog, i);
        struct provider *p = sandbox_provider(s, d->provider);
        for (unsigned k = 0; k < p->credentials; k++)
            learn_own_id(d, &p->credential[k], k);
        if (!p->announce_set) {
            p->announce = announce_usual(d);
            p->announce_set = true;
        }
    }
    truth_adopt(&s->truth, s->absent, s->lists.seed);
}

static void count_hold(const struct sandbox *s, struct provider *p, int64_t now)
{
    if (now < p->hold_from_us || now >= p->hold_until_us)
        return;
    if (now >= p->hold_from_us + s->grace_us)
        p->tally.in_hold++;
    else
        p->tally.in_hold_grace++;
}

/* One request on its way through the judgement. */
struct sandbox_turn {
    struct sandbox *s;
    const struct incoming *in;
    const struct place *place;
    struct provider *p;
    struct reply *out;
    struct credential *who;
    uint32_t row; /* of the target; UINT32_MAX: none is known */
};

static bool is_action(enum operation op)
{
    return op <= OP_ENABLE;
}

static bool is_write(enum operation op)
{
    return is_action(op) || op == OP_UPDATE || op == OP_CREATE;
}

static bool refuse(struct sandbox_turn *t)
{
    enum auth_result auth = auth_check(t->place->d, t->p, t->in, &t->who);
    if (auth == AUTH_GOOD && t->p->refuse_status && t->p->tally.actions >= t->p->refuse_after) {
        forms_error(t->s->forms, t->place->index, t->p->refuse_status,
                    t->p->refuse_status == 401 ? "Unauthorized" : "Forbidden", t->out);
        t->p->tally.unauthorised++;
        return true;
    }
    if (auth == AUTH_GOOD && t->p->weak && t->place->op < OP_PREFLIGHT)
        auth = AUTH_WEAK;
    if (auth == AUTH_GOOD)
        return false;
    forms_error(t->s->forms, t->place->index, auth_status(t->place->d, auth), auth_words(auth),
                t->out);
    t->p->tally.unauthorised++;
    return true;
}

static void announce(struct sandbox_turn *t, int64_t wait_us)
{
    int64_t answer_wall = t->in->wall_ms + t->out->delay_us / 1000;
    int64_t wait = wait_us > t->out->delay_us ? wait_us - t->out->delay_us : 0;
    int64_t hold = announce_put(&t->p->announce, t->place->d, wait, answer_wall,
                                limiter_quota(&t->p->limiter), t->out);
    if (hold)
        t->out->hold_until_us = t->in->now_us + t->out->delay_us + hold;
}

static bool limit(struct sandbox_turn *t)
{
    int64_t wait = limiter_admit(&t->p->limiter, t->in->now_us), reset = 0;
    if (wait < 0) {
        int64_t room = limiter_room(&t->p->limiter, &reset);
        if (room >= 0)
            announce_room(&t->p->announce, room, reset, t->out);
        return false;
    }
    forms_error(t->s->forms, t->place->index, 429, NULL, t->out);
    announce(t, wait);
    t->p->tally.limited++;
    return true;
}

/* Whether the provider is too busy to take it; what it takes has its time. */
static bool overload(struct sandbox_turn *t)
{
    int64_t took = workers_take(&t->p->workers, t->in->now_us);
    if (took >= 0) {
        t->out->delay_us += took;
        return false;
    }
    forms_error(t->s->forms, t->place->index, 503, "Service overloaded", t->out);
    t->p->tally.overloaded++;
    return true;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

/* Whether the provider's deletion is only a disabling, which can be repeated and taken back. */
static bool is_soft(const struct definition *d)
{
    const struct request *gone = &d->action[ACTION_DELETE], *off = &d->action[ACTION_DISABLE];
    return same_text(gone->method, off->method) && same_text(gone->path, off->path) &&
           same_text(gone->body, off->body);
}

/* Does what was asked; whether it changed anything. */
static bool act(struct sandbox_turn *t)
{
    struct truth *truth = &t->s->truth;
    if (t->row == UINT32_MAX)
        return false;
    switch (t->place->op) {
    case OP_DELETE:
        return truth_delete(truth, t->row, t->in->now_us);
    case OP_DISABLE:
        return truth_set_disabled(truth, t->row, true);
    case OP_ENABLE:
        return is_soft(t->place->d) ? truth_restore(truth, t->row)
                                    : truth_set_disabled(truth, t->row, false);
    default:
        return false;
    }
}

/* What stays to be read when it is dead can be deleted again, too. */
static bool present(const struct sandbox_turn *t)
{
    if (t->row == UINT32_MAX)
        return false;
    const struct truth_entry *e = &t->s->truth.entry[t->row];
    return e->exists || (e->deletions && (is_soft(t->place->d) || t->place->d->read_gone.count));
}

/* The honest answer to an action, written before it is done. */
static void answer_action(struct sandbox_turn *t)
{
    bool same = t->place->op == OP_DELETE && t->place->d->absent == ABSENT_SUCCESS;
    bool known = t->row != UINT32_MAX;
    if (same || present(t))
        forms_done(t->s->forms, t->place->index, (enum action)t->place->op, t->place->id,
                   known ? targets_identity(t->s->truth.targets, t->row) : 0, t->out);
    else
        forms_gone(t->s->forms, t->place->index, t->place->id, t->out);
}

static void redirect(struct sandbox_turn *t)
{
    forms_html(307, "Temporary Redirect", t->out);
    reply_header(t->out, "Location", "%s/sandbox/trap", t->s->origin);
}

static void status_fault(struct sandbox_turn *t, const struct fault *f)
{
    uint64_t seconds = 0;
    forms_error(t->s->forms, t->place->index, f->status, "Injected fault", t->out);
    if (!f->retry_after)
        return;
    reply_header(t->out, "Retry-After", "%s", f->retry_after);
    char *end = NULL;
    seconds = strtoull(f->retry_after, &end, 10);
    if (*end == '\0' && seconds <= 3600)
        t->out->hold_until_us = t->in->now_us + t->out->delay_us + (int64_t)seconds * 1000000;
}

/* Answers that a fault replaces. */
static void spoil(struct sandbox_turn *t, const struct fault *f, bool was_success)
{
    struct reply *out = t->out;
    const struct place *place = t->place;
    switch (f->kind) {
    case FAULT_STATUS:
        status_fault(t, f);
        break;
    case FAULT_DROP:
        out->how = DELIVER_DROP;
        break;
    case FAULT_RESET:
        out->how = DELIVER_RESET;
        break;
    case FAULT_STALL:
        out->delay_us += f->for_us;
        break;
    case FAULT_CUT:
        out->how = DELIVER_CUT;
        break;
    case FAULT_STRAY:
        out->how = DELIVER_STRAY;
        break;
    case FAULT_HTML_404:
        forms_html(404, "404 Not Found", out);
        break;
    case FAULT_REDIRECT:
        redirect(t);
        break;
    case FAULT_DELETED_FALSE:
        if (was_success && is_action(place->op))
            forms_denied(t->s->forms, place->index, (enum action)place->op, out);
        break;
    case FAULT_OTHER_ID:
        if (was_success && is_action(place->op))
            forms_other(t->s->forms, place->index, (enum action)place->op, place->id, out);
        break;
    case FAULT_EMPTY:
        if (was_success) {
            out->status = 200;
            buf_clear(&out->body);
        }
        break;
    case FAULT_HTML:
        if (was_success)
            forms_html(200, "Sign in", out);
        break;
    case FAULT_LISTED:
    case FAULT_STUCK:
    case FAULT_MORE:
        break;
    }
}

static void suicide(struct sandbox_turn *t)
{
    t->p->tally.own_deletes++;
    t->who->dead = true;
}

static void count_effect(struct sandbox_turn *t, bool changed)
{
    if (!changed)
        return;
    t->p->tally.effective++;
    t->p->tally.last_effect_us = t->in->now_us - t->s->start_us;
}

static void do_action(struct sandbox_turn *t, const struct fault *f, bool effect)
{
    struct stock_tally *tally = &t->p->tally;
    bool existed = present(t);
    tally->actions++;
    if (!t->place->lawful)
        tally->unlawful_ids++;
    if (t->place->op == OP_DELETE &&
        (t->place->reserved || (*t->who->own_id && !strcmp(t->who->own_id, t->place->id))))
        suicide(t);
    answer_action(t);
    bool changed = effect && act(t);
    if (f)
        spoil(t, f, existed);
    count_effect(t, changed);
    if (t->row == UINT32_MAX)
        return;
    tally->repeated += !existed && t->s->truth.entry[t->row].deletions > 0;
    t->out->event = truth_note(&t->s->truth, t->row, t->s->number, changed, t->out->status);
}

/* Whoever asks for a target that was never heard of gets it into the truth, as an absent one; what
 * another account has is not there for this one. */
static void find_target(struct sandbox_turn *t)
{
    struct sandbox *s = t->s;
    const struct place *place = t->place;
    if (!place->lawful)
        return;
    t->row = truth_find(&s->truth, place->d, place->id, place->scope);
    if (t->row != UINT32_MAX && s->truth.entry[t->row].account != t->who->account) {
        t->p->tally.foreign++;
        t->row = UINT32_MAX;
        return;
    }
    if (t->row != UINT32_MAX || !(s->any || is_action(place->op)))
        return;
    t->p->tally.unheard_ids += !s->any;
    t->row = truth_add(&s->truth, place->d, place->id, place->scope, s->any ? s->absent : 1,
                       s->faults.seed);
    s->truth.entry[t->row].account = (uint8_t)t->who->account;
}

/* Reads, changes and creations. */
static void inquire(struct sandbox_turn *t, const struct fault *f, bool effect)
{
    struct inquiry q = {.place = t->place,
                        .p = t->p,
                        .who = t->who,
                        .in = t->in,
                        .row = t->row,
                        .effect = effect,
                        .stuck = f && f->kind == FAULT_STUCK,
                        .more = f && f->kind == FAULT_MORE,
                        .origin = t->s->origin};
    inventory_answer(t->s->stock, &q, t->out);
    if (f)
        spoil(t, f, t->out->status / 100 == 2);
    if (!is_write(t->place->op))
        return;
    t->p->tally.actions++;
    count_effect(t, q.changed);
    if (q.row != UINT32_MAX)
        t->out->event = truth_note(&t->s->truth, q.row, t->s->number, q.changed, t->out->status);
}

static void serve(struct sandbox_turn *t)
{
    bool effect = true;
    if (t->place->id[0])
        find_target(t);
    bool known = t->row != UINT32_MAX;
    struct fault_case c = {
        .provider = t->p->name,
        .id = t->place->id,
        .action = is_write(t->place->op),
        .identity = known ? targets_identity(t->s->truth.targets, t->row) : raw_seed(t->in->path),
        .sight = known ? t->s->truth.entry[t->row].requests : t->p->tally.requests,
    };
    const struct fault *f = faults_pick(&t->s->faults, &c, &effect);
    t->p->tally.faults += f != NULL;
    if (is_action(t->place->op))
        do_action(t, f, effect);
    else
        inquire(t, f, effect);
}

void sandbox_handle(struct sandbox *s, const struct incoming *in, struct reply *out)
{
    struct place place;
    s->requests++;
    s->number++;
    if (!routes_find(s->routes, in, &place)) {
        s->unknown_paths++;
        forms_html(404, "404 Not Found", out);
        return;
    }
    struct provider *p = &s->provider[s->provider_of[place.index]];
    struct sandbox_turn t = {
        .s = s, .in = in, .place = &place, .p = p, .out = out, .row = UINT32_MAX};
    p->tally.requests++;
    p->tally.last_us = in->now_us - s->start_us;
    if (p->tally.first_us < 0)
        p->tally.first_us = p->tally.last_us;
    out->tally = p;
    out->delay_us = p->delay_us;
    count_hold(s, p, in->now_us);
    if (!refuse(&t) && !limit(&t) && !overload(&t))
        serve(&t);
}

void sandbox_answering(struct sandbox *s, const struct reply *r, int64_t now_us)
{
    struct provider *p = r->tally;
    (void)s;
    if (!p || !r->hold_until_us || r->how == DELIVER_DROP || r->how == DELIVER_RESET)
        return;
    if (now_us >= p->hold_until_us) {
        p->hold_from_us = now_us;
        p->tally.holds++;
    }
    if (r->hold_until_us > p->hold_until_us)
        p->hold_until_us = r->hold_until_us;
}

void sandbox_answered(struct sandbox *s, const struct reply *r, enum truth_answer how)
{
    struct provider *p = r->tally;
    if (r->event != UINT32_MAX)
        truth_answered(&s->truth, r->event, how);
    if (!p)
        return;
    struct stock_tally *t = &p->tally;
    uint64_t *const by_end[] = {&t->aborted, &t->sent, &t->dropped,
                                &t->reset,   &t->cut,  &t->aborted};
    ++*by_end[how];
    if (how == ANSWER_SENT && r->status > 0 && r->status < STATUS_MAX)
        t->status[r->status]++;
}
