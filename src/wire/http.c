/* The clients, and the loop that serves them: each has a multi handle (wire/multi) and transfers to
 * put into it (wire/transfer).
 *
 * What 7.88.1 makes necessary:
 *   - a multi handle slows down with every transfer that waits inside it, so none ever does
 *   - HTTP/2 without a host cap opens a connection for each transfer beyond the stream limit
 *   - bytes that wait on an idle connection are taken for the answer to the next request on it
 * (fixed in 8.0.0), so one over HTTP/1.1 on which anything comes is shut down, and not taken again
 *   - a connection whose first send failed, while the peer still has it open, is kept, its protocol
 *     never known; with PIPEWAIT every later transfer waits for that without any timeout. So after
 *     a failed send new connections are asked for, and a transfer's time is watched from outside:
 *     CURLOPT_TIMEOUT_MS ends no transfer that waits so, and costs a timer a request
 *   - of several addresses the next one is tried only when libcurl is called once more after the
 *     time of the one before is up, and nothing asks for that call
 *   - the socket of an attempt that lost is closed without CURLOPT_CLOSESOCKETFUNCTION
 */

#include "wire/http.h"
#include "wire/library.h"

#include "base/clock.h"
#include "base/descriptors.h"
#include "base/mem.h"
#include "provider/request.h"
#include "wire/growth.h"
#include "wire/library.h"
#include "wire/multi.h"
#include "wire/poller.h"
#include "wire/shortage.h"
#include "wire/transfer.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    H2_CONNECTIONS = 8,
    H2_STREAMS = 100, /* RFC 9113, 5.1.2: a peer should allow at least that many */
    LOCAL_MOST = 4,   /* over a socket that is a file: what its server's queue holds at the least */
    UNLEARNED_MOST = 32, /* over TLS, all waiting for the first connection */
    WAITED_US = 1500000, /* behind connections that work, so long: the peer's streams are full */
    EVENTS = 64,
    NUDGE_US = 100000,
    GLANCE_EACH = 16, /* answers are handed out between two looks at what came behind them */
    CLIENTS_MAX = 255,
    DESCRIPTORS_KEPT = 16, /* for the journal, reports, names to be resolved */
};

struct http_loop {
    struct poller *poller;
    struct http_client *client[CLIENTS_MAX];
    unsigned clients;
};

struct http_client {
    struct http_loop *loop;
    struct http_config config;
    struct multi multi;
    struct transfers shared;
    struct transfer *slot;
    unsigned *free_slot;
    unsigned made; /* of them set up: as many as ever were in flight at once */
    unsigned free_count, in_flight, capacity;
    struct growth growth;     /* what the peer allows */
    int64_t overdue_at;       /* no transfer is overdue before */
    int64_t nudge_at;         /* no transfer is without a connection for NUDGE_US before */
    unsigned room;            /* most connections that the limit on descriptors allows */
    struct shortage shortage; /* of this machine */
    unsigned index;
    bool learned, http2;
    bool distrust; /* a send failed, and no answer came since */
};

/* The loop */

struct http_loop *http_loop_new(struct error *err)
{
    library_start();
    struct poller *poller = poller_new(err);
    if (!poller)
        return NULL;
    struct http_loop *loop = mem_zalloc(1, sizeof *loop);
    loop->poller = poller;
    return loop;
}

void http_loop_free(struct http_loop *loop)
{
    if (!loop)
        return;
    poller_free(loop->poller);
    free(loop);
}

unsigned http_loop_signals(const struct http_loop *loop, int *last)
{
    return poller_signals(loop->poller, last);
}

static void drive_timers(struct http_loop *loop)
{
    int64_t now = clock_mono_us();
    for (unsigned i = 0; i < loop->clients; i++)
        multi_timers(&loop->client[i]->multi, now);
}

/* Calls libcurl for those that have no connection yet, whether anything happened or not. */
static void nudge(struct http_client *c, int64_t now)
{
    bool waiting = false;
    if (now < c->nudge_at)
        return;
    for (unsigned i = 0; i < c->made; i++) {
        const struct transfer *t = &c->slot[i];
        bool unsent = t->busy && t->sends == 0;
        waiting |= unsent;
        if (unsent && c->learned && t->sent_at + WAITED_US < now && c->growth.ok_us > t->sent_at)
            growth_end(&c->growth, c->in_flight, t->sent_at, now);
    }
    c->nudge_at = waiting ? now + NUDGE_US : INT64_MAX;
    if (waiting)
        multi_nudge(&c->multi);
}

