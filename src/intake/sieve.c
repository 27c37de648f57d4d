#include "intake/sieve.h"

#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { HASH_BITS = 17, HEAD_BITS = 12, NONE = UINT16_MAX, STRIDE = 2, WINDOW = 4, OFFSET_MAX = 64 };

struct sieve_entry {
    uint32_t gram;
    uint16_t next, text, offset; /* of the gram within its text */
};

struct text {
    char *bytes;
    size_t len;
    unsigned tag;
};

struct sieve {
    uint64_t bits[(1 << HASH_BITS) / 64];
    uint16_t head[1 << HEAD_BITS];
    struct sieve_entry *entry;
    size_t entries;
    struct text *text;
    size_t texts;
    size_t offset_most;
};

static inline uint32_t bytes_at(const char *at)
{
    uint32_t v;
    memcpy(&v, at, 4);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap32(v);
#endif
    return v;
}

static inline uint32_t gram_at(const char *at)
{
    return bytes_at(at) & 0xffffff;
}

/* Of the lower three bytes: the multiplication leaves the fourth one out. */
static inline uint32_t hash_of(uint32_t bytes)
{
    return (bytes * (0x9e3779b1u << 8)) >> (32 - HASH_BITS);
}

static inline uint64_t has(const struct sieve *s, const char *at)
{
    uint32_t h = hash_of(bytes_at(at));
    return s->bits[h >> 6] >> (h & 63) & 1;
}

struct sieve *sieve_new(void)
{
    struct sieve *s = mem_zalloc(1, sizeof *s);
    memset(s->head, 0xff, sizeof s->head);
    return s;
}

void sieve_free(struct sieve *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->texts; i++)
        free(s->text[i].bytes);
    free(s->text);
    free(s->entry);
    free(s);
}

static void put_gram(struct sieve *s, const char bytes[4], size_t offset)
{
    uint32_t gram = gram_at(bytes), h = hash_of(gram);
    uint16_t *head = &s->head[h >> (HASH_BITS - HEAD_BITS)];
    if (s->entries == NONE)
        return;
    if (s->entries == 0 || (s->entries >= 64 && (s->entries & (s->entries - 1)) == 0))
        s->entry = mem_resize(s->entry, s->entries ? s->entries * 2 : 64, sizeof *s->entry);
    s->entry[s->entries] = (struct sieve_entry){
        .gram = gram, .next = *head, .text = (uint16_t)(s->texts - 1), .offset = (uint16_t)offset};
    *head = (uint16_t)s->entries++;
    s->bits[h >> 6] |= (uint64_t)1 << (h & 63);
    s->offset_most = offset > s->offset_most ? offset : s->offset_most;
}

/* How common a character is in logs and sources: a rough guess is enough. */
static unsigned common(char c)
{
    if (c == '-' || c == '_' || c == '.' || (c >= '0' && c <= '9'))
        return 6;
    if (strchr("aeiorstn", c))
        return 8;
    return c >= 'a' && c <= 'z' ? 4 : 2;
}

static size_t rarest_window(const char *text, size_t len)
{
    size_t best = 0;
    unsigned least = UINT32_MAX;
    for (size_t i = 0; i + WINDOW <= len && i < OFFSET_MAX; i++) {
        unsigned sum = 0;
        for (size_t k = 0; k < WINDOW; k++)
            sum += common(text[i + k]);
        if (sum < least) {
            least = sum;
            best = i;
        }
    }
    return best;
}

void sieve_add(struct sieve *s, const char *text, size_t len, const char *follow, unsigned tag)
{
    s->text = mem_resize(s->text, s->texts + 1, sizeof *s->text);
    s->text[s->texts++] = (struct text){.bytes = mem_string_n(text, len), .len = len, .tag = tag};
    if (len >= WINDOW) {
        size_t at = rarest_window(text, len);
        const char grams[WINDOW + 1] = {text[at], text[at + 1], text[at + 2], text[at + 3], 0};
        put_gram(s, grams, at);
        put_gram(s, (const char[4]){grams[1], grams[2], grams[3], 0}, at + 1);
        return;
    }
    put_gram(s, (const char[4]){text[0], text[1], text[2], 0}, 0);
    for (const char *c = follow; *c; c++)
        put_gram(s, (const char[4]){text[1], text[2], *c, 0}, 1);
}

struct looking {
    const struct sieve *s;
    const char *text;
    size_t len, from, to;
    sieve_hit *hit;
    void *at;
};

static void look_closer(const struct looking *l, size_t where)
{
    const struct sieve *s = l->s;
    uint32_t gram = gram_at(l->text + where);
    for (uint16_t e = s->head[hash_of(gram) >> (HASH_BITS - HEAD_BITS)]; e != NONE;
         e = s->entry[e].next) {
        const struct sieve_entry *entry = &s->entry[e];
        const struct text *t = &s->text[entry->text];
        if (entry->gram != gram || where < entry->offset)
            continue;
        size_t start = where - entry->offset;
        if (start >= l->from && start < l->to && t->len <= l->len - start &&
            memcmp(l->text + start, t->bytes, t->len) == 0)
            l->hit(l->at, start, t->tag);
    }
}

void sieve_run(const struct sieve *s, const char *text, size_t len, size_t from, size_t to,
               sieve_hit *hit, void *at)
{
    const struct looking l = {
        .s = s, .text = text, .len = len, .from = from, .to = to, .hit = hit, .at = at};
    size_t end = to + s->offset_most + STRIDE, p = from & ~(size_t)(STRIDE - 1);
    if (end > len)
        end = len;
    for (; p + 8 * STRIDE <= end; p += 8 * STRIDE) {
        const char *t = text + p;
        if ((has(s, t) | has(s, t + 2) | has(s, t + 4) | has(s, t + 6) | has(s, t + 8) |
             has(s, t + 10) | has(s, t + 12) | has(s, t + 14)) == 0)
            continue;
        for (size_t i = 0; i < 8 * STRIDE; i += STRIDE)
            if (has(s, t + i))
                look_closer(&l, p + i);
    }
    for (; p < end; p += STRIDE)
        if (has(s, text + p))
            look_closer(&l, p);
}
