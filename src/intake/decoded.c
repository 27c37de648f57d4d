#include "intake/decoded.h"

#include "intake/edges.h"

#include "base/base64.h"
#include "base/locked.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum {
    SIDE_ROOM = 1 << 14,
    ISLAND_BACK = 800,
    ISLAND_LEAST = 20,  /* no key is shorter */
    ISLAND_MOST = 8192, /* bytes of a text with escapes that are decoded at once */
    BASE64_BACK = 64,   /* characters before a key's that are decoded */
    WIDE_MOST = SIDE_ROOM - STRIDE_PAD,
    WIDE_LEAST = 8,
};

bool decoder_init(struct decoder *d)
{
    *d = (struct decoder){.side = locked_new(SIDE_ROOM)};
    d->came = mem_zalloc(SIDE_ROOM, sizeof *d->came);
    for (int c = 0; c < 256; c++)
        d->island[c] = shape_word((char)c);
    for (const char *c = ".+/=\\%&#;*~<>[\x1b"; *c; c++)
        d->island[(unsigned char)*c] = true;
    return d->side;
}

void decoder_free(struct decoder *d)
{
    locked_free(d->side, SIDE_ROOM);
    free(d->came);
}

void decoded_wipe(struct search *p)
{
    mem_wipe(p->decoder->side, p->side_len);
    p->side_len = p->base64 = p->base64_end = 0;
}

/* Decodes the groups around `start`, and more behind them, for the next key may stand there. */
static void decode_base64(struct search *p, size_t start)
{
    size_t back = 0, used, most = p->sought->base64_most;
    if (p->base64_end > start && p->base64 <= start && (start - p->base64) % 4 == 0)
        return;
    while (back < BASE64_BACK && start >= back + 4 && base64_group(p->text + start - back - 4))
        back += 4;
    decoded_wipe(p);
    size_t left = p->len - (start - back), want = BASE64_BACK + 2 * most;
    size_t asked = want < left ? want : left;
    p->side_len = base64_decode(p->text + start - back, asked, p->decoder->side, &used);
    p->base64 = start - back;
    p->base64_end = start - back + (used < asked || asked == left ? used : used - most);
}

void decoded_base64(struct search *p, size_t where, const struct shape_group *g, unsigned shift)
{
    size_t before = base64_before(shift);
    struct sighting s;
    if (before > where)
        return;
    decode_base64(p, where - before);
    size_t at = (where - before - p->base64) / 4 * 3 + shift;
    if (at >= p->side_len || !judge_lead(g, p->decoder->side, p->side_len, at, &s))
        return;
    if (s.kind == SIGHT_CUT) /* it goes on in the next line, perhaps */
        s.kind = SIGHT_ENCODED;
    search_tell(p, &s, where);
}

/* The same in a text that was decoded into `side`: only what has a decoded character in it is told
 * of, for the rest stands in the text itself, and only what begins where the pass looks. */
static void hit_island(void *at, size_t where, unsigned tag)
{
    const struct search *p = at;
    const struct decoder *f = p->decoder;
    struct sighting s;
    if (tag >= IN_BASE64 || !judge_lead(&p->sought->group[tag], f->side, p->side_len, where, &s))
        return;
    size_t len = s.len + (s.kind == SIGHT_STUCK && where + s.len < p->side_len);
    size_t raw = p->island + f->came[where], end = p->island + f->came[where + len];
    size_t last = p->island + f->came[where + s.len - 1] + 1, alike = 1;
    if (last - raw == s.len && edge_highlight(p->text, p->len, last))
        return; /* the key ends there in the text, too */
    while (alike < s.len && f->came[where + alike] - f->came[where] == (int)alike)
        alike++;
    if (edge_highlight_before(p->text, raw) && edge_highlight(p->text, p->len, raw + alike) &&
        shape_fits(s.shape, p->text + raw, alike) == alike)
        return; /* just the key is highlighted */
    if (end - raw != len && raw >= p->from && raw < p->to)
        search_tell(p, &s, raw);
}