/* When this client has something to do though nothing happens. */
static int64_t due_at(struct http_client *c)
{
    int64_t at = multi_timer_us(&c->multi);
    if (c->overdue_at < at)
        at = c->overdue_at;
    if (c->nudge_at < at)
        at = c->nudge_at;
    int64_t over = shortage_pause_us(&c->shortage, clock_mono_us());
    return over < at ? over : at;
}

static bool hand_out(struct http_client *c);
static void end_overdue(struct http_client *c, int64_t now);

/* Over HTTP/2 an answer names its request, and servers ping. */
static void take_event(struct http_client *c, int fd, unsigned mask)
{
    if (!(mask & EVENT_IDLE))
        multi_event(&c->multi, fd, mask);
    else if (!c->http2)
        shutdown(fd, SHUT_RDWR);
}

/* Waits for events, and serves each socket that has one once: after a long stop the answer that
 * waits on any of them counts before its time does. No more than once: where a peer floods all of
 * them, timers and signals still have their turn. */
static void serve_events(struct http_loop *loop, int64_t until_us)
{
    struct event event[EVENTS];
    unsigned most = 1, n = EVENTS;
    for (unsigned i = 0; i < loop->clients; i++)
        most += loop->client[i]->in_flight;
    for (unsigned served = 0; n == EVENTS && served <= most; served += n) {
        n = poller_wait(loop->poller, served ? 0 : until_us - clock_mono_us(), event, EVENTS);
        for (unsigned i = 0; i < n; i++)
            if (event[i].owner)
                take_event(event[i].owner, event[i].fd, event[i].mask);
    }
}

void http_loop_wait(struct http_loop *loop, int64_t until_us)
{
    drive_timers(loop);
    int64_t wake = until_us;
    for (unsigned i = 0; i < loop->clients; i++) {
        if (hand_out(loop->client[i]))
            wake = 0; /* a near server answers before a socket is ever watched */
        int64_t at = due_at(loop->client[i]);
        if (at < wake)
            wake = at;
    }
    serve_events(loop, wake);
    drive_timers(loop);
    int64_t now = clock_mono_us();
    for (unsigned i = 0; i < loop->clients; i++) {
        nudge(loop->client[i], now);
        hand_out(loop->client[i]);
        end_overdue(loop->client[i], now);
    }
}

void http_loop_watch(struct http_loop *loop, int fd)
{
    poller_want(loop->poller, fd, EVENT_IN, NULL);
}

void http_loop_unwatch(struct http_loop *loop, int fd)
{
    poller_closing(loop->poller, fd);
}

static curl_socket_t open_socket(void *at, curlsocktype purpose, struct curl_sockaddr *a)
{
    (void)purpose;
    struct transfer *t = at;
    struct http_client *c = t->shared->at;
    int fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
    t->refused = fd < 0 ? errno : 0;
    if (fd < 0)
        return fd;
    poller_closing(c->loop->poller, fd); /* whoever had the number before */
    sockets_opened(c->shared.sockets, fd);
    t->opened = fd;
    return fd;
}

static int close_socket(void *at, curl_socket_t fd)
{
    struct http_client *c = at;
    poller_closing(c->loop->poller, fd);
    sockets_closed(c->shared.sockets, fd);
    return close(fd);
}

/* The client */

static void cap_connections(struct http_client *c)
{
    unsigned cap = c->http2 ? H2_CONNECTIONS : c->config.concurrency;
    multi_cap(&c->multi, cap);
    c->capacity = c->config.concurrency;
    if (c->shared.tls && !c->learned && c->capacity > UNLEARNED_MOST)
        c->capacity = UNLEARNED_MOST;
    if (!c->http2 && c->capacity > c->room)
        c->capacity = c->room;
    if (c->http2 && c->capacity > H2_CONNECTIONS * H2_STREAMS)
        c->capacity = H2_CONNECTIONS * H2_STREAMS;
}

