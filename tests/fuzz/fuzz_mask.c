/* A secret within any text: what is shown holds no ten letters and digits of it in a row, in any
 * case (ten letters alone may be a word). The input is the text around it; its first byte says
 * where the secret stands, the second how much of it. */

#include "provider/mask.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char secret[] = "Q7wkZpLm.xYbR3HgVnKdF5JqW8MzPa0eUoT1GhBvX";

/* Its letters and digits in lower case; what was masked parts them. */
static size_t bones(const char *text, size_t len, char *out)
{
    static const char masked[] = "[masked]";
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        if (len - i >= strlen(masked) && memcmp(text + i, masked, strlen(masked)) == 0) {
            out[n++] = '|';
            i += strlen(masked) - 1;
        } else if ((unsigned char)text[i] < 128 && isalnum((unsigned char)text[i])) {
            out[n++] = (char)tolower((unsigned char)text[i]);
        }
    }
    out[n] = '\0';
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool learned;
    static char text[4096], shown[16384], own[64];
    struct buf out = {0};
    if (!learned)
        mask_learn(secret);
    learned = true;
    if (size < 2 || size > 2048)
        return 0;
    size_t len = size - 2, at = len ? data[0] % len : 0, part = data[1] % sizeof secret;
    memcpy(text, data + 2, at);
    memcpy(text + at, secret, part);
    memcpy(text + at + part, data + 2 + at, len - at);
    mask_put(&out, text, len + part);
    size_t have = bones(secret, sizeof secret - 1, own);
    bones(buf_text(&out), out.len, shown);
    for (size_t i = 0; i + MASK_RUN <= have; i++) {
        char run[MASK_RUN + 1] = {0};
        memcpy(run, own + i, MASK_RUN);
        if (strpbrk(run, "0123456789") && strstr(shown, run))
            abort();
    }
    buf_free(&out);
    return 0;
}
