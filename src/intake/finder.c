#include "intake/finder.h"

#include "intake/edges.h"
#include "intake/encoded.h"
#include "intake/judge.h"
#include "intake/sieve.h"

#include "base/hex.h"
#include "base/locked.h"
#include "base/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
    ISLAND_BACK = 1000,
    ISLAND_LEAST = 20,  /* no key is shorter */
    ISLAND_MOST = 8192, /* bytes of a text with escapes that are decoded at once */
    BASE64_BACK = 64,   /* characters before a key's that are decoded */
    SIDE_ROOM = 1 << 14,
    WIDE_MOST = SIDE_ROOM - FINDER_PAD,
    WIDE_LEAST = 8,
    SKIP_MOST = 6,       /* an escape's tail */
    IN_BASE64 = 1 << 16, /* tags: the group, and then 1 + shift */
    IN_NAMES = IN_BASE64 * 4,
    IN_CODE = IN_BASE64 * 5, /* and then the shape */
    CODED_LEAD = 6,          /* literals that no chance encodes */
};

#define WORD_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
static const char base64_digits[] = WORD_DIGITS "+/";
/* What a key goes on with, a mask, or an escape. */
static const char behind_lead[] = WORD_DIGITS "+/.*#[<\xe2\\%&";

struct finder {
    const struct shapes *shapes;
    const struct shape **shape; /* sorted into groups */
    struct shape_group *group;  /* of a literal each */
    size_t groups;
    struct shape_group bare;  /* without literals at their beginning, */
    struct shape_group named; /* without any, and loose: looked for where a name stands */
    size_t bare_run; /* a run of so many characters is in each of them; 0: there are none */
    size_t bare_least, bare_most;
    bool bare_plain;            /* one of them has no literal at all */
    bool word[256], inner[256]; /* inner: of a bare shape, beyond word */
    bool island[256];           /* of keys and of escapes */
    struct sieve *sieve;
    char *side;     /* decoded, locked */
    uint16_t *came; /* where each of its characters stood, from the island's start */
};

static bool begins_alike(const struct shape *s, const struct shape *with)
{
    return with->lead >= SHAPE_LEAD && with->lead <= s->lead &&
           memcmp(with->pattern, s->pattern, with->lead) == 0;
}

/* Whether a shape's beginning stands for a group: no other is the beginning of it, and it is the
 * first that has it. */
static bool heads_group(const struct shapes *shapes, size_t i)
{
    const struct shape *s = shapes_at(shapes, i);
    for (size_t k = 0; k < shapes_count(shapes); k++) {
        const struct shape *other = shapes_at(shapes, k);
        if (begins_alike(s, other) && (other->lead < s->lead || k < i))
            return false;
    }
    return s->lead >= SHAPE_LEAD;
}

/* A group for each beginning that does not begin with another's; its head comes first in it. */
static void make_groups(struct finder *f, const struct shapes *shapes)
{
    size_t count = shapes_count(shapes), put = 0;
    f->shape = mem_zalloc(count * 2 + 1, sizeof *f->shape);
    f->group = mem_zalloc(count + 1, sizeof *f->group);
    for (size_t i = 0; i < count; i++) {
        if (!heads_group(shapes, i))
            continue;
        struct shape_group *g = &f->group[f->groups++];
        g->shape = (const struct shape *const *)&f->shape[put];
        for (size_t k = i; k < count + i; k++) {
            const struct shape *s = shapes_at(shapes, k % count);
            if (!begins_alike(s, shapes_at(shapes, i)))
                continue;
            f->shape[put++] = s;
            g->count++;
        }
    }
    struct shape_group *rest[] = {&f->bare, &f->named};
    for (unsigned named = 0; named < 2; named++) {
        rest[named]->shape = (const struct shape *const *)&f->shape[put];
        for (size_t i = 0; i < count; i++) {
            const struct shape *s = shapes_at(shapes, i);
            if (s->lead >= SHAPE_LEAD || (s->loose && !s->literal) != named)
                continue;
            f->shape[put++] = s;
            rest[named]->count++;
        }
    }
}

static size_t longest_run(const struct shape *s)
{
    size_t longest = 0;
    for (size_t i = 0; i < s->pieces; i++)
        if (!s->piece[i].text && s->piece[i].span.min > longest)
            longest = s->piece[i].span.min;
    return longest;
}

