/* The limiters of the sandbox, on a clock of the test's own. */

#include "sandbox/limiter.h"
#include "sandbox/workers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct limiter made(const char *const *specs, size_t count)
{
    struct limiter l;
    limiter_init(&l);
    for (size_t i = 0; i < count; i++) {
        struct limiter_stage stage;
        struct error err;
        assert_int_equal(limiter_parse(specs[i], &stage, &err), 0);
        assert_int_equal(limiter_add(&l, &stage, &err), 0);
    }
    return l;
}

struct step {
    int64_t ms, wait_ms; /* wait -1: admitted */
};

struct play {
    const char *specs[3];
    struct step steps[14];
};

/* One row is one limiter and what happens to requests at those moments. */
static const struct play plays[] = {
    {{"none"}, {{0, -1}, {0, -1}, {1, -1}}},
    {{"bucket:10/s:burst=2"},
     {{0, -1},
      {0, -1},
      {0, 100},
      {50, 50},
      {99, 1},
      {100, -1},
      {100, 100},
      {10000, -1},
      {10000, -1},
      {10000, 100}}},
    {{"bucket:2/s"}, {{0, -1}, {0, -1}, {0, 500}}},                 /* a second's worth deep */
    {{"bucket:1/4s"}, {{0, -1}, {0, 4000}, {3999, 1}, {4000, -1}}}, /* and at least 1 */
    {{"window:2/3s"},
     {{500, -1}, {600, -1}, {700, 2800}, {3499, 1}, {3500, -1}, {3500, -1}, {3600, 2900}}},
    {{"window:1/1s:phase=0.25"}, {{0, -1}, {10, 740}, {750, -1}, {760, 990}}},
    {{"box:2/1s:out=5s"},
     {{0, -1},
      {10, -1},
      {20, 5000},
      {1020, 4000},
      {5019, 1},
      {5020, -1},
      {5021, -1},
      {6021, -1},
      {6022, -1},
      {6022, 5000}}},
    {{"bucket:10/s:burst=1", "bucket:1000/s:burst=2:from=2s", "none:from=3s"},
     {{0, -1},
      {0, 100},
      {1990, -1},
      {2000, -1},
      {2010, -1},
      {2010, -1},
      {2010, 1},
      {3000, -1},
      {3000, -1},
      {3000, -1}}},
    {{"window:1/9s:from=1s"}, {{0, -1}, {0, -1}, {1000, -1}, {1000, 8000}}},
};

static void limiters_play(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof plays / sizeof *plays; i++) {
        size_t specs = 0;
        while (specs < 3 && plays[i].specs[specs])
            specs++;
        struct limiter l = made(plays[i].specs, specs);
        const int64_t start = 77123456789; /* any moment will do: it counts from the first one */
        for (size_t k = 0; k < 14; k++) {
            const struct step *s = &plays[i].steps[k];
            if (k && !s->ms && !s->wait_ms)
                break;
            int64_t wait = limiter_admit(&l, start + s->ms * 1000);
            if (s->wait_ms < 0 ? wait != -1
                               : wait < s->wait_ms * 1000 - 1000 || wait > s->wait_ms * 1000 + 1000)
                fail_msg("%s, step %zu at %lld ms: %lld us", plays[i].specs[0], k, (long long)s->ms,
                         (long long)wait);
        }
        limiter_free(&l);
    }
}

static void a_bucket_admits_its_rate(void **state)
{
    (void)state;
    struct limiter l = made((const char *[]){"bucket:150/3s:burst=5"}, 1);
    unsigned admitted = 0;
    for (int64_t us = 0; us < 60000000; us += 1000)
        admitted += limiter_admit(&l, us) < 0;
    assert_in_range(admitted, 50 * 60, 50 * 60 + 5);
    limiter_free(&l);
}

