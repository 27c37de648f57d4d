#include "wire/wire.h"

#include "wire/told.h"
#include "wire/trace.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "journal/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_US = 5000 };

void wire_init(struct wire *w, struct session *s, const struct endpoint *e)
{
    struct buf pair = {0};
    *w = (struct wire){.session = s, .origin = endpoint_plain(e->origin), .secrets = e->secrets};
    told_pair_put(&pair, e);
    w->pair = pair.data;
}

bool wire_is(const struct wire *w, const struct endpoint *e)
{
    char *origin = endpoint_plain(e->origin);
    bool same = strcmp(w->origin, origin) == 0;
    size_t i = 0;
    free(origin);
    for (; same && w->secrets[i] && e->secrets[i]; i++)
        same = strcmp(w->secrets[i], e->secrets[i]) == 0;
    return same && !w->secrets[i] && !e->secrets[i];
}

static void join_name(struct wire *w, const char *provider)
{
    struct buf both = {0};
    if (w->name && strstr(w->name, provider))
        return;
    buf_printf(&both, "%s%s%s", w->name ? w->name : "", w->name ? "+" : "", provider);
    free(w->name);
    w->name = both.data;
}

void wire_join(struct wire *w, const struct endpoint *e)
{
    const struct definition *d = e->definition;
    const struct ledger *ledger = w->session->work.ledger;
    const int64_t held_us = ledger ? hold_left_us(ledger, e) : 0;
    join_name(w, d->shown);
    if (held_us > w->held_us)
        w->held_us = held_us;
    if (!w->url)
        w->url = endpoint_url(e);
    if (d->rate_limit > 0 && (w->max_rate <= 0 || d->rate_limit < w->max_rate))
        w->max_rate = d->rate_limit;
}

/* The counts */

static void count_requests(struct wire *w, const struct answer *a, const struct verdict *v)
{
    struct record_counts *c = &w->session->counts;
    c->sent += a->sends;
    w->sent += a->sends;
    if (a->transport == TRANSPORT_LOCAL)
        session_tell(w->session, a->detail, "%s: %s; waiting for it", w->name, a->detail);
    c->network_errors += v->count == COUNT_NETWORK;
    c->http_5xx += v->count == COUNT_5XX;
    c->http_429 += v->count == COUNT_429;
    w->http_429 += v->count == COUNT_429;
}

/* Answers */

/* A hold that reaches further than the last one: a restart must know of it, however soon it comes.
 */
static void note_hold(struct wire *w, const char *who, const struct hint *hint)
{
    struct session *s = w->session;
    struct record record;
    char reason[HOLD_REASON];
    if (!hold_record(s->work.journal ? s->work.ledger : NULL, w->pair, who, hint, &record, reason))
        return;
    if (s->work.journal)
        session_put_urgent(s, &record);
    session_tell(s, w->pair, "%s: %s", w->name, reason);
}

static void note_told(struct wire *w, int status, const struct hint *hint)
{
    char who[16];
    snprintf(who, sizeof who, "%d,", status);
    sharing_tell_hold(&w->sharing, hint->wait_us);
    note_hold(w, who, hint);
}

void wire_listen(struct wire *w, bool sends, int64_t now)
{
    struct hint hint = {.wait_us = sharing_turn(&w->sharing, &w->pacer, sends, now)};
    if (hint.wait_us <= 0)
        return;
    http_hold(w->http, pacer_view(&w->pacer, now).hold_until);
    note_hold(w, "another process was", &hint);
}

/* The head of a refusal says all about the wait, however long its body may take. */
static void on_headed(void *at, unsigned index, const struct http_answer *head)
{
    struct wire *w = at;
    struct verdict v;
    const int64_t now = head->sent_at_us + head->took_us;
    verdict_of(&(struct question){.d = w->slot[index].endpoint->definition, .asked = ASKED_CHECK},
               &head->answer, &v);
    if (v.hold.wait_us <= 0)
        return;
    if (now + v.hold.wait_us > w->headed_until_us)
        w->headed_until_us = now + v.hold.wait_us;
    http_hold(w->http, w->headed_until_us);
    note_told(w, head->answer.status, &v.hold);
}

