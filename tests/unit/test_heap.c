/* What a library frees or moves leaves nothing behind; what it asks for next is as good as new. */

#include "base/heap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const size_t sizes[] = {0, 1, 63, 64, 65, 256, 257, 1024, 4097, 4352, 4353, 100000};
enum { SIZES = sizeof sizes / sizeof *sizes };

static void test_blocks_hold_what_they_were_asked_for(void **state)
{
    (void)state;
    for (int round = 0; round < 3; round++) {
        char *block[SIZES];
        for (size_t i = 0; i < SIZES; i++) {
            block[i] = heap_alloc(sizes[i]);
            assert_int_equal((uintptr_t)block[i] % 16, 0);
            memset(block[i], (int)i, sizes[i]);
        }
        for (size_t i = 0; i < SIZES; i++) {
            for (size_t at = 0; at < sizes[i]; at++)
                assert_int_equal(block[i][at], i);
            heap_free(block[i]);
        }
    }
    heap_free(NULL);
}

static void test_zeroed_and_copied(void **state)
{
    (void)state;
    char *used = heap_alloc(200);
    memset(used, 'x', 200);
    heap_free(used);
    char *zeros = heap_zalloc(20, 10);
    for (size_t i = 0; i < 200; i++)
        assert_int_equal(zeros[i], 0);
    heap_free(zeros);
    char *text = heap_string("a text");
    assert_string_equal(text, "a text");
    heap_free(text);
}

static void test_a_block_grows(void **state)
{
    (void)state;
    char *block = NULL;
    for (size_t size = 1; size < 20000; size += size / 3 + 1) {
        size_t had = block ? strlen(block) : 0;
        block = heap_resize(block, size);
        for (size_t i = 0; i < had; i++)
            assert_int_equal(block[i], 'k');
        memset(block, 'k', size - 1);
        block[size - 1] = '\0';
    }
    heap_free(block);
}

/* The next of its size is the same memory: with AddressSanitizer there is no such thing to see. */
static void test_what_was_freed_is_gone(void **state)
{
    (void)state;
    static const char secret[] = "Authorization: Bearer sk-or-v1-0123456789abcdef";
    for (size_t size = 64; size <= 4352; size *= 4) {
        char *block = heap_alloc(size);
        for (size_t at = 0; at + sizeof secret <= size; at += sizeof secret)
            memcpy(block + at, secret, sizeof secret);
        uintptr_t was = (uintptr_t)block;
        heap_free(block);
        block = heap_alloc(size);
        bool same = (uintptr_t)block == was;
        for (size_t i = sizeof(void *); same && i < size; i++)
            assert_int_equal(block[i], 0);
        heap_free(block);
        if (!same)
            skip();
    }
}

int main(void)
{
    heap_keep();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_hold_what_they_were_asked_for),
        cmocka_unit_test(test_zeroed_and_copied),
        cmocka_unit_test(test_a_block_grows),
        cmocka_unit_test(test_what_was_freed_is_gone),
    };
    return cmocka_run_group_tests_name("heap", tests, NULL, NULL);
}
