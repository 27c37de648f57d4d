/* libcurl's easy interface.
 *
 * What 7.88.1 makes necessary:
 *   - a reused connection that dies before an answer, and a refused stream, make libcurl send
 * again, up to five times at once and silently; the PREREQFUNCTION is called before each real send,
 * and refuses all but the first: when to send again is the pacer's to say
 *   - an answer that was cut off, reset or followed by strange bytes may pass for a whole one: what
 *     arrived is judged by wire/arrival. Bytes read together with an answer, behind its end, are
 *     told only by two notes of the verbose mode, which is on from the end of the head, and
 *     over HTTP/1.1 only, since each of its notes is made up by printf
 *   - all headers are kept without a bound, and each look at one walks all: arrival keeps its own
 *   - a URL is parsed, printed again and cut up for each request, a character at a time: a quarter
 * of what a small request costs. So the origin is given parsed, once, and the rest as the target
 */

#include "wire/transfer.h"

#include "base/clock.h"
#include "base/descriptors.h"
#include "base/mem.h"
#include "base/text.h"
#include "provider/request.h"
#include "wire/header_lists.h"
#include "wire/kept_polls.h"
#include "wire/stream_end.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

enum { CONNECTION_AGE_S = 20, RECEIVE_SIZE = 4096, RECORD_SIZE = 16384, SEND_SIZE = 16384 };

/* Callbacks */

static void take_notes(struct transfer *t, bool take)
{
    if (t->notes != take)
        curl_easy_setopt(t->easy, CURLOPT_VERBOSE, take ? 1L : 0L);
    t->notes = take;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *at)
{
    struct transfer *t = at;
    size_t len = size * count;
    t->beyond |= !arrival_piece(&t->in, bytes, len);
    if (arrival_filled(&t->in))
        take_notes(t, false); /* what is behind the last piece was told before it */
    return t->beyond ? 0 : len;
}

static void note_head(struct transfer *t)
{
    long status = 0;
    t->headed_at = clock_mono_us();
    t->headed_ms = clock_wall_ms();
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status > 299 && t->shared->headed)
        t->shared->headed(t);
}

static size_t take_header(char *line, size_t size, size_t count, void *at)
{
    struct transfer *t = at;
    size_t len = size * count;
    bool headed = t->in.headed;
    t->beyond |= !arrival_line(&t->in, line, len);
    if (t->in.headed && !headed) {
        take_notes(t, !t->in.http2);
        note_head(t);
    }
    return t->beyond ? 0 : len;
}

static int take_note(CURL *easy, curl_infotype type, char *text, size_t len, void *at)
{
    static const char *const excess[] = {"Excess found", "Leftovers after chunking"};
    (void)easy;
    struct transfer *t = at;
    for (size_t i = 0; type == CURLINFO_TEXT && i < 2; i++)
        t->in.stray |= len > strlen(excess[i]) && memcmp(text, excess[i], strlen(excess[i])) == 0;
    return 0;
}

static void stream_ended(void *easy, bool reset)
{
    struct transfer *t = NULL;
    if (curl_easy_getinfo((CURL *)easy, CURLINFO_PRIVATE, &t) == CURLE_OK && t)
        *(reset ? &t->in.reset : &t->in.ended) = true;
}

/* Whether the connection is as it should be before a request: with nothing on it that came unasked.
 * What did belongs behind the answer before, where that was not handed out yet. Behind TLS a new
 * connection brings the server's tickets. */
static bool quiet(struct transfer *t)
{
    struct transfer *before = sockets_user(t->shared->sockets, t->fd);
    if ((!before && t->shared->tls) || polled_silent(t->fd) || !socket_stray(t->fd, t->shared->tls))
        return true;
    if (before && before != t && before->busy && before->fd == t->fd)
        before->in.stray = true;
    shutdown(t->fd, SHUT_RDWR);
    return false;
}

