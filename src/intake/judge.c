#include "intake/judge.h"

#include "base/mem.h"
#include "intake/edges.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum {
    FILL = 8,
    SHOWN_MIN = 2,
    CUT_MIN = 8,
    LEAD_TELLING = 4,
    WRAPPED_MOST = 512,
    LINES_MOST = 16,
    LOWER_MOST = 512,
};

/* What fits best: a strict shape before a loose one, ours before another vendor's, then the one
 * with the most literals. */
struct best {
    const struct shape *shape;
    size_t len;
    bool several;
};

static int rank(const struct shape *s)
{
    return (s->loose ? 0 : 100000) + (int)s->literal * 2 + (s->definition != NULL);
}

static void better(struct best *b, const struct shape *s, size_t len)
{
    if (b->shape && rank(s) < rank(b->shape))
        return;
    bool tie = b->shape && rank(s) == rank(b->shape);
    b->several = tie && (b->several || s->definition != b->shape->definition);
    if (tie && len <= b->len)
        return;
    b->shape = s;
    b->len = len;
}

/* x is how people hide what stood there. */
static bool filled(const char *text, size_t len)
{
    for (size_t end = FILL; end <= len;) { /* of FILL characters the last one is looked at first */
        size_t run = 0;
        while (run < FILL && (text[end - 1 - run] == 'x' || text[end - 1 - run] == 'X'))
            run++;
        if (run == FILL)
            return true;
        end += FILL - run;
    }
    return false;
}

/* The length of a mask that begins at text: ... … ** •• xxxx ### [REDACTED] <hidden>; 0 for none.
 */
static size_t mask_length(const char *text, size_t len)
{
    static const char *const words[] = {"[redacted", "<redacted", "[masked",  "<masked",
                                        "[hidden",   "<hidden",   "[filtered"};
    static const struct {
        const char *mark;
        size_t least;
    } marks[] = {{".", 2}, {"*", 2}, {"\xe2\x80\xa6", 1}, {"\xe2\x80\xa2", 1}, {"x", 4},
                 {"X", 4}, {"#", 3}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) <= len && strncasecmp(text, words[i], strlen(words[i])) == 0)
            return strlen(words[i]) + (strlen(words[i]) < len); /* and its bracket */
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t n = strlen(marks[i].mark), times = 0;
        while ((times + 1) * n <= len && memcmp(text + times * n, marks[i].mark, n) == 0)
            times++;
        if (times >= marks[i].least)
            return times * n;
    }
    return 0;
}

static size_t word_length(const char *text, size_t len)
{
    size_t n = 0;
    while (n < len && shape_word(text[n]))
        n++;
    return n;
}

static bool masked(const struct shape *s, const char *text, size_t len, size_t reach,
                   struct sighting *out)
{
    size_t shown = reach - s->lead, mask = mask_length(text + reach, len - reach);
    if (!mask && filled(text, reach + word_length(text + reach, len - reach))) {
        *out = (struct sighting){.kind = SIGHT_MASKED, .shape = s, .text = text, .len = reach};
        return true;
    }
    if (!mask)
        return false;
    size_t tail = word_length(text + reach + mask, len - reach - mask);
    if (shown < SHOWN_MIN && tail < SHOWN_MIN && mask < FILL)
        return false;
    *out = (struct sighting){.kind = SIGHT_MASKED,
                             .shape = s,
                             .text = text,
                             .len = reach + mask + tail,
                             .head = reach,
                             .tail = tail};
    return true;
}

/* Whether so much of a key is there that it can be nothing else: beyond the first of its runs,
 * where it has several, with a digit in it. */
static bool cut(const struct shape *s, const char *text, size_t reach, size_t piece)
{
    size_t digits = 0;
    for (size_t i = s->lead; i < reach; i++)
        digits += isdigit((unsigned char)text[i]) != 0;
    return s->lead >= LEAD_TELLING && reach - s->lead >= CUT_MIN && digits > 0 &&
           (s->pieces <= 2 || piece >= 3);
}

/* The group's first shape has the shortest beginning, which all of them have. */
static size_t longest_lead(const struct shape_group *g, const char *text, size_t len)
{
    size_t common = g->shape[0]->lead, longest = 0;
    if (len < common || memcmp(g->shape[0]->pattern, text, common) != 0)
        return 0;
    longest = common;
    for (size_t i = 1; i < g->count; i++) {
        const struct shape *s = g->shape[i];
        if (s->lead > longest && s->lead <= len && s->pattern[common] == text[common] &&
            memcmp(s->pattern + common, text + common, s->lead - common) == 0)
            longest = s->lead;
    }
    return longest;
}

