#include "wire/prober.h"

#include "base/clock.h"
#include "base/text.h"
#include "provider/condition.h"
#include "provider/identifier.h"
#include "provider/own_id.h"
#include "provider/request.h"
#include "provider/secret_hint.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* One probe under way. */
struct prober {
    struct probe *p;
    struct session session;
    struct endpoint endpoint;
    struct wire wire;
    struct read read;
    struct lister lister;
    bool over; /* what is waited for has ended */
    struct buf scope;
    char nobody[ID_MAX + 1]; /* an id that cannot exist, "": there is none */
    /* of the read at hand */
    void (*hear)(struct prober *r, const struct read *read);
    enum probe_step step;
};

static void find(struct prober *r, enum probe_step step, enum probe_state state, const char *format,
                 ...) __attribute__((format(printf, 4, 5)));
static void find(struct prober *r, enum probe_step step, enum probe_state state, const char *format,
                 ...)
{
    struct probe_finding *f = &r->p->finding[step];
    va_list args;
    va_start(args, format);
    vsnprintf(f->words, sizeof f->words, format, args);
    va_end(args);
    f->state = state;
}

static void on_read(void *at, struct read *read)
{
    struct prober *r = at;
    r->over = true;
    const struct verdict *v = &read->verdict;
    bool refused = v->kind == VERDICT_STOP && v->stop == EXIT_CREDENTIAL;
    r->p->refused |= refused;
    r->p->unreached |= v->kind != VERDICT_END && !refused;
    r->hear(r, read);
}

static int wait_for_end(struct prober *r, struct error *err)
{
    while (!r->over) {
        int64_t now = clock_mono_us();
        session_take_stops(&r->session, now);
        if (session_stopping(&r->session))
            return error_set(err, r->session.ending.code, "%s: %s", r->p->definition->shown,
                             r->session.ending.reason);
        wire_listen(&r->wire, false, now);
        reads_send(&r->wire, now);
        if (!r->over)
            session_wait(&r->session, reads_next_us(&r->wire, clock_mono_us()));
    }
    return 0;
}

/* Makes one request and waits for its end. */
static int ask(struct prober *r, enum probe_step step, const struct request *request,
               const char *id, const struct conditions *checks,
               void (*judge)(void *at, const struct answer *a, struct verdict *v),
               void (*hear)(struct prober *r, const struct read *read), struct error *err)
{
    r->step = step;
    r->hear = hear;
    r->over = false;
    r->read = (struct read){.endpoint = &r->endpoint,
                            .request = request,
                            .id = id,
                            .scope = buf_text(&r->scope),
                            .checks = checks,
                            .whole = true,
                            .most = step == PROBE_DELETE ? 1 : READ_ATTEMPTS,
                            .judge = judge,
                            .done = on_read,
                            .at = r};
    read_begin(&r->read, &r->wire);
    return wait_for_end(r, err);
}

static bool is_good(const struct read *read)
{
    return read->verdict.kind == VERDICT_END && read->verdict.good;
}

static void hear_plain(struct prober *r, const struct read *read)
{
    const struct request *q = read->request;
    if (is_good(read))
        find(r, r->step, PROBE_GOOD, "%s %s", q->method, q->path);
    else
        find(r, r->step, PROBE_BAD, "%s %s: %s", q->method, q->path, read->verdict.reason);
}

static void hear_self(struct prober *r, const struct read *read)
{
    const struct answer *a = read->answer ? &read->answer->answer : NULL;
    hear_plain(r, read);
    if (!is_good(read))
        return;
    if (own_id_of_body(r->p->definition, a->body, a->body_len, r->p->own_id) > 0)
        find(r, PROBE_SELF, PROBE_GOOD, "%s, by %s", r->p->own_id, read->request->path);
    else
        find(r, PROBE_SELF, PROBE_BAD, "%s tells no %s", read->request->path,
             r->p->definition->id.name);
}

