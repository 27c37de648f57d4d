/* Identifiers. A lawful one passes in one look over its bytes; only for the others is it asked what
 * is wrong with them, in the order in which a person wants to know. */

#include "provider/identifier.h"

#include "base/hex.h"
#include "base/text.h"
#include "provider/secret.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c, char last)
{
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= last;
}

static bool in_class(enum id_class class, char c)
{
    switch (class) {
    case ID_HEX:
    case ID_UUID:
        return is_digit(c) || is_letter(c, 'f');
    case ID_DIGITS:
        return is_digit(c);
    case ID_WORD:
        return is_digit(c) || is_letter(c, 'z') || c == '_' || c == '-';
    case ID_TEXT:
        return (unsigned char)c >= 0x20 && c != 0x7f;
    case ID_PRINTABLE:
        break;
    }
    /* On the way to a provider some proxy decodes or cuts at these five. */
    return c > 0x20 && c < 0x7f && !strchr("/\\%?#", c);
}

static const char *const class_unit[] = {"digit",     "character", "digit",
                                         "character", "character", "byte"};
static const char *const class_character[] = {"a hex digit",
                                              "a hex digit",
                                              "a digit",
                                              "one of A-Z a-z 0-9 _ -",
                                              "printable ASCII without / \\ % ? #",
                                              "a character that can be shown"};

static bool dash_here(enum id_class class, size_t at)
{
    return class == ID_UUID && (at == 8 || at == 13 || at == 18 || at == 23);
}

/* The place of the first byte that does not belong there; len where all do. */
static size_t first_bad(enum id_class class, const char *raw, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (dash_here(class, i) ? raw[i] != '-' : !in_class(class, raw[i]))
            return i;
    }
    return len;
}

/* UTF-8 in which nothing acts on a terminal, without blanks around it, and with no part between
 * slashes that a proxy which decodes it would take for `.` or `..`. */
static bool text_lawful(const char *raw, size_t len)
{
    if (!len || !text_is_utf8(raw, len) || raw[0] == ' ' || raw[len - 1] == ' ')
        return false;
    for (size_t i = 0, n, from = 0; i <= len; i += n) {
        bool ends = i == len || raw[i] == '/' || raw[i] == '\\';
        if (ends && i > from && i - from <= 2 && raw[from] == '.' && raw[i - 1] == '.')
            return false;
        n = i < len ? text_char_len(raw + i) : 1;
        if (i < len && text_acts(raw + i, n))
            return false;
        from = ends ? i + 1 : from;
    }
    return true;
}

static bool all_in_class(enum id_class class, const char *raw, size_t len)
{
    if (class == ID_TEXT && !text_lawful(raw, len))
        return false;
    return class == ID_HEX ? hex_all(raw, len) : first_bad(class, raw, len) == len;
}

static bool is_word(const char *word, const char *raw, size_t len)
{
    return strlen(word) == len && strncasecmp(word, raw, len) == 0;
}

static bool is_reserved(const struct id_rule *rule, const char *raw, size_t len)
{
    for (char **word = rule->reserved; word && *word; word++)
        if (is_word(*word, raw, len))
            return true;
    return false;
}

static bool is_dots(const char *raw, size_t len)
{
    return len > 0 && len <= 2 && raw[0] == '.' && raw[len - 1] == '.';
}

/* What is plainly no part of an identifier of any class. NULL where there is no such thing. */
static const char *plainly_wrong(const char *raw, size_t len, size_t *at)
{
    for (*at = 0; *at < len; (*at)++) {
        unsigned char c = (unsigned char)raw[*at];
        if (c == ' ')
            return "a space";
        if (c == '/')
            return "a slash";
        if (c == '\\')
            return "a backslash";
        if (c == '%')
            return "a percent sign";
        if (c < 0x20 || c == 0x7f)
            return "a control character";
        if (c > 0x7f)
            return "a character that is not ASCII";
    }
    return NULL;
}

/* sk-or-v1-0d9...6e7, b10_AbCd1234****: as dashboards and other tools show a key. */
static bool is_masked(const char *raw, size_t len)
{
    return len > 6 && (memmem(raw, len, "...", 3) || memmem(raw, len, "\xe2\x80\xa6", 3) ||
                       memmem(raw, len, "***", 3));
}

/* To whoever reads it as a number 0042 is 42: one target under two names, of which a --protect file
 * and the guard of the own credential know but one. Ids that all have one length are no numbers. */
static bool is_padded(const struct id_rule *rule, const char *raw, size_t len)
{
    return rule->class == ID_DIGITS && rule->min < rule->max && len > 1 && raw[0] == '0';
}

