#include "manifest/arena.h"

#include "base/mem.h"

#include <stdlib.h>

unsigned char *arena_take(struct arena *a, size_t len, uint32_t *at)
{
    if (len > ARENA_CHUNK)
        return NULL;
    if (a->chunks == 0 || a->used + len > ARENA_CHUNK) {
        if (a->chunks == (a->chunks_at_most ? a->chunks_at_most : ARENA_CHUNKS))
            return NULL;
        a->chunk = mem_resize(a->chunk, a->chunks + 1, sizeof *a->chunk);
        a->chunk[a->chunks++] = mem_alloc(ARENA_CHUNK);
        a->used = 0;
    }
    *at = (uint32_t)((a->chunks - 1) << ARENA_BITS | a->used);
    unsigned char *room = a->chunk[a->chunks - 1] + a->used;
    a->used += len;
    return room;
}

size_t arena_memory(const struct arena *a)
{
    if (a->chunks == 0)
        return 0;
    return (a->chunks - 1) * (size_t)ARENA_CHUNK + a->used + a->chunks * sizeof *a->chunk;
}

void arena_free(struct arena *a)
{
    for (size_t i = 0; i < a->chunks; i++)
        free(a->chunk[i]);
    free(a->chunk);
    *a = (struct arena){0};
}