static void hear_account(struct prober *r, const struct read *read)
{
    const struct answer *a = read->answer ? &read->answer->answer : NULL;
    hear_plain(r, read);
    if (!is_good(read))
        return;
    if (account_of_body(r->p->definition, a->body, a->body_len, r->p->account) > 0)
        find(r, PROBE_ACCOUNT, PROBE_GOOD, "%s, by %s", r->p->account, read->request->path);
    else
        find(r, PROBE_ACCOUNT, PROBE_BAD, "%s tells no account", read->request->path);
}

static int try_firsts(struct prober *r, struct error *err)
{
    const struct definition *d = r->p->definition;
    if (d->preflight.method && ask(r, PROBE_PREFLIGHT, &d->preflight, NULL, &d->preflight.confirm,
                                   NULL, hear_plain, err) != 0)
        return -1;
    if (d->self == SELF_READ) {
        if (ask(r, PROBE_SELF, &d->self_read, NULL, NULL, NULL, hear_self, err) != 0)
            return -1;
    } else if (d->self == SELF_NONE) {
        find(r, PROBE_SELF, PROBE_GOOD, "none: the credential is no such key");
    } else if (d->self != SELF_UNKNOWN && d->self != SELF_LIST) {
        if (own_id_of_secret(d, r->endpoint.secret, r->p->own_id) > 0)
            find(r, PROBE_SELF, PROBE_GOOD, "%s, by the secret itself",
                 d->self == SELF_SECRET ? "known" : r->p->own_id);
        else
            find(r, PROBE_SELF, PROBE_GOOD, "the secret is of no such key: it cannot be a target");
    }
    if (!d->account_read.method)
        return 0;
    return ask(r, PROBE_ACCOUNT, &d->account_read, NULL, NULL, NULL, hear_account, err);
}

/* The list */

static void mark_own(void *at, size_t i)
{
    struct probe *p = at;
    snprintf(p->own_id, sizeof p->own_id, "%s", keylist_id(p->keys, i));
}

/* `self = list` */
static void find_own(struct prober *r)
{
    const struct definition *d = r->p->definition;
    size_t found = secret_hint_own(r->p->keys, d, r->endpoint.secret, mark_own, r->p);
    if (found == 1)
        find(r, PROBE_SELF, PROBE_GOOD, "%s, by the list's %s", r->p->own_id, d->list.hint);
    else if (found)
        find(r, PROBE_SELF, PROBE_GOOD, "one of %zu, by the list's %s: a run refuses each of them",
             found, d->list.hint);
    else
        find(r, PROBE_SELF, PROBE_UNSAID,
             "unknown: no key of the list shows a %s like that of the credential", d->list.hint);
}

static void on_list(void *at, struct lister *l)
{
    struct prober *r = at;
    const struct definition *d = r->p->definition;
    char count[TEXT_COUNT];
    r->over = true;
    if (l->failed) {
        r->p->refused |= l->error.code == EXIT_CREDENTIAL;
        find(r, PROBE_LIST, PROBE_BAD, "%.290s", l->error.text);
        return;
    }
    r->p->keys = l->keys;
    l->keys = NULL;
    size_t n = keylist_count(r->p->keys);
    if (d->self == SELF_LIST)
        find_own(r);
    r->p->own_is_listed = *r->p->own_id && keylist_find(r->p->keys, r->p->own_id) != SIZE_MAX;
    if (n == 0 && !keylist_dead(r->p->keys))
        find(r, PROBE_LIST, PROBE_UNSAID,
             "no keys at all: is it the right account, and are there any?");
    else
        find(r, PROBE_LIST, PROBE_GOOD, "%s keys%s%s%s", text_count(n, count),
             l->again ? ", read anew because it changed" : "",
             keylist_dead(r->p->keys) ? ", besides dead ones" : "",
             r->p->own_is_listed ? ", the credential's own among them" : "");
}

static int try_list(struct prober *r, struct error *err)
{
    if (!r->p->definition->list.request.method)
        return 0;
    r->over = false;
    r->lister = (struct lister){.wire = &r->wire,
                                .endpoint = &r->endpoint,
                                .scope = r->scope.len ? buf_text(&r->scope) : NULL,
                                .done = on_list,
                                .at = r};
    lister_begin(&r->lister);
    return wait_for_end(r, err);
}

/* Single keys */

