/* The course of the runs: the axis, and that nothing is lost on the way to its bins. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/course.h"
#include "report_world.h"

#include <math.h>

static struct course *course_of(const struct report *r)
{
    struct timeline *t = mem_alloc(sizeof *t);
    struct course *c = mem_alloc(sizeof *c);
    report_timeline(r, t);
    assert_true(course_make(c, r, t));
    free(t);
    return c;
}

static bool about(double a, double b)
{
    return fabs(a - b) < 1e-6 * fmax(1, fabs(b));
}

static double requests_in(const struct course *c, size_t first, size_t last)
{
    double sum = 0;
    for (size_t i = first; i <= last; i++)
        sum += c->bin[i].requests_s * (double)(c->bin[i].to_ms - c->bin[i].from_ms) / 1000;
    return sum;
}

/* A run of `ms` that sends one request in each of its tenths. */
static void short_run(struct world *w, int64_t at, int64_t ms)
{
    world_open(w, at, NULL);
    for (int i = 1; i <= 10; i++)
        world_try(w, at + ms * i / 10 - 1, "1", (uint64_t)i, (uint64_t)i / 5, 7);
    world_close(w, at + ms, 75, "x");
}

static void a_night_between_runs_dilutes_nothing(void **state)
{
    (void)state;
    enum { NIGHT = 12 * 3600 * 1000 };
    struct world w = world_new("d");
    world_key(&w, 1, "");
    short_run(&w, START_MS, 10000);
    short_run(&w, START_MS + NIGHT, 10000);
    struct report *r = world_report(&w);
    struct course *c = course_of(r);
    double all_429 = 0;
    assert_int_equal(c->stretches, 2);
    assert_true(about(requests_in(c, 0, c->bins - 1), 20));
    for (size_t i = 0; i < c->bins; i++) {
        assert_true(about(c->bin[i].requests_s, 1)); /* 10 in 10 s, however wide the slices are */
        all_429 += c->bin[i].http_429;
    }
    assert_true(about(all_429, 4));
    assert_true(c->gap < c->width * .05);
    course_free(c);
    free(c);
    report_free(r);
    world_free(&w);
}

static void the_axis_goes_there_and_back(void **state)
{
    (void)state;
    struct world w = world_new("d");
    world_key(&w, 1, "");
    short_run(&w, START_MS, 30000);
    short_run(&w, START_MS + 500000, 7000);
    short_run(&w, START_MS + 900000, 61234);
    struct report *r = world_report(&w);
    struct course *c = course_of(r);
    static const int64_t inside[] = {0, 1, 15000, 29999, 500000, 503000, 506999, 900000, 961234};
    double before = -1;
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
        double x = course_x(c, START_MS + inside[i]);
        assert_true(x > before);
        assert_int_equal(course_time(c, x), START_MS + inside[i]);
        before = x;
    }
    assert_true(about(course_x(c, START_MS + 961234), c->width));
    assert_true(course_x(c, START_MS - 5) < 1e-9);
    assert_true(about(course_x(c, START_MS + 5000000), c->width));
    for (size_t i = 1; i < c->bins; i++) {
        double end = c->bin[i - 1].x + c->bin[i - 1].width;
        assert_true(about(c->bin[i].x, end) || about(c->bin[i].x, end + c->gap));
    }
    course_free(c);
    free(c);
    report_free(r);
    world_free(&w);
}

static void many_runs_are_bounded(void **state)
{
    (void)state;
    struct world w = world_new("d");
    world_key(&w, 1, "");
    int64_t at = START_MS;
    for (int run = 0; run < 400; run++) {
        short_run(&w, at, 1000);
        at += 1000 + (run % 10 ? 500 : 3600000 + run);
    }
    struct report *r = world_report(&w);
    struct course *c = course_of(r);
    assert_true(c->stretches <= COURSE_STRETCHES && c->stretches > COURSE_STRETCHES / 2);
    assert_true(c->bins <= COURSE_BINS + COURSE_STRETCHES);
    assert_true(about(requests_in(c, 0, c->bins - 1), 4000));
    course_free(c);
    free(c);
    report_free(r);
    world_free(&w);
}

