#include "intake/edges.h"

#include "base/hex.h"
#include "intake/shapes.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Whether an escape that ends before `at` stands for something that belongs to no key. */
static bool escape_before(const char *text, size_t at)
{
    char c = text[at - 1];
    if (at >= 2 && text[at - 2] == '\\' && strchr("nrtbfv0", c))
        return true;
    static const struct {
        size_t size, digits;
        char first, second;
    } forms[] = {{3, 2, '%', 0},
                 {5, 2, '%', '2'}, /* %253D: encoded twice */
                 {3, 2, '=', 0},
                 {4, 2, '\\', 'x'},
                 {6, 4, '\\', 'u'}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const char *from = text + at - forms[i].size;
        if (at < forms[i].size || from[0] != forms[i].first ||
            (forms[i].second && from[1] != forms[i].second))
            continue;
        int value = hex_number(text + at - forms[i].digits, forms[i].digits);
        if (value >= 0 && !(value < 0x80 && shape_word((char)value)))
            return true;
    }
    return false;
}

/* A colour of a terminal: ESC [ 01;31 m */
static bool colour_before(const char *text, size_t at)
{
    if (text[at - 1] != 'm' && text[at - 1] != 'K')
        return false;
    size_t i = at - 1;
    while (i > 0 && (isdigit((unsigned char)text[i - 1]) || text[i - 1] == ';'))
        i--;
    return i >= 2 && text[i - 1] == '[' && text[i - 2] == 0x1b;
}

bool edge_left(const char *text, size_t at, bool dotted)
{
    if (at == 0)
        return true;
    char c = text[at - 1];
    if (dotted && c == '.')
        return at < 2 || !shape_word(text[at - 2]);
    if (!shape_word(c))
        return true;
    if (c == '-' && (at == 1 || text[at - 2] == '\n'))
        return true;
    return escape_before(text, at) || colour_before(text, at);
}

static int in_key(int value)
{
    bool good =
        value > 0 && value < 0x80 && (isalnum(value) || (value && strchr("+/=_.-", value) != NULL));
    return good ? value : -1;
}

/* &#47; and &#x2f; */
static int entity(const char *text, size_t len, size_t *size)
{
    size_t i = 2;
    int value = 0;
    bool hex = i < len && (text[i] == 'x' || text[i] == 'X');
    for (i += hex; i < len && i < 8 && text[i] != ';'; i++) {
        int digit = hex_value(text[i]);
        if (digit < 0 || (!hex && digit > 9))
            return -1;
        value = value * (hex ? 16 : 10) + digit;
    }
    *size = i + 1;
    return i < len && text[i] == ';' ? in_key(value) : -1;
}

int edge_escape(const char *text, size_t len, size_t at, size_t *size)
{
    const char *from = text + at;
    size_t left = len - at;
    if (left >= 3 && from[0] == '%') {
        *size = 3;
        return in_key(hex_number(from + 1, 2));
    }
    if (left >= 4 && from[0] == '&' && from[1] == '#')
        return entity(from, left, size);
    if (left < 2 || from[0] != '\\')
        return -1;
    *size = from[1] == '/' ? 2 : from[1] == 'x' ? 4 : 6;
    if (from[1] == '/')
        return '/';
    if (left < *size || (from[1] != 'x' && from[1] != 'u'))
        return -1;
    return in_key(hex_number(from + 2, *size - 2));
}

size_t edge_highlight(const char *text, size_t len, size_t at)
{
    static const char *const tags[] = {"b>", "em>", "mark>", "strong>"};
    size_t i = at + 2;
    if (len - at < 3 || (text[at] != 0x1b && text[at] != '<'))
        return 0;
    if (text[at] == 0x1b) {
        while (i < len && i - at < 24 && (isdigit((unsigned char)text[i]) || text[i] == ';'))
            i++;
        return text[at + 1] == '[' && i < len && (text[i] == 'm' || text[i] == 'K') ? i + 1 - at
                                                                                    : 0;
    }
    i = at + 1 + (text[at + 1] == '/');
    for (size_t k = 0; k < sizeof tags / sizeof *tags; k++)
        if (strlen(tags[k]) <= len - i && strncasecmp(text + i, tags[k], strlen(tags[k])) == 0)
            return i + strlen(tags[k]) - at;
    return 0;
}

static bool contains(const char *text, size_t len, const char *word)
{
    size_t n = strlen(word);
    char lower = (char)tolower((unsigned char)*word), upper = (char)toupper((unsigned char)*word);
    for (size_t i = 0; i + n <= len; i++)
        if ((text[i] == lower || text[i] == upper) && strncasecmp(text + i, word, n) == 0)
            return true;
    return false;
}

const char *edge_name(const struct definition *d, size_t i, char room[EDGE_NAME])
{
    if (i < 2)
        return i ? d->credential : d->provider;
    i -= 2;
    for (char **header = d->headers; *header; header++) {
        const char *at = strstr(*header, "{env:");
        size_t n = at ? strcspn(at + 5, "?}") : 0;
        if (!at || n >= EDGE_NAME || i--)
            continue;
        memcpy(room, at + 5, n);
        room[n] = '\0';
        return room;
    }
    return NULL;
}

bool edge_says(const char *text, size_t len, const struct definition *d)
{
    char room[EDGE_NAME];
    const char *name;
    for (size_t i = 0; (name = edge_name(d, i, room)); i++)
        if (contains(text, len, name))
            return true;
    return false;
}

/* Where the part of a text begins that ends at `at`. */
static size_t part_start(const char *text, size_t at)
{
    static const bool ends[256] = {
        [','] = true, [';'] = true, ['{'] = true,  ['}'] = true,  ['&'] = true,
        ['('] = true, [')'] = true, ['\n'] = true, ['\r'] = true, ['\0'] = true};
    size_t from = at;
    while (from > 0 && at - from < EDGE_PART && !ends[(unsigned char)text[from - 1]])
        from--;
    return from;
}

bool edge_is_key(const char *text, size_t at)
{
    size_t from = part_start(text, at);
    return contains(text + from, at - from, "key") || contains(text + from, at - from, "token") ||
           contains(text + from, at - from, "secret");
}

/* Whether all letters of a part are those of "value". */
static bool called_value(const char *text, size_t len)
{
    char letters[8];
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        if (isalnum((unsigned char)text[i]) && n < sizeof letters)
            letters[n++] = (char)tolower((unsigned char)text[i]);
    return n == 5 && memcmp(letters, "value", 5) == 0;
}

bool edge_names(const char *text, size_t at, const struct definition *d)
{
    size_t from = part_start(text, at);
    if (edge_says(text + from, at - from, d))
        return true;
    if (!called_value(text + from, at - from))
        return false;
    size_t end = from;
    while (end > 0 && from - end < EDGE_PART && !isalnum((unsigned char)text[end - 1]))
        end--;
    size_t before = part_start(text, end);
    return edge_says(text + before, end - before, d);
}
