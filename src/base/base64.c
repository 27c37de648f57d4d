#include "base/base64.h"

#include <stdint.h>
#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_put(struct buf *out, const void *bytes, size_t len)
{
    const unsigned char *in = bytes;
    for (size_t i = 0; i < len; i += 3) {
        size_t n = len - i < 3 ? len - i : 3;
        uint32_t v = (uint32_t)in[i] << 16 | (n > 1 ? (uint32_t)in[i + 1] << 8 : 0) |
                     (n > 2 ? in[i + 2] : 0);
        for (size_t k = 0; k < 4; k++)
            buf_putc(out, k <= n ? letters[v >> (18 - 6 * k) & 63] : '=');
    }
}

bool base64_read(struct buf *out, const char *text, size_t len)
{
    size_t before = out->len, pad = 0;
    while (pad < 2 && pad < len && text[len - 1 - pad] == '=')
        pad++;
    bool good = len > 0 && len % 4 == 0;
    for (size_t i = 0; good && i < len; i += 4) {
        uint32_t v = 0;
        size_t n = i + 4 == len ? 3 - pad : 3;
        for (size_t k = 0; k < 4; k++) {
            const char *at = k <= n ? memchr(letters, text[i + k], 64) : letters;
            good &= at != NULL;
            v = v << 6 | (uint32_t)(at ? at - letters : 0);
        }
        for (size_t k = 0; k < n; k++)
            buf_putc(out, (char)(v >> (16 - 8 * k) & 255));
    }
    if (!good && out->len > before)
        out->data[out->len = before] = '\0';
    return good;
}
