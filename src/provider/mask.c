#include "provider/mask.h"

#include "base/base64.h"
#include "base/hash.h"
#include "base/hex.h"
#include "base/locked.h"
#include "base/mem.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    SHORT_ROOM = 16384,
    SECRET_MOST = 8192,
    RUN_SURE = 24,
    BONES_LITTLE = 96,
    FULL_WIDTH = 0xef
};

static const char masked[] = "[masked]";

/* All that was learned: hashes of runs, open addressing; and short texts, each with its NUL. */
static struct {
    uint64_t *slot; /* 0: free */
    size_t slots, count;
    char *shorts; /* in locked memory */
    size_t shorts_len;
} known;

static void hashes_add(uint64_t hash);

static void hashes_grow(void)
{
    uint64_t *old = known.slot;
    size_t slots = known.slots;
    known.slots = slots ? slots * 2 : 1024;
    known.slot = mem_zalloc(known.slots, sizeof *known.slot);
    known.count = 0;
    for (size_t i = 0; i < slots; i++)
        if (old[i])
            hashes_add(old[i]);
    free(old);
}

static uint64_t *hashes_find(uint64_t hash)
{
    size_t at = (size_t)hash & (known.slots - 1);
    while (known.slot[at] && known.slot[at] != hash)
        at = (at + 1) & (known.slots - 1);
    return &known.slot[at];
}

static void hashes_add(uint64_t hash)
{
    if (known.count * 2 >= known.slots)
        hashes_grow();
    uint64_t *slot = hashes_find(hash);
    known.count += *slot == 0;
    *slot = hash;
}

static uint64_t run_hash(const char *run)
{
    return hash_bytes(0, run, MASK_RUN) | 1;
}

/* A text without all but its letters and digits, in lower case, and where each of them stood. */
struct bones {
    char *text;
    size_t *from, *to;
    size_t len;
    char little[BONES_LITTLE]; /* where a short one has room */
    size_t little_from[BONES_LITTLE], little_to[BONES_LITTLE];
};

static int hex_pair(const char *at, size_t left)
{
    unsigned char byte;
    char low[2];
    if (left < 2 || !hex_all(at, 2))
        return -1;
    low[0] = (char)tolower((unsigned char)at[0]);
    low[1] = (char)tolower((unsigned char)at[1]);
    return hex_get(low, 1, &byte) ? byte : -1;
}

static bool is_octal(char c)
{
    return c >= '0' && c <= '7';
}

/* \161, as a shell and C write it. */
static int octal(const char *at, size_t left, size_t *len)
{
    if (left < 4 || *at != '\\' || !is_octal(at[1]) || !is_octal(at[2]) || !is_octal(at[3]))
        return -1;
    *len = 4;
    return (at[1] - '0') * 64 + (at[2] - '0') * 8 + at[3] - '0';
}

/* The character that an escape at `at` stands for (%41, %2541, \u0041, \x41, \101, &#65;), and the
 * length of the escape; -1 where there is none. */
static int escaped(const char *at, size_t left, size_t *len)
{
    static const struct {
        const char *lead;
        size_t n;
    } leads[] = {{"\\u00", 4}, {"\\x", 2}, {"&#x", 3}};
    if (*at == '%') {
        size_t n = 1;
        while (left > n + 3 && strncmp(at + n, "25", 2) == 0)
            n += 2;
        *len = n + 2;
        return hex_pair(at + n, left - n);
    }
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++) {
        if (left < leads[i].n + 2 || strncasecmp(at, leads[i].lead, leads[i].n) != 0)
            continue;
        *len = leads[i].n + 2;
        return hex_pair(at + leads[i].n, left - leads[i].n);
    }
    if (left > 3 && strncmp(at, "&#", 2) == 0 && isdigit((unsigned char)at[2])) {
        int value = 0;
        for (*len = 2; *len < left && *len < 6 && isdigit((unsigned char)at[*len]); ++*len)
            value = value * 10 + at[*len] - '0';
        return value < 128 ? value : -1;
    }
    return octal(at, left, len);
}

/* The full-width forms of ASCII (U+FF01 on) are read as it. */
static int full_width(const char *at, size_t left, size_t *len)
{
    const unsigned char *c = (const unsigned char *)at;
    if (left < 3 || c[0] != 0xef || (c[1] != 0xbc && c[1] != 0xbd) || (c[2] & 0xc0) != 0x80)
        return -1;
    int code = (c[1] - 0xbc) * 64 + c[2] - 0x80 + 0x20;
    *len = 3;
    return code > 0x20 && code < 0x7f ? code : -1;
}