/* The wait that an answer asks for counts from its head. */
static void count_from_head(struct hint *hold, const struct http_answer *a)
{
    if (hold->wait_us > 0)
        hold->wait_us = hold->wait_us > a->body_us ? hold->wait_us - a->body_us : 0;
}

static void tell_pacer(struct wire *w, const struct http_answer *a, const struct verdict *v,
                       int64_t now)
{
    static const enum pacer_answer words[] = {[ABOUT_RATE_OK] = PACER_OK,
                                              [ABOUT_RATE_REFUSED] = PACER_REFUSED,
                                              [ABOUT_RATE_SICK] = PACER_SICK,
                                              [ABOUT_RATE_LOST] = PACER_LOST};
    if (v->rate == ABOUT_RATE_NOTHING) {
        pacer_unsent(&w->pacer, now);
        health_unsent(&w->health, now);
        return;
    }
    pacer_delayed(&w->pacer, a->waited_us);
    pacer_answer(&w->pacer, now, a->sent_at_us, words[v->rate], v->hold.wait_us);
    health_answer(&w->health, now, v->sick);
    http_hold(w->http, pacer_view(&w->pacer, now).hold_until);
    if (v->hold.wait_us > 0)
        note_told(w, a->answer.status, &v->hold);
    else if (v->hold.nonsense)
        session_tell(w->session, v->reason, "%s: %s", w->name, v->reason);
}

/* Nothing is left of a quota, says a success; false where that cannot be what the field means. */
static bool note_used_up(struct wire *w, const struct http_answer *a, int64_t reset_us, int64_t now)
{
    char span[TEXT_SPAN];
    if (w->used_up.reset_us && a->sent_at_us > w->used_up.told_us && now < w->used_up.reset_us) {
        w->used_up.doubted = true;
        w->used_up.end_us = 0;
        pacer_room(&w->pacer, now, INT32_MAX, 1);
        session_tell(w->session, "quota doubted",
                     "%s: more is done than is left of its quota: not obeyed", w->name);
        return false;
    }
    if (now < w->used_up.end_us)
        return true;
    w->used_up.told_us = now;
    w->used_up.reset_us = now + reset_us;
    w->used_up.end_us = now + (reset_us < PACER_ROOM_MOST_US ? reset_us : PACER_ROOM_MOST_US);
    session_tell(w->session, "quota", "%s: nothing is left of its quota, asked to wait: for %s",
                 w->name, text_span(w->used_up.end_us - now, span));
    return true;
}

/* What is left of a quota changes slowly, and looking a dozen headers up is not free. */
static void read_room(struct wire *w, const struct definition *d, const struct http_answer *a,
                      int64_t now)
{
    if (now - w->room_read_us < ROOM_US)
        return;
    w->room_read_us = now;
    struct room room = hint_room(d, &a->answer.headers, a->answer.at_ms);
    if (room.remaining < 0 || w->used_up.doubted)
        return;
    if (room.remaining > 0 || room.reset_us <= 0)
        w->used_up.end_us = 0;
    else if (!note_used_up(w, a, room.reset_us, now))
        return;
    pacer_room(&w->pacer, now, room.remaining, room.reset_us);
}

static void trace_answer(struct wire *w, struct wire_slot *slot, const struct http_answer *a,
                         const struct verdict *v, int64_t now)
{
    static const char *const word[] = {[VERDICT_END] = "end",
                                       [VERDICT_RETRY] = "retry",
                                       [VERDICT_HOLD] = "hold",
                                       [VERDICT_STOP] = "stop"};
    const struct pacer_view pace = pacer_view(&w->pacer, now);
    trace_put(w->session->trace,
              &(struct trace_step){.lane = w->name,
                                   .method = slot->method,
                                   .url = slot->url,
                                   .pace = pace.rate,
                                   .status = a->answer.status,
                                   .verdict = word[v->kind],
                                   .hold_us = pace.hold_until > now ? pace.hold_until - now : 0});
    free(slot->url);
}

