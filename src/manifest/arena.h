#ifndef RESCIND_MANIFEST_ARENA_H
#define RESCIND_MANIFEST_ARENA_H

/* Bytes that are only ever added, addressed by 32 bits. They live in chunks that never move: a
 * pointer into it stays good while the arena lives, and growing never holds two copies. An entry
 * never crosses chunks. Zero-initialised it is empty and owns nothing. */

#include "base/scale.h"

#include <stddef.h>
#include <stdint.h>

enum {
    ARENA_BITS = SCALE_BITS(20, 12),
    ARENA_CHUNK = 1 << ARENA_BITS, /* longest entry, bytes */
    ARENA_CHUNKS = 1 << (32 - ARENA_BITS),
};

struct arena {
    unsigned char **chunk;
    size_t chunks, used;   /* used: bytes of the last chunk */
    size_t chunks_at_most; /* 0: ARENA_CHUNKS */
};

/* Room for `len` bytes, whose address goes to *at; NULL where the arena is full. */
unsigned char *arena_take(struct arena *a, size_t len, uint32_t *at);

static inline const unsigned char *arena_at(const struct arena *a, uint32_t at)
{
    return a->chunk[at >> ARENA_BITS] + (at & (ARENA_CHUNK - 1));
}

size_t arena_memory(const struct arena *a); /* bytes in use */
void arena_free(struct arena *a);

#endif
