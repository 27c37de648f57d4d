#include "base/buf.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *buf_room(struct buf *b, size_t len)
{
    size_t need = b->len + len + 1;
    if (need > b->cap) {
        size_t cap = b->cap ? b->cap : 64;
        while (cap < need)
            cap *= 2;
        b->data = mem_resize(b->data, cap, 1);
        b->cap = cap;
    }
    return b->data + b->len;
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n > 0) {
        vsnprintf(buf_room(b, (size_t)n), (size_t)n + 1, format, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

void buf_put_u64(struct buf *b, unsigned long long n)
{
    char digits[20], *at = digits + sizeof digits;
    do {
        *--at = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    buf_put(b, at, (size_t)(digits + sizeof digits - at));
}

void buf_put_json(struct buf *b, const char *utf8, size_t len)
{
    size_t from = 0;
    for (size_t i = text_plain(utf8, len); i < len; i++) {
        unsigned char c = (unsigned char)utf8[i];
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
            continue;
        buf_put(b, utf8 + from, i - from);
        from = i + 1;
        if (c == '"' || c == '\\') {
            buf_putc(b, '\\');
            buf_putc(b, (char)c);
        } else {
            buf_printf(b, "\\u%04x", c);
        }
    }
    buf_put(b, utf8 + from, len - from);
}

void buf_put_json_string(struct buf *b, const char *utf8)
{
    if (!utf8) {
        buf_puts(b, "null");
        return;
    }
    buf_putc(b, '"');
    buf_put_json(b, utf8, strlen(utf8));
    buf_putc(b, '"');
}

void buf_put_csv(struct buf *b, const char *field, size_t len)
{
    bool quote = len > 0 && (field[0] == ' ' || field[len - 1] == ' ' || field[0] == '\t' ||
                             field[len - 1] == '\t');
    for (size_t i = text_plain(field, len); i < len && !quote; i++)
        quote = field[i] == '"' || field[i] == ',' || field[i] == '\n' || field[i] == '\r';
    if (!quote) {
        buf_put(b, field, len);
        return;
    }
    buf_putc(b, '"');
    for (size_t i = 0; i < len; i++) {
        if (field[i] == '"')
            buf_putc(b, '"');
        buf_putc(b, field[i]);
    }
    buf_putc(b, '"');
}

const char *buf_text(const struct buf *b)
{
    return b->len ? b->data : "";
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    if (b->data)
        b->data[0] = '\0';
}

void buf_free(struct buf *b)
{
    free(b->data);
    *b = (struct buf){0};
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

/* What would break the line, or work on the terminal, stands in $'', which POSIX.1-2024 has. */
void buf_put_shell(struct buf *out, const char *word)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                               "_./:=,@%+-";
    if (*word && word[strspn(word, safe)] == '\0') {
        buf_puts(out, word);
        return;
    }
    bool control = false;
    for (const char *c = word; *c; c++)
        control |= is_control(*c);
    buf_puts(out, control ? "$'" : "'");
    for (; *word; word++) {
        if (control && is_control(*word))
            buf_printf(out, "\\%03o", (unsigned)*word);
        else if (control && (*word == '\'' || *word == '\\'))
            buf_printf(out, "\\%c", *word);
        else if (*word == '\'')
            buf_puts(out, "'\\''");
        else
            buf_putc(out, *word);
    }
    buf_putc(out, '\'');
}
