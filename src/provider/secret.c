/* Shapes of secrets. In an id's place anything that fits a glob of the definition is refused,
 * `?*.?*` included; in free text that would hit every sentence, so there a token must begin with
 * the literal part of a glob, or with sk-, and have a tail that no word has, or be prefix.secret
 * with a long random second half. */

#include "provider/secret.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool glob_fits(const char *glob, const char *text, size_t len)
{
    const char *star = NULL;
    size_t at = 0, from = 0;
    while (at < len) {
        if (*glob == '*') {
            star = ++glob;
            from = at;
        } else if (*glob && (*glob == '?' ||
                             tolower((unsigned char)*glob) == tolower((unsigned char)text[at]))) {
            glob++;
            at++;
        } else if (star) {
            glob = star;
            at = ++from;
        } else {
            return false;
        }
    }
    while (*glob == '*')
        glob++;
    return !*glob;
}

bool secret_whole(const struct id_rule *rule, const char *text, size_t len)
{
    if (len >= 3 && strncasecmp(text, "sk-", 3) == 0)
        return true;
    for (char **glob = rule->secret; glob && *glob; glob++)
        if (glob_fits(*glob, text, len))
            return true;
    return false;
}

/* A tail of 8 with a digit, or of 17: words are shorter or have none. */
static bool tail_secret(const char *tail, size_t len)
{
    size_t digits = 0;
    for (size_t i = 0; i < len; i++) {
        if (tail[i] == '.' && i + 1 < len && tail[i + 1] == '.')
            return i >= 17; /* an ellipsis: masked already */
        digits += isdigit((unsigned char)tail[i]) != 0;
    }
    return len >= 17 || (len >= 8 && digits > 0);
}

static bool dotted_secret(const char *token, size_t len)
{
    const char *dot = memchr(token, '.', len);
    size_t digits = 0, letters = 0, first = dot ? (size_t)(dot - token) : 0;
    if (first < 4 || first > 64 || len - first - 1 < 20)
        return false;
    for (const char *c = dot + 1; c < token + len; c++) {
        if (!isalnum((unsigned char)*c))
            return false;
        *(isdigit((unsigned char)*c) ? &digits : &letters) += 1;
    }
    return digits > 0 && letters > 0;
}

/* A prefix of 8, a dot, a secret of 32 in which all kinds of characters are, whatever stands around
 * it in the token: b10_ before it, an ending of a file behind it. */
static bool dotted_key(const char *token, size_t len)
{
    enum { PREFIX = 8, SECRET = 32 };
    for (size_t dot = PREFIX; dot + SECRET < len; dot++) {
        const char *tail = token + dot + 1;
        size_t head = 0, n = 0, digits = 0, upper = 0, lower = 0;
        if (token[dot] != '.')
            continue;
        while (head < dot && isalnum((unsigned char)token[dot - head - 1]))
            head++;
        for (; dot + 1 + n < len && isalnum((unsigned char)tail[n]); n++) {
            digits += isdigit((unsigned char)tail[n]) != 0;
            upper += isupper((unsigned char)tail[n]) != 0;
            lower += islower((unsigned char)tail[n]) != 0;
        }
        if (head == PREFIX && n == SECRET && digits && upper && lower)
            return true;
    }
    return false;
}

/* So many letters and digits in a row that what stands before it is no part of a word: task-12 is
 * one, and xsk- with a whole key behind it a slip of the keyboard. */
static bool long_run(const char *tail, size_t len)
{
    enum { LONG = 48 };
    size_t run = 0;
    for (size_t i = 0; i < len && run < LONG; i++)
        run = isalnum((unsigned char)tail[i]) ? run + 1 : 0;
    return run == LONG;
}

bool secret_token(const char *token, size_t len)
{
    for (size_t i = 0; i + 3 <= len; i++)
        if (((token[i] ^ 's') & ~0x20) == 0 && strncasecmp(token + i, "sk-", 3) == 0 &&
            tail_secret(token + i + 3, len - i - 3) &&
            (i == 0 || !isalnum((unsigned char)token[i - 1]) ||
             long_run(token + i + 3, len - i - 3)))
            return true;
    return dotted_secret(token, len) || dotted_key(token, len);
}

bool secret_long(const char *token, size_t len)
{
    enum { TAIL = 40, DIGITS = 4 };
    size_t digits = 0, tail = 0;
    for (size_t i = 0; i < len; i++) {
        digits += tail && isdigit((unsigned char)token[i]);
        if (!tail && i + 3 <= len && strncasecmp(token + i, "sk-", 3) == 0)
            tail = len - i - 3;
    }
    return (tail >= TAIL && digits >= DIGITS) || dotted_key(token, len);
}

bool secret_of_rule(const struct id_rule *rule, const char *token, size_t len)
{
    for (char **glob = rule->secret; glob && *glob; glob++) {
        if (((**glob ^ *token) & ~0x20) != 0) /* nearly always; of letters their case */
            continue;
        size_t literal = strcspn(*glob, "*?");
        if (literal >= 3 && len > literal && strncasecmp(token, *glob, literal) == 0 &&
            tail_secret(token + literal, len - literal))
            return true;
    }
    return false;
}

static bool token_character(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.';
}

/* A key of base64 goes on over + / and =; what would be a path in a sentence has no capital or no
 * digit. */
static bool base64_tail(const char *tail, size_t len)
{
    bool digit = false, upper = false, lower = false;
    for (size_t i = 0; i < len; i++) {
        digit |= isdigit((unsigned char)tail[i]) != 0;
        upper |= isupper((unsigned char)tail[i]) != 0;
        lower |= islower((unsigned char)tail[i]) != 0;
    }
    return len >= 20 && digit && upper && lower;
}

/* Where a token ends that holds sk- and goes on as such a key does; `end` for all others. */
static size_t base64_end(const char *text, size_t len, size_t from, size_t end)
{
    size_t tail = 0, stop = end;
    for (size_t i = from; i + 3 <= end && !tail; i++)
        if ((i == from || !isalnum((unsigned char)text[i - 1])) &&
            strncasecmp(text + i, "sk-", 3) == 0)
            tail = i + 3;
    if (!tail)
        return end;
    while (stop < len && (token_character(text[stop]) || memchr("+/=", text[stop], 3)))
        stop++;
    return base64_tail(text + tail, stop - tail) ? stop : end;
}

size_t token_next(const char *text, size_t len, size_t *at, const char **token)
{
    while (*at < len && !token_character(text[*at]))
        (*at)++;
    size_t from = *at;
    while (*at < len && token_character(text[*at]))
        (*at)++;
    size_t end = *at, wide = base64_end(text, len, from, *at);
    if (wide > end) {
        *at = wide;
        *token = text + from;
        return wide - from;
    }
    while (end > from + 1 && (text[end - 1] == '.' || text[end - 1] == '-'))
        end--;
    *token = text + from;
    return end - from;
}
