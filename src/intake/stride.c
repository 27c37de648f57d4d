#include "intake/stride.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t block __attribute__((vector_size(STRIDE)));

static inline block load(const char *at)
{
    block b;
    memcpy(&b, at, sizeof b);
    return b;
}

static inline bool any(block b)
{
    uint64_t half[2];
    memcpy(half, &b, sizeof half);
    return (half[0] | half[1]) != 0;
}

static inline bool all(block b)
{
    uint64_t half[2];
    memcpy(half, &b, sizeof half);
    return (half[0] & half[1]) == UINT64_MAX;
}

static inline block same(block b, char c)
{
    return (block)(b == (uint8_t)c);
}

/* Of unsigned bytes: from first to last. */
static inline block within(block b, char first, char last)
{
    return (block)((b - (uint8_t)first) <= (uint8_t)(last - first));
}

static inline block mark(const char *at)
{
    block b = load(at);
    return same(b, '\\') | same(b, '%') | same(b, '&') | same(b, '\x1b') | same(b, '<');
}

static inline __attribute__((always_inline)) block escape(const char *at)
{
    block here = load(at), next = load(at + 1), third = load(at + 2);
    block slash = same(next, '/') | same(next, 'u') | same(next, 'x');
    block digits = within(next, '3', 'f') |
                   (same(next, '2') & (within(third | 0x20, 'b', 'f') | same(third, '5')));
    block tag = same(next, '/') | same(next | 0x20, 'b') | same(next | 0x20, 'e') |
                same(next | 0x20, 'i') | same(next | 0x20, 'm') | same(next | 0x20, 's') |
                same(next | 0x20, 'w');
    return (same(here, '\\') & slash) | (same(here, '%') & digits) |
           (same(here, '&') & same(next, '#')) | (same(here, '<') & tag) |
           (same(here, '\x1b') & same(next, '['));
}

static bool begins_escape(const char *at)
{
    char next = at[1], third = at[2];
    switch (*at) {
    case '%':
        return (next >= '3' && next <= 'f') ||
               (next == '2' && (((third | 0x20) >= 'b' && (third | 0x20) <= 'f') || third == '5'));
    case '\\':
        return next == '/' || next == 'u' || next == 'x';
    case '<':
        return next != '\0' && strchr("/bBeEiImMsSwW", next);
    case '&':
        return next == '#';
    default:
        return *at == '\x1b' && next == '[';
    }
}

size_t stride_escape(const char *text, size_t at, size_t end)
{
    for (; at < end; at += 2 * STRIDE) {
        const char *half = text + at + STRIDE;
        if (!any(mark(text + at) | mark(half)) || !any(escape(text + at) | escape(half)))
            continue;
        for (size_t i = at; i < at + 2 * STRIDE && i < end; i++)
            if (begins_escape(text + i))
                return i;
    }
    return end;
}

size_t stride_words(const char *text, size_t at, size_t end)
{
    uint64_t half[2] = {0, 0};
    for (; at < end; at += STRIDE) {
        block here = load(text + at), letter = within(here | 0x20, 'a', 'z');
        block word = letter | within(here, '0', '9') | same(here, '_') | same(here, '-');
        bool before = half[1] == UINT64_MAX;
        memcpy(half, &word, sizeof half);
        if (half[0] == UINT64_MAX && before)
            return at - STRIDE / 2;
        if (half[0] == UINT64_MAX && half[1] == UINT64_MAX)
            return at;
    }
    return end;
}

size_t stride_wide(const char *text, size_t at, size_t end)
{
    const block even = {255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0};
    for (; at < end; at += STRIDE) {
        block nul = same(load(text + at), '\0');
        if (any(nul) && (all(nul ^ even) || !any(nul ^ even)))
            return at;
    }
    return end;
}
