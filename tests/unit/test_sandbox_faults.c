/* The sandbox's fault dice, timers and small texts. */

#include "sandbox/faults.h"
#include "sandbox/spec.h"
#include "sandbox/timers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct faults made(uint64_t seed, const char *const *specs)
{
    struct faults f = {.seed = seed};
    struct error err;
    for (; *specs; specs++)
        assert_int_equal(faults_add(&f, *specs, &err), 0);
    return f;
}

static void parsed(void **state)
{
    (void)state;
    struct faults f = made(1, (const char *[]){"openrouter=503:2.5%:retry-after=7:tries=1:on=all",
                                               "drop:0.5", "stall:1:for=250ms:effect=no", NULL});
    assert_string_equal(f.at[0].provider, "openrouter");
    assert_int_equal(f.at[0].status, 503);
    assert_true(f.at[0].rate > 0.0249 && f.at[0].rate < 0.0251);
    assert_string_equal(f.at[0].retry_after, "7");
    assert_int_equal(f.at[0].tries, 1);
    assert_int_equal(f.at[0].on, ON_ALL);
    assert_int_equal(f.at[0].effect, EFFECT_NO);
    assert_null(f.at[1].provider);
    assert_int_equal(f.at[1].effect, EFFECT_EITHER);
    assert_int_equal(f.at[2].for_us, 250000);
    assert_int_equal(f.at[2].effect, EFFECT_NO);
    faults_clear(&f);
    assert_int_equal(f.count, 0);
}

/* Bounds of a fault: the nth matching request, a target, how often it was seen. */
static const struct {
    const char *spec;
    struct fault_case c[6];
    bool happens[6];
} bounds[] = {
    {"500:1:from=2:to=3",
     {{"a", "x", true, 1, 0},
      {"a", "x", true, 1, 1},
      {"b", "x", true, 1, 2},
      {"a", "x", true, 1, 3}},
     {false, true, true, false}},
    {"b=500:1", {{"a", "x", true, 1, 0}, {"b", "x", true, 1, 0}}, {false, true}},
    {"500:1:id=y", {{"a", "x", true, 1, 0}, {"a", "y", true, 2, 0}}, {false, true}},
    {"500:1:tries=1", {{"a", "x", true, 1, 0}, {"a", "x", true, 1, 1}}, {true, false}},
    {"500:1:times=1", {{"a", "x", true, 1, 0}, {"a", "y", true, 2, 0}}, {true, false}},
    {"500:1", {{"a", "x", true, 1, 0}, {"a", "x", false, 1, 0}}, {true, false}},
    {"500:1:on=read", {{"a", "x", true, 1, 0}, {"a", "x", false, 1, 0}}, {false, true}},
    {"500:1:on=all", {{"a", "x", true, 1, 0}, {"a", "x", false, 1, 0}}, {true, true}},
    {"500:0", {{"a", "x", true, 1, 0}, {"a", "x", true, 9, 0}}, {false, false}},
};

static void bounds_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        struct faults f = made(1, (const char *[]){bounds[i].spec, NULL});
        for (size_t k = 0; k < 6 && bounds[i].c[k].provider; k++) {
            bool effect = false;
            const struct fault *got = faults_pick(&f, &bounds[i].c[k], &effect);
            if (!got != !bounds[i].happens[k])
                fail_msg("%s, case %zu", bounds[i].spec, k);
            assert_int_equal(effect, got == NULL); /* a 500 that happens leaves the key */
        }
        faults_clear(&f);
    }
}

