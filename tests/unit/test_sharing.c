/* What pacers of one limit tell each other: shares, refusals, and what became of both when it is
 * old. The boot's clock is the test's own. */

#include "wire/sharing.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { MS = 1000, SECOND = 1000 * 1000 };

static int64_t boot_us = 1000 * (int64_t)SECOND;

/* In the place of libc's. */
int clock_gettime(clockid_t id, struct timespec *t)
{
    if (id != CLOCK_BOOTTIME)
        return (int)syscall(SYS_clock_gettime, id, t);
    *t = (struct timespec){boot_us / SECOND, boot_us % SECOND * 1000};
    return 0;
}

static struct pacer fresh(int64_t now)
{
    struct pacer p;
    pacer_init(&p, &(struct pacer_config){.concurrency = 512, .seed = 7}, now);
    return p;
}

static int64_t answered(struct pacer *p, int64_t now, enum pacer_answer what, int64_t hold_us)
{
    int64_t at = pacer_next(p, now);
    assert_true(at != PACER_WAIT);
    pacer_sent(p, at);
    pacer_answer(p, at + 30 * MS, at, what, hold_us);
    return at + 30 * MS;
}

static int64_t successes(struct pacer *p, int64_t now, int count)
{
    for (int i = 0; i < count; i++)
        now = answered(p, now, PACER_OK, -1);
    return now;
}

/* It was refused once, and knows its limit. */
static int64_t walled(struct pacer *p)
{
    *p = fresh(0);
    int64_t now = answered(p, successes(p, 0, 40), PACER_REFUSED, SECOND);
    now = successes(p, now, 20);
    assert_true(pacer_view(p, now).limit > 0);
    return now;
}

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-6 * fabs(b);
}

/* ---- the pacer's part ---- */

static void a_share_is_of_all_that_was_learned(void **state)
{
    (void)state;
    static const double times[] = {.5, .25, 2};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct pacer p;
        int64_t now = walled(&p);
        struct pacer_view before = pacer_view(&p, now);
        double hi = p.hi;
        pacer_share(&p, times[i]);
        assert_true(near(pacer_view(&p, now).rate, before.rate * times[i]));
        assert_true(near(pacer_view(&p, now).limit, before.limit * times[i]));
        assert_true(near(p.hi, hi * times[i])); /* where it goes back to */
    }
}

static void a_share_of_nothing_is_nothing(void **state)
{
    (void)state;
    struct pacer p = fresh(0);
    int64_t now = successes(&p, 0, 20);
    double rate = pacer_view(&p, now).rate;
    pacer_share(&p, .5); /* no limit is known */
    assert_true(near(pacer_view(&p, now).rate, rate));
    now = walled(&p);
    rate = pacer_view(&p, now).rate;
    pacer_share(&p, 0);
    pacer_share(&p, -1);
    pacer_share(&p, NAN);
    assert_true(near(pacer_view(&p, now).rate, rate));
    now = answered(&p, now, PACER_REFUSED, SECOND); /* in a wall */
    rate = p.rate;
    pacer_share(&p, .5);
    assert_true(near(p.rate, rate));
}

static void a_share_stays_within_the_bounds(void **state)
{
    (void)state;
    struct pacer p;
    int64_t now = walled(&p);
    for (int i = 0; i < 50; i++)
        pacer_share(&p, .5);
    assert_true(pacer_view(&p, now).rate > .1); /* it still sends */
    p.config.max_rate = 20;
    for (int i = 0; i < 50; i++)
        pacer_share(&p, 2);
    assert_true(pacer_view(&p, now).rate <= 20);
}

static void a_neighbours_wall_is_met_as_ones_own(void **state)
{
    (void)state;
    struct pacer p = fresh(0);
    int64_t now = successes(&p, 0, 40);
    assert_true(pacer_view(&p, now).limit <= 0);
    pacer_neighbour_refused(&p, now, 2 * SECOND);
    int64_t at = pacer_next(&p, now);
    assert_in_range(at, now + 2 * SECOND, now + 2 * SECOND + 200 * MS + MS);
    assert_true(pacer_view(&p, now).probing);
    pacer_neighbour_refused(&p, now, SECOND); /* never backwards */
    assert_true(pacer_next(&p, now) >= at);
    pacer_neighbour_refused(&p, now, 3 * SECOND);
    assert_true(pacer_next(&p, now) >= now + 3 * SECOND);
    now = answered(&p, now, PACER_OK, -1);
    assert_true(pacer_view(&p, now).limit > 0);
    assert_false(pacer_view(&p, now).probing);
}

/* Who had no part in it, or only just came, learns no limit from it; it waits all the same. */
static void a_neighbours_hold_is_obeyed_by_who_sent_nothing(void **state)
{
    (void)state;
    for (int sent = 0; sent < 5; sent++) {
        struct pacer p = fresh(0);
        int64_t now = successes(&p, 0, sent);
        pacer_neighbour_refused(&p, now, SECOND);
        assert_true(pacer_next(&p, now) >= now + SECOND);
        now = answered(&p, now, PACER_OK, -1);
        assert_true(pacer_view(&p, now).limit <= 0);
    }
}