static void quota_and_room_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *spec;
        int64_t room, reset_us; /* after requests at 0 and at 250 ms */
    } rows[] = {{"window:4/1s", 2, 750000},
                {"window:4/1s:phase=0.5", 2, 250000},
                {"bucket:4/1s", 3, 250000},
                {"box:4/2s:out=9s", 2, 2000000},
                {"none", -1, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct limiter l = made(&rows[i].spec, 1);
        int64_t reset = 0;
        assert_int_equal(limiter_room(&l, &reset), -1);
        limiter_admit(&l, 5000000);
        limiter_admit(&l, 5250000);
        if (limiter_room(&l, &reset) != rows[i].room || reset != rows[i].reset_us)
            fail_msg("%s: %lld us", rows[i].spec, (long long)reset);
        assert_true(limiter_quota(&l) == (rows[i].room < 0 ? 0 : 4));
        limiter_free(&l);
    }
}

static void specs_that_make_no_sense(void **state)
{
    (void)state;
    static const char *const specs[] = {
        "",
        "bucket",
        "bucket:",
        "bucket:5",
        "bucket:0/s",
        "bucket:5/",
        "bucket:5/0s",
        "bucket:-5/s",
        "bucket:5/s:",
        "bucket:5/s:burst=0",
        "bucket:5/s:out=5s",
        "window:5/s:burst=5",
        "window:5/s:phase=2",
        "box:5/s",
        "sieve:5/s",
        "none:from=x",
    };
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        struct limiter_stage stage;
        struct error err = {0};
        if (limiter_parse(specs[i], &stage, &err) == 0)
            fail_msg("\"%s\" was taken", specs[i]);
        assert_int_equal(err.code, EXIT_USAGE);
        assert_true(err.text[0]);
    }
}

struct arrival {
    int64_t ms, answer_ms; /* -1: refused */
};

/* One row is one crew and when it answers what arrives. */
static const struct {
    const char *spec;
    struct arrival arrivals[10];
} crews[] = {
    {"1:10ms", {{0, 10}, {0, 20}, {5, 30}, {29, 40}, {100, 110}}},
    {"2:10ms:queue=1", {{0, 10}, {0, 10}, {0, 20}, {1, -1}, {9, -1}, {10, 20}, {10, 30}, {11, -1}}},
    {"1:10ms:queue=0", {{0, 10}, {0, -1}, {9, -1}, {10, 20}, {11, -1}}},
    {"2:1s:queue=3",
     {{0, 1000}, {0, 1000}, {0, 2000}, {0, 2000}, {1, 3000}, {2, -1}, {1000, 3000}}},
};

static void workers_take_their_time(void **state)
{
    (void)state;
    struct workers w = {0};
    struct error err;
    for (size_t i = 0; i < sizeof crews / sizeof *crews; i++) {
        assert_int_equal(workers_parse(crews[i].spec, &w, &err), 0);
        for (const struct arrival *a = crews[i].arrivals; a->answer_ms; a++) {
            int64_t took = workers_take(&w, a->ms * 1000);
            int64_t expected = a->answer_ms < 0 ? -1 : (a->answer_ms - a->ms) * 1000;
            if (took != expected)
                fail_msg("%s: at %d ms it takes %d us", crews[i].spec, (int)a->ms, (int)took);
        }
    }
    workers_free(&w);
    assert_int_equal(workers_take(&w, 0), 0);
}

static void crews_that_make_no_sense(void **state)
{
    static const char *const specs[] = {"",      "8",           "0:1s",         "8:0",
                                        "8:1s:", "8:1s:queue",  "8:1s:queue=x", "8:1s:room=1",
                                        "x:1s",  "8:1s:queue=", "99999999:1s",  "8:-1s"};
    (void)state;
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        struct workers w = {0};
        struct error err = {0};
        if (workers_parse(specs[i], &w, &err) == 0)
            fail_msg("\"%s\" was taken", specs[i]);
        assert_int_equal(err.code, EXIT_USAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limiters_play),           cmocka_unit_test(a_bucket_admits_its_rate),
        cmocka_unit_test(quota_and_room_are_told), cmocka_unit_test(specs_that_make_no_sense),
        cmocka_unit_test(workers_take_their_time), cmocka_unit_test(crews_that_make_no_sense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
