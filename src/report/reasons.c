#include "report/reasons.h"

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Why targets are not done, counted. Two texts that differ only in the target's id or in a
 * request's id are one reason:
 *
 *   "no key 0123abcd (request req_8f2e6b0c1d9a4e57)"  ->  "no key {id} (request \xe2\x80\xa6)"
 *
 * At most REASONS_KEPT reasons are kept; what comes after them counts as "other reasons" of its
 * provider and outcome, so that the counts always sum to the targets that were added. */

enum { SLOTS = 2048, TEXT_MAX = 300 };

void reasons_init(struct reasons *s)
{
    *s = (struct reasons){.slot = mem_zalloc(SLOTS, sizeof *s->slot)};
}

void reasons_free(struct reasons *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->at[i].text);
    free(s->at);
    free(s->slot);
}

static bool in_word(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_';
}

/* A word that a machine made up: long, with digits in it. */
static bool looks_unique(const char *word, size_t len)
{
    size_t digits = 0;
    for (size_t i = 0; i < len; i++)
        digits += word[i] >= '0' && word[i] <= '9';
    return len >= 16 && digits >= 2;
}

static void normalise(struct buf *out, const char *text, const char *id)
{
    size_t id_len = strlen(id);
    while (*text && out->len < TEXT_MAX) {
        size_t len = 0;
        while (in_word(text[len]))
            len++;
        if (!len)
            buf_putc(out, *text++);
        else if (len == id_len && strncasecmp(text, id, len) == 0)
            buf_puts(out, "{id}");
        else if (looks_unique(text, len))
            buf_puts(out, "\xe2\x80\xa6");
        else
            buf_put(out, text, len);
        text += len;
    }
    if (!*text)
        return;
    while (out->len && ((unsigned char)out->data[out->len - 1] & 0xc0) == 0x80)
        out->len--; /* not in the middle of a character */
    if (out->len && (unsigned char)out->data[out->len - 1] >= 0xc0)
        out->len--;
    buf_puts(out, "\xe2\x80\xa6");
}

static bool is_reason(const struct reason *r, const struct reason *key)
{
    return r->outcome == key->outcome && r->status == key->status && r->others == key->others &&
           strcmp(r->text, key->text) == 0 && strcmp(r->provider, key->provider) == 0;
}

static uint64_t hash_of(const struct reason *key)
{
    uint64_t kind = (uint64_t)key->outcome << 32 | key->status;
    return hash_text(hash_text(kind, key->provider), key->text);
}

static uint32_t *slot_of(struct reasons *s, const struct reason *key)
{
    uint32_t at = (uint32_t)(hash_of(key) % SLOTS);
    while (s->slot[at] && !is_reason(&s->at[s->slot[at] - 1], key))
        at = (at + 1) % SLOTS;
    return &s->slot[at];
}

void reasons_add(struct reasons *s, const char *provider, enum outcome o, unsigned status,
                 const char *error, const char *id)
{
    struct buf text = {0};
    normalise(&text, error, id);
    struct reason key = {provider, o, status, (char *)buf_text(&text), 0, false};
    uint32_t *slot = slot_of(s, &key);
    if (!*slot && s->count >= REASONS_KEPT) {
        key.others = true;
        key.status = 0;
        key.text = (char *)"other reasons";
        slot = slot_of(s, &key);
    }
    if (!*slot) {
        s->at = mem_resize(s->at, s->count + 1, sizeof *s->at);
        key.text = mem_string(key.text);
        s->at[s->count++] = key;
        *slot = (uint32_t)s->count;
    }
    s->at[*slot - 1].targets++;
    buf_free(&text);
}

static int by_count(const void *a, const void *b)
{
    const struct reason *x = a, *y = b;
    if (x->others != y->others)
        return x->others ? 1 : -1;
    if (x->targets != y->targets)
        return x->targets < y->targets ? 1 : -1;
    if (x->outcome != y->outcome)
        return (int)x->outcome - (int)y->outcome;
    int order = strcmp(x->provider, y->provider);
    if (!order)
        order = (int)x->status - (int)y->status;
    return order ? order : strcmp(x->text, y->text);
}

void reasons_sort(struct reasons *s)
{
    if (s->count)
        qsort(s->at, s->count, sizeof *s->at, by_count);
}
