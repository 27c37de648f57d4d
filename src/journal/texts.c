/* One run of bytes, NULs included, in which a text's number is its address; and a table to find the
 * ones that are there. */

#include "journal/texts.h"

#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { BYTES_MOST = 256 << 20, BYTES_FIRST = 4096, SLOTS_FIRST = 1024 };
static const char too_many[] = "(too many different errors to keep: see the journal)";

struct texts {
    char *bytes; /* the first text is "" */
    size_t len, cap;
    uint32_t *slot; /* open addressing, a power of two, at most half in use; 0: free */
    size_t slots, count;
};

struct texts *texts_new(void)
{
    struct texts *t = mem_zalloc(1, sizeof *t);
    t->cap = BYTES_FIRST;
    t->bytes = mem_zalloc(1, t->cap);
    t->len = 1;
    t->slots = SLOTS_FIRST;
    t->slot = mem_zalloc(t->slots, sizeof *t->slot);
    return t;
}

void texts_free(struct texts *t)
{
    if (!t)
        return;
    free(t->bytes);
    free(t->slot);
    free(t);
}

/* Where a text is, or the free slot where it belongs. */
static size_t slot_of(const struct texts *t, const char *text, size_t len)
{
    size_t i = (size_t)hash_bytes(0, text, len) & (t->slots - 1);
    while (t->slot[i] && strcmp(t->bytes + t->slot[i], text) != 0)
        i = (i + 1) & (t->slots - 1);
    return i;
}

static void slots_grow(struct texts *t)
{
    uint32_t *old = t->slot;
    size_t count = t->slots;
    t->slots *= 2;
    t->slot = mem_zalloc(t->slots, sizeof *t->slot);
    for (size_t i = 0; i < count; i++) {
        const char *text = t->bytes + old[i];
        if (old[i])
            t->slot[slot_of(t, text, strlen(text))] = old[i];
    }
    free(old);
}

uint32_t texts_keep(struct texts *t, const char *text)
{
    size_t len = text ? strlen(text) : 0;
    if (len == 0)
        return 0;
    size_t i = slot_of(t, text, len);
    if (t->slot[i])
        return t->slot[i];
    if (t->len + len > BYTES_MOST && strcmp(text, too_many) != 0)
        return texts_keep(t, too_many);
    while (t->len + len + 1 > t->cap) {
        t->cap *= 2;
        t->bytes = mem_resize(t->bytes, t->cap, 1);
    }
    uint32_t number = (uint32_t)t->len;
    memcpy(t->bytes + number, text, len + 1);
    t->len += len + 1;
    t->slot[i] = number;
    if (++t->count * 2 > t->slots)
        slots_grow(t);
    return number;
}

const char *texts_at(const struct texts *t, uint32_t number)
{
    return t->bytes + number;
}

size_t texts_memory(const struct texts *t)
{
    return sizeof *t + t->cap + t->slots * sizeof *t->slot;
}
