#include "intake/finder.h"

#include "intake/decoded.h"
#include "intake/edges.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum {
    SKIP_MOST = 6,                         /* an escape's tail */
    NAME_BACK = 2 * EDGE_PART + EDGE_NAME, /* a name so far before a key may be meant by it */
    CODE_SHOWN = 64,
    PACKED_LEAST = 40,
};

struct finder {
    struct sought sought;
    struct decoder decoder;
};

struct finder *finder_new(const struct shapes *shapes)
{
    struct finder *f = mem_zalloc(1, sizeof *f);
    sought_init(&f->sought, shapes);
    if (decoder_init(&f->decoder))
        return f;
    finder_free(f);
    return NULL;
}

void finder_free(struct finder *f)
{
    if (!f)
        return;
    decoder_free(&f->decoder);
    sought_free(&f->sought);
    free(f);
}

static void hit_code(const struct search *p, size_t where, const struct shape *shape)
{
    size_t left = p->len - where;
    struct sighting s = {.kind = SIGHT_ENCODED,
                         .shape = shape,
                         .text = p->text + where,
                         .len = left < CODE_SHOWN ? left : CODE_SHOWN};
    search_tell(p, &s, where);
}

static void hit_upper(const struct search *p, size_t where, const struct shape *shape)
{
    const char *text = p->text + where;
    size_t fits = judge_lowered(shape, text, p->len - where);
    struct sighting s = {.kind = SIGHT_ENCODED, .shape = shape, .text = text, .len = fits};
    if (fits && edge_left(p->text, where, shape->dotted))
        search_tell(p, &s, where);
}

/* The beginning of a base64 text that is gzip's, so long that there may be something in it. */
static void hit_packed(const struct search *p, size_t where)
{
    size_t n = 0;
    while (where + n < p->len && n < PACKED_LEAST &&
           rawkey_holds(RAWKEY_BASE64, p->text[where + n]))
        n++;
    if (n < PACKED_LEAST || (where > 0 && rawkey_holds(RAWKEY_BASE64, p->text[where - 1])))
        return;
    struct sighting s = {.kind = SIGHT_PACKED, .text = p->text + where, .len = n};
    search_tell(p, &s, where);
}

/* What may be a key of a provider whose name was met, in a part of the text. */
static void look_named(const struct search *p, size_t at, size_t end)
{
    const struct sought *f = p->sought;
    const char *t = p->text;
    struct sighting s;
    while (at < end) {
        size_t from = at;
        while (at < p->len && at - from <= SHAPE_MOST && f->word[(unsigned char)t[at]])
            at++;
        if (from >= p->from && from < p->to && judge_whole(&f->named, t + from, at - from, &s))
            search_tell(p, &s, from);
        at += at == from;
    }
}

/* Behind a provider's name: this part of the text and the next, each looked through once. Names
 * come nearly in their order. */
static void hit_name(struct search *p, size_t where)
{
    size_t end = where + 2 * EDGE_PART < p->len ? where + 2 * EDGE_PART : p->len;
    while (where < end && p->sought->word[(unsigned char)p->text[where]])
        where++;
    if (where > p->named_end || end < p->named)
        p->named = p->named_end = where;
    if (where < p->named) {
        look_named(p, where, p->named);
        p->named = where;
    }
    if (end > p->named_end) {
        look_named(p, p->named_end, end);
        p->named_end = end;
    }
}

static void hit_plain(void *at, size_t where, unsigned tag)
{
    struct search *p = at;
    const struct shape_group *g = &p->sought->group[tag % IN_BASE64];
    struct sighting s;
    if (tag >= IN_NAMES && tag < IN_CODE)
        hit_name(p, where);
    else if (where < p->from) /* a name alone counts there */
        return;
    else if (tag >= IN_PACKED)
        hit_packed(p, where);
    else if (tag >= IN_BROKEN) {
        if (judge_broken(shapes_at(p->sought->shapes, tag - IN_BROKEN), p->text, p->len, where, &s))
            search_tell(p, &s, s.where);
    } else if (tag >= IN_UPPER)
        hit_upper(p, where, shapes_at(p->sought->shapes, tag - IN_UPPER));
    else if (tag >= IN_CODE)
        hit_code(p, where, shapes_at(p->sought->shapes, tag - IN_CODE));
    else if (tag >= IN_BASE64)
        decoded_base64(p, where, g, tag / IN_BASE64 - 1);
    else if (judge_lead(g, p->text, p->len, where, &s))
        search_tell(p, &s, where);
}

