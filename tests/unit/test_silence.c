/* Whether something waits on a connection: what libcurl's polls told, and one look at all. */

#include "wire/kept_polls.h"
#include "wire/poller.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { ALL = POLLIN | POLLPRI | POLLRDNORM | POLLRDBAND };

struct pair {
    int near, far;
};

static struct pair pair_new(void)
{
    int fd[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
    return (struct pair){fd[0], fd[1]};
}

static void pair_end(const struct pair *p)
{
    close(p->near);
    close(p->far);
}

static void say(const struct pair *p)
{
    assert_int_equal(write(p->far, "x", 1), 1);
}

static int polls(int fd, int timeout_ms)
{
    struct pollfd of = {.fd = fd, .events = ALL};
    int n = poll(&of, 1, timeout_ms);
    assert_int_equal(n > 0, of.revents != 0);
    return n;
}

static void a_poll_tells_of_silence_once(void **state)
{
    struct pair a = pair_new(), b = pair_new();
    (void)state;
    assert_false(polled_silent(a.near));
    assert_int_equal(polls(a.near, 0), 0);
    assert_true(polled_silent(a.near));
    assert_false(polled_silent(a.near));

    assert_int_equal(polls(a.near, 0), 0);
    assert_false(polled_silent(b.near)); /* of another, and the mark is gone */
    assert_false(polled_silent(a.near));

    say(&a);
    assert_int_equal(polls(a.near, 0), 1);
    assert_false(polled_silent(a.near));
    pair_end(&a);
    pair_end(&b);
}

/* What was waited for, asked of room to write only, or of several at once, says nothing of it. */
static void other_polls_tell_nothing(void **state)
{
    struct pair a = pair_new(), b = pair_new();
    struct pollfd writable = {.fd = a.near, .events = POLLOUT},
                  both[] = {{.fd = a.near, .events = ALL}, {.fd = b.near, .events = ALL}};
    (void)state;
    assert_int_equal(polls(a.near, 1), 0);
    assert_false(polled_silent(a.near));

    assert_int_equal(polls(a.near, 0), 0);
    assert_int_equal(poll(&writable, 1, 0), 1);
    assert_false(polled_silent(a.near));

    assert_int_equal(polls(a.near, 0), 0);
    assert_int_equal(poll(both, 2, 0), 0);
    assert_false(polled_silent(a.near));
    pair_end(&a);
    pair_end(&b);
}

static void a_spared_poll_does_not_look(void **state)
{
    struct pair a = pair_new(), b = pair_new();
    (void)state;
    say(&a);
    poll_spare(a.near);
    assert_int_equal(polls(a.near, 0), 0);
    assert_false(polled_silent(a.near)); /* nobody looked */
    assert_int_equal(polls(a.near, 0), 1);

    poll_spare(a.near);
    polls_forget();
    assert_int_equal(polls(a.near, 0), 1);
    assert_int_equal(polls(b.near, 0), 0);
    polls_forget();
    assert_false(polled_silent(b.near));

    poll_spare(a.near);
    assert_int_equal(polls(b.near, 0), 0);
    assert_int_equal(polls(a.near, 0), 1);

    poll_spare(a.near);
    assert_int_equal(polls(a.near, 1000), 1); /* what waits is never kept waiting */
    assert_int_equal(polls(a.near, 0), 1);
    pair_end(&a);
    pair_end(&b);
}

static void a_glance_sees_all_that_are_watched(void **state)
{
    struct pair a = pair_new(), b = pair_new();
    struct poller *p = poller_new(NULL);
    struct event event[4];
    (void)state;
    assert_non_null(p);
    poller_want(p, a.near, EVENT_IN, &a);
    poller_want(p, b.near, EVENT_IN, &b);
    assert_false(poller_silent(p, a.near)); /* before the first */
    poller_glance(p);
    assert_true(poller_silent(p, a.near));
    assert_true(poller_silent(p, b.near));
    assert_false(poller_silent(p, a.far)); /* not watched */
    assert_false(poller_silent(p, -1));

    say(&a);
    poller_glance(p);
    assert_false(poller_silent(p, a.near));
    assert_true(poller_silent(p, b.near));
    assert_int_equal(poller_wait(p, 0, event, 4), 1); /* nothing was taken */
    assert_ptr_equal(event[0].owner, &a);

    poller_want(p, b.near, EVENT_OUT, &b); /* heard of no more */
    poller_glance(p);
    assert_false(poller_silent(p, b.near));
    poller_closing(p, a.near);
    poller_glance(p);
    assert_false(poller_silent(p, a.near));
    poller_free(p);
    pair_end(&a);
    pair_end(&b);
}

/* Where more have something than one glance tells of, nobody is silent. */
static void a_glance_that_is_full_tells_nothing(void **state)
{
    enum { MANY = 300 };
    static struct pair many[MANY];
    struct pair quiet = pair_new();
    struct poller *p = poller_new(NULL);
    (void)state;
    assert_non_null(p);
    poller_want(p, quiet.near, EVENT_IN, &quiet);
    for (int i = 0; i < MANY; i++) {
        many[i] = pair_new();
        poller_want(p, many[i].near, EVENT_IN, &many[i]);
        say(&many[i]);
    }
    poller_glance(p);
    assert_false(poller_silent(p, quiet.near));
    poller_free(p);
    pair_end(&quiet);
    for (int i = 0; i < MANY; i++)
        pair_end(&many[i]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_poll_tells_of_silence_once),
        cmocka_unit_test(other_polls_tell_nothing),
        cmocka_unit_test(a_spared_poll_does_not_look),
        cmocka_unit_test(a_glance_sees_all_that_are_watched),
        cmocka_unit_test(a_glance_that_is_full_tells_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