static int before_send(void *at, char *ip, char *local_ip, int port, int local_port)
{
    (void)ip, (void)local_ip, (void)port;
    struct transfer *t = at;
    if (t->sends)
        return CURL_PREREQFUNC_ABORT;
    t->fd = t->shared->local ? t->opened : sockets_find(t->shared->sockets, local_port);
    t->unasked = t->fd >= 0 && t->shared->one_by_one && !quiet(t);
    t->out_at = clock_mono_us();
    t->held = t->out_at < t->shared->not_before_us;
    if (t->unasked || t->held)
        return CURL_PREREQFUNC_ABORT;
    t->first = sockets_user(t->shared->sockets, t->fd) == NULL;
    sockets_use(t->shared->sockets, t->fd, t);
    if (t->shared->one_by_one && !t->shared->tls)
        poll_spare(t->fd); /* the loop waits for the answer */
    t->sends++;
    return CURL_PREREQFUNC_OK;
}

static const char *header_of(void *at, const char *name)
{
    struct transfer *t = at;
    return arrival_header(&t->in, name, &t->joined);
}

/* Setting it up */

bool transfer_init(struct transfer *t, const struct http_config *config, struct transfers *shared)
{
    CURL *e = t->easy = curl_easy_init();
    if (!e)
        return false;
    t->shared = shared;
    stream_end_tell(stream_ended);
    bool loopback = base_url_loopback(config->base);
    CURLcode bad = CURLE_OK;
#define SET(option, value) bad = bad ? bad : curl_easy_setopt(e, option, value)
    SET(CURLOPT_PRIVATE, t);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PROTOCOLS_STR, loopback ? "http,https" : "https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    /* Made, and wiped, for each answer. What a TLS record holds beyond it libcurl keeps to itself,
     * and over HTTP/2 takes up only when more comes: after the end of the list nothing does. */
    SET(CURLOPT_BUFFERSIZE, (long)(shared->tls ? RECORD_SIZE : RECEIVE_SIZE));
    SET(CURLOPT_UPLOAD_BUFFERSIZE, (long)SEND_SIZE); /* 64 KiB a handle are not needed */
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_HTTP_VERSION,
        (long)(stream_end_works() ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    /* Without TLS no connection is ever shared, and to wait for what its first answer says would
     * let transfers wait in the multi: for all of it where the peer closes after each answer. */
    SET(CURLOPT_PIPEWAIT, strncasecmp(config->base, "https:", 6) == 0 ? 1L : 0L);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (shared->local) {
        size_t len;
        const char *path = base_url_socket(config->base, &len);
        char *socket = mem_string_n(path, len);
        SET(CURLOPT_UNIX_SOCKET_PATH, socket);
        free(socket);
    }
    if (config->ca_file)
        SET(CURLOPT_CAINFO, config->ca_file);
    if (loopback) {
        SET(CURLOPT_PROXY, "");
        SET(CURLOPT_NOPROXY, "*");
    }
    SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
    int64_t connect_us = config->connect_timeout_us; /* shared out among a host's addresses */
    if (connect_us > config->timeout_us)
        connect_us = config->timeout_us;
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)(connect_us / 1000));
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_MAXAGE_CONN, (long)CONNECTION_AGE_S);
    SET(CURLOPT_ERRORBUFFER, t->detail);
    SET(CURLOPT_WRITEFUNCTION, take_body);
    SET(CURLOPT_WRITEDATA, t);
    SET(CURLOPT_HEADERFUNCTION, take_header);
    SET(CURLOPT_HEADERDATA, t);
    SET(CURLOPT_DEBUGFUNCTION, take_note);
    SET(CURLOPT_DEBUGDATA, t);
    SET(CURLOPT_PREREQFUNCTION, before_send);
    SET(CURLOPT_PREREQDATA, t);
    SET(CURLOPT_OPENSOCKETFUNCTION, shared->opening);
    SET(CURLOPT_OPENSOCKETDATA, t);
    SET(CURLOPT_CLOSESOCKETFUNCTION, shared->closing);
    SET(CURLOPT_CLOSESOCKETDATA, shared->at);
#undef SET
    return bad == CURLE_OK;
}