/* What a run of word characters is part of: with the inner literals of bare shapes around it, and
 * without an escape's tail or a diff's sign at its beginning and a sentence's dot at its end. */
static void visit_run(const struct search *p, size_t start, size_t end)
{
    const struct sought *f = p->sought;
    const char *t = p->text;
    size_t least = end > f->bare_most ? end - f->bare_most : 0, size;
    if (!f->bare_plain && !(start > 0 && f->inner[(unsigned char)t[start - 1]]) &&
        !(end < p->len && f->inner[(unsigned char)t[end]]))
        return;
    while (start > least &&
           (f->word[(unsigned char)t[start - 1]] || f->inner[(unsigned char)t[start - 1]]))
        start--;
    while (end < p->len && end - start <= f->bare_most + 8 &&
           (f->word[(unsigned char)t[end]] || f->inner[(unsigned char)t[end]]))
        end++;
    while (end > start && t[end - 1] == '.')
        end--;
    for (size_t from = start; from < end && from - start <= SKIP_MOST; from++) {
        struct sighting s;
        if (end - from < f->bare_least)
            return;
        if (!f->word[(unsigned char)t[from]] || !edge_left(t, from, true) ||
            !judge_whole(&f->bare, t + from, end - from, &s))
            continue;
        if (from >= p->from && from < p->to &&
            !(end < p->len && edge_escape(t, p->len, end, &size) >= 0))
            search_tell(p, &s, from);
        return;
    }
}

/* Where a run may be that is long enough: a block of it, or any of its characters. */
static size_t next_run(const struct search *p, size_t at, size_t end)
{
    if (p->sought->bare_run >= STRIDE_RUN)
        return stride_words(p->text, at, end);
    while (at < end && !p->sought->word[(unsigned char)p->text[at]])
        at++;
    return at;
}

/* Runs of word characters so long that a bare shape may be there, or a part of one. */
static __attribute__((noinline)) void visit_runs(const struct search *p)
{
    const bool *word = p->sought->word;
    const unsigned char *t = (const unsigned char *)p->text;
    size_t from = p->from & ~(size_t)(STRIDE - 1), to = p->to + p->sought->bare_most;
    size_t least = p->from > SHAPE_MOST ? p->from - SHAPE_MOST : 0, end;
    if (!p->sought->bare_run)
        return;
    if (to > p->len)
        to = p->len;
    for (size_t at = from > STRIDE ? from - STRIDE : 0; at < to; at = end) {
        size_t start = at = next_run(p, at, to);
        if (at == to)
            return;
        while (start > least && word[t[start - 1]])
            start--;
        for (end = at; end < p->len && word[t[end]];)
            end++;
        if (end - start >= p->sought->bare_run)
            visit_run(p, start, end);
        if (end == p->len)
            return;
        if (p->sought->bare_run >= STRIDE_RUN) /* the next one may begin in this block */
            end &= ~(size_t)(STRIDE - 1);
    }
}

void finder_run(struct finder *f, const char *text, size_t len, size_t from, size_t to,
                sighting_see *see, void *at)
{
    struct search p = {.sought = &f->sought,
                       .decoder = &f->decoder,
                       .text = text,
                       .len = len,
                       .from = from,
                       .to = to,
                       .see = see,
                       .at = at};
    if (from >= to)
        return;
    sieve_run(f->sought.sieve, text, len, from > NAME_BACK ? from - NAME_BACK : 0, to, hit_plain,
              &p);
    decoded_wipe(&p);
    visit_runs(&p);
    decoded_escapes(&p);
    decoded_wide(&p);
}
