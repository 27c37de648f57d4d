#ifndef RESCIND_WIRE_MESSAGES_H
#define RESCIND_WIRE_MESSAGES_H

/* What goes out over http.h, what comes back, and how: the words that its two halves share. */

#include "base/error.h"
#include "provider/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One answer; everything is borrowed for the call. */
struct http_answer {
    struct answer answer;
    int64_t sent_at_us, took_us;
    int64_t waited_us; /* of took_us: for its connection, before it went out */
    int64_t body_us;   /* of took_us: since its head was there; answer.at_ms is of the head */
    bool http2;
    bool left_none; /* it failed on a connection of its own, which is gone with it */
};

struct http_config {
    const char *base;     /* of this pair; tells loopback from the rest */
    unsigned concurrency; /* most transfers in flight, 1 to 1024 */
    int64_t timeout_us, connect_timeout_us;
    const char *ca_file; /* NULL: the system's */
    void (*answered)(void *at, unsigned slot, const struct http_answer *a);
    /* The head of an answer that is none of success has come, and its body has not: TRANSPORT_LOST
     * so far. NULL: not to be told. */
    void (*headed)(void *at, unsigned slot, const struct http_answer *head);
    void *at;
};

/* An immutable list of header lines for requests of one definition. Lines with CR or LF, or without
 * a colon, are refused: EXIT_CREDENTIAL. They hold the secret and are wiped when freed. */
struct http_headers;
struct http_headers *http_headers_new(const char *const *lines, struct error *err);
/* The same lines and `more`, which hold no secret. `base` must outlive it. */
struct http_headers *http_headers_with(const struct http_headers *base, const char *const *more,
                                       struct error *err);
void http_headers_free(struct http_headers *h);

/* What is sent. Texts are borrowed for the call, headers until the answer came. */
struct http_request {
    const char *method, *url;
    const char *body; /* NULL: none */
    size_t body_len;
    bool form; /* the body is a form, not JSON */
    const struct http_headers *headers;
    size_t body_max; /* most of the answer's body to keep, bytes */
    bool wipe;       /* the answer has a secret: its bytes are overwritten once handed out */
    bool fresh;      /* on a connection of its own: the last answer was odd */
    int64_t now_us;  /* comes back as sent_at_us, so that the pacer hears one moment, not two */
};

#endif
