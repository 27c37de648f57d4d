#include "wire/read.h"

#include "base/clock.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

static const int64_t backoff_us[] = {500000, 1500000, 3000000}; /* the last one again and again */
enum { BACKOFFS = sizeof backoff_us / sizeof *backoff_us };

int64_t patience_again_us(struct patience *p, bool about_rate, int64_t hold_until_us, unsigned most,
                          int64_t end_us, struct rng *rng, int64_t now)
{
    if (now >= end_us || hold_until_us > end_us)
        return -1;
    if (about_rate)
        return now;
    if (++p->attempts >= most)
        return -1;
    unsigned n = p->attempts > BACKOFFS ? BACKOFFS : p->attempts;
    int64_t at = now + (int64_t)(rng_uniform(rng, .75, 1.25) * (double)backoff_us[n - 1]);
    return at > end_us ? -1 : at;
}

static void judge_plain(struct read *r, const struct answer *a, struct verdict *v)
{
    verdict_of(&(struct question){.d = r->endpoint->definition,
                                  .asked = ASKED_CHECK,
                                  .request = r->request,
                                  .checks = r->checks,
                                  .body = r->keeps ? &r->body : NULL},
               a, v);
    if (!v->good || !r->whole || !a->body_clipped)
        return;
    v->good = false;
    body_drop(r->body);
    r->body = NULL;
    snprintf(v->reason, sizeof v->reason, "an answer of more than %d MiB", READ_BODY_MAX >> 20);
}

static void judge(void *at, unsigned slot, const struct answer *a, struct verdict *v)
{
    struct read *r = at;
    (void)slot;
    if (r->judge)
        r->judge(r->at, a, v);
    else
        judge_plain(r, a, v);
}

static void take_out(struct read *r)
{
    struct read **at = &r->wire->reads;
    while (*at != r)
        at = &(*at)->next;
    *at = r->next;
    r->wire = NULL;
    r->next = NULL;
}

static void over(struct read *r)
{
    if (r->wire->patience_renews || (r->whole && r->verdict.good))
        r->wire->patience_end_us = 0;
    take_out(r);
    r->done(r->at, r);
}

static void begin_to_wait(struct wire *w, int64_t now)
{
    if (!w->patience_end_us)
        w->patience_end_us = now + WIRE_PATIENCE_US;
}

/* Why it is given up so soon, where the end of the hold is not to be waited for. */
static void say_deadline(struct read *r, int64_t now)
{
    const int64_t deadline = r->wire->session->deadline_us;
    size_t len = strlen(r->verdict.reason);
    if (deadline && pacer_view(&r->wire->pacer, now).hold_until > deadline)
        snprintf(r->verdict.reason + len, sizeof r->verdict.reason - len,
                 "; the wait ends beyond the deadline");
}

/* Whether it is tried again; then it has its time. */
static bool again(struct read *r)
{
    struct wire *w = r->wire;
    int64_t now = clock_mono_us();
    bool about_rate = r->verdict.kind == VERDICT_HOLD;
    char span[TEXT_SPAN];
    begin_to_wait(w, now);
    r->due_us = patience_again_us(&r->patience, about_rate, pacer_view(&w->pacer, now).hold_until,
                                  r->most, wire_patience_us(w, now), &w->session->rng, now);
    if (r->due_us < 0) {
        say_deadline(r, now);
        return false;
    }
    if (!about_rate)
        session_tell(w->session, r->verdict.reason, "%s: %s%s%s; trying again in %s", w->name,
                     r->what ? r->what : "", r->what ? ": " : "", r->verdict.reason,
                     text_span(r->due_us - now, span));
    r->retry = true;
    return true;
}

static void take(void *at, unsigned slot, const struct http_answer *a, struct verdict *v)
{
    struct read *r = at;
    (void)slot;
    r->sent = false;
    r->verdict = *v;
    if ((v->kind == VERDICT_RETRY || v->kind == VERDICT_HOLD) && again(r))
        return;
    r->answer = a;
    over(r);
    /* `r` may be gone by now */
}

static const struct wire_taker taker = {judge, take};

void read_begin(struct read *r, struct wire *w)
{
    struct read **at = &w->reads;
    while (*at)
        at = &(*at)->next;
    *at = r;
    r->wire = w;
    r->next = NULL;
    r->patience = (struct patience){0};
    r->due_us = 0;
    r->retry = r->sent = false;
    r->answer = NULL;
}

void read_drop(struct read *r)
{
    struct wire *w = r->wire;
    if (!w)
        return;
    for (unsigned i = 0; r->sent && i < w->capacity; i++)
        if (w->slot[i].taker == &taker && w->slot[i].at == r)
            w->slot[i].taker = NULL;
    take_out(r);
}

static void send_one(struct read *r, int64_t now)
{
    struct error err;
    struct buf body = {0};
    bool has_body = request_body(r->endpoint->definition, r->request, r->id, r->scope, &body);
    const struct wire_call call = {.endpoint = r->endpoint,
                                   .request = r->request,
                                   .path = r->path,
                                   .id = r->id,
                                   .scope = r->scope,
                                   .body = has_body ? buf_text(&body) : NULL,
                                   .body_max = READ_BODY_MAX,
                                   .retry = r->retry,
                                   .taker = &taker,
                                   .at = r};
    r->sent = wire_send(r->wire, &call, now, &err) >= 0;
    buf_free(&body);
    if (r->sent)
        return;
    r->verdict = (struct verdict){.kind = VERDICT_END};
    snprintf(r->verdict.reason, sizeof r->verdict.reason, "%.190s", err.text);
    over(r);
}

/* The first of those that wait and are due. */
static struct read *ready(struct wire *w, int64_t now)
{
    for (struct read *r = w->reads; r; r = r->next)
        if (!r->sent && r->due_us <= now && wire_open_us(w, now, r->retry) <= now)
            return r;
    return NULL;
}

/* One that waits for a hold which ends beyond patience, and is given up. */
static struct read *hopeless(struct wire *w, int64_t now)
{
    int64_t hold = pacer_view(&w->pacer, now).hold_until;
    char span[TEXT_SPAN];
    if (hold <= now)
        return NULL;
    begin_to_wait(w, now);
    if (hold <= wire_patience_us(w, now))
        return NULL;
    struct read *r = w->reads;
    while (r && (r->sent || r->due_us > now)) /* not yet: its owner would begin it at once again */
        r = r->next;
    if (r) {
        r->verdict = (struct verdict){.kind = VERDICT_HOLD, .hold = {.wait_us = hold - now}};
        snprintf(r->verdict.reason, sizeof r->verdict.reason, "asked to wait %s, which is too long",
                 text_span(hold - now, span));
    }
    return r;
}

void reads_send(struct wire *w, int64_t now)
{
    struct read *r;
    while (wire_active(w) && w->reads && (r = hopeless(w, now)))
        over(r);
    while (wire_active(w) && (r = ready(w, now)))
        send_one(r, now);
}

int64_t reads_next_us(const struct wire *w, int64_t now)
{
    int64_t next = INT64_MAX;
    for (const struct read *r = w->reads; wire_active(w) && r; r = r->next) {
        if (r->sent)
            continue;
        bool hopeless = pacer_view(&w->pacer, now).hold_until > wire_patience_us(w, now);
        int64_t at = hopeless ? now : wire_open_us(w, now, r->retry);
        at = at > r->due_us ? at : r->due_us;
        next = at < next ? at : next;
    }
    return next;
}