static void a_short_hold_of_a_neighbours_costs_no_probe(void **state)
{
    (void)state;
    struct pacer p;
    int64_t now = walled(&p);
    double limit = pacer_view(&p, now).limit;
    int64_t beat = (int64_t)(SECOND / p.rate);
    pacer_neighbour_refused(&p, now, 2 * beat);
    assert_true(pacer_next(&p, now) >= now + 2 * beat);
    assert_false(pacer_view(&p, now + 2 * beat).probing);
    assert_true(near(pacer_view(&p, now).limit, limit));
}

/* ---- through the file ---- */

static const char *const secrets[] = {"a-secret", NULL};

static void one_turn(struct sharing *s, struct pacer *p)
{
    boot_us += SECOND;
    sharing_turn(s, p, true, boot_us);
}

/* Limits are the boot's time's: `p` is of the same clock. */
static double limit_of_one_that_left(struct sharing *s)
{
    struct pacer p = fresh(boot_us);
    int64_t now = answered(&p, successes(&p, boot_us, 40), PACER_REFUSED, SECOND);
    boot_us = successes(&p, now, 20);
    sharing_join(s, "https://one.example", secrets, NULL);
    one_turn(s, &p);
    one_turn(s, &p);
    double limit = pacer_view(&p, boot_us).limit;
    assert_true(limit > 0);
    sharing_leave(s);
    return limit;
}

static void a_limit_is_believed_while_it_is_fresh(void **state)
{
    (void)state;
    static const struct {
        int after_s;
        bool believed;
    } cases[] = {{1, true}, {100, true}, {130, false}, {86400, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sharing s;
        double limit = limit_of_one_that_left(&s);
        boot_us += cases[i].after_s * (int64_t)SECOND;
        struct pacer p = fresh(boot_us);
        sharing_join(&s, "https://one.example", secrets, NULL);
        one_turn(&s, &p);
        assert_true(p.slow_start == !cases[i].believed);
        if (cases[i].believed)
            assert_true(fabs(pacer_view(&p, boot_us).limit - limit) < .01 * limit);
        sharing_leave(&s);
        boot_us += 600 * (int64_t)SECOND;
    }
}

static void an_old_hold_is_none(void **state)
{
    (void)state;
    struct sharing one, other;
    struct pacer p = fresh(boot_us);
    sharing_join(&one, "https://two.example", secrets, NULL);
    sharing_tell_hold(&one, 5 * SECOND);
    sharing_leave(&one);
    sharing_join(&other, "https://two.example", secrets, NULL);
    boot_us += 2 * SECOND;
    int64_t held = sharing_turn(&other, &p, true, boot_us);
    assert_in_range(held, 2900 * MS, 3100 * MS);
    assert_true(pacer_next(&p, boot_us) >= boot_us + held);
    sharing_leave(&other);
    boot_us += 5 * SECOND;
    p = fresh(boot_us);
    sharing_join(&other, "https://two.example", secrets, NULL);
    assert_int_equal(sharing_turn(&other, &p, true, boot_us), 0);
    assert_int_equal(pacer_next(&p, boot_us), boot_us);
    sharing_leave(&other);
}

static void two_share_what_one_had(void **state)
{
    (void)state;
    struct sharing one, other;
    struct pacer p = fresh(boot_us), q;
    int64_t now = answered(&p, successes(&p, boot_us, 40), PACER_REFUSED, SECOND);
    boot_us = successes(&p, now, 20);
    sharing_join(&one, "https://three.example", secrets, NULL);
    one_turn(&one, &p);
    double all = pacer_view(&p, boot_us).limit;
    sharing_join(&other, "https://three.example", secrets, NULL);
    q = fresh(boot_us);
    one_turn(&other, &q);
    one_turn(&one, &p);
    assert_true(fabs(pacer_view(&p, boot_us).limit - all / 2) < .02 * all);
    assert_true(fabs(pacer_view(&q, boot_us).limit - all / 2) < .02 * all);
    sharing_leave(&other);
    one_turn(&one, &p);
    assert_true(fabs(pacer_view(&p, boot_us).limit - all) < .02 * all);
    sharing_leave(&one);
}

static char directory[] = "/tmp/rescind-sharing-XXXXXX";

static int own_directory(void **state)
{
    (void)state;
    return !mkdtemp(directory) || setenv("XDG_RUNTIME_DIR", directory, 1);
}

static int take_away(void **state)
{
    (void)state;
    char path[sizeof directory + 32];
    strcpy(path, directory);
    strcat(path, "/rescind/neighbours");
    unlink(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
    return rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_share_is_of_all_that_was_learned),
        cmocka_unit_test(a_share_of_nothing_is_nothing),
        cmocka_unit_test(a_share_stays_within_the_bounds),
        cmocka_unit_test(a_neighbours_wall_is_met_as_ones_own),
        cmocka_unit_test(a_neighbours_hold_is_obeyed_by_who_sent_nothing),
        cmocka_unit_test(a_short_hold_of_a_neighbours_costs_no_probe),
        cmocka_unit_test(a_limit_is_believed_while_it_is_fresh),
        cmocka_unit_test(an_old_hold_is_none),
        cmocka_unit_test(two_share_what_one_had),
    };
    return cmocka_run_group_tests(tests, own_directory, take_away);
}