/* The best of those that begin with the longest beginning there is: what begins with sk-or-v1- and
 * was cut is no key of those that begin with sk-. `furthest` goes along furthest. */
static struct best best_of(const struct shape_group *g, const char *text, size_t len, size_t lead,
                           struct best *furthest, size_t *piece)
{
    struct best whole = {0}, stuck = {0};
    for (size_t i = 0; i < g->count; i++) {
        const struct shape *s = g->shape[i];
        size_t at;
        if (s->lead != lead || s->pattern[lead - 1] != text[lead - 1] ||
            memcmp(s->pattern, text, lead) != 0)
            continue;
        size_t n = shape_fits(s, text, len), reach = n ? n : shape_reach(s, text, len, &at);
        if (n)
            better(shape_ends(s, text, len, n) ? &whole : &stuck, s, n);
        if (!n && reach > furthest->len) {
            *furthest = (struct best){.shape = s, .len = reach};
            *piece = at;
        }
    }
    return whole.shape ? whole : stuck;
}

/* Whether a run of the shape goes on in an escape at `at`: what is there is for the decoded text.
 */
static bool goes_on(const struct shape *s, const char *text, size_t len, size_t at)
{
    size_t size;
    int c = at < len ? edge_escape(text, len, at, &size) : -1;
    const struct rawkey_span *span = &s->piece[s->pieces - 1].span;
    return c >= 0 && (s->piece[s->pieces - 1].text || rawkey_holds(span->class, (char)c) ||
                      (span->class == RAWKEY_BASE64 && c == '='));
}

/* The same behind a highlight's end in the middle of it: whatever begins there with a highlight,
 * and ends with one, is all that is meant. */
static bool goes_on_behind(const struct shape *s, const char *text, size_t len, size_t at,
                           size_t end)
{
    const struct shape_piece *last = &s->piece[s->pieces - 1];
    size_t light = edge_highlight(text, len, end), next = end;
    if (!light || last->text || end - at >= s->most || edge_highlight_before(text, at))
        return false;
    while (next < len && (light = edge_highlight(text, len, next)))
        next += light;
    return next < len && rawkey_holds(last->span.class, text[next]);
}

/* Names of files and classes (sk-three-bounce-container) may have the form of a key that has hardly
 * a literal; they are in lower case, with few digits. */
static bool wordy(const struct best *b, const char *text)
{
    size_t upper = 0, digits = 0;
    if (!b->shape->definition || b->shape->literal >= LEAD_TELLING)
        return false;
    for (size_t i = b->shape->lead; i < b->len; i++) {
        upper += isupper((unsigned char)text[i]) != 0;
        digits += isdigit((unsigned char)text[i]) != 0;
    }
    return digits < 4 && !upper;
}

static bool judge_fit(const struct best *b, const char *text, size_t len, size_t at,
                      struct sighting *out)
{
    const struct shape *s = b->shape;
    bool edges = edge_left(text, at, s->dotted) && shape_ends(s, text + at, len - at, b->len);
    if (wordy(b, text + at) || goes_on(s, text, len, at + b->len) ||
        goes_on_behind(s, text, len, at, at + b->len) ||
        (!edges && (s->loose || s->lead < LEAD_TELLING)))
        return false;
    *out = (struct sighting){.shape = s, .text = text + at, .len = b->len};
    out->kind = filled(text + at, b->len) ? SIGHT_MASKED
                : !edges                  ? SIGHT_STUCK
                : b->several              ? SIGHT_SEVERAL
                : s->loose                ? SIGHT_LOOSE
                                          : SIGHT_KEY;
    return true;
}

/* The sign of a line that goes on in the next one (a shell's, quoted-printable's), its end, and
 * what the next one is indented or quoted by; 0 where the line goes on. */
static size_t wrap_length(const char *text, size_t len)
{
    size_t n = 0;
    n += n < len && (text[n] == '\\' || text[n] == '=');
    n += n < len && text[n] == '\r';
    if (n == len || text[n] != '\n')
        return 0;
    for (n++; n < len && text[n] && strchr(" \t>+|", text[n]);)
        n++;
    return n;
}

/* Whether a key that stops at the end of its line would be whole with the next line's beginning, or
 * with whole lines and the beginning of one behind them. */
static bool wrapped(const struct shape *s, const char *text, size_t len, size_t reach)
{
    char joined[WRAPPED_MOST];
    size_t at = reach, have = reach, wrap, piece, lines = 0;
    bool whole = false, more = reach < sizeof joined;
    if (more)
        memcpy(joined, text, reach);
    while (more && !whole && lines++ < LINES_MOST && (wrap = wrap_length(text + at, len - at))) {
        at += wrap;
        size_t room = sizeof joined - have, ahead = len - at < room ? len - at : room;
        memcpy(joined + have, text + at, ahead);
        size_t fits = shape_fits(s, joined, have + ahead);
        whole = fits > have && shape_ends(s, joined, have + ahead, fits);
        size_t further = shape_reach(s, joined, have + ahead, &piece);
        more = further > have;
        at += more ? further - have : 0;
        have = further;
    }
    mem_wipe(joined, sizeof joined);
    return whole;
}

