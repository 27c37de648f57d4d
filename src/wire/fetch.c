#include "wire/fetch.h"

#include "provider/request.h"
#include "wire/check.h"
#include "wire/headers.h"
#include "wire/pacing.h"
#include "wire/patience.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/stops.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { READ_MAX = 64 << 20, IDLE_US = 1000000 };

/* A call that is in flight. */
struct slot {
    void (*take)(void *at, const struct http_answer *a, const struct hint *hint);
    void *at;
};

struct fetch {
    const struct settings *settings;
    const struct definition *d;
    struct fetch_observer observer;
    struct http_loop *loop;
    struct http_client *http;
    struct http_headers *headers;
    const char *secrets[HEADER_SECRETS + 1];
    const char *base;
    struct pacer pacer;
    struct health health;
    struct rng rng;
    int64_t deadline_us;
    bool fresh_next;
    uint64_t sent;
    unsigned concurrency;
    struct slot *slot; /* by slot of http; no `take`: free, or a read has it */
    struct buf url, body;
    struct buf link, sent_body; /* the answer's Link header; what the read sends */
    const struct request *reading;

    /* the read that is on its way, and what came of it */
    int read_slot; /* -1: none is in flight */
    const struct conditions *checks;
    struct patience patience;
    int64_t due_us; /* of its next attempt; -1: none */
    bool answered, retry;
    enum preflight_result result;
    char why[200];
};

static void tell(const struct fetch *f, const char *line)
{
    if (f->observer.tell)
        f->observer.tell(f->observer.at, line);
}

/* What an answer was about: a line, where it keeps us waiting. */
static void tell_wait(const struct fetch *f, int status, const struct hint *hint, bool holds,
                      bool again)
{
    struct buf line = {0};
    char span[TEXT_SPAN];
    if (holds && hint->wait_us > 0)
        buf_printf(&line, "%s: %s: asked to wait %s", f->d->provider, f->why,
                   text_span(hint->wait_us, span));
    else if (!holds && again)
        buf_printf(&line, "%s: %s; trying again", f->d->provider, f->why);
    if (line.len)
        tell(f, buf_text(&line));
    buf_free(&line);
    if (holds && hint->wait_us > 0 && f->observer.hold)
        f->observer.hold(f->observer.at, status, hint);
}

static void on_answer(void *at, unsigned slot, const struct http_answer *answer)
{
    static const struct conditions none;
    struct fetch *f = at;
    struct slot call = f->slot[slot];
    struct http_answer a = *answer;
    int64_t now = clock_mono_us();
    const struct hint hint = pacing_hint(f->d, &a);
    bool holds = pacing_read_holds(&a, &hint);
    a.answer.secrets = f->secrets;
    a.answer.retry_after = hint.wait_us >= 0;
    pacing_answer(&f->pacer, &f->health, &a, &hint, holds, now);
    f->fresh_next |= a.answer.transport != TRANSPORT_WHOLE;
    f->slot[slot] = (struct slot){0};
    if (call.take) {
        call.take(call.at, &a, &hint);
        return;
    }
    if ((int)slot != f->read_slot)
        return; /* a read that was broken off */
    f->read_slot = -1;
    f->result = classify_read(f->d, f->checks ? f->checks : &none, &a.answer, f->why);
    f->answered = true;
    if (f->result == PREFLIGHT_OK && a.answer.body_clipped) {
        f->result = PREFLIGHT_IMPOSSIBLE;
        snprintf(f->why, sizeof f->why, "an answer of more than %d MiB", READ_MAX >> 20);
    }
    const char *link = a.headers.get ? a.headers.get(a.headers.at, "Link") : NULL;
    buf_clear(&f->link);
    if (link)
        buf_puts(&f->link, link);
    if (f->result == PREFLIGHT_OK)
        buf_put(&f->body, a.answer.body, a.answer.body_len);
    if (f->result != PREFLIGHT_RETRY)
        return;
    int64_t hold = pacer_view(&f->pacer, now).hold_until;
    f->due_us = patience_again_us(&f->patience, &a, hold, f->settings->max_attempts, &f->rng, now);
    tell_wait(f, a.answer.status, &hint, holds, f->due_us >= 0);
}

