/* The table of texts, also where a peer chose them to collide under a checksum that everybody
 * knows.
 */

#include "journal/texts.h"

#include "base/digest.h"
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { BITS = 64, TEXTS = 30000 };

static void spell(uint64_t bits, char out[BITS + 1])
{
    for (int i = 0; i < BITS; i++)
        out[i] = bits >> i & 1 ? 'c' : 'a';
    out[BITS] = '\0';
}

static uint32_t crc_of(uint64_t bits)
{
    char text[BITS + 1];
    spell(bits, text);
    return crc32c(0, text, BITS);
}

/* Texts of one length whose differences leave a CRC as it is: the kernel of a linear map. */
static unsigned colliding(uint64_t kernel[BITS])
{
    uint32_t zero = crc_of(0), sum_of[32] = {0};
    uint64_t made_of[32];
    unsigned count = 0;
    for (int i = 0; i < BITS; i++) {
        uint32_t sum = crc_of(UINT64_C(1) << i) ^ zero;
        uint64_t made = UINT64_C(1) << i;
        while (sum && sum_of[31 - __builtin_clz(sum)]) {
            int top = 31 - __builtin_clz(sum);
            sum ^= sum_of[top];
            made ^= made_of[top];
        }
        if (sum) {
            sum_of[31 - __builtin_clz(sum)] = sum;
            made_of[31 - __builtin_clz(sum)] = made;
        } else {
            kernel[count++] = made;
        }
    }
    return count;
}

static void test_chosen_texts_cost_no_more(void **state)
{
    (void)state;
    uint64_t kernel[BITS];
    unsigned count = colliding(kernel);
    struct texts *texts = texts_new();
    assert_true(count >= 15);
    clock_t began = clock();
    for (unsigned n = 0; n < TEXTS; n++) {
        uint64_t bits = 0;
        char text[BITS + 1];
        for (unsigned i = 0; i < count; i++)
            bits ^= n >> i & 1 ? kernel[i] : 0;
        assert_int_equal(crc_of(bits), crc_of(0));
        spell(bits, text);
        uint32_t number = texts_keep(texts, text);
        assert_string_equal(texts_at(texts, number), text);
        assert_int_equal(texts_keep(texts, text), number);
    }
    assert_true(clock() - began < 2 * CLOCKS_PER_SEC); /* colliding, this takes minutes */
    texts_free(texts);
}

static void test_hash_known_answer(void **state)
{
    (void)state;
    static const unsigned char bytes[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    uint64_t key[2];
    memcpy(key, bytes, sizeof key);
    assert_true(hash_with(key, "", 0) == UINT64_C(0xabac0158050fc4dc)); /* SipHash-1-3's vectors */
    assert_true(hash_text(0, "same") == hash_bytes(0, "same", 4));
    assert_true(hash_text(0, "same") != hash_text(1, "same"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chosen_texts_cost_no_more),
        cmocka_unit_test(test_hash_known_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
