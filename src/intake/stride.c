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

static bool begins_escape(const char *at)
{
    char next = at[1];
    if (*at == '%')
        return next >= '0' && next <= 'f';
    if (*at == '\\')
        return next == '/' || next == 'u' || next == 'x';
    return *at == '&' && next == '#';
}

static inline block mark(block b)
{
    return same(b, '\\') | same(b, '%') | same(b, '&');
}

size_t stride_escape(const char *text, size_t at, size_t end)
{
    for (; at < end; at += 2 * STRIDE) {
        if (!any(mark(load(text + at)) | mark(load(text + at + STRIDE))))
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
