#include "provider/secret_hint.h"

#include <string.h>

enum { TAIL_MOST = 16 };

bool secret_hint_read(const char *text, size_t len, struct secret_hint *out)
{
    static const char marks[] = ".*\xe2\x80\xa6\xa2";
    size_t head = 0, tail = 0;
    while (head < len && !strchr(marks, text[head]))
        head++;
    while (tail < len - head && !strchr(marks, text[len - 1 - tail]))
        tail++;
    bool inside = head == len && len > TAIL_MOST;
    if (head == len && !inside) { /* nothing is hidden in it: it is the end */
        tail = len;
        head = 0;
    }
    *out = (struct secret_hint){text, text + len - tail, head, tail, inside};
    return head + tail > 0 && tail <= TAIL_MOST;
}

static size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

bool secret_hint_fits(const struct secret_hint *h, size_t lead, size_t least, const char *head,
                      size_t head_len, const char *tail, size_t tail_len)
{
    if (h->inside)
        return memmem(head, head_len, h->head, h->head_len) != NULL;
    size_t front = least_of(h->head_len, head_len), back = least_of(h->tail_len, tail_len);
    size_t beyond = front > lead ? front - lead : 0;
    return beyond + back >= least && memcmp(h->head, head, front) == 0 &&
           memcmp(h->tail + h->tail_len - back, tail + tail_len - back, back) == 0;
}

/* The characters with which all secrets that begin like this one begin. */
static size_t lead_of(const struct definition *d, const char *secret)
{
    size_t lead = 0;
    for (char **pattern = d->raw; pattern && *pattern; pattern++) {
        size_t n = strcspn(*pattern, "{");
        if (n > lead && strncmp(secret, *pattern, n) == 0)
            lead = n;
    }
    return lead;
}

enum telling { HINT_UNLIKE, HINT_LIKE, HINT_MUTE };

/* Mute: nothing of it is shown, or no more than all such secrets have. */
static enum telling judge(const char *text, size_t lead, const char *secret, size_t len)
{
    struct secret_hint h;
    if (!text || strspn(text, ".*\xe2\x80\xa6\xa2") == strlen(text))
        return HINT_MUTE;
    if (!secret_hint_read(text, strlen(text), &h) || h.head_len + h.tail_len > len)
        return HINT_UNLIKE;
    if (secret_hint_fits(&h, lead, 1, secret, len, secret, len))
        return HINT_LIKE;
    return !h.inside && secret_hint_fits(&h, lead, 0, secret, len, secret, len) ? HINT_MUTE
                                                                                : HINT_UNLIKE;
}

static size_t keys_of(enum telling wanted, const struct keylist *keys, const struct definition *d,
                      const char *secret, void (*each)(void *at, size_t i), void *at)
{
    size_t field = 0, found = 0, len = strlen(secret), lead = lead_of(d, secret);
    while (field < d->list.field_count && strcmp(d->list.field[field].name, d->list.hint) != 0)
        field++;
    for (size_t i = 0; i < keylist_count(keys); i++) {
        if (judge(keylist_field(keys, i, field), lead, secret, len) != wanted)
            continue;
        found++;
        if (each)
            each(at, i);
    }
    return found;
}

size_t secret_hint_own(const struct keylist *keys, const struct definition *d, const char *secret,
                       void (*each)(void *at, size_t i), void *at)
{
    return keys_of(HINT_LIKE, keys, d, secret, each, at);
}

void secret_hint_mute(const struct keylist *keys, const struct definition *d, const char *secret,
                      void (*each)(void *at, size_t i), void *at)
{
    keys_of(HINT_MUTE, keys, d, secret, each, at);
}