static void bones_take(struct bones *b, const char *text, size_t len, bool decoded)
{
    const bool little = len <= BONES_LITTLE;
    b->text = little ? b->little : mem_alloc(len + 1);
    b->from = little ? b->little_from : mem_alloc((len + 1) * sizeof *b->from);
    b->to = little ? b->little_to : mem_alloc((len + 1) * sizeof *b->to);
    b->len = 0;
    for (size_t at = 0, n; at < len; at += n) {
        n = 1;
        int c = decoded ? escaped(text + at, len - at, &n) : -1;
        if (c < 0 && decoded)
            c = full_width(text + at, len - at, &n);
        if (c < 0) {
            c = (unsigned char)text[at];
            n = 1;
        }
        if (c > 127 || !isalnum(c))
            continue;
        b->text[b->len] = (char)tolower(c);
        b->from[b->len] = at;
        b->to[b->len++] = at + n;
    }
}

static void bones_free(struct bones *b)
{
    mem_wipe(b->text, b->len);
    if (b->text == b->little)
        return;
    free(b->text);
    free(b->from);
    free(b->to);
}

/* Learning */

static void learn_runs(const char *text, size_t len)
{
    struct bones b;
    bones_take(&b, text, len, false);
    for (size_t i = 0; i + MASK_RUN <= b.len; i++)
        hashes_add(run_hash(b.text + i));
    for (size_t i = 0; i < b.len / 2; i++) {
        char c = b.text[i];
        b.text[i] = b.text[b.len - 1 - i];
        b.text[b.len - 1 - i] = c;
    }
    for (size_t i = 0; i + MASK_RUN <= b.len; i++)
        hashes_add(run_hash(b.text + i));
    bones_free(&b);
}

enum {
    HALVES = 16,        /* of a byte, which may be beside the secret in a character of base64 */
    ENDS = 2 * MASK_RUN /* so many characters have a run's letters and digits */
};

/* The characters of base64 that hold bits of the secret, of which those at either end also hold
 * some of its neighbours: the whole once, the ends with whatever those may be. */
static void learn_base64(char *room, size_t before, size_t len)
{
    size_t from = before, to = ((before + len) * 8 + 5) / 6;
    for (int half = 0; half < HALVES; half++) {
        struct buf coded = {0};
        buf_room(&coded, (len + 6) * 2);
        if (before)
            room[before - 1] = (char)half;
        room[before + len] = (char)(half << 4);
        base64_put(&coded, room, before + len + 1);
        if (half == 0 || to - from <= 2 * ENDS) {
            learn_runs(coded.data + from, to - from);
        } else {
            learn_runs(coded.data + from, ENDS);
            learn_runs(coded.data + to - ENDS, ENDS);
        }
        mem_wipe(coded.data, coded.cap);
        buf_free(&coded);
    }
}

/* In base64 a text looks in three ways, by how many bytes stand before it. */
static void learn_coded(const char *secret, size_t len)
{
    char *room = mem_zalloc(1, 2 * len + 4);
    for (size_t before = 0; before < 3; before++) {
        memcpy(room + before, secret, len);
        learn_base64(room, before, len);
        memset(room, 0, before + 1);
    }
    hex_put(secret, len, room);
    learn_runs(room, 2 * len);
    mem_wipe(room, 2 * len + 4);
    free(room);
}

static bool is_short_known(const char *text, size_t len)
{
    for (const char *at = known.shorts; at && at < known.shorts + known.shorts_len;
         at += strlen(at) + 1)
        if (strlen(at) == len && memcmp(at, text, len) == 0)
            return true;
    return false;
}

static void learn_short(const char *text, size_t len)
{
    if (!known.shorts)
        known.shorts = locked_new(SHORT_ROOM);
    if (!known.shorts || is_short_known(text, len) || known.shorts_len + len + 1 > SHORT_ROOM)
        return;
    memcpy(known.shorts + known.shorts_len, text, len);
    known.shorts_len += len + 1;
}

static void learn(const char *secret, size_t len)
{
    if (len < MASK_SHORTEST || len > SECRET_MOST)
        return;
    if (len <= RUN_SURE)
        learn_short(secret, len);
    learn_runs(secret, len);
    if (len >= MASK_RUN)
        learn_coded(secret, len);
}

void mask_learn(const char *secret)
{
    learn(secret, strlen(secret));
}

