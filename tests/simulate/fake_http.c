/* The layer of http.h, without a socket: requests go to the providers of the history, answers come
 * when their time has come, and time passes only while the loop waits. Linked in the place of
 * wire/http.c and what is below it. */

#include "disk.h"
#include "history.h"
#include "judge.h"

#include "base/clock.h"
#include "base/mem.h"
#include "wire/http.h"
#include "wire/library.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SLOTS = 16, WAITS_MOST = 200000 };

struct http_headers {
    bool stranger;
};

struct flight {
    bool busy;
    int64_t sent_us, due_us;
    struct asked asked;
    struct reply reply;
};

struct http_client {
    struct http_config config;
    struct http_loop *loop;
    struct http_client *next;
    unsigned in_flight;
    struct flight flight[SLOTS];
};

struct http_loop {
    struct http_client *first;
};

struct http_headers *http_headers_new(const char *const *lines, struct error *err)
{
    struct http_headers *headers = mem_zalloc(1, sizeof *headers);
    (void)err;
    for (size_t i = 0; lines[i]; i++)
        headers->stranger |= is_strangers(lines[i]);
    return headers;
}

struct http_headers *http_headers_with(const struct http_headers *base, const char *const *more,
                                       struct error *err)
{
    struct http_headers *headers = http_headers_new(more, err);
    headers->stranger |= base->stranger;
    return headers;
}

void http_headers_free(struct http_headers *headers)
{
    free(headers);
}

struct http_loop *http_loop_new(struct error *err)
{
    (void)err;
    return mem_zalloc(1, sizeof(struct http_loop));
}

void http_loop_free(struct http_loop *loop)
{
    free(loop);
}

unsigned http_loop_signals(const struct http_loop *loop, int *last)
{
    (void)loop;
    if (last)
        *last = SIGTERM;
    return (unsigned)(h.stop_us && h.now_us >= h.stop_us) +
           (unsigned)(h.hurry_us && h.now_us >= h.hurry_us);
}

void http_loop_watch(struct http_loop *loop, int fd)
{
    (void)loop, (void)fd;
}

void http_loop_unwatch(struct http_loop *loop, int fd)
{
    (void)loop, (void)fd;
}

static void come_to(int64_t *until, int64_t at)
{
    if (at > h.now_us && at < *until)
        *until = at;
}

static struct flight *earliest(struct http_loop *loop, struct http_client **of, unsigned *slot)
{
    struct flight *first = NULL;
    for (struct http_client *c = loop->first; c; c = c->next)
        for (unsigned i = 0; i < SLOTS; i++)
            if (c->flight[i].busy && (!first || c->flight[i].due_us < first->due_us)) {
                first = &c->flight[i];
                *of = c;
                *slot = i;
            }
    return first;
}

static const char *header(void *at, const char *name)
{
    const struct reply *r = at;
    return strcasecmp(name, "Retry-After") == 0 && *r->retry_after ? r->retry_after : NULL;
}

static void hand_out(struct http_client *c, unsigned slot)
{
    struct flight f = c->flight[slot];
    c->flight[slot].busy = false;
    c->in_flight--;
    if (!disk_dead()) {
        told("  <-   %u: %s %d %s%s%s", slot, f.reply.transport ? "lost" : "", f.reply.status,
             f.reply.body, *f.reply.retry_after ? " Retry-After: " : "", f.reply.retry_after);
        judge_answer(&f.asked, &f.reply);
    }
    const struct http_answer a = {
        .answer = {.transport = f.reply.transport,
                   .status = f.reply.status,
                   .headers = {header, &f.reply},
                   .body = f.reply.body,
                   .body_len = strlen(f.reply.body),
                   .sends = f.reply.sends,
                   .at_ms = clock_wall_ms(),
                   .detail = f.reply.transport ? "simulated" : NULL},
        .sent_at_us = f.sent_us,
        .took_us = h.now_us - f.sent_us,
    };
    c->config.answered(c->config.at, slot, &a);
}

void http_loop_wait(struct http_loop *loop, int64_t until)
{
    struct http_client *c;
    unsigned slot;
    if (++h.waits > WAITS_MOST) {
        broken("it does not end");
        h.stop_us = h.hurry_us = h.now_us;
        return;
    }
    struct flight *f = earliest(loop, &c, &slot);
    if (f)
        come_to(&until, f->due_us);
    come_to(&until, h.stop_us);
    come_to(&until, h.hurry_us);
    if (until > h.now_us && !(f && f->due_us <= h.now_us))
        h.now_us = until;
    provider_move();
    while ((f = earliest(loop, &c, &slot)) && f->due_us <= h.now_us)
        hand_out(c, slot);
}

struct http_client *http_client_new(struct http_loop *loop, const struct http_config *config,
                                    struct error *err)
{
    struct http_client *c = mem_zalloc(1, sizeof *c);
    (void)err;
    c->config = *config;
    c->loop = loop;
    c->next = loop->first;
    loop->first = c;
    return c;
}

void http_client_free(struct http_client *c)
{
    if (!c)
        return;
    struct http_client **at = &c->loop->first;
    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    free(c);
}

void http_hold(struct http_client *c, int64_t until_us)
{
    (void)c, (void)until_us;
}

int64_t http_paused_until(const struct http_client *c, int64_t now)
{
    (void)c;
    (void)now;
    return INT64_MAX;
}

unsigned http_capacity(struct http_client *c)
{
    return c->config.concurrency;
}

unsigned http_in_flight(const struct http_client *c)
{
    return c->in_flight;
}

const char *http_limited(const struct http_client *c)
{
    (void)c;
    return NULL;
}

int http_send(struct http_client *c, const struct http_request *request, struct error *err)
{
    unsigned slot = 0;
    (void)err;
    while (c->flight[slot].busy)
        slot++;
    struct flight *f = &c->flight[slot];
    *f = (struct flight){.busy = true, .sent_us = request->now_us, .due_us = INT64_MAX};
    c->in_flight++;
    f->asked = provider_asked(request->method, request->url, request->headers->stranger);
    if (disk_dead()) /* so is the process: nothing leaves it */
        return (int)slot;
    h.requests++;
    told("  ->   %u: %s %s", slot, request->method, request->url);
    judge_request(&f->asked);
    provider_answer(&f->asked, &f->reply);
    f->due_us = h.now_us + f->reply.takes_us;
    return (int)slot;
}

const char *http_library(void)
{
    return "simulated";
}
