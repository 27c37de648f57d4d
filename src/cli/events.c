#include "cli/events.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

struct kind {
    char *key, *line; /* the latest line */
    uint64_t count, told;
    int64_t told_at;
};

struct events {
    struct kind kind[EVENTS_KEYS];
    size_t kinds;
    uint64_t others, others_told;
    int64_t others_at;
};

struct events *events_new(void)
{
    return mem_zalloc(1, sizeof(struct events));
}

void events_free(struct events *e)
{
    if (!e)
        return;
    for (size_t i = 0; i < e->kinds; i++) {
        free(e->kind[i].key);
        free(e->kind[i].line);
    }
    free(e);
}

/* The bytes of the character at *text, 1 for what is none. */
static size_t character(const char *text, size_t len)
{
    for (size_t n = 2; n <= 4 && n <= len; n++)
        if ((unsigned char)*text >= 0x80 && text_is_utf8(text, n))
            return n;
    return 1;
}

void event_clean(const char *line, struct buf *out)
{
    size_t len = strlen(line), end = out->len + EVENT_MAX;
    while (len) {
        size_t n = character(line, len);
        const unsigned char *c = (const unsigned char *)line;
        if (out->len + n > end) {
            buf_puts(out, "...");
            break;
        }
        /* U+0080 to U+009F are controls too, and C2 9B is as good as ESC [. */
        if ((n == 1 && (*c < 0x20 || *c >= 0x7f)) || (n == 2 && c[0] == 0xc2 && c[1] < 0xa0))
            buf_putc(out, '?');
        else
            buf_put(out, line, n);
        line += n;
        len -= n;
    }
}

static void tell(struct kind *k, struct buf *out)
{
    char number[TEXT_COUNT];
    event_clean(k->line, out);
    if (k->count > 1)
        buf_printf(out, " (%s times)", text_count(k->count, number));
    buf_putc(out, '\n');
    k->told = k->count;
}

static void tell_others(struct events *e, struct buf *out)
{
    char number[TEXT_COUNT];
    buf_printf(out, "events of other kinds: %s\n", text_count(e->others, number));
    e->others_told = e->others;
}

/* Whether both begin with the same provider's name ("openrouter: ..."), or one with none. */
static bool same_source(const char *line, const char *other)
{
    size_t len = strcspn(line, ":"), its = strcspn(other, ":");
    return !line[len] || !other[its] || (len == its && memcmp(line, other, len) == 0);
}

void events_add(struct events *e, const char *key, const char *line, int64_t now, struct buf *out)
{
    struct kind *k = NULL;
    if (!*key) {
        event_clean(line, out);
        buf_putc(out, '\n');
        return;
    }
    for (size_t i = 0; i < e->kinds && !k; i++)
        if (strcmp(e->kind[i].key, key) == 0 && same_source(e->kind[i].line, line))
            k = &e->kind[i];
    if (!k && e->kinds == EVENTS_KEYS) {
        if (!e->others++)
            e->others_at = now;
        return;
    }
    if (k) {
        free(k->line);
    } else {
        k = &e->kind[e->kinds++];
        k->key = mem_string(key);
    }
    k->line = mem_string(line);
    if (k->count++ == 0) {
        k->told_at = now;
        tell(k, out);
    }
}

void events_due(struct events *e, int64_t now, struct buf *out)
{
    for (size_t i = 0; i < e->kinds; i++) {
        struct kind *k = &e->kind[i];
        if (k->count > k->told && now - k->told_at >= EVENTS_PAUSE_US) {
            k->told_at = now;
            tell(k, out);
        }
    }
    if (e->others > e->others_told && now - e->others_at >= EVENTS_PAUSE_US) {
        e->others_at = now;
        tell_others(e, out);
    }
}

void events_end(struct events *e, struct buf *out)
{
    for (size_t i = 0; i < e->kinds; i++)
        if (e->kind[i].count > e->kind[i].told)
            tell(&e->kind[i], out);
    if (e->others > e->others_told)
        tell_others(e, out);
}
