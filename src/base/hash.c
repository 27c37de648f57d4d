#include "base/hash.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

struct state {
    uint64_t a, b, c, d;
};

static uint64_t turn(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static void round_of(struct state *s)
{
    s->a += s->b;
    s->b = turn(s->b, 13) ^ s->a;
    s->a = turn(s->a, 32);
    s->c += s->d;
    s->d = turn(s->d, 16) ^ s->c;
    s->a += s->d;
    s->d = turn(s->d, 21) ^ s->a;
    s->c += s->b;
    s->b = turn(s->b, 17) ^ s->c;
    s->c = turn(s->c, 32);
}

static void take(struct state *s, uint64_t word)
{
    s->d ^= word;
    round_of(s);
    s->a ^= word;
}

uint64_t hash_with(const uint64_t key[2], const void *bytes, size_t len)
{
    struct state s = {key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du,
                      key[0] ^ 0x6c7967656e657261u, key[1] ^ 0x7465646279746573u};
    const unsigned char *at = bytes;
    uint64_t word, last = (uint64_t)len << 56;
    for (; len >= 8; at += 8, len -= 8) {
        memcpy(&word, at, 8);
        take(&s, word);
    }
    for (size_t i = 0; i < len; i++)
        last |= (uint64_t)at[i] << (8 * i);
    take(&s, last);
    s.c ^= 0xff;
    for (int i = 0; i < 3; i++)
        round_of(&s);
    return s.a ^ s.b ^ s.c ^ s.d;
}

/* Before the system has randomness (early in its start) the clock and where this process lies in
 * memory have to do. */
static const uint64_t *own_key(void)
{
    static uint64_t key[2];
    static int drawn;
    if (!drawn && getrandom(key, sizeof key, GRND_NONBLOCK) != sizeof key) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        key[0] = (uint64_t)now.tv_nsec * 0x9e3779b97f4a7c15u;
        key[1] = (uint64_t)(uintptr_t)&now;
    }
    drawn = 1;
    return key;
}

uint64_t hash_bytes(uint64_t more, const void *bytes, size_t len)
{
    const uint64_t *own = own_key();
    const uint64_t key[2] = {own[0] ^ more, own[1]};
    return hash_with(key, bytes, len);
}

uint64_t hash_text(uint64_t more, const char *text)
{
    return hash_bytes(more, text, strlen(text));
}
