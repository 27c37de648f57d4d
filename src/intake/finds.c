#include "intake/finds.h"

#include "base/mem.h"

#include <stdlib.h>

enum { WORDS_MOST = 1 << 30 };

struct find {
    uint64_t first, last;   /* a place, an occasion */
    uint32_t places, words; /* words: where in the texts, 0 for none */
};

struct finds {
    struct targets *targets;
    struct find *at;
    size_t room;
    uint64_t repeated;
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

int finds_add(struct finds *f, const struct definition *d, const char *id, size_t len,
              const char *scope, uint64_t place, uint64_t occasion, const char *words,
              struct error *err)
{
    bool fresh;
    uint32_t row = targets_add(f->targets, d, id, len, scope, "", 0, 0, &fresh, err);
    if (row == UINT32_MAX)
        return -1;
    if (row >= f->room) {
        f->room = f->room ? f->room * 2 : 64;
        f->at = mem_resize(f->at, f->room, sizeof *f->at);
    }
    struct find *at = &f->at[row];
    if (fresh) {
        *at = (struct find){
            .first = place, .last = occasion, .places = 1, .words = put_words(f, words)};
        return 0;
    }
    if (at->last == occasion)
        return 0;
    at->last = occasion;
    at->places += at->places < UINT32_MAX;
    f->repeated++;
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