static struct http_client *client_new(struct fetch *f, struct error *err)
{
    const struct http_config config = {
        .base = f->base ? f->base : f->d->base,
        .concurrency = f->concurrency,
        .timeout_us = f->settings->timeout_us,
        .connect_timeout_us = f->settings->connect_timeout_us,
        .ca_file = f->settings->ca_file,
        .answered = on_answer,
        .at = f,
    };
    return http_client_new(f->loop, &config, err);
}

struct fetch *fetch_new(const struct settings *s, const struct definition *d, struct credentials *c,
                        unsigned concurrency, const struct fetch_observer *observer,
                        struct error *err)
{
    struct fetch *f = mem_zalloc(1, sizeof *f);
    struct buf origin = {0};
    int64_t now = clock_mono_us();
    f->settings = s;
    f->d = d;
    f->base = check_base(s, d);
    f->concurrency = concurrency;
    f->slot = mem_zalloc(concurrency, sizeof *f->slot);
    f->read_slot = -1;
    if (observer)
        f->observer = *observer;
    if (s->deadline_us)
        f->deadline_us = now + s->deadline_us;
    f->rng = rng_seed((uint64_t)now ^ (uint64_t)clock_wall_ms() << 20);
    const struct pacer_config pacing = {s->max_rate >= 0 ? s->max_rate : d->rate_limit, concurrency,
                                        rng_next(&f->rng)};
    pacer_init(&f->pacer, &pacing, now);
    health_init(&f->health, rng_next(&f->rng), now);
    bool good = check_origin(s, d, &origin, err) == 0;
    const char *secret = good ? credentials_get(c, d->credential, err) : NULL;
    if (secret)
        f->headers = headers_fill(d, secret, c, f->secrets, err);
    if (f->headers)
        f->loop = http_loop_new(err);
    if (f->loop)
        f->http = client_new(f, err);
    buf_free(&origin);
    if (f->http)
        return f;
    fetch_free(f);
    return NULL;
}

void fetch_free(struct fetch *f)
{
    if (!f)
        return;
    http_client_free(f->http);
    http_loop_free(f->loop);
    http_headers_free(f->headers);
    buf_free(&f->url);
    buf_free(&f->body);
    buf_free(&f->link);
    buf_free(&f->sent_body);
    free(f->slot);
    free(f);
}

/* Whether a signal or the deadline ends all. */
static int stopped(const struct fetch *f, int64_t now, struct error *err)
{
    int last = 0;
    char span[TEXT_SPAN];
    if (http_loop_signals(f->loop, &last))
        return error_set(err, EXIT_STOPPED, "stopped by %s", stops_name(last));
    if (f->deadline_us && now >= f->deadline_us)
        return error_set(err, EXIT_STOPPED, "the deadline of %s has passed",
                         text_span(f->settings->deadline_us, span));
    return 0;
}

/* Waits for an answer, and until `until` at most. */
static int wait_for(struct fetch *f, int64_t until, struct error *err)
{
    if (f->deadline_us && f->deadline_us < until)
        until = f->deadline_us;
    for (;;) {
        int64_t now = clock_mono_us();
        if (stopped(f, now, err) != 0)
            return -1;
        if (f->answered || now >= until)
            return 0;
        http_loop_wait(f->loop, until < now + IDLE_US ? until : now + IDLE_US);
    }
}

/* Its slot, or -1. */
static int start(struct fetch *f, struct http_request *what, bool retry, struct error *err)
{
    int64_t now = clock_mono_us();
    what->url = buf_text(&f->url);
    what->headers = f->headers;
    what->fresh = f->fresh_next;
    what->now_us = now;
    pacer_sent(&f->pacer, now);
    health_sent(&f->health, now, retry);
    int slot = http_send(f->http, what, err);
    if (slot >= 0) {
        f->fresh_next = false;
        f->sent++;
        return slot;
    }
    pacer_unsent(&f->pacer, now);
    health_unsent(&f->health, now);
    err->code = EXIT_STOPPED;
    return -1;
}

static int send(struct fetch *f, struct error *err)
{
    struct http_request what = {.method = f->reading->method,
                                .body = f->reading->body ? buf_text(&f->sent_body) : NULL,
                                .body_len = f->sent_body.len,
                                .form = f->reading->form,
                                .body_max = READ_MAX};
    f->answered = false;
    buf_clear(&f->body);
    f->read_slot = start(f, &what, f->retry, err);
    return f->read_slot < 0 ? -1 : 0;
}