void transfer_free(struct transfer *t)
{
    if (t->busy && t->wipe)
        mem_wipe(t->in.body.data, t->in.body.cap);
    curl_easy_cleanup(t->easy);
    curl_url_cleanup(t->url);
    buf_free(&t->origin);
    arrival_free(&t->in);
    buf_free(&t->joined);
}

/* Sending */

/* Over a socket that is a file the host is one in name only. */
static CURLcode set_origin(struct transfer *t, const char *url, size_t len)
{
    CURLU *parsed = curl_url();
    buf_clear(&t->origin);
    buf_put(&t->origin, url, len);
    const char *origin = t->shared->local ? "http://localhost" : buf_text(&t->origin);
    if (!parsed || curl_url_set(parsed, CURLUPART_URL, origin, 0)) {
        curl_url_cleanup(parsed);
        buf_clear(&t->origin);
        return CURLE_URL_MALFORMAT;
    }
    CURLcode bad = curl_easy_setopt(t->easy, CURLOPT_URL, NULL); /* it would be remembered */
    bad = bad ? bad : curl_easy_setopt(t->easy, CURLOPT_CURLU, parsed);
    curl_url_cleanup(t->url);
    t->url = parsed;
    return bad;
}

/* The target goes onto the wire as it is: nothing in it may end it. */
static bool target_good(const char *target)
{
    size_t len = strlen(target), plain = text_plain(target, len);
    if (*target != '/' || strpbrk(target, " #"))
        return false;
    for (const char *c = target + plain; *c; c++)
        if (*c <= ' ' || *c == 0x7f)
            return false;
    return true;
}

static CURLcode set_url(struct transfer *t, const char *url)
{
    size_t len = t->origin.len;
    if (!len || strncmp(url, t->origin.data, len) != 0 || url[len] != '/') {
        len = (size_t)(base_url_path(url) - url);
        CURLcode bad = url[len] == '/' ? set_origin(t, url, len) : CURLE_URL_MALFORMAT;
        if (bad)
            return bad;
    }
    if (!target_good(url + len))
        return CURLE_URL_MALFORMAT;
    return curl_easy_setopt(t->easy, CURLOPT_REQUEST_TARGET, url + len);
}

/* Each curl_easy_setopt costs, and from one request to the next little but the target changes. */
static CURLcode set(struct transfer *t, const struct http_request *r, bool fresh)
{
    CURL *e = t->easy;
    CURLcode bad = set_url(t, r->url);
    bool with_body = r->body != NULL;
#define SET(option, value) bad = bad ? bad : curl_easy_setopt(e, option, value)
    if (with_body) {
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_len);
        SET(CURLOPT_COPYPOSTFIELDS, r->body);
    }
    const struct curl_slist *lines = header_list(r->headers, !with_body ? BODY_NONE
                                                             : r->form  ? BODY_FORM
                                                                        : BODY_JSON);
    if (t->lines != lines || t->with_body != with_body || t->method != r->method) {
        if (!with_body)
            SET(CURLOPT_HTTPGET, 1L);
        SET(CURLOPT_HTTPHEADER, lines);
        SET(CURLOPT_CUSTOMREQUEST, r->method);
    }
    if (t->fresh != fresh) {
        SET(CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
        SET(CURLOPT_FORBID_REUSE, fresh ? 1L : 0L);
    }
#undef SET
    t->method = r->method;
    t->lines = lines;
    t->with_body = with_body;
    t->fresh = fresh;
    return bad;
}

CURLcode transfer_aim(struct transfer *t, const struct http_request *r, bool fresh)
{
    arrival_begin(&t->in, r->body_max);
    t->wipe = r->wipe;
    if (r->wipe) /* growing would leave copies behind */
        buf_room(&t->in.body, r->body_max + 1);
    t->sends = 0;
    t->held = false;
    t->headed_at = t->headed_ms = 0;
    t->fd = -1;
    t->refused = 0;
    t->unasked = t->beyond = false;
    t->detail[0] = '\0';
    t->sent_at = r->now_us;
    return set(t, r, fresh || t->shared->local);
}

/* What came of it */

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

