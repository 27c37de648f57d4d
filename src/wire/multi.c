#include "wire/multi.h"

#include "base/clock.h"

/* Ours, where a peer allows more streams: libcurl takes the lesser. */
enum { STREAMS_MOST = 256 };

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *at, void *known)
{
    (void)easy, (void)known;
    struct multi *m = at;
    unsigned mask = 0;
    if (what != CURL_POLL_REMOVE)
        mask = (what & CURL_POLL_IN ? EVENT_IN : 0u) | (what & CURL_POLL_OUT ? EVENT_OUT : 0u);
    poller_want(m->poller, fd, mask, m->owner);
    return 0;
}

bool multi_open(struct multi *m, struct poller *poller, void *owner)
{
    *m = (struct multi){curl_multi_init(), poller, owner, INT64_MAX, false};
    if (!m->handle)
        return false;
    curl_multi_setopt(m->handle, CURLMOPT_SOCKETFUNCTION, watch_socket);
    curl_multi_setopt(m->handle, CURLMOPT_SOCKETDATA, m);
    curl_multi_setopt(m->handle, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
    curl_multi_setopt(m->handle, CURLMOPT_MAX_CONCURRENT_STREAMS, (long)STREAMS_MOST);
    return true;
}

void multi_close(struct multi *m)
{
    curl_multi_cleanup(m->handle);
    m->handle = NULL;
}

void multi_cap(struct multi *m, unsigned connections)
{
    curl_multi_setopt(m->handle, CURLMOPT_MAX_HOST_CONNECTIONS, (long)connections);
    curl_multi_setopt(m->handle, CURLMOPT_MAXCONNECTS, (long)connections);
}

CURLMcode multi_add(struct multi *m, CURL *easy)
{
    m->timer_moved = true;
    return curl_multi_add_handle(m->handle, easy);
}

void multi_remove(struct multi *m, CURL *easy)
{
    m->timer_moved = true;
    curl_multi_remove_handle(m->handle, easy);
}

CURL *multi_next_done(struct multi *m, CURLcode *code)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(m->handle, &left))) {
        if (message->msg != CURLMSG_DONE)
            continue;
        *code = message->data.result;
        return message->easy_handle;
    }
    return NULL;
}

static void drive(struct multi *m, curl_socket_t fd, int mask)
{
    int running;
    curl_multi_socket_action(m->handle, fd, mask, &running);
    m->timer_moved = true;
}

void multi_event(struct multi *m, int fd, unsigned mask)
{
    drive(m, fd,
          (mask & EVENT_IN ? CURL_CSELECT_IN : 0) | (mask & EVENT_OUT ? CURL_CSELECT_OUT : 0) |
              (mask & EVENT_ERROR ? CURL_CSELECT_ERR : 0));
}

/* Asked once a turn: told by CURLMOPT_TIMERFUNCTION libcurl reads the clock and looks the next
 * timeout up four times a request, at each call that may move it. */
int64_t multi_timer_us(struct multi *m)
{
    long ms = -1;
    if (m->timer_moved) {
        curl_multi_timeout(m->handle, &ms);
        m->timer_at = ms < 0 ? INT64_MAX : ms == 0 ? 0 : clock_mono_us() + (int64_t)ms * 1000;
        m->timer_moved = false;
    }
    return m->timer_at;
}

void multi_timers(struct multi *m, int64_t now)
{
    if (multi_timer_us(m) <= now)
        drive(m, CURL_SOCKET_TIMEOUT, 0);
}

void multi_nudge(struct multi *m)
{
    int running;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    curl_multi_socket_all(m->handle, &running); /* no other call tells of new sockets, too */
#pragma GCC diagnostic pop
    m->timer_moved = true;
}
