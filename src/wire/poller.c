#include "wire/poller.h"

#include "base/mem.h"
#include "base/stops.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { EVENTS_MOST = 64, GLANCE_MOST = 256 };

struct watch {
    void *owner;
    uint8_t in_set, wanted; /* EVENT_*; 0: none */
    uint32_t spoke;         /* the last glance that found something on it */
};

struct poller {
    int epoll, signals;
    sigset_t old_mask;
    unsigned signal_count;
    int signal_last;
    bool hung_up;        /* a stop, and never the second one: a session's end sends SIGTERM, too */
    bool precise;        /* epoll_pwait2 (Linux 5.11) is there */
    struct watch *watch; /* by descriptor */
    size_t watches;
    uint32_t glance;
    bool glanced; /* the last one saw all */
};

struct poller *poller_new(struct error *err)
{
    struct poller *e = mem_zalloc(1, sizeof *e);
    sigset_t mask;
    stops_set(&mask);
    sigprocmask(SIG_BLOCK, &mask, &e->old_mask);
    e->precise = true;
    e->signals = signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
    e->epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = e->signals};
    if (e->signals < 0 || e->epoll < 0 ||
        epoll_ctl(e->epoll, EPOLL_CTL_ADD, e->signals, &event) != 0) {
        error_set(err, EXIT_STOPPED, "cannot wait for events:");
        poller_free(e);
        return NULL;
    }
    return e;
}

void poller_free(struct poller *e)
{
    if (!e)
        return;
    if (e->epoll >= 0)
        close(e->epoll);
    if (e->signals >= 0)
        close(e->signals);
    sigprocmask(SIG_SETMASK, &e->old_mask, NULL);
    free(e->watch);
    free(e);
}

static struct watch *watch_of(struct poller *e, int fd)
{
    size_t at = (size_t)fd;
    if (at >= e->watches) {
        size_t more = at + 64;
        e->watch = mem_resize(e->watch, more, sizeof *e->watch);
        memset(e->watch + e->watches, 0, (more - e->watches) * sizeof *e->watch);
        e->watches = more;
    }
    return &e->watch[at];
}

void poller_want(struct poller *e, int fd, unsigned mask, void *owner)
{
    struct watch *w = watch_of(e, fd);
    w->owner = owner;
    w->wanted = (uint8_t)mask;
    if (!mask || w->wanted == w->in_set)
        return;
    struct epoll_event event = {.data.fd = fd};
    if (mask & EVENT_IN)
        event.events |= EPOLLIN;
    if (mask & EVENT_OUT)
        event.events |= EPOLLOUT;
    epoll_ctl(e->epoll, w->in_set ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
    w->in_set = w->wanted;
}

void poller_closing(struct poller *e, int fd)
{
    *watch_of(e, fd) = (struct watch){0};
}

static void take_signals(struct poller *e)
{
    struct signalfd_siginfo info;
    while (read(e->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGHUP) {
            e->hung_up = true;
            continue;
        }
        e->signal_count++;
        e->signal_last = (int)info.ssi_signo;
    }
}

static int wait_for(struct poller *e, struct epoll_event *events, int most, int64_t us)
{
    if (us < 0)
        us = 0;
    if (e->precise) {
        struct timespec t = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
        int n = epoll_pwait2(e->epoll, events, most, &t, NULL);
        if (n < 0 && errno == EINTR) /* after a stop: what came meanwhile is not to be missed */
            n = epoll_pwait2(e->epoll, events, most, &(struct timespec){0}, NULL);
        if (n >= 0 || errno != ENOSYS)
            return n;
        e->precise = false;
    }
    return epoll_wait(e->epoll, events, most, (int)((us + 999) / 1000));
}

static unsigned mask_of(uint32_t events)
{
    unsigned mask = 0;
    if (events & EPOLLIN)
        mask |= EVENT_IN;
    if (events & EPOLLOUT)
        mask |= EVENT_OUT;
    if (events & (EPOLLERR | EPOLLHUP))
        mask |= EVENT_ERROR;
    return mask;
}

unsigned poller_wait(struct poller *e, int64_t us, struct event *out, unsigned most)
{
    struct epoll_event events[EVENTS_MOST];
    unsigned filled = 0;
    bool signalled = false;
    int n = wait_for(e, events, most < EVENTS_MOST ? (int)most : EVENTS_MOST, us);
    for (int i = 0; i < n; i++) {
        int fd = events[i].data.fd;
        if (fd == e->signals) {
            signalled = true;
            continue;
        }
        struct watch *w = watch_of(e, fd);
        unsigned mask = mask_of(events[i].events);
        if (!w->wanted) {
            epoll_ctl(e->epoll, EPOLL_CTL_DEL, fd, NULL);
            w->in_set = 0;
            mask = EVENT_IDLE;
        }
        out[filled++] = (struct event){w->owner, fd, mask};
    }
    if (signalled || n == (int)most) /* among so many ready ones their turn may be long in coming */
        take_signals(e);
    return filled;
}

void poller_glance(struct poller *e)
{
    struct epoll_event events[GLANCE_MOST];
    int n = epoll_wait(e->epoll, events, GLANCE_MOST, 0);
    e->glance++;
    e->glanced = n >= 0 && n < GLANCE_MOST;
    for (int i = 0; i < n; i++)
        watch_of(e, events[i].data.fd)->spoke = e->glance;
}

bool poller_silent(const struct poller *e, int fd)
{
    if (!e->glanced || fd < 0 || (size_t)fd >= e->watches)
        return false;
    return (e->watch[fd].in_set & EVENT_IN) && e->watch[fd].spoke != e->glance;
}

unsigned poller_signals(const struct poller *e, int *last)
{
    if (last)
        *last = e->signal_count ? e->signal_last : SIGHUP;
    return e->signal_count ? e->signal_count : e->hung_up;
}
