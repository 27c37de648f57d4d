#ifndef RESCIND_WIRE_HTTP_H
#define RESCIND_WIRE_HTTP_H

/* Transfers. http.c, library.c, multi.c, transfer.c and header_lists.c are the only files of the
 * tool that know libcurl.
 *
 * An http_loop waits for sockets, timers and signals. An http_client is one pair's pool of easy
 * handles with a multi handle, connections and a connection cap of its own, so that pairs share
 * nothing but the loop. A client is never given more than it can send at once: what waits, waits in
 * the lane. */

#include "wire/messages.h"

struct http_loop;
struct http_client;

/* Takes the signals of base/stops over until http_loop_free; SIGPIPE is to be ignored. EXIT_STOPPED
 * where the system refuses (descriptors). */
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

struct http_client *http_client_new(struct http_loop *loop, const struct http_config *config,
                                    struct error *err);
void http_client_free(struct http_client *c);

/* How many may be in flight now: `concurrency` over HTTP/1.1, over HTTP/2 what a few connections
 * carry, and in either case no more than the peer lets us have; over TLS, until the first answer
 * has told which it is, some, all waiting for the first connection. Connections are opened, and
 * slots set up, as they are needed. */
unsigned http_capacity(struct http_client *c);
/* The end of a pause for what this machine lacked, in which that is none; INT64_MAX: there is none.
 */
int64_t http_paused_until(const struct http_client *c, int64_t now);
/* What has no connection yet does not go out before `until`, but comes back as TRANSPORT_LOCAL. */
void http_hold(struct http_client *c, int64_t until_us);
/* What to do about it, where the limit on descriptors, not `concurrency`, is what keeps more from
 * being in flight now; else NULL. */
const char *http_limited(const struct http_client *c);
unsigned http_in_flight(const struct http_client *c);

/* Starts it and returns its slot, or -1: no slot is free, or libcurl refuses (told in err). */
int http_send(struct http_client *c, const struct http_request *request, struct error *err);

#endif
