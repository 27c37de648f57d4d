#ifndef RESCIND_ENGINE_HTTP_H
#define RESCIND_ENGINE_HTTP_H

/* Transfers. The only file of the tool that knows libcurl's easy and multi interfaces.
 *
 * An http_loop waits for sockets, timers and signals. An http_client is one pair's pool of easy
 * handles with a multi handle, connections and a connection cap of its own, so that pairs share
 * nothing but the loop. A client is never given more than it can send at once: what waits, waits in
 * the lane. */

#include "base/error.h"
#include "provider/classify.h"
#include "provider/hints.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_loop;
struct http_client;

/* Takes SIGINT and SIGTERM over and ignores SIGPIPE until http_loop_free. EXIT_STOPPED where the
 * system refuses (descriptors). */
struct http_loop *http_loop_new(struct error *err);
void http_loop_free(struct http_loop *loop);

/* Waits until a transfer made progress, a signal came or `until` (clock_mono_us) is reached;
 * answers are handed out from within. */
void http_loop_wait(struct http_loop *loop, int64_t until_us);

/* A descriptor that is no transfer's: http_loop_wait ends when it can be read. To be taken back
 * before it is closed. */
void http_loop_watch(struct http_loop *loop, int fd);
void http_loop_unwatch(struct http_loop *loop, int fd);

/* Signals since the start, and the last one's number. */
unsigned http_loop_signals(const struct http_loop *loop, int *last);

/* One answer; everything is borrowed for the call. */
struct http_answer {
    struct answer answer;
    struct header_source headers;
    int64_t sent_at_us, took_us;
    bool http2;
};

struct http_config {
    const char *base;     /* of this pair; tells loopback from the rest */
    unsigned concurrency; /* most transfers in flight, 1 to 1024 */
    int64_t timeout_us, connect_timeout_us;
    const char *ca_file; /* NULL: the system's */
    void (*answered)(void *at, unsigned slot, const struct http_answer *a);
    void *at;
};

struct http_client *http_client_new(struct http_loop *loop, const struct http_config *config,
                                    struct error *err);
void http_client_free(struct http_client *c);

/* How many may be in flight now: `concurrency` over HTTP/1.1; over HTTP/2 what a few connections
 * carry; until the first answer has told which, `concurrency`, all waiting for the first
 * connection. */
unsigned http_capacity(const struct http_client *c);
unsigned http_in_flight(const struct http_client *c);

/* An immutable list of header lines for requests of one definition. Lines with CR or LF, or without
 * a colon, are refused: EXIT_CREDENTIAL. They hold the secret and are wiped when freed. */
struct http_headers;
struct http_headers *http_headers_new(const char *const *lines, struct error *err);
void http_headers_free(struct http_headers *h);

/* What is sent. Texts are borrowed for the call, headers until the answer came. */
struct http_request {
    const char *method, *url;
    const char *body; /* NULL: none */
    size_t body_len;
    const struct http_headers *headers;
    size_t body_max; /* most of the answer's body to keep, bytes */
    bool wipe;       /* the answer has a secret: its bytes are overwritten once handed out */
    bool fresh;      /* on a connection of its own: the last answer was odd */
    int64_t now_us;  /* comes back as sent_at_us, so that the pacer hears one moment, not two */
};

/* Starts it and returns its slot, or -1: no slot is free, or libcurl refuses (told in err). */
int http_send(struct http_client *c, const struct http_request *request, struct error *err);

/* "7.88.1 OpenSSL/3.0.19 nghttp2/1.52.0": the libcurl in use. */
const char *http_library(void);

#endif
