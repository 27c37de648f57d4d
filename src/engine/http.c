/* libcurl's multi interface over engine/poller.
 *
 * Each client owns a multi handle; libcurl tells through callbacks which sockets to watch and when
 * it wants to be called next, and http_loop_wait does so. One multi handle per pair, because
 * CURLMOPT_MAX_HOST_CONNECTIONS is one number per multi handle and two pairs may share a host.
 *
 * What 7.88.1 makes necessary:
 *   - a multi handle slows down with every transfer that waits inside it, so none ever does
 *   - a reused connection that dies before an answer makes libcurl send again, silently; the
 *     PREREQFUNCTION is called for each real send, so its count tells
 *   - HTTP/2 without a host cap opens a connection for each transfer beyond the stream limit
 *   - a reset HTTP/2 stream may look complete (fixed in 8.0.0): the length is compared again here
 *   - a URL is parsed, printed again and cut up for each request, a character at a time: a quarter
 * of what a small request costs. So the origin is given parsed, once, and the rest as the target
 *   - a connection that closes within an answer's head passes for an answer with an empty body; the
 *     blank line that ends the head is looked for here
 *   - a connection whose first send failed, while the peer still has it open, is kept, its protocol
 *     never known; with PIPEWAIT every later transfer waits for that without any timeout. So after
 *     a failed send new connections are asked for, and what waited is ended from outside
 */

#include "engine/http.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "engine/poller.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
    H2_CONNECTIONS = 4,
    H2_STREAMS = 100, /* RFC 9113, 5.1.2: a peer should allow at least that many */
    CONNECTION_AGE_S = 20,
    EVENTS = 64,
    OVERDUE_US = 1000000, /* libcurl ends a transfer at its timeout; after that, we do */
    CLIENTS_MAX = 255,
};

struct http_loop {
    struct poller *poller;
    struct http_client *client[CLIENTS_MAX];
    unsigned clients;
    int64_t look_at; /* when to look for overdue transfers */
};

struct slot {
    struct http_client *client;
    CURL *easy;
    struct buf body;
    struct buf joined; /* a repeated header's values */
    size_t body_max;
    bool clipped, busy;
    bool headed; /* the last head that began has ended */
    unsigned sends;
    int64_t sent_at;
    char detail[CURL_ERROR_SIZE];
    /* what the handle was last set to */
    CURLU *url;        /* the origin, borrowed by the handle */
    struct buf origin; /* the same as a text */
    const char *method;
    const struct http_headers *headers;
    bool with_body, fresh, wipe;
};

struct http_client {
    struct http_loop *loop;
    struct http_config config;
    CURLM *multi;
    struct slot *slot;
    unsigned *free_slot;
    unsigned free_count, in_flight, capacity;
    int64_t timer_at; /* when libcurl wants to be called; INT64_MAX: not */
    unsigned index;
    bool learned, http2;
    bool distrust; /* a send failed, and no answer came since */
};

struct http_headers {
    struct curl_slist *plain, *with_body;
};

static pthread_once_t library_once = PTHREAD_ONCE_INIT;
static void *resize(void *old, size_t size)
{
    return mem_resize(old, size, 1);
}

static void library_start(void)
{
    curl_global_init_mem(CURL_GLOBAL_DEFAULT, mem_alloc, free, resize, mem_string, mem_zalloc);
}

const char *http_library(void)
{
    static char text[128];
    if (!*text) {
        const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);
        snprintf(text, sizeof text, "%s %s nghttp2/%s", v->version,
                 v->ssl_version ? v->ssl_version : "without TLS",
                 v->nghttp2_version ? v->nghttp2_version : "none");
    }
    return text;
}

/* The loop */