static void judge_read(void *at, const struct answer *a, struct verdict *v)
{
    const struct prober *r = at;
    const struct question q = {
        .d = r->p->definition, .asked = ASKED_TARGET, .request = r->read.request, .id = r->read.id};
    verdict_of(&q, a, v);
}

static const char *found_word(const struct verdict *v)
{
    if (v->kind == VERDICT_END && v->verified == VERIFIED_PRESENT)
        return "it is there";
    if (v->kind == VERDICT_END && v->verified == VERIFIED_ABSENT)
        return "it is not there";
    return *v->reason ? v->reason : "no usable answer";
}

static void hear_listed(struct prober *r, const struct read *read)
{
    bool good = read->verdict.kind == VERDICT_END && read->verdict.verified == VERIFIED_PRESENT;
    find(r, PROBE_READ, good ? PROBE_GOOD : PROBE_BAD, "of a listed one: %s",
         found_word(&read->verdict));
}

static void hear_nobody(struct prober *r, const struct read *read)
{
    bool good = read->verdict.kind == VERDICT_END && read->verdict.verified == VERIFIED_ABSENT;
    int status = read->answer ? read->answer->answer.status : 0;
    /* another status promises nothing: of an id that never was, some tell no more than that */
    bool promised = gone_status(r->p->definition, status) || (status >= 200 && status <= 299);
    find(r, PROBE_NOBODY,
         good       ? PROBE_GOOD
         : promised ? PROBE_BAD
                    : PROBE_UNSAID,
         "of one that cannot exist: %d, %s", status, found_word(&read->verdict));
}

static void judge_delete(void *at, const struct answer *a, struct verdict *v)
{
    const struct prober *r = at;
    const struct question q = {.d = r->p->definition,
                               .asked = ASKED_ACTION,
                               .action = ACTION_DELETE,
                               .request = r->read.request,
                               .id = r->nobody};
    verdict_of(&q, a, v);
}

static void hear_delete(struct prober *r, const struct read *read)
{
    const struct verdict *v = &read->verdict;
    const struct definition *d = r->p->definition;
    static const char *const rule[] = {"unknown", "gone", "success"};
    int status = read->answer ? read->answer->answer.status : 0;
    if (v->kind == VERDICT_END && v->outcome == OUTCOME_ALREADY_ABSENT)
        r->p->absent = ABSENT_GONE;
    else if (v->kind == VERDICT_END && v->outcome == OUTCOME_REVOKED)
        r->p->absent = ABSENT_SUCCESS;
    if (r->p->absent == ABSENT_UNKNOWN) {
        find(r, PROBE_DELETE, PROBE_BAD, "of one that cannot exist: %d, %s", status,
             *v->reason ? v->reason : "no usable answer");
        return;
    }
    bool as_said = d->absent == ABSENT_UNKNOWN || d->absent == r->p->absent;
    find(r, PROBE_DELETE, as_said ? PROBE_GOOD : PROBE_BAD,
         "of one that cannot exist: %d, so delete.absent = %s%s%s", status, rule[r->p->absent],
         as_said ? "" : ", but the definition says ", as_said ? "" : rule[d->absent]);
}

/* The first listed one that is not the credential's own. */
static const char *any_listed(const struct probe *p)
{
    for (size_t i = 0; p->keys && i < keylist_count(p->keys); i++)
        if (strcmp(keylist_id(p->keys, i), p->own_id) != 0)
            return keylist_id(p->keys, i);
    return NULL;
}

/* Requests of one target name scopes: those given, or those of the listed one. */
static bool scopes_known(struct prober *r)
{
    const struct definition *d = r->p->definition;
    const char *id = any_listed(r->p);
    const char *of = id ? keylist_of(r->p->keys, keylist_find(r->p->keys, id)) : NULL;
    if (of && d->list.each_scope && d->scope_count == 1 && !r->scope.len)
        request_scope(d, d->list.each, of, &r->scope);
    return !d->scope_count || r->scope.len;
}