static void on_answer(void *at, unsigned index, const struct http_answer *answer)
{
    struct wire *w = at;
    struct wire_slot slot = w->slot[index];
    const struct definition *d = slot.endpoint->definition;
    struct http_answer a = *answer;
    struct verdict v;
    const int64_t now = a.sent_at_us + a.took_us;
    w->slot[index] = (struct wire_slot){0};
    a.answer.secrets = slot.endpoint->secrets;
    if (slot.taker)
        slot.taker->judge(slot.at, index, &a.answer, &v);
    else /* nobody wants to hear of it any more; it is still about rate and health */
        verdict_of(&(struct question){.d = d, .asked = ASKED_CHECK}, &a.answer, &v);
    if (slot.counted)
        count_requests(w, &a.answer, &v);
    count_from_head(&v.hold, &a);
    tell_pacer(w, &a, &v, now);
    w->fresh_next |= v.closes_connection && !a.left_none;
    if (slot.counted && v.kind == VERDICT_END) {
        read_room(w, d, &a, now);
        recent_add(&w->answers, now);
    }
    if (slot.url)
        trace_answer(w, &slot, &a, &v, now);
    if (slot.taker)
        slot.taker->take(slot.at, index, &a, &v);
}

/* Opening and closing */

int wire_open(struct wire *w, unsigned concurrency, struct error *err)
{
    struct session *s = w->session;
    const struct settings *settings = s->work.settings;
    const int64_t now = clock_mono_us();
    const uint64_t seed = rng_next(&s->rng);
    const struct http_config config = {
        .base = w->url,
        .concurrency = concurrency,
        .timeout_us = settings->timeout_us,
        .connect_timeout_us = settings->connect_timeout_us,
        .ca_file = settings->ca_file,
        .answered = on_answer,
        .headed = on_headed,
        .at = w,
    };
    if (settings->max_rate >= 0)
        w->max_rate = settings->max_rate;
    const struct pacer_config pacing = {w->max_rate, concurrency, seed};
    pacer_init(&w->pacer, &pacing, now);
    health_init(&w->health, seed + 1, now);
    if (w->held_us > 0) {
        char span[TEXT_SPAN];
        pacer_hold(&w->pacer, now + w->held_us);
        session_tell(s, w->pair, "%s: asked an earlier run to wait, and %s of that are left",
                     w->name, text_span(w->held_us, span));
    }
    w->capacity = concurrency;
    w->slot = mem_zalloc(concurrency, sizeof *w->slot);
    w->http = http_client_new(s->loop, &config, err);
    if (!w->http)
        return -1;
    if (settings->neighbours)
        sharing_join(&w->sharing, w->origin, w->secrets, &w->session->listener);
    wire_listen(w, false, now);
    return 0;
}

void wire_close(struct wire *w)
{
    sharing_leave(&w->sharing);
    http_client_free(w->http);
    for (unsigned i = 0; w->slot && i < w->capacity; i++)
        free(w->slot[i].url);
    free(w->slot);
    free(w->name);
    free(w->origin);
    free(w->pair);
    buf_free(&w->buf);
    *w = (struct wire){0};
}

/* Stopping */

bool wire_active(const struct wire *w)
{
    return !session_stopping(w->session) && w->ending.code == EXIT_DONE;
}

void wire_stop(struct wire *w, enum exit_code code, const char *reason)
{
    if (w->ending.code == EXIT_DONE)
        session_tell(w->session, "stop", "%s", reason);
    ending_add(&w->ending, code, reason);
}

static bool held_beyond(const struct wire *w, int64_t now, int64_t most_us, const char *which,
                        char reason[ENDING_REASON])
{
    int64_t hold = pacer_view(&w->pacer, now).hold_until;
    char span[TEXT_SPAN];
    if (hold <= most_us)
        return false;
    snprintf(reason, ENDING_REASON, "%s: asked to wait %s, which is %s", w->name,
             text_span(hold - now, span), which);
    return true;
}

bool wire_held_beyond_deadline(const struct wire *w, int64_t now, char reason[ENDING_REASON])
{
    int64_t deadline = w->session->deadline_us;
    return deadline && !w->reads && held_beyond(w, now, deadline, "beyond the deadline", reason);
}

