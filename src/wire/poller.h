#ifndef RESCIND_WIRE_POLLER_H
#define RESCIND_WIRE_POLLER_H

/* Waiting for sockets and signals: one epoll set.
 *
 * A socket stays in the set when nobody wants anything of it any more, until it says something or
 * is closed: libcurl takes a socket back after each transfer and hands it in again for the next one
 * on the same connection, and that would be two system calls a request. When it says something all
 * the same, its last owner is told EVENT_IDLE, once. */

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

enum { EVENT_IN = 1, EVENT_OUT = 2, EVENT_ERROR = 4, EVENT_IDLE = 8 };

struct event {
    void *owner;
    int fd;
    unsigned mask;
};

struct poller;

/* Takes the signals of base/stops over until poller_free. EXIT_STOPPED where
 * the system has no descriptor left. */
struct poller *poller_new(struct error *err);
void poller_free(struct poller *e);

/* What `owner` wants to hear of fd; 0: nothing for now. */
void poller_want(struct poller *e, int fd, unsigned mask, void *owner);
/* fd is about to be closed; its number may come again. */
void poller_closing(struct poller *e, int fd);

/* Waits at most that long, and fills out what happened. Signals are counted, not filled in. */
unsigned poller_wait(struct poller *e, int64_t us, struct event *out, unsigned most);

/* Looks at the whole set at once, without waiting or taking anything. */
void poller_glance(struct poller *e);
/* Whether nothing was to be read on fd at the last glance; false where that glance does not tell.
 */
bool poller_silent(const struct poller *e, int fd);

/* Signals since the start, and the last one's number. */
unsigned poller_signals(const struct poller *e, int *last);

#endif
