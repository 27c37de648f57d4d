#ifndef RESCIND_WIRE_MULTI_H
#define RESCIND_WIRE_MULTI_H

/* One multi handle of libcurl over the poller: which sockets it wants to hear of, and when it wants
 * to be called. For http.c alone.
 *
 * One for each pair, because CURLMOPT_MAX_HOST_CONNECTIONS is one number per multi handle and two
 * pairs may share a host. */

#include "wire/poller.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

struct multi {
    CURLM *handle;
    struct poller *poller;
    void *owner;      /* is told of its sockets' events by the poller */
    int64_t timer_at; /* when libcurl wants to be called; INT64_MAX: not */
    bool timer_moved; /* it may be another by now: ask */
};

/* Over a poller that is borrowed. False where libcurl lacks something; to be closed either way. */
bool multi_open(struct multi *m, struct poller *poller, void *owner);
void multi_close(struct multi *m);

/* So many connections at most. */
void multi_cap(struct multi *m, unsigned connections);

CURLMcode multi_add(struct multi *m, CURL *easy);
void multi_remove(struct multi *m, CURL *easy);
/* One that is through, still in it, and what came of it; NULL: no more. */
CURL *multi_next_done(struct multi *m, CURLcode *code);

/* An event (EVENT_*, not EVENT_IDLE) of a socket of its. */
void multi_event(struct multi *m, int fd, unsigned mask);
/* When it is to be called though nothing happens (clock_mono_us; INT64_MAX: not), and that call. */
int64_t multi_timer_us(struct multi *m);
void multi_timers(struct multi *m, int64_t now);
/* Calls it for all sockets, whether anything happened or not. */
void multi_nudge(struct multi *m);

#endif
