#include "intake/edges.h"

#include "base/hex.h"
#include "intake/shapes.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { COLOUR_MOST = 24, ESC_MOST = 6, TAG_MOST = 200, NESTED_MOST = 8 };

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
    return escape_before(text, at) || edge_highlight_before(text, at);
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

/* %2F, %252F (encoded twice), and so on. */
static int percent(const char *from, size_t left, size_t *size)
{
    size_t i = 1;
    while (left >= i + 4 && i < 2 * NESTED_MOST && memcmp(from + i, "25", 2) == 0)
        i += 2;
    *size = i + 2;
    return left < *size ? -1 : in_key(hex_number(from + i, 2));
}

/* \/ \u002f \x2f, and with more backslashes: JSON in JSON. */
static int backslashes(const char *from, size_t left, size_t *size)
{
    size_t n = 1;
    while (n < left && n < NESTED_MOST && from[n] == '\\')
        n++;
    if (n == left || (from[n] != '/' && from[n] != 'x' && from[n] != 'u'))
        return -1;
    *size = n + (from[n] == '/' ? 1 : from[n] == 'x' ? 3 : 5);
    return from[n] == '/' ? '/'
           : left < *size ? -1
                          : in_key(hex_number(from + n + 1, *size - n - 1));
}

int edge_escape(const char *text, size_t len, size_t at, size_t *size)
{
    const char *from = text + at;
    size_t left = len - at;
    if (left < 2)
        return -1;
    switch (from[0]) {
    case '%':
        return percent(from, left, size);
    case '\\':
        return backslashes(from, left, size);
    case '&':
        return from[1] == '#' && left >= 4 ? entity(from, left, size) : -1;
    default:
        return -1;
    }
}

static size_t starts(const char *text, size_t len, const char *with)
{
    size_t n = strlen(with);
    return n <= len && strncasecmp(text, with, n) == 0 ? n : 0;
}

/* ESC, as it stands or as a log, a shell, cat -v or syslog writes it. */
static size_t esc_length(const char *text, size_t len)
{
    switch (text[0]) {
    case '\x1b':
        return 1;
    case '^':
        return starts(text, len, "^[");
    case '#':
        return starts(text, len, "#033");
    case '\\':
        break;
    default:
        return 0;
    }
    switch (len > 1 ? text[1] : '\0') {
    case 'u':
        return starts(text, len, "\\u001b");
    case 'x':
        return starts(text, len, "\\x1b");
    case '0':
        return starts(text, len, "\\033");
    case 'e':
        return 2;
    default:
        return 0;
    }
}

/* ESC [ 01;31 m */
static size_t colour_length(const char *text, size_t len)
{
    size_t i = esc_length(text, len), from = i;
    if (!i || i == len || text[i++] != '[')
        return 0;
    while (i < len && i - from < COLOUR_MOST &&
           (isdigit((unsigned char)text[i]) || text[i] == ';' || text[i] == ':'))
        i++;
    return i < len && (text[i] == 'm' || text[i] == 'K') ? i + 1 : 0;
}

/* <b>, </b>, <span class="hit">. One with an escape in it is none: a key may stand there. */
static size_t tag_length(const char *text, size_t len)
{
    static const char *const names[] = {"b", "em", "i", "mark", "span", "strong", "wbr"};
    size_t from = 1 + (text[1] == '/'), i = from, most = len < TAG_MOST ? len : TAG_MOST, k = 0;
    size_t size;
    while (i < most && isalpha((unsigned char)text[i]))
        i++;
    while (k < sizeof names / sizeof *names &&
           (strlen(names[k]) != i - from || strncasecmp(names[k], text + from, i - from) != 0))
        k++;
    if (k == sizeof names / sizeof *names || (i < most && !strchr("> \t\r\n", text[i])))
        return 0;
    while (i < most && text[i] && !strchr("><\x1b", text[i]) &&
           edge_escape(text, len, i, &size) < 0)
        i++;
    return i < most && text[i] == '>' ? i + 1 : 0;
}

size_t edge_highlight(const char *text, size_t len, size_t at)
{
    if (len - at < 3)
        return 0;
    if (text[at] == '<')
        return tag_length(text + at, len - at);
    bool esc =
        text[at] == '\x1b' || (text[at] == '\\' && (text[at + 1] == 'u' || text[at + 1] == 'x'));
    return esc ? colour_length(text + at, len - at) : 0;
}

size_t edge_highlight_before(const char *text, size_t at)
{
    char last = at ? text[at - 1] : '\0';
    bool tag = last == '>';
    if (!tag && last != 'm' && last != 'K')
        return 0;
    size_t most = tag ? TAG_MOST : COLOUR_MOST + ESC_MOST;
    for (size_t n = 2; n <= at && n <= most && text[at - n] != '>'; n++) {
        const char *from = text + at - n;
        if (tag && *from == '<')
            return tag_length(from, n) == n ? n : 0;
        if (!tag && esc_length(from, n))
            return colour_length(from, n) == n ? n : 0;
    }
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