size_t judge_lowered(const struct shape *s, const char *text, size_t len)
{
    char lower[LOWER_MOST];
    size_t n = len < sizeof lower ? len : sizeof lower;
    for (size_t i = 0; i < n; i++)
        lower[i] = (char)tolower((unsigned char)text[i]);
    size_t fits = shape_fits(s, lower, n);
    bool ends = fits && shape_ends(s, lower, n, fits);
    mem_wipe(lower, sizeof lower);
    return ends ? fits : 0;
}

bool judge_lead(const struct shape_group *group, const char *text, size_t len, size_t at,
                struct sighting *out)
{
    const char *from = text + at;
    size_t left = len - at, lead = longest_lead(group, from, left), piece = 0, size;
    struct best furthest = {0};
    if (!lead || (lead < LEAD_TELLING && !edge_left(text, at, false)))
        return false;
    struct best b = best_of(group, from, left, lead, &furthest, &piece);
    if (b.shape)
        return judge_fit(&b, text, len, at, out);
    const struct shape *s = furthest.shape;
    if (!s || !s->definition || !edge_left(text, at, s->dotted))
        return false; /* what is left of another vendor's key helps nobody here */
    if (at + furthest.len < len && (edge_escape(text, len, at + furthest.len, &size) >= 0 ||
                                    edge_highlight(text, len, at + furthest.len)))
        return false; /* goes on behind it */
    if (masked(s, from, left, furthest.len, out))
        return true;
    bool goes = s->lead >= LEAD_TELLING &&
                (wrapped(s, from, left, furthest.len) || judge_lowered(s, from, left));
    if (!goes && !cut(s, from, furthest.len, piece))
        return false;
    *out = (struct sighting){
        .kind = goes ? SIGHT_ENCODED : SIGHT_CUT, .shape = s, .text = from, .len = furthest.len};
    return true;
}

/* Whether a text stands around a line's end that is at `end`: where it begins goes to *from, how
 * much of it stands before to *reach. */
static bool parted(const char *part, size_t n, const char *text, size_t len, size_t end,
                   size_t *from, size_t *reach)
{
    size_t at = end;
    at -= at > 0 && text[at - 1] == '\r';
    at -= at > 0 && (text[at - 1] == '=' || text[at - 1] == '\\');
    for (*reach = 1; *reach < n; ++*reach) {
        *from = at - *reach;
        if (*reach <= at && n - *reach <= len - end - 1 && text[at - 1] == part[*reach - 1] &&
            memcmp(text + *from, part, *reach) == 0 &&
            memcmp(text + end + 1, part + *reach, n - *reach) == 0)
            return true;
    }
    return false;
}

bool judge_broken(const struct shape *s, const char *text, size_t len, size_t at,
                  struct sighting *out)
{
    const char *lf = memchr(text + at, '\n', len - at < SHAPE_BREAK ? len - at : SHAPE_BREAK);
    size_t from, reach;
    if (!lf)
        return false;
    bool broken = parted(s->pattern, s->lead, text, len, (size_t)(lf - text), &from, &reach) &&
                  edge_left(text, from, s->dotted) && wrapped(s, text + from, len - from, reach);
    for (unsigned shift = 0; shift < 3 && !broken; shift++) {
        const size_t n = s->coded_len[shift];
        broken = n > 0 && parted(s->coded[shift], n, text, len, (size_t)(lf - text), &from, &reach);
    }
    if (broken)
        *out = (struct sighting){
            .kind = SIGHT_ENCODED, .shape = s, .text = text + from, .len = reach, .where = from};
    return broken;
}

bool judge_whole(const struct shape_group *group, const char *text, size_t len,
                 struct sighting *out)
{
    struct best b = {0};
    for (size_t i = 0; i < group->count; i++) {
        const struct shape *s = group->shape[i];
        if (len >= s->least && len <= s->most && shape_fits(s, text, len) == len)
            better(&b, s, len);
    }
    if (!b.shape || filled(text, len))
        return false;
    *out = (struct sighting){.shape = b.shape, .text = text, .len = len};
    out->kind = b.several ? SIGHT_SEVERAL : b.shape->loose ? SIGHT_LOOSE : SIGHT_KEY;
    return true;
}