/* Slots are set up as they are needed, and then kept. */
static bool make_slot(struct http_client *c)
{
    if (c->made == c->config.concurrency)
        return false;
    if (!transfer_init(&c->slot[c->made], &c->config, &c->shared)) {
        transfer_free(&c->slot[c->made]);
        c->slot[c->made] = (struct transfer){0};
        return false;
    }
    c->free_slot[c->free_count++] = c->made++;
    return true;
}

static bool silent(void *at, int fd)
{
    const struct http_client *c = at;
    return poller_silent(c->loop->poller, fd);
}

static void headed(struct transfer *t)
{
    struct http_client *c = t->shared->at;
    const struct http_answer head = transfer_head(t);
    c->config.headed(c->config.at, (unsigned)(t - c->slot), &head);
}

struct http_client *http_client_new(struct http_loop *loop, const struct http_config *config,
                                    struct error *err)
{
    if (loop->clients == CLIENTS_MAX) {
        error_set(err, EXIT_USAGE, "more than %d providers in one run", CLIENTS_MAX);
        return NULL;
    }
    struct http_client *c = mem_zalloc(1, sizeof *c);
    c->loop = loop;
    c->config = *config;
    c->overdue_at = c->nudge_at = INT64_MAX;
    unsigned left = descriptors_left();
    c->room = left > DESCRIPTORS_KEPT ? left - DESCRIPTORS_KEPT : 1;
    c->index = loop->clients;
    loop->client[loop->clients++] = c;
    bool opened = multi_open(&c->multi, loop->poller, c);
    bool tls = strncasecmp(config->base, "https:", 6) == 0;
    size_t len;
    bool local = base_url_socket(config->base, &len) != NULL;
    if (local && c->config.concurrency > LOCAL_MOST)
        c->config.concurrency = LOCAL_MOST;
    c->shared = (struct transfers){sockets_new(),
                                   tls,
                                   !tls,
                                   local,
                                   INT64_MIN,
                                   open_socket,
                                   close_socket,
                                   silent,
                                   config->headed ? headed : NULL,
                                   c};
    c->slot = mem_zalloc(config->concurrency, sizeof *c->slot);
    c->free_slot = mem_zalloc(config->concurrency, sizeof *c->free_slot);
    if (!opened || !make_slot(c)) {
        error_set(err, EXIT_STOPPED, "libcurl %s cannot be set up as needed (TLS, HTTP/2)",
                  http_library());
        return NULL; /* http_client_free comes with the loop's owner */
    }
    cap_connections(c);
    return c;
}

void http_client_free(struct http_client *c)
{
    if (!c)
        return;
    for (unsigned i = 0; i < c->made; i++) {
        if (c->slot[i].busy)
            multi_remove(&c->multi, c->slot[i].easy);
        transfer_free(&c->slot[i]);
    }
    multi_close(&c->multi);
    sockets_free(c->shared.sockets);
    struct http_loop *loop = c->loop;
    loop->client[c->index] = loop->client[--loop->clients];
    loop->client[c->index]->index = c->index;
    free(c->slot);
    free(c->free_slot);
    free(c);
}

unsigned http_capacity(struct http_client *c)
{
    unsigned open = c->http2 ? c->capacity : growth_open(&c->growth, c->capacity);
    if (!c->shortage.fit && !c->growth.most)
        return open;
    int64_t now = clock_mono_us();
    unsigned most = growth_most(&c->growth, c->capacity, now);
    return shortage_most(&c->shortage, most < open ? most : open, now);
}

int64_t http_paused_until(const struct http_client *c, int64_t now)
{
    return shortage_pause_us(&c->shortage, now);
}

void http_hold(struct http_client *c, int64_t until_us)
{
    if (until_us > c->shared.not_before_us)
        c->shared.not_before_us = until_us;
}

const char *http_limited(const struct http_client *c)
{
    bool limited = !c->http2 && c->room < c->config.concurrency && c->in_flight >= c->room;
    return limited ? descriptors_remedy(EMFILE) : NULL;
}

unsigned http_in_flight(const struct http_client *c)
{
    return c->in_flight;
}

/* Sending and handing out */