/* Decodes the text with escapes around `at`, and looks at it; returns where it ends. */
static size_t visit_island(struct search *p, size_t at)
{
    struct decoder *f = p->decoder;
    const char *t = p->text;
    size_t from = at, end, n = 0, size;
    while (from > 0 && at - from < ISLAND_BACK) {
        size_t light = edge_highlight_before(t, from);
        if (light ? at - from + light > ISLAND_BACK : !f->island[(unsigned char)t[from - 1]])
            break;
        from -= light ? light : 1;
    }
    for (end = from; end < p->len && end - from < ISLAND_MOST;) {
        int c = edge_escape(t, p->len, end, &size);
        size_t light = c < 0 ? edge_highlight(t, p->len, end) : 0;
        if (c < 0 && !light && !f->island[(unsigned char)t[end]])
            break;
        f->came[n] = (uint16_t)(end - from);
        if (!light)
            f->side[n++] = c >= 0 ? (char)c : t[end];
        end += c >= 0 ? size : light ? light : 1;
    }
    f->came[n] = (uint16_t)(end - from);
    p->island = from;
    p->side_len = n;
    if (n >= ISLAND_LEAST)
        sieve_run(p->sought->sieve, f->side, n, 0, n, hit_island, p);
    mem_wipe(f->side, n);
    return end > at ? end : at + 1;
}

void decoded_escapes(struct search *p)
{
    size_t end = p->to + ISLAND_MOST < p->len ? p->to + ISLAND_MOST : p->len, size;
    for (size_t at = stride_escape(p->text, p->from, end); at < end;
         at = stride_escape(p->text, at, end))
        at = edge_escape(p->text, p->len, at, &size) >= 0 || edge_highlight(p->text, p->len, at)
                 ? visit_island(p, at)
                 : at + 1;
}

static bool printable(char c)
{
    return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\r' || c == '\t';
}

static void hit_wide(void *at, size_t where, unsigned tag)
{
    const struct search *p = at;
    struct sighting s;
    size_t raw = p->island + 2 * where;
    if (tag < IN_BASE64 && raw >= p->from && raw < p->to &&
        judge_lead(&p->sought->group[tag], p->decoder->side, p->side_len, where, &s))
        search_tell(p, &s, raw);
}

/* Every other byte is a NUL: UTF-16, in either order. Returns where it ends. */
static size_t visit_wide(struct search *p, size_t nul)
{
    struct decoder *f = p->decoder;
    const char *t = p->text;
    size_t n = 0, from = nul > 0 && printable(t[nul - 1]) ? nul - 1 : nul + 1;
    while (from >= 2 && nul - from < ISLAND_BACK && from < nul && printable(t[from - 2]) &&
           t[from - 1] == '\0')
        from -= 2;
    while (n < WIDE_MOST && from + 2 * n < p->len && printable(t[from + 2 * n]) &&
           (from + 2 * n + 1 >= p->len || t[from + 2 * n + 1] == '\0')) {
        f->side[n] = t[from + 2 * n];
        n++;
    }
    if (n == 0)
        return nul + 1;
    if (n >= WIDE_LEAST) {
        p->island = from;
        p->side_len = n;
        sieve_run(p->sought->sieve, f->side, n, 0, n, hit_wide, p);
    }
    mem_wipe(f->side, n);
    size_t end = from + 2 * n;
    return n == WIDE_MOST ? end - ISLAND_BACK : end;
}

void decoded_wide(struct search *p)
{
    size_t from = p->from & ~(size_t)(STRIDE - 1), end = p->to + 2 * STRIDE;
    size_t at = from > STRIDE ? from - STRIDE : 0;
    if (end > p->len)
        end = p->len;
    while ((at = stride_wide(p->text, at, end)) < end) {
        size_t after = visit_wide(p, at + (p->text[at] != '\0'));
        at = after > at + STRIDE ? (after + STRIDE - 1) & ~(size_t)(STRIDE - 1) : at + STRIDE;
    }
}
