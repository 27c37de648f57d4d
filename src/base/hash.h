#ifndef RESCIND_BASE_HASH_H
#define RESCIND_BASE_HASH_H

/* The hash of every table: SipHash-1-3 (Aumasson and Bernstein, 2012) under a key that this process
 * drew at its start. Whoever chooses what goes into a table (a manifest, a provider's texts and
 * ids) cannot make it collide. It means nothing in another process: never to be written down. */

#include <stddef.h>
#include <stdint.h>

/* `more` is taken in first: what came before, or the kind of what is hashed. */
uint64_t hash_bytes(uint64_t more, const void *bytes, size_t len);
uint64_t hash_text(uint64_t more, const char *text);

/* The same for one known key: for the tests of the function itself. */
uint64_t hash_with(const uint64_t key[2], const void *bytes, size_t len);

#endif
