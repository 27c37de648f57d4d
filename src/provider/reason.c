/* A provider's error text can hold anything: terminal escapes, a page of HTML, the very token that
 * was sent. What cannot be seen goes first, so that a secret with something between its characters
 * is one again; then it is masked; and what is left is cut last, so that no cut leaves half a
 * secret behind. What goes beyond WORDS_LOOKED_AT was never going to be shown. */

#include "provider/reason.h"
#include "provider/mask.h"
#include "provider/secret.h"

#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char masked[] = "[masked]";

enum {
    WORDS_READ = 1 << 16,
    WORDS_LOOKED_AT = 4096, /* of what can be seen of them */
    SECRET_SHORTEST = 4,    /* a shorter one would mask half of the language */
};

/* The length of the secret that stands at text; 0 where none does. */
static size_t known_secret(const char *text, size_t len, const char *const *secrets)
{
    size_t longest = 0;
    for (; secrets && *secrets; secrets++) {
        size_t n = strlen(*secrets);
        if (n >= SECRET_SHORTEST && n <= len && n > longest && memcmp(text, *secrets, n) == 0)
            longest = n;
    }
    return longest;
}

static bool is_uuid(const char *token, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? token[i] != '-' : !isxdigit((unsigned char)token[i]))
            return false;
    }
    return len == 36;
}

/* Long, and of letters and digits: hardly a word. */
static bool random_looking(const char *token, size_t len)
{
    size_t digits = 0, letters = 0;
    for (size_t i = 0; i < len; i++) {
        digits += isdigit((unsigned char)token[i]) != 0;
        letters += isalpha((unsigned char)token[i]) != 0;
    }
    return len >= 24 && digits > 0 && letters > 0 && !is_uuid(token, len);
}

static bool token_hidden(const char *token, size_t len, const struct reason_context *context)
{
    const char *id = context->id;
    if (id && strlen(id) == len && strncasecmp(id, token, len) == 0)
        return false;
    return secret_token(token, len) || secret_of_rule(&context->d->id, token, len) ||
           random_looking(token, len);
}

static void mask_known(struct buf *out, const char *text, size_t len, const char *const *secrets)
{
    for (size_t i = 0; i < len; i++) {
        size_t n = known_secret(text + i, len - i, secrets);
        if (n) {
            buf_puts(out, masked);
            i += n - 1;
        } else {
            buf_putc(out, text[i]);
        }
    }
}

static void mask_tokens(struct buf *out, const char *text, size_t len,
                        const struct reason_context *context)
{
    size_t at = 0, done = 0, n;
    const char *token;
    while ((n = token_next(text, len, &at, &token)) > 0) {
        if (!token_hidden(token, n, context))
            continue;
        buf_put(out, text + done, (size_t)(token - text) - done);
        buf_puts(out, masked);
        done = (size_t)(token - text) + n;
    }
    buf_put(out, text + done, len - done);
}

/* How long the character at text is; 0 where it is none. */
static size_t character(const char *text, size_t len)
{
    unsigned char c = (unsigned char)text[0];
    size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    return n <= len && text_is_utf8(text, n) ? n : 0;
}

static void put_visible(struct buf *out, const char *text, size_t len)
{
    bool space = true; /* none at the front, none twice */
    for (size_t i = 0, n; i < len; i += n ? n : 1) {
        n = character(text + i, len - i);
        if (n == 0 || (n == 1 && text[i] == '\0')) {
            buf_putc(out, '?');
            space = false;
        } else if (text[i] == ' ' || text_acts(text + i, n)) {
            if (!space)
                buf_putc(out, ' ');
            space = true;
        } else {
            buf_put(out, text + i, n);
            space = false;
        }
    }
    while (out->len && out->data[out->len - 1] == ' ')
        out->data[--out->len] = '\0';
}

/* How much of a text fits into so many bytes, whole characters of it. */
static size_t cut_at(const struct buf *b, size_t most)
{
    size_t keep = b->len < most ? b->len : most;
    while (keep && keep < b->len && ((unsigned char)b->data[keep] & 0xc0) == 0x80)
        keep--;
    return keep;
}

void reason_put(char out[REASON_SIZE], const char *lead, const char *words, size_t len,
                const struct reason_context *context)
{
    struct buf visible = {0}, known = {0}, whole = {0}, line = {0};
    if (words && len) {
        put_visible(&visible, words, len < WORDS_READ ? len : WORDS_READ);
        mask_put(&known, buf_text(&visible), cut_at(&visible, WORDS_LOOKED_AT));
        mask_known(&whole, buf_text(&known), known.len, context->secrets);
        mask_tokens(&line, buf_text(&whole), whole.len, context);
    }
    struct buf all = {0};
    buf_printf(&all, "%s%s%s", lead, line.len && *lead ? ": " : "", buf_text(&line));
    size_t keep = all.len;
    if (keep >= REASON_SIZE)
        keep = cut_at(&all, REASON_SIZE - 4);
    snprintf(out, REASON_SIZE, "%.*s%s", (int)keep, buf_text(&all), keep < all.len ? "..." : "");
    buf_free(&visible);
    buf_free(&known);
    buf_free(&whole);
    buf_free(&line);
    buf_free(&all);
}