int http_send(struct http_client *c, const struct http_request *r, struct error *err)
{
    if (!c->free_count && !make_slot(c))
        return error_set(err, EXIT_STOPPED, "no transfer is free");
    unsigned index = c->free_slot[c->free_count - 1];
    struct transfer *t = &c->slot[index];
    CURLcode bad = transfer_aim(t, r, r->fresh || c->distrust);
    if (bad)
        return error_set(err, EXIT_STOPPED, "libcurl: %s", curl_easy_strerror(bad));
    CURLMcode worse = multi_add(&c->multi, t->easy);
    if (worse)
        return error_set(err, EXIT_STOPPED, "libcurl: %s", curl_multi_strerror(worse));
    if (t->sent_at + c->config.timeout_us < c->overdue_at)
        c->overdue_at = t->sent_at + c->config.timeout_us;
    if (t->sent_at + NUDGE_US < c->nudge_at)
        c->nudge_at = t->sent_at + NUDGE_US;
    t->busy = true;
    c->free_count--;
    t->level = ++c->in_flight;
    return (int)index;
}

static void learn_protocol(struct http_client *c, bool http2)
{
    if (c->learned && http2 == c->http2)
        return;
    c->learned = true;
    c->http2 = http2;
    c->shared.one_by_one = !http2;
    cap_connections(c);
}

static void note_lack(struct http_client *c, struct http_answer *a, int lack)
{
    a->answer.transport = TRANSPORT_LOCAL;
    a->answer.detail = descriptors_remedy(lack);
    shortage_note(&c->shortage, c->in_flight, clock_mono_us());
}

/* A new connection that came to nothing: the peer may want no more of them. */
static void note_refused(struct http_client *c, const struct transfer *t, CURLcode code)
{
    bool new = t->sends == 0 ? code == CURLE_COULDNT_CONNECT || code == CURLE_SSL_CONNECT_ERROR
                             : t->first && (code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR ||
                                            code == CURLE_GOT_NOTHING);
    if (new)
        growth_refused(&c->growth, c->in_flight, t->sent_at, clock_mono_us());
}

static void finish(struct http_client *c, struct transfer *t, CURLcode code)
{
    struct http_answer a = transfer_answer(t, code);
    int lack =
        code != CURLE_OK && !t->sends && !t->unasked ? transfer_lack(t, c->growth.ok_us > 0) : 0;
    if (lack)
        note_lack(c, &a, lack);
    else if (code != CURLE_OK)
        note_refused(c, t, code);
    a.left_none = code != CURLE_OK && !t->unasked && (t->sends == 0 || t->first);
    if (a.answer.transport == TRANSPORT_WHOLE)
        learn_protocol(c, a.http2);
    if (code == CURLE_OK || code == CURLE_SEND_ERROR)
        c->distrust = code != CURLE_OK;
    if (code == CURLE_OK)
        growth_answered(&c->growth, t->level, t->first, t->sent_at, a.sent_at_us + a.took_us);
    multi_remove(&c->multi, t->easy);
    unsigned index = (unsigned)(t - c->slot);
    t->busy = false;
    c->in_flight--;
    c->config.answered(c->config.at, index, &a);
    if (t->wipe)
        mem_wipe(t->in.body.data, t->in.body.cap);
    c->free_slot[c->free_count++] = index;
}

/* Whether there was anything. */
static bool hand_out(struct http_client *c)
{
    CURL *easy;
    CURLcode code;
    unsigned count = 0;
    while ((easy = multi_next_done(&c->multi, &code))) {
        struct transfer *t = NULL;
        if (count++ % GLANCE_EACH == 0 && !c->http2)
            poller_glance(c->loop->poller);
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &t);
        finish(c, t, code);
    }
    return count > 0;
}

/* One that was not even sent may have waited for a connection that is of no use any more. */
static void end_overdue(struct http_client *c, int64_t now)
{
    if (now < c->overdue_at)
        return;
    c->overdue_at = INT64_MAX;
    for (unsigned i = 0; i < c->made; i++) {
        struct transfer *t = &c->slot[i];
        int64_t at = t->sent_at + c->config.timeout_us;
        if (t->busy && at <= now) {
            c->distrust |= t->sends == 0 && c->growth.ok_us < t->sent_at;
            transfer_overdue(t, c->config.timeout_us);
            finish(c, t, CURLE_OPERATION_TIMEDOUT);
        } else if (t->busy && at < c->overdue_at) {
            c->overdue_at = at;
        }
    }
}
