#include "intake/records.h"

#include "base/hex.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

size_t csv_fields(char *text, size_t len, char delimiter, struct field *out, size_t most)
{
    size_t count = 0, at = 0;
    while (len && (text[len - 1] == '\n' || text[len - 1] == '\r'))
        len--;
    while (count < most) {
        struct field *f = &out[count++];
        bool quoted = at < len && text[at] == '"';
        f->text = text + at + quoted;
        f->len = 0;
        at += quoted;
        for (; at < len && (quoted || text[at] != delimiter); at++) {
            if (quoted && text[at] == '"' && at + 1 < len && text[at + 1] == '"')
                at++;
            else if (quoted && text[at] == '"') {
                quoted = false;
                continue;
            }
            f->text[f->len++] = text[at];
        }
        if (at >= len)
            break;
        at++; /* the delimiter */
    }
    return count;
}

static size_t blanks(const char *text, size_t len, size_t at)
{
    while (at < len &&
           (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r'))
        at++;
    return at;
}

/* Behind the text whose quote is at `at`. */
static size_t text_end(const char *text, size_t len, size_t at)
{
    for (at++; at < len && text[at] != '"'; at++)
        at += text[at] == '\\';
    return at < len ? at + 1 : len;
}

/* Behind the value at `at`. */
static size_t value_end(const char *text, size_t len, size_t at)
{
    size_t depth = 0;
    while (at < len) {
        char c = text[at];
        if (c == '"') {
            at = text_end(text, len, at);
        } else {
            if ((c == '}' || c == ']' || c == ',') && depth == 0)
                return at;
            depth += c == '{' || c == '[';
            depth -= c == '}' || c == ']';
            at++;
        }
        if (depth == 0 && (c == '"' || c == '}' || c == ']'))
            return at;
    }
    return at;
}

struct member {
    const char *name, *value;
    size_t name_len, value_len;
};

/* The next member of the object, or item of the array, that begins before *at; false at its end. */
static bool next_member(const char *text, size_t len, size_t *at, bool array, struct member *out)
{
    *at = blanks(text, len, *at);
    if (*at < len && text[*at] == ',')
        *at = blanks(text, len, *at + 1);
    if (*at >= len || text[*at] == '}' || text[*at] == ']')
        return false;
    out->name_len = 0;
    if (!array) {
        if (text[*at] != '"')
            return false;
        size_t end = text_end(text, len, *at);
        if (end < *at + 2)
            return false;
        out->name = text + *at + 1;
        out->name_len = end - *at - 2;
        *at = blanks(text, len, end);
        if (*at >= len || text[*at] != ':')
            return false;
        *at = blanks(text, len, *at + 1);
    }
    size_t end = value_end(text, len, *at);
    out->value = text + *at;
    out->value_len = end - *at;
    bool moved = end > *at;
    *at = end;
    return moved;
}

bool json_find(const char *text, size_t len, const char *path, const char **at, size_t *size)
{
    size_t from = blanks(text, len, 0);
    text += from;
    len -= from;
    while (*path) {
        size_t step = strcspn(path, "/"), place = 1, index = 0;
        bool array = len && *text == '[', found = false;
        size_t want = array ? strtoul(path, NULL, 10) : 0;
        struct member m;
        if (!len || (*text != '{' && !array))
            return false;
        while (!found && next_member(text, len, &place, array, &m)) {
            found = array ? index == want || *path == '*'
                          : (m.name_len == step && memcmp(m.name, path, step) == 0) || *path == '*';
            index++;
        }
        if (!found)
            return false;
        text = m.value;
        len = m.value_len;
        path += step + (path[step] == '/');
    }
    *at = text;
    *size = len;
    return true;
}

bool json_item(const char *array, size_t len, size_t *at, const char **item, size_t *size)
{
    struct member m;
    if (*at == 0 && (!len || *array != '['))
        return false;
    *at += *at == 0;
    if (!next_member(array, len, at, true, &m))
        return false;
    *item = m.value;
    *size = m.value_len;
    return true;
}

/* A JSON text without its quotes, decoded; `out` may be where it is. Returns the length. */
static size_t unescape(const char *text, size_t len, char *out)
{
    static const char escapes[] = "n\nt\tr\rb\bf\f";
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] != '\\' || i + 1 >= len) {
            out[n++] = text[i];
            continue;
        }
        char c = text[++i];
        int unit;
        const char *known = strchr(escapes, c);
        if (c == 'u' && i + 4 < len && (unit = hex_number(text + i + 1, 4)) >= 0) {
            n += text_put_unit(out + n, (unsigned)unit);
            i += 4;
        } else {
            out[n++] = known && c && (known - escapes) % 2 == 0 ? known[1] : c;
        }
    }
    return n;
}