static void learn_bare(struct finder *f)
{
    for (size_t i = 0; i < f->bare.count; i++) {
        const struct shape *s = f->bare.shape[i];
        size_t run = longest_run(s);
        if (i == 0 || run < f->bare_run)
            f->bare_run = run;
        if (i == 0 || s->least < f->bare_least)
            f->bare_least = s->least;
        if (s->most > f->bare_most)
            f->bare_most = s->most;
        f->bare_plain |= s->literal == 0;
        for (size_t k = 0; k < s->pieces; k++) {
            const struct shape_piece *p = &s->piece[k];
            for (size_t c = 0; p->text && c < p->len; c++)
                f->inner[(unsigned char)p->text[c]] = true;
            if (!p->text && p->span.class == RAWKEY_BASE64)
                f->inner['+'] = f->inner['/'] = f->inner['='] = true;
        }
    }
}

static void make_sieve(struct finder *f)
{
    f->sieve = sieve_new();
    for (size_t i = 0; i < f->groups; i++) {
        const struct shape *head = f->group[i].shape[0];
        char form[SHAPE_MOST * 2];
        sieve_add(f->sieve, head->pattern, head->lead, behind_lead, (unsigned)i);
        for (unsigned shift = 0; shift < 3; shift++) {
            size_t n = base64_form(head->pattern, head->lead, shift, form);
            if (n >= SIEVE_TEXT_MIN)
                sieve_add(f->sieve, form, n, base64_digits, (unsigned)i + IN_BASE64 * (1 + shift));
        }
    }
}

/* What a beginning looks like in hex, and in base64 twice: told, not decoded. */
static void add_coded(struct finder *f, const struct shapes *shapes)
{
    for (size_t i = 0; i < shapes_count(shapes); i++) {
        const struct shape *s = shapes_at(shapes, i);
        char hex[2 * SHAPE_MOST + 1], once[SHAPE_MOST * 2], twice[SHAPE_MOST * 3];
        if (s->lead < CODED_LEAD || !s->definition || s->loose)
            continue;
        hex_put(s->pattern, s->lead, hex);
        sieve_add(f->sieve, hex, 2 * s->lead, NULL, (unsigned)i + IN_CODE);
        for (unsigned way = 0; way < 9; way++) {
            size_t n = base64_form(s->pattern, s->lead, way / 3, once);
            n = base64_form(once, n, way % 3, twice);
            if (n >= CODED_LEAD)
                sieve_add(f->sieve, twice, n, NULL, (unsigned)i + IN_CODE);
        }
    }
}

/* The names of providers whose loose keys have no literal, as people write them. */
static void add_names(struct finder *f)
{
    for (size_t i = 0; i < f->named.count; i++) {
        char room[EDGE_NAME], text[EDGE_NAME];
        const char *name;
        for (size_t n = 0; (name = edge_name(f->named.shape[i]->definition, n, room)); n++) {
            size_t len = strlen(name);
            for (unsigned how = 0; how < 3 && len > SIEVE_TEXT_MIN && len < EDGE_NAME; how++) {
                for (size_t k = 0; k < len; k++)
                    text[k] =
                        (char)(how == 2 || (how == 1 && k == 0) ? toupper((unsigned char)name[k])
                                                                : tolower((unsigned char)name[k]));
                sieve_add(f->sieve, text, len, NULL, IN_NAMES);
            }
        }
    }
}

struct finder *finder_new(const struct shapes *shapes)
{
    struct finder *f = mem_zalloc(1, sizeof *f);
    make_groups(f, shapes);
    learn_bare(f);
    make_sieve(f);
    add_names(f);
    add_coded(f, shapes);
    f->shapes = shapes;
    for (int c = 0; c < 256; c++)
        f->island[c] = f->word[c] = shape_word((char)c);
    for (const char *c = ".+/=\\%&#;*~"; *c; c++)
        f->island[(unsigned char)*c] = true;
    f->came = mem_zalloc(SIDE_ROOM, sizeof *f->came);
    f->side = locked_new(SIDE_ROOM);
    if (f->side)
        return f;
    finder_free(f);
    return NULL;
}

void finder_free(struct finder *f)
{
    if (!f)
        return;
    locked_free(f->side, SIDE_ROOM);
    sieve_free(f->sieve);
    free(f->came);
    free(f->shape);
    free(f->group);
    free(f);
}

/* One pass over one text. */
struct finder_pass {
    struct finder *f;
    const char *text;
    size_t len, from, to;
    finder_see *see;
    void *at;
    size_t island; /* where what is in `side` stood in the text */
    size_t side_len;
};

static void tell(const struct finder_pass *p, struct sighting *s, size_t where)
{
    s->where = where;
    p->see(p->at, s);
}

