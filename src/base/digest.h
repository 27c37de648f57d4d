#ifndef RESCIND_BASE_DIGEST_H
#define RESCIND_BASE_DIGEST_H

/* Checksums and digests: SHA-256 by libcrypto, CRC-32C our own (RFC 3720, appendix B.4; with the
 * SSE 4.2 instruction where the processor has it). */

#include <stddef.h>
#include <stdint.h>

enum { SHA256_HEX = 64 };

struct sha256; /* one running digest */
struct sha256 *sha256_new(void);
void sha256_add(struct sha256 *d, const void *bytes, size_t len);
/* Lower-case hex of what was added so far; adding may go on. */
void sha256_hex(const struct sha256 *d, char out[SHA256_HEX + 1]);
void sha256_free(struct sha256 *d); /* NULL is fine */

void sha256_of(const void *bytes, size_t len, char out[SHA256_HEX + 1]);

/* Makes libcrypto, and TLS with it, take its memory from base/mem. To be called before anything
 * else of it; without effect afterwards. */
void digest_use_mem(void);

/* crc is 0 at the start, or what the call for the bytes before returned. */
uint32_t crc32c(uint32_t crc, const void *bytes, size_t len);

#endif
