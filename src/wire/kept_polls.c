#include "wire/kept_polls.h"

#include <poll.h>
#include <stddef.h>
#include <time.h>

static _Thread_local int silent = -1, spared = -1;

/* By another name here: libc's headers may have one of this name with a body. */
int kept_poll(struct pollfd *of, nfds_t count, int timeout_ms) __asm__("poll");
int kept_poll(struct pollfd *of, nfds_t count, int timeout_ms)
{
    struct timespec t = {.tv_sec = timeout_ms / 1000, .tv_nsec = timeout_ms % 1000 * 1000000L};
    bool glance = count == 1 && timeout_ms == 0 && (of->events & POLLIN);
    bool spare = glance && of->fd == spared;
    int n = 0;
    silent = spared = -1;
    if (spare)
        of->revents = 0;
    else
        n = ppoll(of, count, timeout_ms < 0 ? NULL : &t, NULL);
    if (glance && !spare && n == 0)
        silent = of->fd;
    return n;
}

bool polled_silent(int fd)
{
    bool is = fd >= 0 && fd == silent;
    silent = -1;
    return is;
}

void poll_spare(int fd)
{
    spared = fd;
}

void polls_forget(void)
{
    silent = spared = -1;
}