/* A killed run whose only trace is a try, and clocks that were set back, lose nothing either. */
static void odd_times_lose_nothing(void **state)
{
    (void)state;
    struct world w = world_new("d");
    world_key(&w, 1, "");
    world_open(&w, START_MS, NULL);
    world_try(&w, START_MS + 5000, "1", 50, 3, 9);
    world_open(&w, START_MS - 3600000, NULL);
    world_try(&w, START_MS - 3500000, "1", 20, 1, 9);
    world_close(&w, START_MS - 3400000, 75, "x");
    struct report *r = world_report(&w);
    struct course *c = course_of(r);
    assert_true(about(requests_in(c, 0, c->bins - 1), 70));
    course_free(c);
    free(c);
    report_free(r);
    world_free(&w);
}

/* Bins of a second in this run. */
static const struct bin *bin_at(const struct course *c, int64_t ms)
{
    for (size_t i = 0; i < c->bins; i++)
        if (START_MS + ms < c->bin[i].to_ms)
            return &c->bin[i];
    fail();
    return NULL;
}

static void what_was_told_holds_until_it_is_told_anew(void **state)
{
    (void)state;
    struct world w = world_new("d");
    world_key(&w, 1, "");
    world_open(&w, START_MS, NULL);
    world_try(&w, START_MS + 2000, "1", 1, 0, 50); /* by a version that told the rate alone */
    world_pace(&w, START_MS + 5000, 100, 0, (struct pace){100, 20, 200, BOUND_DISTANCE});
    world_pace(&w, START_MS + 10000, 500, 0, (struct pace){90, 18, 210, BOUND_QUOTA});
    world_hold(&w, START_MS + 15000, START_MS + 20000);
    world_pace(&w, START_MS + 20100, 510, 1, (struct pace){80, 16, 220, BOUND_QUOTA});
    world_close(&w, START_MS + 40000, 0, "");
    struct report *r = world_report(&w);
    struct course *c = course_of(r);
    static const struct {
        int64_t ms;
        struct pace pace;
    } rows[] = {
        {500, {0, 0, 0, BOUND_NONE}},           {3500, {50, 0, 0, BOUND_NONE}},
        {7500, {100, 20, 200, BOUND_DISTANCE}}, {12500, {90, 18, 210, BOUND_QUOTA}},
        {17500, {90, 0, 210, BOUND_HOLD}},      {30500, {80, 16, 220, BOUND_QUOTA}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct pace *p = &bin_at(c, rows[i].ms)->pace, *want = &rows[i].pace;
        assert_true(about(p->rate, want->rate) && about(p->in_flight, want->in_flight));
        assert_true(about(p->rtt_ms, want->rtt_ms));
        assert_string_equal(bound_word[p->bound], bound_word[want->bound]);
    }
    course_free(c);
    free(c);
    report_free(r);
    world_free(&w);
}

/* Two shards at once: what is in flight adds up, and what bounds them is that of the larger one. */
static void shards_side_by_side_are_in_flight_together(void **state)
{
    (void)state;
    struct world w[2] = {world_new("a"), world_new("b")};
    struct report_source s[2];
    for (size_t k = 0; k < 2; k++) {
        world_key(&w[k], (uint32_t)k, "");
        world_open(&w[k], START_MS, NULL);
        world_pace(&w[k], START_MS + 1000, 100, 0,
                   k ? (struct pace){30, 6, 200, BOUND_CAPACITY}
                     : (struct pace){40, 10, 250, BOUND_QUOTA});
        world_close(&w[k], START_MS + 10000, 0, "");
        s[k] = world_source(&w[k]);
    }
    struct report *r = report_new(s, 2);
    struct course *c = course_of(r);
    const struct pace *p = &bin_at(c, 5000)->pace;
    assert_true(about(p->rate, 70) && about(p->in_flight, 16) && about(p->rtt_ms, 250));
    assert_int_equal(p->bound, BOUND_QUOTA);
    course_free(c);
    free(c);
    report_free(r);
    world_free(&w[0]);
    world_free(&w[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_night_between_runs_dilutes_nothing),
        cmocka_unit_test(the_axis_goes_there_and_back),
        cmocka_unit_test(many_runs_are_bounded),
        cmocka_unit_test(what_was_told_holds_until_it_is_told_anew),
        cmocka_unit_test(shards_side_by_side_are_in_flight_together),
        cmocka_unit_test(odd_times_lose_nothing),
    };
    return cmocka_run_group_tests_name("report_course", tests, NULL, NULL);
}