/* A key that stands in base64 at `where`, its sure characters there: the groups around it are
 * decoded, and looked at where it then is. */
static void hit_base64(const struct finder_pass *p, size_t where, const struct shape_group *g,
                       unsigned shift)
{
    struct finder *f = p->f;
    size_t before = base64_before(shift), back = 0, used;
    if (before > where)
        return;
    size_t start = where - before;
    while (back < BASE64_BACK && start >= back + 4 && base64_group(p->text + start - back - 4))
        back += 4;
    size_t left = p->len - start + back, most = BASE64_BACK + 8;
    for (size_t i = 0; i < g->count; i++)
        if (g->shape[i]->most / 3 * 4 + BASE64_BACK + 8 > most)
            most = g->shape[i]->most / 3 * 4 + BASE64_BACK + 8;
    if (most > SIDE_ROOM / 4 * 3)
        most = SIDE_ROOM / 4 * 3;
    size_t n = base64_decode(p->text + start - back, left < most ? left : most, f->side, &used);
    struct sighting s;
    if (judge_lead(g, f->side, n, back / 4 * 3 + shift, &s)) {
        if (s.kind == SIGHT_CUT) /* it goes on in the next line, perhaps */
            s.kind = SIGHT_ENCODED;
        tell(p, &s, where);
    }
    mem_wipe(f->side, n);
}

static void hit_code(const struct finder_pass *p, size_t where, const struct shape *shape)
{
    size_t left = p->len - where;
    struct sighting s = {.kind = SIGHT_ENCODED,
                         .shape = shape,
                         .text = p->text + where,
                         .len = left < BASE64_BACK ? left : BASE64_BACK};
    tell(p, &s, where);
}

/* Behind a provider's name: what may be a key of it, in this part of the text or the next. */
static void hit_name(const struct finder_pass *p, size_t where)
{
    const struct finder *f = p->f;
    const char *t = p->text;
    size_t end = where + 2 * EDGE_PART < p->len ? where + 2 * EDGE_PART : p->len;
    struct sighting s;
    for (size_t at = where; at < end;) {
        size_t from = at;
        while (at < p->len && at - from <= SHAPE_MOST && f->word[(unsigned char)t[at]])
            at++;
        if (at > from && judge_whole(&f->named, t + from, at - from, &s))
            tell(p, &s, from);
        at += at == from;
    }
}

static void hit_plain(void *at, size_t where, unsigned tag)
{
    const struct finder_pass *p = at;
    const struct shape_group *g = &p->f->group[tag % IN_BASE64];
    struct sighting s;
    if (tag >= IN_CODE)
        hit_code(p, where, shapes_at(p->f->shapes, tag - IN_CODE));
    else if (tag >= IN_NAMES)
        hit_name(p, where);
    else if (tag >= IN_BASE64)
        hit_base64(p, where, g, tag / IN_BASE64 - 1);
    else if (judge_lead(g, p->text, p->len, where, &s))
        tell(p, &s, where);
}

/* The same in a text that was decoded into `side`: only what has a decoded character in it is told
 * of, for the rest stands in the text itself, and only what begins where the pass looks. */
static void hit_island(void *at, size_t where, unsigned tag)
{
    const struct finder_pass *p = at;
    const struct finder *f = p->f;
    struct sighting s;
    if (tag >= IN_BASE64 || !judge_lead(&f->group[tag], f->side, p->side_len, where, &s))
        return;
    size_t len = s.len + (s.kind == SIGHT_STUCK && where + s.len < p->side_len);
    size_t raw = p->island + f->came[where], end = p->island + f->came[where + len];
    if (end - raw != len && raw >= p->from && raw < p->to)
        tell(p, &s, raw);
}

/* Decodes the text with escapes around `at`, and looks at it; returns where it ends. */
static size_t visit_island(struct finder_pass *p, size_t at)
{
    struct finder *f = p->f;
    const char *t = p->text;
    size_t from = at, end = at, n = 0, size;
    while (from > 0 && at - from < ISLAND_BACK && f->island[(unsigned char)t[from - 1]])
        from--;
    while (end < p->len && end - from < ISLAND_MOST && f->island[(unsigned char)t[end]])
        end++;
    if (end - from < ISLAND_LEAST)
        return end > at ? end : at + 1;
    for (size_t i = from; i < end;) {
        int c = edge_escape(t, p->len, i, &size);
        f->came[n] = (uint16_t)(i - from);
        f->side[n++] = c >= 0 ? (char)c : t[i];
        i += c >= 0 ? size : 1;
        end = i > end ? i : end;
    }
    f->came[n] = (uint16_t)(end - from);
    p->island = from;
    p->side_len = n;
    sieve_run(f->sieve, f->side, n, 0, n, hit_island, p);
    mem_wipe(f->side, n);
    return end;
}

