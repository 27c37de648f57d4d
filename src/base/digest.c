#include "base/digest.h"

#include "base/hex.h"
#include "base/mem.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct sha256 {
    EVP_MD_CTX *ctx;
};

/* Fetched once: EVP_sha256() alone has libcrypto 3 look it up at each use, under two locks. */
static EVP_MD *sha256_method;
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;

static void sha256_fetch(void)
{
    sha256_method = EVP_MD_fetch(NULL, "SHA256", NULL);
}

struct sha256 *sha256_new(void)
{
    struct sha256 *d = mem_alloc(sizeof *d);
    pthread_once(&sha256_once, sha256_fetch);
    d->ctx = EVP_MD_CTX_new();
    if (!d->ctx || EVP_DigestInit_ex(d->ctx, sha256_method, NULL) != 1)
        abort(); /* libcrypto without SHA-256: nothing here can be trusted */
    return d;
}

void sha256_add(struct sha256 *d, const void *bytes, size_t len)
{
    if (EVP_DigestUpdate(d->ctx, bytes, len) != 1)
        abort();
}

/* Nothing can be added to a context afterwards. */
static void final_hex(EVP_MD_CTX *ctx, char out[SHA256_HEX + 1])
{
    unsigned char raw[EVP_MAX_MD_SIZE];
    if (EVP_DigestFinal_ex(ctx, raw, NULL) != 1)
        abort();
    hex_put(raw, SHA256_HEX / 2, out);
    out[SHA256_HEX] = '\0';
}

void sha256_hex(const struct sha256 *d, char out[SHA256_HEX + 1])
{
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    if (!copy || EVP_MD_CTX_copy_ex(copy, d->ctx) != 1)
        abort();
    final_hex(copy, out);
    EVP_MD_CTX_free(copy);
}

void sha256_free(struct sha256 *d)
{
    if (!d)
        return;
    EVP_MD_CTX_free(d->ctx);
    free(d);
}

/* One context for all: its making costs more than what a short text does. Its block of text is
 * wiped by each end. */
void sha256_of(const void *bytes, size_t len, char out[SHA256_HEX + 1])
{
    static _Thread_local struct sha256 *d;
    if (!d)
        d = sha256_new();
    else if (EVP_DigestInit_ex(d->ctx, NULL, NULL) != 1)
        abort();
    sha256_add(d, bytes, len);
    final_hex(d->ctx, out);
}

static uint32_t table[8][256];
static pthread_once_t table_once = PTHREAD_ONCE_INIT;

static void table_fill(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++)
            c = c & 1 ? (c >> 1) ^ 0x82f63b78u : c >> 1;
        table[0][i] = c;
    }
    for (int k = 1; k < 8; k++)
        for (uint32_t i = 0; i < 256; i++)
            table[k][i] = (table[k - 1][i] >> 8) ^ table[0][table[k - 1][i] & 255];
}

static uint32_t crc_by_table(uint32_t crc, const unsigned char *p, size_t len)
{
    pthread_once(&table_once, table_fill);
    for (; len >= 8; p += 8, len -= 8) {
        crc ^= (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        crc = table[7][crc & 255] ^ table[6][crc >> 8 & 255] ^ table[5][crc >> 16 & 255] ^
              table[4][crc >> 24] ^ table[3][p[4]] ^ table[2][p[5]] ^ table[1][p[6]] ^
              table[0][p[7]];
    }
    while (len--)
        crc = (crc >> 8) ^ table[0][(crc ^ *p++) & 255];
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t crc_by_sse(uint32_t crc, const unsigned char *p,
                                                             size_t len)
{
    uint64_t wide = crc;
    for (; len >= 8; p += 8, len -= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        wide = __builtin_ia32_crc32di(wide, word);
    }
    crc = (uint32_t)wide;
    while (len--)
        crc = __builtin_ia32_crc32qi(crc, *p++);
    return crc;
}
#endif

uint32_t crc32c(uint32_t crc, const void *bytes, size_t len)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2"))
        return ~crc_by_sse(~crc, bytes, len);
#endif
    return ~crc_by_table(~crc, bytes, len);
}

static void *crypto_alloc(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return mem_alloc(size);
}

static void *crypto_resize(void *old, size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return mem_resize(old, size, 1);
}

static void crypto_free(void *old, const char *file, int line)
{
    (void)file, (void)line;
    free(old);
}

void digest_use_mem(void)
{
    CRYPTO_set_mem_functions(crypto_alloc, crypto_resize, crypto_free);
}