/* What happens to a target depends on nothing but the seed and the target's own history. */
static void order_is_no_matter(void **state)
{
    (void)state;
    enum { N = 20000 };
    const char *const specs[] = {"500:10%", "drop:20%", NULL};
    struct faults forth = made(4, specs), back = made(4, specs), other = made(5, specs);
    static int kind[2][N];
    unsigned count[2] = {0}, effective = 0, different = 0;
    for (int i = 0; i < N; i++)
        for (int way = 0; way < 3; way++) {
            int at = way == 1 ? N - 1 - i : i;
            struct fault_case c = {"a", "x", true, (uint64_t)(at / 2), (uint64_t)(at % 2)};
            struct faults *f = way == 0 ? &forth : way == 1 ? &back : &other;
            bool effect = false;
            const struct fault *got = faults_pick(f, &c, &effect);
            int word = got ? (int)got->kind * 2 + effect : -1;
            if (way < 2)
                kind[way][at] = word;
            else
                different += word != kind[0][at];
            if (way == 0 && got) {
                count[got->kind == FAULT_DROP]++;
                effective += got->kind == FAULT_DROP && effect;
            }
        }
    assert_memory_equal(kind[0], kind[1], sizeof kind[0]);
    assert_true(different > N / 5);
    assert_in_range(count[0], N * 9 / 100, N * 11 / 100);
    assert_in_range(count[1], N * 17 / 100, N * 19 / 100); /* of the 90% that are left */
    assert_in_range(effective, count[1] * 45 / 100, count[1] * 55 / 100);
    faults_clear(&forth);
    faults_clear(&back);
    faults_clear(&other);
}

static void too_many_are_refused(void **state)
{
    (void)state;
    struct faults f = {0};
    struct error err;
    for (int i = 0; i < FAULTS_MAX; i++)
        assert_int_equal(faults_add(&f, "500:1", &err), 0);
    assert_int_equal(faults_add(&f, "500:1", &err), -1);
    faults_clear(&f);
}

static void timers_come_in_their_order(void **state)
{
    (void)state;
    struct timers t = {0};
    static int marks[1000];
    uint64_t x = 12345;
    assert_null(timers_take(&t));
    assert_true(timers_next_us(&t) == INT64_MAX);
    for (int i = 0; i < 1000; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        marks[i] = (int)(x >> 33) % 50;
        timers_add(&t, marks[i], &marks[i]);
    }
    const int *last = NULL;
    for (int i = 0; i < 1000; i++) {
        assert_true(timers_next_us(&t) != INT64_MAX);
        const int *got = timers_take(&t);
        assert_true(!last || *last < *got || (*last == *got && last < got));
        last = got;
    }
    assert_null(timers_take(&t));
    timers_free(&t);
}

static void spans_and_shares(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t us; /* -1: none */
    } spans[] = {{"250ms", 250000},     {"1.5s", 1500000}, {"2", 2000000}, {"5m", 300000000},
                 {"1h30m", 5400000000}, {"0", 0},          {"", -1},       {"ms", -1},
                 {"1.5m", -1},          {"-1s", -1}};
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
        int64_t us = -1;
        if (!spec_span(spans[i].text, &us))
            us = -1;
        if (us != spans[i].us)
            fail_msg("%s: %lld", spans[i].text, (long long)us);
    }
    double share = 0;
    assert_true(spec_share("5%", &share) && share > 0.0499 && share < 0.0501);
    assert_true(spec_share("1", &share) && share == 1);
    assert_false(spec_share("1.1", &share));
    assert_false(spec_share("101%", &share));
    assert_false(spec_share("", &share));
}

static void providers_before_an_equals(void **state)
{
    (void)state;
    static const struct {
        const char *text, *provider, *rest;
    } rows[] = {{"openrouter=500:1", "openrouter", "500:1"},
                {"500:1:tries=2", "", "500:1:tries=2"},
                {"raw:a=b", "", "raw:a=b"},
                {"=500", "", "=500"},
                {"plain", "", "plain"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char provider[SPEC_PROVIDER];
        assert_string_equal(spec_provider(rows[i].text, provider), rows[i].rest);
        assert_string_equal(provider, rows[i].provider);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parsed),
        cmocka_unit_test(bounds_hold),
        cmocka_unit_test(order_is_no_matter),
        cmocka_unit_test(too_many_are_refused),
        cmocka_unit_test(timers_come_in_their_order),
        cmocka_unit_test(spans_and_shares),
        cmocka_unit_test(providers_before_an_equals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
