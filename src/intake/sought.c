#include "intake/sought.h"

#include "intake/edges.h"

#include "base/base64.h"
#include "base/hex.h"
#include "base/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { BROKEN_LEAD = 4, CODED_LEAD = 6 }; /* literals that no chance breaks, or encodes */

#define WORD_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
static const char base64_digits[] = WORD_DIGITS "+/";
/* What a key goes on with, a mask, or an escape. */
static const char behind_lead[] = WORD_DIGITS "+/.*#[<\xe2\\%&";

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
static void make_groups(struct sought *sought, const struct shapes *shapes)
{
    size_t count = shapes_count(shapes), put = 0;
    sought->shape = mem_zalloc(count * 2 + 1, sizeof *sought->shape);
    sought->group = mem_zalloc(count + 1, sizeof *sought->group);
    for (size_t i = 0; i < count; i++) {
        if (!heads_group(shapes, i))
            continue;
        struct shape_group *g = &sought->group[sought->groups++];
        g->shape = (const struct shape *const *)&sought->shape[put];
        for (size_t k = i; k < count + i; k++) {
            const struct shape *s = shapes_at(shapes, k % count);
            if (!begins_alike(s, shapes_at(shapes, i)))
                continue;
            sought->shape[put++] = s;
            g->count++;
        }
    }
    struct shape_group *rest[] = {&sought->bare, &sought->named};
    for (unsigned named = 0; named < 2; named++) {
        rest[named]->shape = (const struct shape *const *)&sought->shape[put];
        for (size_t i = 0; i < count; i++) {
            const struct shape *s = shapes_at(shapes, i);
            if (s->lead >= SHAPE_LEAD || (s->loose && !s->literal) != named)
                continue;
            sought->shape[put++] = s;
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

static void learn_bare(struct sought *sought)
{
    for (size_t i = 0; i < sought->bare.count; i++) {
        const struct shape *s = sought->bare.shape[i];
        size_t run = longest_run(s);
        if (i == 0 || run < sought->bare_run)
            sought->bare_run = run;
        if (i == 0 || s->least < sought->bare_least)
            sought->bare_least = s->least;
        if (s->most > sought->bare_most)
            sought->bare_most = s->most;
        sought->bare_plain |= s->literal == 0;
        for (size_t k = 0; k < s->pieces; k++) {
            const struct shape_piece *p = &s->piece[k];
            for (size_t c = 0; p->text && c < p->len; c++)
                sought->inner[(unsigned char)p->text[c]] = true;
            if (!p->text && p->span.class == RAWKEY_BASE64)
                sought->inner['+'] = sought->inner['/'] = sought->inner['='] = true;
        }
    }
}

static void make_sieve(struct sought *sought)
{
    sought->sieve = sieve_new();
    for (size_t i = 0; i < sought->groups; i++) {
        for (size_t k = 0; k < sought->group[i].count; k++)
            if (sought->group[i].shape[k]->most / 3 * 4 + 16 > sought->base64_most)
                sought->base64_most = sought->group[i].shape[k]->most / 3 * 4 + 16;
        const struct shape *head = sought->group[i].shape[0];
        char form[SHAPE_MOST * 2];
        sieve_add(sought->sieve, head->pattern, head->lead, behind_lead, (unsigned)i);
        for (unsigned shift = 0; shift < 3; shift++) {
            size_t n = base64_form(head->pattern, head->lead, shift, form);
            if (n >= SIEVE_TEXT_MIN)
                sieve_add(sought->sieve, form, n, base64_digits,
                          (unsigned)i + IN_BASE64 * (1 + shift));
        }
    }
}

static void add_in_base64(struct sought *sought, const char *text, size_t len, unsigned tag)
{
    char form[SHAPE_MOST * 3];
    for (unsigned shift = 0; shift < 3; shift++) {
        size_t n = base64_form(text, len, shift, form);
        if (n >= CODED_LEAD)
            sieve_add(sought->sieve, form, n, NULL, tag);
    }
}

/* What a beginning looks like in upper case, in hex, in base64 twice, and in base64 of UTF-16 (as
 * PowerShell has it): told, not decoded. */
static void add_coded(struct sought *sought, const struct shapes *shapes)
{
    for (size_t i = 0; i < shapes_count(shapes); i++) {
        const struct shape *s = shapes_at(shapes, i);
        char hex[2 * SHAPE_MOST + 1], other[SHAPE_MOST * 2] = {0};
        unsigned code = (unsigned)i + IN_CODE;
        if (s->lead < CODED_LEAD || !s->definition || s->loose)
            continue;
        hex_put(s->pattern, s->lead, hex);
        sieve_add(sought->sieve, hex, 2 * s->lead, NULL, code);
        for (size_t k = 0; k < 2 * s->lead; k++)
            other[k] = (char)toupper((unsigned char)hex[k]);
        if (memcmp(hex, other, 2 * s->lead) != 0)
            sieve_add(sought->sieve, other, 2 * s->lead, NULL, code);
        for (size_t k = 0; k < s->lead; k++)
            other[k] = (char)toupper((unsigned char)s->pattern[k]);
        if (memcmp(other, s->pattern, s->lead) != 0)
            sieve_add(sought->sieve, other, s->lead, NULL, (unsigned)i + IN_UPPER);
        for (unsigned shift = 0; shift < 3; shift++)
            add_in_base64(sought, other, base64_form(s->pattern, s->lead, shift, other), code);
        memset(other, 0, 2 * s->lead);
        for (size_t k = 0; k < s->lead; k++)
            other[2 * k] = s->pattern[k];
        add_in_base64(sought, other, 2 * s->lead, code);
    }
}

/* A text that a line's end parts before its character `at`: by the end and what follows it, or,
 * where that is little, by what stands before. */
static void add_parted(struct sought *sought, const char *text, size_t len, size_t at, unsigned tag)
{
    static const char ends[] = "\n\r=\\";
    char parted[SHAPE_MOST * 2 + 1];
    if (len - at + 1 > SIEVE_TEXT_MIN) {
        parted[0] = '\n';
        memcpy(parted + 1, text + at, len - at);
        sieve_add(sought->sieve, parted, len - at + 1, NULL, tag);
        return;
    }
    memcpy(parted, text, at);
    for (const char *end = ends; *end && at >= SIEVE_TEXT_MIN; end++) {
        parted[at] = *end;
        sieve_add(sought->sieve, parted, at + 1, NULL, tag);
    }
}

/* Beginnings that a line's end parts, as they stand and in base64, whose lines have whole groups.
 */
static void add_broken(struct sought *sought, const struct shapes *shapes)
{
    for (size_t i = 0; i < shapes_count(shapes); i++) {
        const struct shape *s = shapes_at(shapes, i);
        char form[SHAPE_MOST * 2];
        if (s->lead < BROKEN_LEAD || !s->definition || s->loose)
            continue;
        for (size_t at = s->lead < CODED_LEAD ? 2 : 1; at < s->lead; at++)
            add_parted(sought, s->pattern, s->lead, at, (unsigned)i + IN_BROKEN);
        for (unsigned shift = 0; shift < 3; shift++) {
            size_t len = base64_form(s->pattern, s->lead, shift, form);
            for (size_t at = 1; len >= CODED_LEAD && at < len; at++)
                if ((base64_before(shift) + at) % 4 == 0)
                    add_parted(sought, form, len, at, (unsigned)i + IN_BROKEN);
        }
    }
}

/* gzip's head, in base64 and in base64 twice. */
static void add_packed(struct sought *sought)
{
    static const char *const heads[] = {"H4sIA", "H4sIC", "SDRzSU"};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        sieve_add(sought->sieve, heads[i], strlen(heads[i]), NULL, IN_PACKED);
}

/* The names of providers whose loose keys have no literal, as people write them. */
static void add_names(struct sought *sought)
{
    for (size_t i = 0; i < sought->named.count; i++) {
        char room[EDGE_NAME], text[EDGE_NAME];
        const char *name;
        for (size_t n = 0; (name = edge_name(sought->named.shape[i]->definition, n, room)); n++) {
            size_t len = strlen(name);
            for (unsigned how = 0; how < 3 && len > SIEVE_TEXT_MIN && len < EDGE_NAME; how++) {
                for (size_t k = 0; k < len; k++)
                    text[k] =
                        (char)(how == 2 || (how == 1 && k == 0) ? toupper((unsigned char)name[k])
                                                                : tolower((unsigned char)name[k]));
                sieve_add(sought->sieve, text, len, NULL, IN_NAMES);
            }
        }
    }
}

void sought_init(struct sought *sought, const struct shapes *shapes)
{
    *sought = (struct sought){.shapes = shapes};
    make_groups(sought, shapes);
    learn_bare(sought);
    make_sieve(sought);
    add_names(sought);
    add_coded(sought, shapes);
    add_broken(sought, shapes);
    add_packed(sought);
    for (int c = 0; c < 256; c++)
        sought->word[c] = shape_word((char)c);
}

void sought_free(struct sought *sought)
{
    sieve_free(sought->sieve);
    free(sought->shape);
    free(sought->group);
}