static size_t next_of(const struct finder_pass *p, char c, size_t at, size_t end)
{
    const char *found = at < end ? memchr(p->text + at, c, end - at) : NULL;
    return found ? (size_t)(found - p->text) : end;
}

static void visit_islands(struct finder_pass *p)
{
    static const char signs[] = {'%', '\\', '&'};
    size_t end = p->to + ISLAND_MOST < p->len ? p->to + ISLAND_MOST : p->len, next[3], size;
    for (size_t i = 0; i < sizeof signs; i++)
        next[i] = next_of(p, signs[i], p->from, end);
    for (;;) {
        size_t first = 0;
        for (size_t i = 1; i < sizeof signs; i++)
            first = next[i] < next[first] ? i : first;
        size_t at = next[first];
        if (at >= end)
            return;
        bool escape = edge_escape(p->text, p->len, at, &size) >= 0;
        size_t after = escape ? visit_island(p, at) : at + 1;
        for (size_t i = 0; i < sizeof signs; i++)
            if (next[i] < after)
                next[i] = next_of(p, signs[i], after, end);
    }
}

static bool printable(char c)
{
    return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\r' || c == '\t';
}

static void hit_wide(void *at, size_t where, unsigned tag)
{
    const struct finder_pass *p = at;
    struct sighting s;
    size_t raw = p->island + 2 * where;
    if (tag < IN_BASE64 && raw >= p->from && raw < p->to &&
        judge_lead(&p->f->group[tag], p->f->side, p->side_len, where, &s))
        tell(p, &s, raw);
}

/* Every other byte is a NUL: UTF-16, in either order. Returns where it ends. */
static size_t visit_wide(struct finder_pass *p, size_t nul)
{
    struct finder *f = p->f;
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
        sieve_run(f->sieve, f->side, n, 0, n, hit_wide, p);
    }
    mem_wipe(f->side, n);
    size_t end = from + 2 * n;
    return n == WIDE_MOST ? end - ISLAND_BACK : end;
}

static void visit_wides(struct finder_pass *p)
{
    size_t end = p->to < p->len ? p->to + 1 : p->len; /* a character's NUL may be behind it */
    for (size_t at = next_of(p, '\0', p->from, end); at < end;) {
        while (at + 1 < end && p->text[at + 1] == '\0' && (at == 0 || !printable(p->text[at - 1])))
            at++;
        size_t after = visit_wide(p, at);
        at = next_of(p, '\0', after > at ? after : at + 1, end);
    }
}

/* What a run of word characters is part of: with the inner literals of bare shapes around it, and
 * without an escape's tail or a diff's sign at its beginning and a sentence's dot at its end. */
static void visit_run(const struct finder_pass *p, size_t start, size_t end)
{
    const struct finder *f = p->f;
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
            tell(p, &s, from);
        return;
    }
}

/* Runs of word characters so long that a bare shape may be there. Only the end of each stretch of
 * that length is looked at first: where it is no such character, none of the stretch can begin one.
 */
static __attribute__((noinline)) void visit_runs(const struct finder_pass *p)
{
    const bool *word = p->f->word;
    const unsigned char *t = (const unsigned char *)p->text;
    size_t at = p->from, need = p->f->bare_run, len = p->len, to = p->to + need;
    if (!need)
        return;
    while (at > 0 && p->from - at < SHAPE_MOST && word[t[at - 1]])
        at--;
    while (at < to && at + need <= len) {
        size_t back = at + need;
        while (back > at && word[t[back - 1]])
            back--;
        if (back > at) {
            at = back;
            continue;
        }
        size_t end = at + need;
        while (end < len && word[t[end]])
            end++;
        visit_run(p, at, end);
        at = end;
    }
}

void finder_run(struct finder *f, const char *text, size_t len, size_t from, size_t to,
                finder_see *see, void *at)
{
    struct finder_pass p = {
        .f = f, .text = text, .len = len, .from = from, .to = to, .see = see, .at = at};
    if (from >= to)
        return;
    sieve_run(f->sieve, text, len, from, to, hit_plain, &p);
    visit_runs(&p);
    visit_islands(&p);
    visit_wides(&p);
}