static int try_one(struct prober *r, struct error *err)
{
    const struct definition *d = r->p->definition;
    const char *listed = any_listed(r->p);
    if (!scopes_known(r))
        return 0;
    if (listed && d->read.method) {
        snprintf(r->p->listed_id, sizeof r->p->listed_id, "%s", listed);
        if (ask(r, PROBE_READ, &d->read, listed, NULL, judge_read, hear_listed, err) != 0)
            return -1;
    }
    bool invented = *r->nobody && !(r->p->keys && keylist_find(r->p->keys, r->nobody) != SIZE_MAX);
    if (invented && d->read.method &&
        ask(r, PROBE_NOBODY, &d->read, r->nobody, NULL, judge_read, hear_nobody, err) != 0)
        return -1;
    if (!invented || !r->p->delete_nobody || r->p->finding[PROBE_PREFLIGHT].state == PROBE_BAD)
        return 0;
    return ask(r, PROBE_DELETE, &d->action[ACTION_DELETE], r->nobody, NULL, judge_delete,
               hear_delete, err);
}

static int open_all(struct prober *r, struct error *err)
{
    const struct probe *p = r->p;
    const struct work work = {
        .settings = p->settings, .credentials = p->credentials, .observer = p->observer};
    if (endpoint_open(&r->endpoint, p->settings, p->definition, p->credentials, err) != 0 ||
        session_begin(&r->session, &work, err) != 0)
        return -1;
    wire_init(&r->wire, &r->session, &r->endpoint);
    wire_join(&r->wire, &r->endpoint);
    return wire_open(&r->wire, 1, err);
}

/* Why a step was not made. */
static const char *unsaid(const struct prober *r, enum probe_step step)
{
    const struct definition *d = r->p->definition;
    bool scopes = d->scope_count && !r->scope.len;
    if (step >= PROBE_LIST && (r->p->refused || r->p->unreached))
        return "not tried";
    switch (step) {
    case PROBE_PREFLIGHT:
        return "none: the definition names none";
    case PROBE_SELF:
        return d->self == SELF_LIST
                   ? "unknown: there is no list that would show it"
                   : "unknown: no `self`, so a run could not keep the credential itself from "
                     "being a target";
    case PROBE_ACCOUNT:
        return "unknown: no `account`, so a renewed credential looks anew";
    case PROBE_LIST:
        return "none: the definition does not say how to list";
    case PROBE_READ:
    case PROBE_NOBODY:
        if (!d->read.method)
            return "none: the definition does not say how to read one";
        if (scopes)
            return "not tried: of which scope is not known, a job file may say it";
        return step == PROBE_READ ? "nothing is listed to ask for"
                                  : "no id can be made up that is nobody's";
    case PROBE_DELETE:
    case PROBE_STEPS:
        break;
    }
    if (!*r->nobody || identifier_bits(d) < PROBE_SAFE_BITS)
        return "never tried: an id that is made up may be somebody's";
    if (r->p->delete_nobody)
        return scopes ? "not tried: of which scope is not known, a job file may say it"
                      : "not tried: the preflight failed";
    return "not asked what it answers for one that cannot exist: --absent-delete";
}

static void say_what_is_unsaid(struct prober *r)
{
    for (size_t i = 0; i < PROBE_STEPS; i++)
        if (!*r->p->finding[i].words)
            find(r, (enum probe_step)i, PROBE_UNSAID, "%s", unsaid(r, (enum probe_step)i));
}

int probe_make(struct probe *p, struct error *err)
{
    struct prober r = {.p = p};
    if (p->scope)
        buf_puts(&r.scope, p->scope);
    int result = open_all(&r, err);
    if (result == 0 && identifier_invent(p->definition, r.nobody) == 0)
        r.nobody[0] = '\0';
    if (result == 0)
        result = try_firsts(&r, err);
    if (result == 0 && !p->refused && !p->unreached)
        result = try_list(&r, err);
    if (result == 0 && !p->refused && !p->unreached)
        result = try_one(&r, err);
    if (result == 0)
        say_what_is_unsaid(&r);
    read_drop(&r.read);
    if (r.lister.wire)
        lister_end(&r.lister);
    wire_close(&r.wire);
    session_end(&r.session);
    endpoint_close(&r.endpoint);
    buf_free(&r.scope);
    return result;
}

void probe_free(struct probe *p)
{
    keylist_free(p->keys);
    p->keys = NULL;
}
