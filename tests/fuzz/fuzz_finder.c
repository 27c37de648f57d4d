/* What must hold of any bytes as a text with keys: it makes no difference where it is cut into
 * pieces; a key is bounded, fits its shape, and is no part of another one. */

#include "fuzz.h"

#include "intake/finder.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sums, for the order may differ. */
struct seen {
    size_t count;
    uint64_t sum;
    size_t from, to;
};

static void see(void *at, const struct sighting *s)
{
    struct seen *seen = at;
    uint64_t hash = 0xcbf29ce484222325 ^ (uint64_t)s->kind;
    MUST((s->shape || s->kind == SIGHT_PACKED) && s->len > 0);
    MUST(s->head + s->tail <= s->len);
    for (size_t i = 0; i < s->len; i++)
        hash = (hash ^ (unsigned char)s->text[i]) * 0x100000001b3;
    if (s->kind == SIGHT_KEY || s->kind == SIGHT_LOOSE || s->kind == SIGHT_SEVERAL)
        MUST(shape_fits(s->shape, s->text, s->len) == s->len);
    seen->count++;
    seen->sum += hash ^ s->where * 0x9e3779b97f4a7c15;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct catalog *catalog;
    static struct shapes *shapes;
    static struct finder *finder;
    if (!finder) {
        catalog = catalog_new();
        shapes = shapes_new(catalog, NULL);
        finder = finder_new(shapes);
    }
    char *text = mem_zalloc(1, size + FINDER_PAD);
    struct seen whole = {0}, pieces = {0};
    size_t cut = size > 1 ? (size_t)(data[0] | data[1] << 8) % size : 0;
    memcpy(text, data, size);
    finder_run(finder, text, size, 0, size, see, &whole);
    finder_run(finder, text, size, 0, cut, see, &pieces);
    finder_run(finder, text, size, cut, size, see, &pieces);
    MUST(whole.count == pieces.count && whole.sum == pieces.sum);
    free(text);
    return 0;
}