bool json_pick(const char *text, size_t len, const char *path, struct buf *out)
{
    const char *at;
    size_t size;
    if (!json_find(text, len, path, &at, &size) || !size || *at == '{' || *at == '[')
        return false;
    if (*at == '"') {
        if (size <= 2)
            return false;
        out->len += unescape(at + 1, size - 2, buf_room(out, size));
        out->data[out->len] = '\0';
        return true;
    }
    while (size && strchr(" \t\r\n", at[size - 1]))
        size--;
    if (size == 4 && memcmp(at, "null", 4) == 0)
        return false;
    buf_put(out, at, size);
    return size > 0;
}

size_t json_members(char *text, size_t len, struct field *name, struct field *value, size_t most)
{
    size_t count = 0, at = blanks(text, len, 0) + 1;
    struct member m;
    while (count < most && next_member(text, len, &at, false, &m)) {
        if (*m.value == '{' || *m.value == '[')
            continue;
        bool quoted = *m.value == '"' && m.value_len >= 2;
        char *from = text + (m.value - text) + quoted;
        name[count] = (struct field){.text = text + (m.name - text), .len = m.name_len};
        value[count].text = from;
        value[count].len = quoted ? unescape(from, m.value_len - 2, from) : m.value_len;
        count++;
    }
    return count;
}

/* Whether the names of the levels are those of a path. */
static bool at_path(const struct json_walk *w, const char *path)
{
    size_t level = 0;
    while (*path) {
        size_t step = strcspn(path, "/");
        if (level >= w->depth)
            return false;
        const char *name = w->level[level].array ? "" : w->level[level].name;
        if (*path != '*' && (strlen(name) != step || memcmp(name, path, step) != 0))
            return false;
        level++;
        path += step + (path[step] == '/');
    }
    return level == w->depth;
}

static enum json_step opens(struct json_walk *w, char c)
{
    bool begins = false;
    for (size_t i = 0; c == '{' && !w->record && w->depth < JSON_DEPTH && w->path[i]; i++)
        begins |= at_path(w, w->path[i]);
    if (w->depth < JSON_DEPTH) {
        w->level[w->depth].array = c == '[';
        w->level[w->depth].name[0] = '\0';
    }
    w->depth++;
    if (begins)
        w->record = w->depth;
    return begins ? JSON_BEGINS : w->record ? JSON_INSIDE : JSON_OUTSIDE;
}

static enum json_step closes(struct json_walk *w)
{
    bool ends = w->record && w->depth == w->record;
    if (w->depth)
        w->depth--;
    if (ends)
        w->record = 0;
    return ends ? JSON_ENDS : w->record ? JSON_INSIDE : JSON_OUTSIDE;
}

enum json_step json_walk(struct json_walk *w, char c)
{
    enum json_step inside = w->record ? JSON_INSIDE : JSON_OUTSIDE;
    if (w->in_text) {
        if (!w->escaped && c == '"')
            w->in_text = false;
        else if (w->name_len + 1 < JSON_NAME)
            w->name[w->name_len++] = c;
        w->escaped = !w->escaped && c == '\\';
        return inside;
    }
    if (c == '"') {
        w->in_text = true;
        w->name_len = 0;
        return inside;
    }
    if (c == ':' && w->depth && w->depth <= JSON_DEPTH) {
        memcpy(w->level[w->depth - 1].name, w->name, w->name_len);
        w->level[w->depth - 1].name[w->name_len] = '\0';
    }
    if (c == '{' || c == '[')
        return opens(w, c);
    return c == '}' || c == ']' ? closes(w) : inside;
}