struct http_loop *http_loop_new(struct error *err)
{
    pthread_once(&library_once, library_start);
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

static void drive(struct http_client *c, curl_socket_t fd, int mask)
{
    int running;
    if (fd == CURL_SOCKET_TIMEOUT)
        c->timer_at = INT64_MAX;
    curl_multi_socket_action(c->multi, fd, mask, &running);
}

static void drive_timers(struct http_loop *loop)
{
    int64_t now = clock_mono_us();
    for (unsigned i = 0; i < loop->clients; i++)
        if (loop->client[i]->timer_at <= now)
            drive(loop->client[i], CURL_SOCKET_TIMEOUT, 0);
}

static bool hand_out(struct http_client *c);
static void end_overdue(struct http_client *c, int64_t now);

static int curl_mask(unsigned mask)
{
    return (mask & EVENT_IN ? CURL_CSELECT_IN : 0) | (mask & EVENT_OUT ? CURL_CSELECT_OUT : 0) |
           (mask & EVENT_ERROR ? CURL_CSELECT_ERR : 0);
}

void http_loop_wait(struct http_loop *loop, int64_t until_us)
{
    drive_timers(loop);
    int64_t wake = until_us;
    for (unsigned i = 0; i < loop->clients; i++) {
        if (hand_out(loop->client[i]))
            wake = 0; /* a near server answers before a socket is ever watched */
        if (loop->client[i]->timer_at < wake)
            wake = loop->client[i]->timer_at;
    }
    struct event event[EVENTS];
    unsigned n = poller_wait(loop->poller, wake - clock_mono_us(), event, EVENTS);
    for (unsigned i = 0; i < n; i++)
        if (event[i].owner)
            drive(event[i].owner, event[i].fd, curl_mask(event[i].mask));
    drive_timers(loop);
    int64_t now = clock_mono_us();
    bool look = now >= loop->look_at;
    if (look)
        loop->look_at = now + OVERDUE_US;
    for (unsigned i = 0; i < loop->clients; i++) {
        hand_out(loop->client[i]);
        if (look)
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

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *at, void *known)
{
    (void)easy, (void)known;
    struct http_client *c = at;
    unsigned mask = 0;
    if (what != CURL_POLL_REMOVE)
        mask = (what & CURL_POLL_IN ? EVENT_IN : 0u) | (what & CURL_POLL_OUT ? EVENT_OUT : 0u);
    poller_want(c->loop->poller, fd, mask, c);
    return 0;
}

static int close_socket(void *at, curl_socket_t fd)
{
    struct http_client *c = at;
    poller_closing(c->loop->poller, fd);
    return close(fd);
}

static int set_timer(CURLM *multi, long ms, void *at)
{
    (void)multi;
    struct http_client *c = at;
    c->timer_at = ms < 0 ? INT64_MAX : clock_mono_us() + (int64_t)ms * 1000;
    return 0;
}

/* A slot's callbacks */

static size_t take_body(char *bytes, size_t size, size_t count, void *at)
{
    struct slot *s = at;
    size_t len = size * count, room = s->body_max - s->body.len;
    if (len > room) {
        s->clipped = true;
        buf_put(&s->body, bytes, room);
    } else {
        buf_put(&s->body, bytes, len);
    }
    return len;
}

static size_t take_header(char *line, size_t size, size_t count, void *at)
{
    struct slot *s = at;
    size_t len = size * count;
    if (len >= 5 && memcmp(line, "HTTP/", 5) == 0)
        s->headed = false; /* of an interim answer, there was one before */
    else if (len > 0 && (line[0] == '\r' || line[0] == '\n'))
        s->headed = true;
    return len;
}

static int count_send(void *at, char *ip, char *local_ip, int port, int local_port)
{
    (void)ip, (void)local_ip, (void)port, (void)local_port;
    struct slot *s = at;
    s->sends++;
    return CURL_PREREQFUNC_OK;
}

/* A repeated header's values are joined with newlines, which none of them can hold. */
static const char *header_of(void *at, const char *name)
{
    struct slot *s = at;
    struct curl_header *h;
    if (curl_easy_header(s->easy, name, 0, CURLH_HEADER, -1, &h) != CURLHE_OK)
        return NULL;
    if (h->amount < 2)
        return h->value;
    buf_clear(&s->joined);
    for (size_t i = 0; i < h->amount; i++) {
        struct curl_header *one;
        if (curl_easy_header(s->easy, name, i, CURLH_HEADER, -1, &one) != CURLHE_OK)
            break;
        if (i)
            buf_putc(&s->joined, '\n');
        buf_puts(&s->joined, one->value);
    }
    return buf_text(&s->joined);
}

/* The client */

static bool is_loopback(const char *base)
{
    CURLU *url = curl_url();
    char *host = NULL;
    bool loopback = false;
    if (url && curl_url_set(url, CURLUPART_URL, base, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK)
        loopback = strncmp(host, "127.", 4) == 0 || strcmp(host, "localhost") == 0 ||
                   strcmp(host, "[::1]") == 0;
    curl_free(host);
    curl_url_cleanup(url);
    return loopback;
}

static bool set_easy(struct slot *s, struct http_client *c, const struct http_config *config)
{
    CURL *e = s->easy = curl_easy_init();
    if (!e)
        return false;
    bool loopback = is_loopback(config->base);
    CURLcode bad = CURLE_OK;
#define SET(option, value) bad = bad ? bad : curl_easy_setopt(e, option, value)
    SET(CURLOPT_PRIVATE, s);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PROTOCOLS_STR, loopback ? "http,https" : "https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    /* Without TLS no connection is ever shared, and to wait for what its first answer says would
     * let transfers wait in the multi: for all of it where the peer closes after each answer. */
    SET(CURLOPT_PIPEWAIT, strncasecmp(config->base, "https:", 6) == 0 ? 1L : 0L);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (config->ca_file)
        SET(CURLOPT_CAINFO, config->ca_file);
    if (loopback) {
        SET(CURLOPT_PROXY, "");
        SET(CURLOPT_NOPROXY, "*");
    }
    SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
    SET(CURLOPT_TIMEOUT_MS, (long)(config->timeout_us / 1000));
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)(config->connect_timeout_us / 1000));
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_MAXAGE_CONN, (long)CONNECTION_AGE_S);
    SET(CURLOPT_ERRORBUFFER, s->detail);
    SET(CURLOPT_WRITEFUNCTION, take_body);
    SET(CURLOPT_WRITEDATA, s);
    SET(CURLOPT_HEADERFUNCTION, take_header);
    SET(CURLOPT_HEADERDATA, s);
    SET(CURLOPT_PREREQFUNCTION, count_send);
    SET(CURLOPT_PREREQDATA, s);
    SET(CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    SET(CURLOPT_CLOSESOCKETDATA, c);
#undef SET
    return bad == CURLE_OK;
}

static void cap_connections(struct http_client *c)
{
    unsigned cap = c->http2 ? H2_CONNECTIONS : c->config.concurrency;
    curl_multi_setopt(c->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)cap);
    curl_multi_setopt(c->multi, CURLMOPT_MAXCONNECTS, (long)cap);
    c->capacity = c->config.concurrency;
    if (c->http2 && c->capacity > H2_CONNECTIONS * H2_STREAMS)
        c->capacity = H2_CONNECTIONS * H2_STREAMS;
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
    c->timer_at = INT64_MAX;
    c->index = loop->clients;
    loop->client[loop->clients++] = c;
    c->multi = curl_multi_init();
    c->slot = mem_zalloc(config->concurrency, sizeof *c->slot);
    c->free_slot = mem_zalloc(config->concurrency, sizeof *c->free_slot);
    bool good = c->multi != NULL;
    for (unsigned i = config->concurrency; good && i-- > 0;) {
        c->slot[i].client = c;
        good = set_easy(&c->slot[i], c, config);
        c->free_slot[c->free_count++] = i;
    }
    if (!good) {
        error_set(err, EXIT_STOPPED, "libcurl %s cannot be set up as needed (TLS, HTTP/2)",
                  http_library());
        return NULL; /* http_client_free comes with the loop's owner */
    }
    curl_multi_setopt(c->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
    curl_multi_setopt(c->multi, CURLMOPT_SOCKETDATA, c);
    curl_multi_setopt(c->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(c->multi, CURLMOPT_TIMERDATA, c);
    curl_multi_setopt(c->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
    cap_connections(c);
    return c;
}

void http_client_free(struct http_client *c)
{
    if (!c)
        return;
    for (unsigned i = 0; i < c->config.concurrency; i++) {
        struct slot *s = &c->slot[i];
        if (s->busy)
            curl_multi_remove_handle(c->multi, s->easy);
        if (s->busy && s->wipe)
            mem_wipe(s->body.data, s->body.cap);
        curl_easy_cleanup(s->easy);
        curl_url_cleanup(s->url);
        buf_free(&s->origin);
        buf_free(&s->body);
        buf_free(&s->joined);
    }
    curl_multi_cleanup(c->multi);
    struct http_loop *loop = c->loop;
    loop->client[c->index] = loop->client[--loop->clients];
    loop->client[c->index]->index = c->index;
    free(c->slot);
    free(c->free_slot);
    free(c);
}

unsigned http_capacity(const struct http_client *c)
{
    return c->capacity;
}

unsigned http_in_flight(const struct http_client *c)
{
    return c->in_flight;
}

/* Headers */

static struct curl_slist *add_line(struct curl_slist *list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(list, line);
    if (!longer)
        mem_alloc(SIZE_MAX / 2); /* says "out of memory" and ends */
    return longer;
}

struct http_headers *http_headers_new(const char *const *lines, struct error *err)
{
    static const char agent[] = "User-Agent: rescind/" RESCIND_VERSION;
    static const char accept[] = "Accept: application/json";
    struct http_headers *h = mem_zalloc(1, sizeof *h);
    h->plain = add_line(h->plain, agent);
    h->with_body = add_line(h->with_body, agent);
    for (size_t i = 0; lines[i]; i++) {
        if (strpbrk(lines[i], "\r\n") || !strchr(lines[i], ':')) {
            error_set(err, EXIT_CREDENTIAL, "header %zu holds a line break or no colon", i + 1);
            http_headers_free(h);
            return NULL;
        }
        h->plain = add_line(h->plain, lines[i]);
        h->with_body = add_line(h->with_body, lines[i]);
    }
    h->plain = add_line(h->plain, accept);
    h->with_body = add_line(h->with_body, accept);
    h->with_body = add_line(h->with_body, "Content-Type: application/json");
    h->with_body = add_line(h->with_body, "Expect:");
    return h;
}

static void wipe_list(struct curl_slist *list)
{
    for (struct curl_slist *i = list; i; i = i->next)
        mem_wipe(i->data, strlen(i->data));
    curl_slist_free_all(list);
}

void http_headers_free(struct http_headers *h)
{
    if (!h)
        return;
    wipe_list(h->plain);
    wipe_list(h->with_body);
    free(h);
}

/* Sending and handing out */

static CURLcode set_origin(struct slot *s, const char *url, size_t len)
{
    CURLU *parsed = curl_url();
    buf_clear(&s->origin);
    buf_put(&s->origin, url, len);
    if (!parsed || curl_url_set(parsed, CURLUPART_URL, buf_text(&s->origin), 0)) {
        curl_url_cleanup(parsed);
        buf_clear(&s->origin);
        return CURLE_URL_MALFORMAT;
    }
    CURLcode bad = curl_easy_setopt(s->easy, CURLOPT_URL, NULL); /* it would be remembered */
    bad = bad ? bad : curl_easy_setopt(s->easy, CURLOPT_CURLU, parsed);
    curl_url_cleanup(s->url);
    s->url = parsed;
    return bad;
}

/* The target goes onto the wire as it is: nothing in it may end it. */
static bool target_good(const char *target)
{
    if (*target != '/')
        return false;
    for (const char *c = target; *c; c++)
        if (*c <= ' ' || *c == 0x7f || *c == '#')
            return false;
    return true;
}

static CURLcode set_url(struct slot *s, const char *url)
{
    size_t len = s->origin.len;
    if (!len || strncmp(url, s->origin.data, len) != 0 || url[len] != '/') {
        const char *authority = strstr(url, "://");
        if (!authority)
            return CURLE_URL_MALFORMAT;
        len = (size_t)(authority - url) + 3;
        len += strcspn(url + len, "/?#");
        CURLcode bad = set_origin(s, url, len);
        if (bad)
            return bad;
    }
    if (!target_good(url + len))
        return CURLE_URL_MALFORMAT;
    return curl_easy_setopt(s->easy, CURLOPT_REQUEST_TARGET, url + len);
}

/* Each curl_easy_setopt costs, and from one request to the next little but the target changes. */
static CURLcode aim(struct slot *s, const struct http_request *r)
{
    CURL *e = s->easy;
    CURLcode bad = set_url(s, r->url);
    bool with_body = r->body != NULL, fresh = r->fresh || s->client->distrust;
#define SET(option, value) bad = bad ? bad : curl_easy_setopt(e, option, value)
    if (with_body) {
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_len);
        SET(CURLOPT_COPYPOSTFIELDS, r->body);
    }
    if (s->headers != r->headers || s->with_body != with_body || s->method != r->method) {
        if (!with_body)
            SET(CURLOPT_HTTPGET, 1L);
        SET(CURLOPT_HTTPHEADER, with_body ? r->headers->with_body : r->headers->plain);
        SET(CURLOPT_CUSTOMREQUEST, r->method);
    }
    if (s->fresh != fresh) {
        SET(CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
        SET(CURLOPT_FORBID_REUSE, fresh ? 1L : 0L);
    }
#undef SET
    s->method = r->method;
    s->headers = r->headers;
    s->with_body = with_body;
    s->fresh = fresh;
    return bad;
}

int http_send(struct http_client *c, const struct http_request *r, struct error *err)
{
    if (!c->free_count)
        return error_set(err, EXIT_STOPPED, "no transfer is free");
    unsigned index = c->free_slot[c->free_count - 1];
    struct slot *s = &c->slot[index];
    buf_clear(&s->body);
    s->wipe = r->wipe;
    if (r->wipe) /* growing would leave copies behind */
        buf_room(&s->body, r->body_max + 1);
    s->body_max = r->body_max;
    s->clipped = s->headed = false;
    s->sends = 0;
    s->detail[0] = '\0';
    s->sent_at = r->now_us;
    CURLcode bad = aim(s, r);
    if (bad)
        return error_set(err, EXIT_STOPPED, "libcurl: %s", curl_easy_strerror(bad));
    CURLMcode worse = curl_multi_add_handle(c->multi, s->easy);
    if (worse)
        return error_set(err, EXIT_STOPPED, "libcurl: %s", curl_multi_strerror(worse));
    s->busy = true;
    c->free_count--;
    c->in_flight++;
    return (int)index;
}

static enum transport transport_of(CURLcode code, unsigned sends)
{
    switch (code) {
    case CURLE_OK:
        return TRANSPORT_WHOLE;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CRL_BADFILE:
        return TRANSPORT_UNTRUSTED;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ENGINE_INITFAILED:
        return sends ? TRANSPORT_LOST : TRANSPORT_TLS;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_BAD_FUNCTION_ARGUMENT:
        return sends ? TRANSPORT_LOST : TRANSPORT_IMPOSSIBLE;
    case CURLE_OPERATION_TIMEDOUT:
        return sends ? TRANSPORT_TIMEOUT : TRANSPORT_NOT_SENT;
    default:
        return sends ? TRANSPORT_LOST : TRANSPORT_NOT_SENT;
    }
}

/* 7.88.1 may take a reset HTTP/2 stream, or a head that never ended, for a complete answer. */
static bool cut_short(const struct slot *s)
{
    curl_off_t promised = -1, got = 0;
    if (!s->headed)
        return true;
    curl_easy_getinfo(s->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &promised);
    curl_easy_getinfo(s->easy, CURLINFO_SIZE_DOWNLOAD_T, &got);
    return promised > 0 && got < promised;
}

static void learn_protocol(struct http_client *c, const struct slot *s)
{
    long version = 0;
    curl_easy_getinfo(s->easy, CURLINFO_HTTP_VERSION, &version);
    bool http2 = version == CURL_HTTP_VERSION_2_0;
    if (c->learned && http2 == c->http2)
        return;
    c->learned = true;
    c->http2 = http2;
    cap_connections(c);
}

static void finish(struct http_client *c, struct slot *s, CURLcode code)
{
    long status = 0;
    curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
    enum transport transport = transport_of(code, s->sends);
    if (transport == TRANSPORT_WHOLE && cut_short(s))
        transport = TRANSPORT_LOST;
    if (transport == TRANSPORT_WHOLE)
        learn_protocol(c, s);
    if (code == CURLE_OK || code == CURLE_SEND_ERROR)
        c->distrust = code != CURLE_OK;
    const struct http_answer a = {
        .answer = {.transport = transport,
                   .status = (int)status,
                   .body = buf_text(&s->body),
                   .body_len = s->body.len,
                   .body_clipped = s->clipped,
                   .sends = s->sends,
                   .detail = code ? (*s->detail ? s->detail : curl_easy_strerror(code)) : NULL},
        .headers = {header_of, s},
        .sent_at_us = s->sent_at,
        .took_us = clock_mono_us() - s->sent_at,
        .http2 = c->http2,
    };
    curl_multi_remove_handle(c->multi, s->easy);
    unsigned index = (unsigned)(s - c->slot);
    s->busy = false;
    c->in_flight--;
    c->config.answered(c->config.at, index, &a);
    if (s->wipe)
        mem_wipe(s->body.data, s->body.cap);
    c->free_slot[c->free_count++] = index;
}

/* Whether there was anything. */
static bool hand_out(struct http_client *c)
{
    CURLMsg *m;
    int left;
    bool any = false;
    while ((m = curl_multi_info_read(c->multi, &left))) {
        if (m->msg != CURLMSG_DONE)
            continue;
        struct slot *s = NULL;
        CURLcode code = m->data.result;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &s);
        finish(c, s, code);
        any = true;
    }
    return any;
}

static void end_overdue(struct http_client *c, int64_t now)
{
    for (unsigned i = 0; c->in_flight && i < c->config.concurrency; i++) {
        struct slot *s = &c->slot[i];
        if (!s->busy || now - s->sent_at < c->config.timeout_us + OVERDUE_US)
            continue;
        c->distrust = true;
        finish(c, s, CURLE_OPERATION_TIMEDOUT);
    }
}
