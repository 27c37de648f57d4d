/* The matcher against a search that compares everywhere. */

#include "intake/sieve.h"

#include "base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { TEXT = 4096, HITS = 4096 };

struct hits {
    struct {
        size_t where;
        unsigned tag;
    } at[HITS];
    size_t count;
};

static void hit(void *at, size_t where, unsigned tag)
{
    struct hits *h = at;
    assert_true(h->count < HITS);
    h->at[h->count].where = where;
    h->at[h->count++].tag = tag;
}

static bool has(const struct hits *h, size_t where, unsigned tag)
{
    size_t found = 0;
    for (size_t i = 0; i < h->count; i++)
        found += h->at[i].where == where && h->at[i].tag == tag;
    assert_true(found <= 1); /* told once */
    return found == 1;
}

static const char letters[] = "ab10_skgh-p rqtyl";
static const char *const words[] = {"sk-", "b10_", "glpat-", "rqsty-sk-", "aaaa", "abab", "ghp_"};
enum { WORDS = sizeof words / sizeof *words };

static void check(const struct sieve *s, const char *text, size_t len, size_t from, size_t to)
{
    struct hits h = {.count = 0};
    size_t want = 0;
    sieve_run(s, text, len, from, to, hit, &h);
    for (unsigned w = 0; w < WORDS; w++) {
        for (size_t i = from; i < to && i + strlen(words[w]) <= len; i++) {
            if (memcmp(text + i, words[w], strlen(words[w])) != 0)
                continue;
            want++;
            if (!has(&h, i, w))
                fail_msg("%s at %zu of %zu-%zu is missed", words[w], i, from, to);
        }
    }
    assert_int_equal(h.count, want);
}

static void finds_what_is_there_at_every_place(void **state)
{
    struct sieve *s = sieve_new();
    struct rng r = rng_seed(7);
    char text[TEXT + SIEVE_PAD];
    (void)state;
    for (unsigned w = 0; w < WORDS; w++)
        sieve_add(s, words[w], strlen(words[w]), letters, w);
    for (unsigned round = 0; round < 300; round++) {
        size_t len = rng_next(&r) % TEXT;
        memset(text, 's', sizeof text);
        for (size_t i = 0; i < len; i++)
            text[i] = letters[rng_next(&r) % (sizeof letters - 1)];
        for (unsigned n = 0; n < 8 && len > 16; n++) {
            const char *word = words[rng_next(&r) % WORDS];
            memcpy(text + rng_next(&r) % (len - 10), word, strlen(word));
        }
        size_t from = len ? rng_next(&r) % len : 0, to = from + rng_next(&r) % (len - from + 1);
        check(s, text, len, 0, len);
        check(s, text, len, from, to);
    }
    sieve_free(s);
}

/* A text that is cut into pieces has each hit in one of them. */
static void pieces_share_nothing(void **state)
{
    struct sieve *s = sieve_new();
    char text[64 + SIEVE_PAD] = "sk-sk-b10_b10_glpat-rqsty-sk-aaaaaabababghp_sk-a";
    size_t len = strlen(text);
    (void)state;
    for (unsigned w = 0; w < WORDS; w++)
        sieve_add(s, words[w], strlen(words[w]), letters, w);
    for (size_t cut = 0; cut <= len; cut++) {
        check(s, text, len, 0, cut);
        check(s, text, len, cut, len);
    }
    sieve_free(s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_is_there_at_every_place),
        cmocka_unit_test(pieces_share_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
