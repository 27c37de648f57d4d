#include "intake/finds.h"

#include "base/mem.h"

#include <stdlib.h>

enum { WORDS_MOST = 1 << 30, AHEAD = 16 };

struct find {
    uint64_t first, last;   /* a place, an occasion */
    uint32_t places, words; /* words: where in the texts, 0 for none */
};

/* One whose place in the table is on its way from memory: while that takes, others are found. */
struct coming {
    struct target_key key;
    uint64_t place, occasion;
    const char *words;
};

struct finds {
    struct targets *targets;
    struct find *at;
    size_t room;
    uint64_t repeated;
    struct coming coming[AHEAD];
    size_t coming_count;
    struct buf words; /* each ended by a NUL, the first of them empty */
};

struct finds *finds_new(const struct catalog *catalog)
{
    struct finds *f = mem_zalloc(1, sizeof *f);
    f->targets = targets_new(catalog);
    buf_putc(&f->words, '\0');
    return f;
}

void finds_free(struct finds *f)
{
    if (!f)
        return;
    targets_free(f->targets);
    buf_free(&f->words);
    free(f->at);
    free(f);
}

static uint32_t put_words(struct finds *f, const char *words)
{
    size_t at = f->words.len;
    if (!words || at > WORDS_MOST)
        return 0;
    buf_put(&f->words, words, strlen(words) + 1);
    return (uint32_t)at;
}

static int put(struct finds *f, const struct coming *c, struct error *err)
{
    bool fresh;
    uint32_t row = targets_put(f->targets, &c->key, "", 0, 0, &fresh, err);
    if (row == UINT32_MAX)
        return -1;
    if (row >= f->room) {
        f->room = f->room ? f->room * 2 : 64;
        f->at = mem_resize(f->at, f->room, sizeof *f->at);
    }
    struct find *at = &f->at[row];
    if (fresh) {
        *at = (struct find){
            .first = c->place, .last = c->occasion, .places = 1, .words = put_words(f, c->words)};
        return 0;
    }
    if (at->last == c->occasion)
        return 0;
    at->last = c->occasion;
    at->places += at->places < UINT32_MAX;
    f->repeated++;
    return 0;
}

int finds_settle(struct finds *f, struct error *err)
{
    int result = 0;
    for (size_t i = 0; i < f->coming_count && result == 0; i++)
        result = put(f, &f->coming[i], err);
    f->coming_count = 0;
    return result;
}

int finds_add(struct finds *f, const struct definition *d, const char *id, size_t len,
              const char *scope, uint64_t place, uint64_t occasion, const char *words,
              struct error *err)
{
    if (f->coming_count == AHEAD && finds_settle(f, err) != 0)
        return -1;
    struct coming *c = &f->coming[f->coming_count];
    if (!targets_key(f->targets, d, id, len, scope, &c->key))
        return error_set(err, EXIT_DATA, "an identifier or scope that no target can have");
    c->place = place;
    c->occasion = occasion;
    c->words = words;
    f->coming_count++;
    return 0;
}

uint32_t finds_count(const struct finds *f)
{
    return targets_count(f->targets);
}

const struct targets *finds_targets(const struct finds *f)
{
    return f->targets;
}

uint64_t finds_repeated(const struct finds *f)
{
    return f->repeated;
}

void finds_note(const struct finds *f, uint32_t row, const struct places *p, struct buf *out)
{
    const struct find *at = &f->at[row];
    if (at->words)
        buf_puts(out, f->words.data + at->words);
    else
        places_put(p, at->first, out);
    if (at->places > 1)
        buf_printf(out, " and %u more place%s", at->places - 1, at->places == 2 ? "" : "s");
}