void wire_give_up_held(struct wire *w, int64_t now)
{
    char reason[ENDING_REASON];
    if (wire_active(w) && held_beyond(w, now, now + WIRE_PATIENCE_US, "too long", reason))
        wire_stop(w, EXIT_STOPPED, reason);
}

int64_t wire_patience_us(const struct wire *w, int64_t now)
{
    int64_t deadline = w->session->deadline_us;
    int64_t end = w->patience_end_us ? w->patience_end_us : now + WIRE_PATIENCE_US;
    return deadline && deadline < end ? deadline : end;
}

void wire_give_up_hopeless(struct wire *w, int64_t now)
{
    char reason[ENDING_REASON];
    if (wire_active(w) && wire_held_beyond_deadline(w, now, reason))
        wire_stop(w, EXIT_STOPPED, reason);
    if (!wire_active(w) || !health_hopeless(&w->health, now))
        return;
    snprintf(reason, sizeof reason, "%s: not one good answer in %d s: given up for now", w->name,
             (int)(RETRY_PATIENCE_US / 1000000));
    wire_stop(w, EXIT_STOPPED, reason);
}

/* Sending */

int64_t wire_open_us(const struct wire *w, int64_t now, bool retry)
{
    if (!wire_has_room(w))
        return http_paused_until(w->http, now);
    int64_t at = pacer_next(&w->pacer, now), healthy = health_next(&w->health, now, retry);
    at = at > healthy ? at : healthy;
    return at > w->headed_until_us ? at : w->headed_until_us;
}

bool wire_has_room(const struct wire *w)
{
    return http_in_flight(w->http) < http_capacity(w->http);
}

unsigned wire_in_flight(const struct wire *w)
{
    return http_in_flight(w->http);
}

static char *trace_request(struct wire *w, const struct wire_call *call, const char *url,
                           int64_t now)
{
    if (!w->session->trace)
        return NULL;
    trace_put(w->session->trace, &(struct trace_step){.lane = w->name,
                                                      .method = call->request->method,
                                                      .url = url,
                                                      .pace = pacer_view(&w->pacer, now).rate});
    return mem_string(url);
}

/* Once: how many at a time there is room for on this machine. */
static void tell_limited(struct wire *w)
{
    const char *why = w->told_limited ? NULL : http_limited(w->http);
    if (!why)
        return;
    w->told_limited = true;
    session_tell(w->session, why, "%s: %u at a time: %s", w->name, http_in_flight(w->http), why);
}

static int send_request(struct wire *w, const struct http_request *what, bool retry, int64_t now,
                        struct error *err)
{
    pacer_sent(&w->pacer, now);
    health_sent(&w->health, now, retry);
    int slot = http_send(w->http, what, err);
    if (slot < 0) {
        pacer_unsent(&w->pacer, now);
        health_unsent(&w->health, now);
        err->code = EXIT_STOPPED;
        return -1;
    }
    tell_limited(w);
    w->fresh_next = false;
    w->attempts++;
    return slot;
}

int wire_send(struct wire *w, const struct wire_call *call, int64_t now, struct error *err)
{
    const struct endpoint *e = call->endpoint;
    struct request named = *call->request;
    if (call->path)
        named.path = (char *)call->path;
    if (request_url(e->definition, &named, e->base, call->id, call->scope, &w->buf, err) != 0)
        return -1;
    const struct http_headers *headers =
        endpoint_headers(e, call->scope, call->id && *call->id, err);
    if (!headers)
        return -1;
    const struct http_request what = {
        .method = named.method,
        .url = buf_text(&w->buf),
        .body = call->body,
        .body_len = call->body ? strlen(call->body) : 0,
        .form = named.form,
        .headers = headers,
        .body_max = call->body_max,
        .wipe = call->wipe,
        .fresh = w->fresh_next,
        .now_us = now,
    };
    int slot = send_request(w, &what, call->retry, now, err);
    if (slot < 0)
        return -1;
    w->retries += call->counted && call->retry;
    w->slot[slot] = (struct wire_slot){.taker = call->taker,
                                       .at = call->at,
                                       .endpoint = e,
                                       .method = call->request->method,
                                       .url = trace_request(w, call, what.url, now),
                                       .counted = call->counted};
    return slot;
}