/* One attempt: the time that pacer, health and backoff ask for, and the answer. */
static int attempt(struct fetch *f, struct error *err)
{
    f->answered = false;
    for (;;) {
        int64_t now = clock_mono_us();
        int64_t at = pacing_open_us(&f->pacer, &f->health, now, f->retry);
        if (at < f->due_us)
            at = f->due_us;
        if (at <= now)
            break;
        if (wait_for(f, at, err) != 0)
            return -1;
    }
    if (stopped(f, clock_mono_us(), err) != 0 || send(f, err) != 0)
        return -1;
    while (!f->answered) {
        if (wait_for(f, INT64_MAX, err) != 0) {
            f->read_slot = -1;
            return -1;
        }
    }
    return 0;
}

int fetch_get(struct fetch *f, const struct request *r, const char *path,
              const struct conditions *checks, const char **body, size_t *len, struct error *err)
{
    struct request named = *r;
    if (path)
        named.path = (char *)path;
    if (request_url(f->d, &named, f->base, NULL, "", &f->url, err) != 0)
        return -1;
    request_body(f->d, r, NULL, "", &f->sent_body);
    f->reading = r;
    f->checks = checks;
    f->patience = (struct patience){0};
    f->due_us = 0;
    f->retry = false;
    do {
        if (attempt(f, err) != 0)
            return error_prefix(err, "%s", f->d->provider);
        f->retry = true;
    } while (f->result == PREFLIGHT_RETRY && f->due_us >= 0);
    if (f->result != PREFLIGHT_OK)
        return error_set(err, f->result == PREFLIGHT_REFUSED ? EXIT_CREDENTIAL : EXIT_STOPPED,
                         "%s: %s", f->d->provider, f->why);
    *body = buf_text(&f->body);
    *len = f->body.len;
    return 0;
}

enum { CALL_MAX = 64 << 10 };

int fetch_send(struct fetch *f, const struct fetch_call *call, struct error *err)
{
    struct http_request what = {
        .method = call->request->method,
        .body = call->body,
        .body_len = call->body ? strlen(call->body) : 0,
        .form = call->request->form,
        .body_max = CALL_MAX,
        .wipe = call->wipe,
    };
    if (request_url(f->d, call->request, f->base, call->id, call->scope, &f->url, err) != 0)
        return -1;
    int slot = start(f, &what, call->retry, err);
    if (slot < 0)
        return -1;
    f->slot[slot] = (struct slot){call->take, call->at};
    return 0;
}

int64_t fetch_open_us(struct fetch *f, int64_t now, bool retry)
{
    if (http_in_flight(f->http) >= http_capacity(f->http))
        return INT64_MAX;
    return pacing_open_us(&f->pacer, &f->health, now, retry);
}

unsigned fetch_in_flight(const struct fetch *f)
{
    return http_in_flight(f->http);
}

void fetch_wait(struct fetch *f, int64_t until_us)
{
    int64_t now = clock_mono_us();
    if (f->deadline_us > now && f->deadline_us < until_us)
        until_us = f->deadline_us;
    http_loop_wait(f->loop, until_us < now + IDLE_US ? until_us : now + IDLE_US);
}

void fetch_watch(struct fetch *f, int fd)
{
    http_loop_watch(f->loop, fd);
}

void fetch_unwatch(struct fetch *f, int fd)
{
    http_loop_unwatch(f->loop, fd);
}

void fetch_hold(struct fetch *f, int64_t until_us)
{
    pacer_hold(&f->pacer, until_us);
}

int fetch_stopped(const struct fetch *f, struct error *err)
{
    return stopped(f, clock_mono_us(), err);
}

bool fetch_hurried(const struct fetch *f)
{
    return http_loop_signals(f->loop, NULL) > 1;
}

struct pacer_view fetch_pace(const struct fetch *f, int64_t now)
{
    return pacer_view(&f->pacer, now);
}

const char *fetch_secret(const struct fetch *f)
{
    return f->secrets[0];
}

const char *fetch_link(const struct fetch *f)
{
    return f->link.len ? buf_text(&f->link) : NULL;
}

const char *fetch_base(const struct fetch *f)
{
    return f->base ? f->base : f->d->base;
}

uint64_t fetch_sent(const struct fetch *f)
{
    return f->sent;
}
