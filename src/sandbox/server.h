#ifndef RESCIND_SANDBOX_SERVER_H
#define RESCIND_SANDBOX_SERVER_H

/* The sockets: libmicrohttpd in one thread, driven by our own loop, so that nothing needs a lock
 * and a request that waits (latency, stalls) is only a suspended connection and a timer. */

#include "sandbox/sandbox.h"

struct http_options {
    uint16_t port;                    /* 0: the kernel picks */
    char *tls_cert, *tls_key;         /* PEM texts, or NULL */
    uint32_t requests_per_connection; /* 0: no bound */
    bool until_eof;                   /* ends when standard input does */
};

/* Binds loopback, fills s->origin. NULL with EXIT_CANTCREATE. */
struct http *http_start(struct sandbox *s, const struct http_options *o, struct error *err);
/* Serves until SIGTERM, SIGINT or the end of standard input. */
void http_loop(struct http *h);
void http_stop(struct http *h);

#endif
