#include "intake/shapes.h"

#include "base/base64.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct shapes {
    struct shape *at;
    size_t count;
};

/* Keys of vendors that no definition knows, and that are met where ours are: named, so that nobody
 * takes them for revoked. From the vendors' documentation and the rules of gitleaks. */
static const struct {
    const char *name, *pattern;
} others[] = {
    {"AWS access key", "AKIA{16a}"},
    {"GitHub", "ghp_{36a}"},
    {"GitHub", "gho_{36a}"},
    {"GitHub", "ghs_{36a}"},
    {"GitHub", "github_pat_{82}"},
    {"Hugging Face", "hf_{34a}"},
    {"Slack", "xoxb-{30-120}"},
    {"Slack", "xoxp-{30-120}"},
    {"Google", "AIza{35}"},
    {"Google", "AQ.{50}"},
    {"Groq", "gsk_{52a}"},
    {"xAI", "xai-{80a}"},
    {"Replicate", "r8_{37a}"},
    {"Perplexity", "pplx-{48a}"},
    {"Stripe", "sk_live_{24-120a}"},
    {"npm", "npm_{36a}"},
    {"Docker Hub", "dckr_pat_{27}"},
    {"Airtable", "pat{14a}.{64h}"},
    {"Z.ai", "{32h}.{16a}"},
    {"sk-, of no provider known here", "sk-{32h}"},
    {"sk-, of no provider known here", "sk-{48a}"},
};

static void compile(struct shape *s)
{
    const char *at = s->pattern;
    while (*at && s->pieces < SHAPE_PIECES) {
        struct shape_piece *p = &s->piece[s->pieces++];
        if (*at == '{') {
            rawkey_span(&at, &p->span);
            s->least += p->span.min;
            s->most += p->span.max;
            continue;
        }
        p->text = at;
        p->len = strcspn(at, "{");
        s->dotted |= memchr(at, '.', p->len) != NULL;
        s->literal += p->len;
        s->least += p->len;
        s->most += p->len;
        at += p->len;
    }
    s->lead = s->piece[0].text ? s->piece[0].len : 0;
    for (unsigned shift = 0; shift < 3 && s->lead < SHAPE_BREAK; shift++)
        s->coded_len[shift] = base64_form(s->pattern, s->lead, shift, s->coded[shift]);
}

static void add(struct shapes *all, const struct definition *d, const char *vendor,
                const char *pattern, bool loose)
{
    struct shape s = {.definition = d, .vendor = vendor, .pattern = pattern, .loose = loose};
    compile(&s);
    if (s.least > SHAPE_MOST)
        return;
    all->at = mem_resize(all->at, all->count + 1, sizeof *all->at);
    all->at[all->count++] = s;
}

struct shapes *shapes_new(const struct catalog *catalog, const char *provider)
{
    struct shapes *all = mem_zalloc(1, sizeof *all);
    for (size_t i = 0; i < catalog_plain(catalog); i++) {
        const struct definition *d = catalog_at(catalog, i);
        for (char **pattern = d->raw; pattern && *pattern; pattern++)
            add(all, d, NULL, *pattern, false);
        for (char **pattern = d->raw_loose; pattern && *pattern; pattern++)
            add(all, d, NULL, *pattern, !provider || strcmp(provider, d->provider) != 0);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others && !provider; i++)
        add(all, NULL, others[i].name, others[i].pattern, false);
    return all;
}

void shapes_free(struct shapes *s)
{
    if (!s)
        return;
    free(s->at);
    free(s);
}

size_t shapes_count(const struct shapes *s)
{
    return s->count;
}

const struct shape *shapes_at(const struct shapes *s, size_t i)
{
    return &s->at[i];
}

/* How long a run is at most; the = at the end of a base64 text counted. */
static size_t run_length(const struct rawkey_span *span, const char *text, size_t len)
{
    size_t n = 0;
    while (n < len && n < span->max && rawkey_holds(span->class, text[n]))
        n++;
    for (size_t pad = 0; span->class == RAWKEY_BASE64 && n && pad < 2; pad++)
        if (n < len && n < span->max && text[n] == '=')
            n++;
    return n;
}

/* The longest run first: what follows one is mostly a character that no run holds. */
static size_t fits_from(const struct shape *s, size_t piece, const char *text, size_t len)
{
    if (piece == s->pieces)
        return 0;
    const struct shape_piece *p = &s->piece[piece];
    bool last = piece + 1 == s->pieces;
    if (p->text) {
        if (p->len > len || memcmp(p->text, text, p->len) != 0)
            return 0;
        size_t rest = last ? 0 : fits_from(s, piece + 1, text + p->len, len - p->len);
        return last || rest ? p->len + rest : 0;
    }
    for (size_t n = run_length(&p->span, text, len); n >= p->span.min; n--) {
        size_t rest = last ? 0 : fits_from(s, piece + 1, text + n, len - n);
        if (last || rest)
            return n + rest;
    }
    return 0;
}

size_t shape_fits(const struct shape *shape, const char *text, size_t len)
{
    return len < shape->least ? 0 : fits_from(shape, 0, text, len);
}

size_t shape_reach(const struct shape *shape, const char *text, size_t len, size_t *piece)
{
    size_t at = 0;
    for (*piece = 0; *piece < shape->pieces; ++*piece) {
        const struct shape_piece *p = &shape->piece[*piece];
        if (p->text) {
            if (p->len > len - at || memcmp(p->text, text + at, p->len) != 0)
                break;
            at += p->len;
            continue;
        }
        size_t n = run_length(&p->span, text + at, len - at);
        at += n;
        if (n < p->span.min)
            break;
    }
    return at;
}

bool shape_ends(const struct shape *shape, const char *text, size_t len, size_t at)
{
    const struct shape_piece *last = &shape->piece[shape->pieces - 1];
    if (at >= len)
        return true;
    if (shape_word(text[at]))
        return false;
    if (shape->dotted && text[at] == '.')
        return at + 1 >= len || !shape_word(text[at + 1]);
    if (last->text || last->span.class != RAWKEY_BASE64)
        return true;
    return !rawkey_holds(RAWKEY_BASE64, text[at]) && text[at] != '=';
}
