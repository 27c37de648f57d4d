/* The queue: fresh rows in order, waiting ones by due time. */

#include "base/rng.h"
#include "run/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void fresh_rows_keep_their_order(void **state)
{
    (void)state;
    struct queue q = {0};
    assert_true(queue_empty(&q));
    for (uint32_t row = 0; row < 1000; row++)
        queue_add(&q, row * 3);
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(q.fresh[i], i * 3);
    assert_false(queue_empty(&q));
    q.sent = q.count;
    assert_true(queue_empty(&q));
    queue_free(&q);
}

static bool is_odd(void *at, uint32_t row)
{
    (void)at;
    return row % 2;
}

static void is_in_order(const struct queue *q, const char *rows)
{
    char text[64], *put = text;
    for (uint32_t i = 0; i < q->count; i++)
        *put++ = (char)('0' + q->fresh[i]);
    *put = '\0';
    assert_string_equal(text, rows);
}

static void deferred_ones_let_the_others_by_and_come_back(void **state)
{
    (void)state;
    struct queue q = {0};
    for (uint32_t row = 0; row < 10; row++)
        queue_add(&q, row);
    q.announced = 2;
    queue_defer(&q, is_odd, NULL);
    is_in_order(&q, "0124683579");
    assert_int_equal(q.deferred, 4);
    q.announced = 3;
    queue_forward(&q, 7);
    is_in_order(&q, "0127468359");
    assert_int_equal(q.deferred, 3);
    queue_recall(&q);
    is_in_order(&q, "0123597468");
    assert_int_equal(q.deferred, 0);
    queue_defer(&q, is_odd, NULL);
    queue_drop(&q, is_odd, NULL);
    is_in_order(&q, "012468");
    assert_int_equal(q.deferred, 0);
    queue_recall(&q);
    is_in_order(&q, "012468");
    queue_free(&q);
}

static void waiting_ones_come_out_by_time(void **state)
{
    (void)state;
    struct rng rng = rng_seed(11);
    struct queue q = {0};
    size_t in = 0, out = 0;
    assert_null(queue_first(&q));
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 40; i++, in++)
            queue_wait(&q, (struct waiting){.due_us = (int64_t)(rng_next(&rng) % 500),
                                            .row = (uint32_t)in});
        int64_t last = -1;
        for (int i = 0; i < 20 + round % 20; i++, out++) {
            int64_t due = queue_first(&q)->due_us;
            struct waiting w = queue_pop(&q);
            assert_int_equal(w.due_us, due);
            assert_true(w.due_us >= last);
            last = w.due_us;
        }
    }
    assert_int_equal(q.waiting, in - out);
    int64_t last = -1;
    while (queue_first(&q)) {
        struct waiting w = queue_pop(&q);
        assert_true(w.due_us >= last);
        last = w.due_us;
    }
    assert_true(queue_empty(&q));
    queue_free(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fresh_rows_keep_their_order),
        cmocka_unit_test(deferred_ones_let_the_others_by_and_come_back),
        cmocka_unit_test(waiting_ones_come_out_by_time),
    };
    return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