static int explain(const struct id_rule *rule, const char *raw, size_t len, char reason[ID_REASON])
{
    size_t at;
    const char *wrong;
    char what[100], range[40];
    if (is_masked(raw, len)) {
        snprintf(reason, ID_REASON, "a masked key: `rescind list` tells the %.80s of what is there",
                 rule->name);
        return -1;
    }
    if (secret_whole(rule, raw, len)) {
        snprintf(reason, ID_REASON,
                 "looks like a raw secret: give its %.60s instead, as `rescind match` does",
                 rule->name);
        return -1;
    }
    if (rule->min == rule->max)
        snprintf(range, sizeof range, "%u", rule->min);
    else
        snprintf(range, sizeof range, "%u to %u", rule->min, rule->max);
    if (len == 0) {
        snprintf(what, sizeof what, "empty");
    } else if (is_dots(raw, len)) {
        snprintf(what, sizeof what, "`%.*s` is a path segment", (int)len, raw);
    } else if (is_reserved(rule, raw, len)) {
        snprintf(what, sizeof what, "a reserved word");
    } else if (rule->class == ID_TEXT && !text_lawful(raw, len)) {
        snprintf(what, sizeof what,
                 "not UTF-8 without control characters, blanks around it and "
                 "dots between slashes");
    } else if (rule->class != ID_TEXT && (wrong = plainly_wrong(raw, len, &at)) != NULL) {
        snprintf(what, sizeof what, "%s at position %zu", wrong, at + 1);
    } else if (rule->class == ID_UUID && len != 36) {
        snprintf(what, sizeof what, "%zu characters, a UUID has 36", len);
    } else if ((at = first_bad(rule->class, raw, len)) < len) {
        if (dash_here(rule->class, at))
            snprintf(what, sizeof what, "no dash at position %zu", at + 1);
        else
            snprintf(what, sizeof what, "a character that is not %s at position %zu",
                     class_character[rule->class], at + 1);
    } else if (is_padded(rule, raw, len)) {
        snprintf(what, sizeof what, "a number that begins with a zero");
    } else {
        snprintf(what, sizeof what, "%zu %s%s, %s needed", len, class_unit[rule->class],
                 len == 1 ? "" : "s", range);
    }
    snprintf(reason, ID_REASON, "not a %.50s: %.100s", rule->name, what);
    return -1;
}

/* 0x20 is set in the digits and the dash already. */
static void fold(const struct id_rule *rule, const char *raw, size_t len, char *out)
{
    if (!rule->lower)
        memcpy(out, raw, len);
    else if (rule->class == ID_HEX || rule->class == ID_UUID)
        for (size_t i = 0; i < len; i++)
            out[i] = (char)(raw[i] | 0x20);
    else
        for (size_t i = 0; i < len; i++)
            out[i] = (char)(raw[i] | (raw[i] >= 'A' && raw[i] <= 'Z' ? 0x20 : 0));
}

int identifier_canonical(const struct definition *d, const char *raw, size_t len,
                         char out[ID_MAX + 1], char reason[ID_REASON])
{
    const struct id_rule *rule = &d->id;
    if (len < rule->min || len > rule->max || len > ID_MAX || secret_whole(rule, raw, len) ||
        !all_in_class(rule->class, raw, len) || is_dots(raw, len) || is_reserved(rule, raw, len) ||
        is_padded(rule, raw, len))
        return explain(rule, raw, len, reason);
    fold(rule, raw, len, out);
    out[len] = '\0';
    return (int)len;
}

bool identifier_reserved(const struct definition *d, const char *raw, size_t len)
{
    return is_reserved(&d->id, raw, len);
}

enum { INVENTED_MAX = 43 }; /* characters: of a word, 256 bits */

static unsigned invented_length(const struct definition *d)
{
    unsigned most = d->id.class == ID_DIGITS ? 18 /* it still is a number to all */ : INVENTED_MAX;
    if (d->id.class == ID_HEX || d->id.max < most)
        most = d->id.max;
    return most < d->id.min ? d->id.min : most;
}

/* Letters and digits are lawful in all the others. */
static const char *invented_from(enum id_class class)
{
    if (class == ID_HEX || class == ID_UUID)
        return "0123456789abcdef";
    return class == ID_DIGITS ? "123456789"
                              : "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
}