/* What is known of an answer that libcurl calls whole; NULL: it is. */
static const char *doubt_of(struct transfer *t, long status, bool http2)
{
    curl_off_t got = 0;
    bool mine = !http2 && sockets_user(t->shared->sockets, t->fd) == t;
    curl_easy_getinfo(t->easy, CURLINFO_SIZE_DOWNLOAD_T, &got);
    if (mine && !(t->first && t->shared->tls) && !t->shared->silent(t->shared->at, t->fd))
        t->in.stray |= socket_stray(t->fd, t->shared->tls);
    const char *doubt = arrival_doubt(&t->in, (int)status, http2, (uint64_t)got);
    if (doubt && mine)
        shutdown(t->fd, SHUT_RDWR); /* not to be used again */
    return doubt;
}

static const char *words_of(struct transfer *t, CURLcode code)
{
    long why = 0;
    if (t->unasked)
        return "bytes that nobody asked for were on the connection";
    if (t->in.undecoded)
        return "in a content coding that nobody asked for";
    if (t->beyond)
        return t->in.coded ? "its content coding is damaged, or without an end"
                           : "an answer without an end";
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return "the connection ended, or the request was refused, before an answer began";
    if (t->shared->local && code == CURLE_COULDNT_CONNECT &&
        curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &why) == CURLE_OK)
        snprintf(t->detail, sizeof t->detail, "no connection to its socket: %s",
                 strerror((int)why));
    return *t->detail ? t->detail : curl_easy_strerror(code);
}

void transfer_overdue(struct transfer *t, int64_t timeout_us)
{
    char span[TEXT_SPAN];
    snprintf(t->detail, sizeof t->detail, "no %s within %s",
             t->sends ? "whole answer" : "connection", text_span(timeout_us, span));
}

int transfer_lack(const struct transfer *t, bool others)
{
    long os = 0;
    int why = t->refused;
    curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &os);
    if (!descriptors_lacking(why))
        why = (int)os;
    if (why == EADDRNOTAVAIL && !others) /* no port, or an address that is not to be had at all */
        return 0;
    if (descriptors_lacking(why))
        return why;
    return descriptors_left() ? 0 : EMFILE; /* in the library's own: for a name, a file */
}

struct http_answer transfer_head(struct transfer *t)
{
    long status = 0;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    return (struct http_answer){.answer = {.transport = TRANSPORT_LOST,
                                           .status = (int)status,
                                           .headers = {header_of, t},
                                           .body = "",
                                           .sends = t->sends,
                                           .at_ms = t->headed_ms},
                                .sent_at_us = t->sent_at,
                                .took_us = t->headed_at - t->sent_at};
}

struct http_answer transfer_answer(struct transfer *t, CURLcode code)
{
    long status = 0, version = 0;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(t->easy, CURLINFO_HTTP_VERSION, &version);
    take_notes(t, false);
    polls_forget(); /* what was polled before an answer tells nothing of the time behind it */
    bool http2 = version == CURL_HTTP_VERSION_2_0;
    const int64_t now = clock_mono_us();
    enum transport transport = transport_of(code, t->sends);
    const char *detail = code ? words_of(t, code) : doubt_of(t, status, http2);
    if (t->held) {
        transport = TRANSPORT_LOCAL;
        detail = "asked to wait while connections were being opened";
    }
    if (transport == TRANSPORT_WHOLE && detail)
        transport = TRANSPORT_LOST;
    return (struct http_answer){
        .answer = {.transport = transport,
                   .status = (int)status,
                   .headers = {header_of, t},
                   .body = buf_text(&t->in.body),
                   .body_len = t->in.body.len,
                   .body_clipped = t->in.clipped,
                   .sends = t->sends,
                   .at_ms = t->headed_ms ? t->headed_ms : clock_wall_ms(),
                   .detail = detail},
        .sent_at_us = t->sent_at,
        .waited_us = t->sends ? t->out_at - t->sent_at : 0,
        .took_us = now - t->sent_at,
        .body_us = t->headed_at ? now - t->headed_at : 0,
        .http2 = http2,
    };
}
