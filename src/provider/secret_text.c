/* Raw secrets within free texts, in whatever form they got there: as they are, in base64, escaped,
 * with characters between theirs that nobody sees, or from their end to their beginning. */

#include "provider/identifier.h"

#include "base/base64.h"
#include "base/hex.h"
#include "base/mem.h"
#include "base/text.h"
#include "provider/secret.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Whether asterisks or an ellipsis come next: what stands before is the beginning of a masked key.
 */
static bool mask_follows(const char *text, size_t len)
{
    return (len >= 2 && memcmp(text, "**", 2) == 0) ||
           (len >= 3 && memcmp(text, "\xe2\x80\xa6", 3) == 0);
}

enum {
    SHORTEST_SECRET = 11, /* sk- and a tail */
    SHORTEST_BASE64 = 20
};

static bool holds_secret(const struct catalog *c, const char *text, size_t len)
{
    enum { SHOWN_MOST = 24 }; /* what a masked key shows */
    const char *token;
    size_t at = 0, n;
    while ((n = token_next(text, len, &at, &token)) > 0) {
        if (n < SHORTEST_SECRET || (n <= SHOWN_MOST && mask_follows(text + at, len - at)))
            continue;
        if (secret_token(token, n))
            return true;
        for (size_t i = 0; i < catalog_plain(c); i++)
            if (secret_of_rule(&catalog_at(c, i)->id, token, n))
                return true;
    }
    return false;
}

/* What the escape at text stands for, %2F of a URL, \/ and \u002f of JSON; -1 where there is none.
 */
static int escaped(const char *text, size_t len, size_t *size)
{
    size_t digits = *text == '%' ? 2 : 4, head = *text == '%' ? 1 : 2;
    *size = head;
    if (len >= 2 && text[0] == '\\' && text[1] == '/')
        return '/';
    *size = head + digits;
    if (len < *size || (*text != '%' && (text[0] != '\\' || text[1] != 'u')))
        return -1;
    int value = hex_number(text + head, digits);
    return value > 0x20 && value < 0x7f ? value : -1;
}

static bool is_plain_text(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] > 0x7e || (text[i] < 0x20 && !memchr("\t\r\n", text[i], 3)))
            return false;
    return true;
}

/* A run of base64, which is a text where the first of its bytes are. */
static bool run_holds_secret(const struct catalog *c, const char *run, size_t len)
{
    enum { FIRST = 16 };
    char first[FIRST];
    size_t used, n = base64_decode(run, FIRST, first, &used);
    if (!is_plain_text(first, n))
        return false;
    char *plain = mem_alloc(len);
    n = base64_decode(run, len, plain, &used);
    bool secret = is_plain_text(plain, n) && holds_secret(c, plain, n);
    mem_wipe(plain, len);
    free(plain);
    return secret;
}

/* A path, or what stands before it in one, may end in it. */
static bool path_holds_secret(const struct catalog *c, const char *run, size_t len)
{
    bool secret = run_holds_secret(c, run, len);
    for (size_t at = 1; at + SHORTEST_BASE64 <= len && !secret; at++)
        if (run[at - 1] == '/')
            secret = run_holds_secret(c, run + at, len - at);
    return secret;
}

/* As a Kubernetes Secret has it, or a header of Basic. */
static bool holds_encoded_secret(const struct catalog *c, const char *text, size_t len)
{
    for (size_t at = 0, n; at + SHORTEST_BASE64 <= len; at += n + 1) {
        for (n = 0; at + n < len && base64_digit(text[at + n]);)
            n++;
        if (n >= SHORTEST_BASE64 && path_holds_secret(c, text + at, n))
            return true;
    }
    return false;
}

/* Escapes as what they stand for. */
static size_t put_unescaped(const char *text, size_t len, char *out)
{
    size_t n = 0, size;
    for (size_t at = 0; at < len; n++) {
        int value = escaped(text + at, len - at, &size);
        out[n] = value < 0 ? text[at] : (char)value;
        at += value < 0 ? 1 : size;
    }
    return n;
}

/* Without what nobody sees; blanks that everybody types stay. */
static size_t put_visible(const char *text, size_t len, char *out)
{
    size_t n = 0, size;
    for (size_t at = 0; at < len; at += size) {
        for (size = 1;
             size < 4 && at + size < len && ((unsigned char)text[at + size] & 0xc0) == 0x80;)
            size++;
        if (size > 1 && text_invisible(text + at, size))
            continue;
        memcpy(out + n, text + at, size);
        n += size;
    }
    return n;
}

/* A key from its end to its beginning: longer than any name that ends so by chance. */
static bool holds_reversed_secret(const char *text, size_t len, char *out)
{
    const char *token;
    size_t at = 0, n;
    for (size_t i = 0; i < len; i++)
        out[len - 1 - i] = text[i];
    while ((n = token_next(out, len, &at, &token)) > 0)
        if (secret_long(token, n))
            return true;
    return false;
}

struct disguises {
    bool high, escaped, reversed;
};

/* Which other forms a text may have a key in: nearly always none. */
static struct disguises disguises_of(const char *text, size_t len)
{
    enum { DOTTED = 32 };
    struct disguises f = {0};
    for (size_t i = 0, run = 0; i < len; i++) {
        f.reversed |= text[i] == '.' && run >= DOTTED;
        run = isalnum((unsigned char)text[i]) ? run + 1 : 0;
        f.high |= (unsigned char)text[i] >= 0x80;
        f.escaped |= text[i] == '%' || text[i] == '\\';
        f.reversed |=
            i >= 2 && text[i - 2] == '-' && (text[i - 1] | 0x20) == 'k' && (text[i] | 0x20) == 's';
    }
    return f;
}

bool identifier_is_secret(const struct catalog *c, const char *text, size_t len)
{
    if (len < SHORTEST_SECRET) /* however it is written */
        return false;
    if (holds_secret(c, text, len) || holds_encoded_secret(c, text, len))
        return true;
    const struct disguises f = disguises_of(text, len);
    if (!f.high && !f.escaped && !f.reversed)
        return false;
    char *plain = mem_alloc(len);
    bool secret = f.reversed && holds_reversed_secret(text, len, plain);
    if (f.high && !secret) {
        size_t n = put_visible(text, len, plain);
        secret = n < len && identifier_is_secret(c, plain, n);
    }
    if (f.escaped && !secret) {
        size_t n = put_unescaped(text, len, plain);
        secret = n < len && holds_secret(c, plain, n);
    }
    mem_wipe(plain, len);
    free(plain);
    return secret;
}