unsigned identifier_bits(const struct definition *d)
{
    unsigned len = invented_length(d);
    switch (d->id.class) {
    case ID_HEX:
        return len * 4;
    case ID_UUID:
        return 128;
    case ID_DIGITS:
        return len * 3;
    default:
        return d->id.lower ? len * 5 : len * 5 + len * 9 / 10; /* of 36, or 62 letters */
    }
}

int identifier_invent(const struct definition *d, char out[ID_MAX + 1])
{
    char reason[ID_REASON], text[ID_MAX + 1];
    unsigned char random[ID_MAX];
    const char *from = invented_from(d->id.class);
    unsigned len = invented_length(d);
    for (unsigned tries = 0; tries < 100; tries++) { /* it may happen to look like a secret */
        if (getrandom(random, len, 0) != (ssize_t)len)
            return 0;
        for (unsigned i = 0; i < len; i++)
            text[i] = dash_here(d->id.class, i) ? '-' : from[random[i] % strlen(from)];
        if (d->id.class == ID_UUID) {
            text[14] = '4';
            text[19] = "89ab"[random[19] % 4];
        }
        int n = identifier_canonical(d, text, len, out, reason);
        if (n > 0)
            return n;
    }
    return 0;
}

bool scope_value_good(const char *name, const char *value, size_t len, char reason[ID_REASON])
{
    enum { SCOPE_VALUE_MAX = 128 };
    size_t at;
    const char *wrong = plainly_wrong(value, len, &at);
    if (!wrong && (at = first_bad(ID_PRINTABLE, value, len)) < len)
        wrong = "a character that cannot stand there";
    if (wrong)
        snprintf(reason, ID_REASON, "scope `%.40s`: %s at position %zu", name, wrong, at + 1);
    else if (len == 0 || len > SCOPE_VALUE_MAX)
        snprintf(reason, ID_REASON, "scope `%.40s`: %zu characters, 1 to 128 needed", name, len);
    else if (is_dots(value, len))
        snprintf(reason, ID_REASON, "scope `%.40s`: `%.*s` is a path segment", name, (int)len,
                 value);
    else
        return true;
    return false;
}

/* How many bytes the id has when its hex digits are packed; 0 where it stays as it is. */
static size_t packed_size(const struct id_rule *rule)
{
    if (!rule->lower)
        return 0;
    if (rule->class == ID_UUID)
        return 16;
    if (rule->class == ID_HEX && rule->min == rule->max && rule->min % 2 == 0)
        return rule->min / 2;
    return 0;
}

/* A UUID's digits without its dashes. */
enum { UUID_DIGITS = 32, UUID_DASHES = 4 };

static void dashes_out(const char uuid[UUID_DIGITS + UUID_DASHES], char digits[UUID_DIGITS])
{
    memcpy(digits, uuid, 8);
    memcpy(digits + 8, uuid + 9, 4);
    memcpy(digits + 12, uuid + 14, 4);
    memcpy(digits + 16, uuid + 19, 4);
    memcpy(digits + 20, uuid + 24, 12);
}

static void dashes_in(const char digits[UUID_DIGITS], char uuid[UUID_DIGITS + UUID_DASHES])
{
    memcpy(uuid, digits, 8);
    memcpy(uuid + 9, digits + 8, 4);
    memcpy(uuid + 14, digits + 12, 4);
    memcpy(uuid + 19, digits + 16, 4);
    memcpy(uuid + 24, digits + 20, 12);
    uuid[8] = uuid[13] = uuid[18] = uuid[23] = '-';
}

size_t identifier_pack(const struct definition *d, const char *id, size_t len,
                       unsigned char out[ID_MAX])
{
    size_t size = packed_size(&d->id);
    char digits[UUID_DIGITS];
    if (size == 0) {
        memcpy(out, id, len);
        return len;
    }
    if (d->id.class == ID_UUID && len == UUID_DIGITS + UUID_DASHES) {
        dashes_out(id, digits);
        return hex_get(digits, size, out) ? size : 0;
    }
    return len == 2 * size && hex_get(id, size, out) ? size : 0;
}

size_t identifier_unpack(const struct definition *d, const unsigned char *packed, size_t len,
                         char out[ID_MAX + 1])
{
    char digits[UUID_DIGITS];
    size_t n = len;
    if (packed_size(&d->id) == 0) {
        memcpy(out, packed, len);
    } else if (d->id.class == ID_UUID) {
        hex_put(packed, UUID_DIGITS / 2, digits);
        dashes_in(digits, out);
        n = UUID_DIGITS + UUID_DASHES;
    } else {
        hex_put(packed, len, out);
        n = 2 * len;
    }
    out[n] = '\0';
    return n;
}
