/* Identifiers. A lawful one passes in one look over its bytes; only for the others is it asked what
 * is wrong with them, in the order in which a person wants to know. */

#include "provider/identifier.h"
#include "provider/secret.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

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
    case ID_PRINTABLE:
        break;
    }
    /* On the way to a provider some proxy decodes or cuts at these five. */
    return c > 0x20 && c < 0x7f && !strchr("/\\%?#", c);
}

static const char *const class_unit[] = {"digit", "character", "digit", "character", "character"};
static const char *const class_character[] = {"a hex digit", "a hex digit", "a digit",
                                              "one of A-Z a-z 0-9 _ -",
                                              "printable ASCII without / \\ % ? #"};

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

/* Without branches, for this is asked of every byte of a large manifest. */
static bool all_hex(const char *raw, size_t len)
{
    unsigned bad = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned digit = (unsigned char)raw[i] - (unsigned)'0';
        unsigned letter = ((unsigned char)raw[i] | 0x20u) - (unsigned)'a';
        bad |= (digit > 9) & (letter > 5);
    }
    return !bad;
}

static bool all_in_class(enum id_class class, const char *raw, size_t len)
{
    return class == ID_HEX ? all_hex(raw, len) : first_bad(class, raw, len) == len;
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

static int explain(const struct id_rule *rule, const char *raw, size_t len, char reason[ID_REASON])
{
    size_t at;
    const char *wrong;
    char what[100], range[40];
    if (secret_whole(rule, raw, len)) {
        snprintf(reason, ID_REASON, "looks like a raw secret: give its %.80s instead", rule->name);
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
    } else if ((wrong = plainly_wrong(raw, len, &at)) != NULL) {
        snprintf(what, sizeof what, "%s at position %zu", wrong, at + 1);
    } else if (rule->class == ID_UUID && len != 36) {
        snprintf(what, sizeof what, "%zu characters, a UUID has 36", len);
    } else if ((at = first_bad(rule->class, raw, len)) < len) {
        if (dash_here(rule->class, at))
            snprintf(what, sizeof what, "no dash at position %zu", at + 1);
        else
            snprintf(what, sizeof what, "a character that is not %s at position %zu",
                     class_character[rule->class], at + 1);
    } else {
        snprintf(what, sizeof what, "%zu %s%s, %s needed", len, class_unit[rule->class],
                 len == 1 ? "" : "s", range);
    }
    snprintf(reason, ID_REASON, "not a %.50s: %.100s", rule->name, what);
    return -1;
}

int identifier_canonical(const struct definition *d, const char *raw, size_t len,
                         char out[ID_MAX + 1], char reason[ID_REASON])
{
    const struct id_rule *rule = &d->id;
    if (len < rule->min || len > rule->max || len > ID_MAX || secret_whole(rule, raw, len) ||
        !all_in_class(rule->class, raw, len) || is_dots(raw, len) || is_reserved(rule, raw, len))
        return explain(rule, raw, len, reason);
    for (size_t i = 0; i < len; i++) {
        bool upper = rule->lower && raw[i] >= 'A' && raw[i] <= 'Z';
        out[i] = (char)(raw[i] | (upper ? 0x20 : 0));
    }
    out[len] = '\0';
    return (int)len;
}

bool identifier_is_secret(const struct catalog *c, const char *text, size_t len)
{
    enum { SHORTEST = 11 }; /* sk- and a tail */
    const char *token;
    size_t at = 0, n;
    while ((n = token_next(text, len, &at, &token)) > 0) {
        if (n < SHORTEST)
            continue;
        if (secret_token(token, n))
            return true;
        for (size_t i = 0; i < catalog_count(c); i++)
            if (secret_of_rule(&catalog_at(c, i)->id, token, n))
                return true;
    }
    return false;
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

static unsigned nibble(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

size_t identifier_pack(const struct definition *d, const char *id, size_t len,
                       unsigned char out[ID_MAX])
{
    size_t size = packed_size(&d->id), at = 0;
    if (size == 0) {
        memcpy(out, id, len);
        return len;
    }
    for (size_t i = 0; i + 1 < len && at < size; i += 2) {
        i += dash_here(d->id.class, i);
        out[at++] = (unsigned char)(nibble(id[i]) << 4 | nibble(id[i + 1]));
    }
    return at;
}

/* "00" to "ff": an id is written out for its request, its records and its row of a report. */
#define PAIR(high, low)                                                                            \
    {                                                                                              \
        high, low                                                                                  \
    }
#define ROW(h)                                                                                     \
    PAIR(h, '0'), PAIR(h, '1'), PAIR(h, '2'), PAIR(h, '3'), PAIR(h, '4'), PAIR(h, '5'),            \
        PAIR(h, '6'), PAIR(h, '7'), PAIR(h, '8'), PAIR(h, '9'), PAIR(h, 'a'), PAIR(h, 'b'),        \
        PAIR(h, 'c'), PAIR(h, 'd'), PAIR(h, 'e'), PAIR(h, 'f')
static const char hex_pair[256][2] = {ROW('0'), ROW('1'), ROW('2'), ROW('3'), ROW('4'), ROW('5'),
                                      ROW('6'), ROW('7'), ROW('8'), ROW('9'), ROW('a'), ROW('b'),
                                      ROW('c'), ROW('d'), ROW('e'), ROW('f')};
#undef ROW
#undef PAIR

size_t identifier_unpack(const struct definition *d, const unsigned char *packed, size_t len,
                         char out[ID_MAX + 1])
{
    size_t at = 0;
    if (packed_size(&d->id) == 0) {
        memcpy(out, packed, len);
        out[len] = '\0';
        return len;
    }
    for (size_t i = 0; i < len; i++, at += 2) {
        if (len == 16 && dash_here(d->id.class, at))
            out[at++] = '-';
        memcpy(out + at, hex_pair[packed[i]], 2);
    }
    out[at] = '\0';
    return at;
}