/* user:password@: both, and the password. */
static void learn_user(const char *value)
{
    const char *scheme = strstr(value, "://"), *from = scheme ? scheme + 3 : value;
    const char *end = strrchr(from, '@'), *colon;
    if (!end)
        return;
    colon = memchr(from, ':', (size_t)(end - from));
    if (colon)
        learn(colon + 1, (size_t)(end - colon - 1));
    else
        learn(from, (size_t)(end - from));
}

static bool named_secret(const char *name, size_t len)
{
    static const char *const words[] = {"KEY", "TOKEN", "SECRET", "PASS", "CREDENTIAL", "AUTH"};
    if (len >= 5 && strncmp(name + len - 5, "_FILE", 5) == 0)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (memmem(name, len, words[i], strlen(words[i])))
            return true;
    return false;
}

void mask_learn_environment(char *const *environment)
{
    for (; *environment; environment++) {
        const char *value = strchr(*environment, '=');
        if (!value)
            continue;
        size_t name_len = (size_t)(value++ - *environment);
        bool proxy = name_len > 5 && strncasecmp(value - 7, "_proxy", 6) == 0;
        if (proxy || strstr(value, "://"))
            learn_user(value);
        else if (*value != '/' && named_secret(*environment, name_len))
            mask_learn(value);
    }
}

/* Masking */

static size_t short_at(const char *text, size_t len)
{
    size_t longest = 0;
    for (const char *at = known.shorts; at && at < known.shorts + known.shorts_len;) {
        size_t n = strlen(at);
        if (n <= len && n > longest && memcmp(text, at, n) == 0)
            longest = n;
        at += n + 1;
    }
    return longest;
}

/* Ten characters that a secret shares with a word are no part of it: there must be letters and
 * digits, or cases that no word has, or more of them. */
static bool is_sure(const char *text, size_t len, size_t bones)
{
    bool digit = false, letter = false, mixed = false;
    for (size_t i = 0; i < len; i++) {
        digit |= isdigit((unsigned char)text[i]) != 0;
        letter |= isalpha((unsigned char)text[i]) != 0;
        mixed |= i > 0 && islower((unsigned char)text[i - 1]) && isupper((unsigned char)text[i]);
    }
    return bones >= RUN_SURE || (letter && (digit || mixed));
}

static void hide_bones(const struct bones *b, const char *text, char *hidden)
{
    for (size_t i = 0, end; known.slots && i + MASK_RUN <= b->len; i = end) {
        end = i;
        while (end + MASK_RUN <= b->len && *hashes_find(run_hash(b->text + end)))
            end++;
        if (end == i) {
            end = i + 1;
            continue;
        }
        size_t last = end + MASK_RUN - 2, from = b->from[i], len = b->to[last] - from;
        if (is_sure(text + from, len, last - i + 1))
            memset(hidden + from, 1, len);
    }
}

/* As they stand, and as what they may stand for. */
static void hide_runs(const char *text, size_t len, char *hidden)
{
    for (int decoded = 0; decoded < 2; decoded++) {
        struct bones b;
        if (decoded && !memchr(text, '%', len) && !memchr(text, '\\', len) &&
            !memchr(text, '&', len) && !memchr(text, FULL_WIDTH, len))
            return;
        bones_take(&b, text, len, decoded);
        hide_bones(&b, text, hidden);
        bones_free(&b);
    }
}

bool mask_knows(const char *text, size_t len)
{
    if (len < MASK_RUN)
        return false;
    char *hidden = mem_zalloc(1, len + 1);
    hide_runs(text, len, hidden);
    bool known_one = memchr(hidden, 1, len) != NULL;
    free(hidden);
    return known_one;
}

/* What stands between "://" and "@" before the URL's path. */
static void hide_users(const char *text, size_t len, char *hidden)
{
    const char *end = text + len, *at = text;
    while ((at = memmem(at, (size_t)(end - at), "://", 3))) {
        const char *from = at += 3, *user = NULL;
        for (; at < end && !strchr("/?# \"'<>", *at); at++)
            if (*at == '@')
                user = at;
        if (user)
            memset(hidden + (from - text), 1, (size_t)(user - from));
    }
}

void mask_put(struct buf *out, const char *text, size_t len)
{
    char *hidden = mem_zalloc(1, len + 1);
    hide_runs(text, len, hidden);
    hide_users(text, len, hidden);
    for (size_t i = 0, n; i < len; i++)
        if ((n = short_at(text + i, len - i)))
            memset(hidden + i, 1, n);
    for (size_t i = 0; i < len; i++) {
        if (!hidden[i])
            buf_putc(out, text[i]);
        else if (i == 0 || !hidden[i - 1])
            buf_puts(out, masked);
    }
    free(hidden);
}
