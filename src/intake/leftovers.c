#include "intake/leftovers.h"

#include "base/mem.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { SEEN_BITS_FIRST = 10, SEEN_BITS_MOST = 22, GROUPS_MOST = 200 };

struct leftover_group {
    enum left_kind kind;
    const struct definition *d;
    char who[LEFT_WHO];
    uint64_t count;
    struct place_list list;
};

struct leftovers {
    const struct places *places;
    struct leftover_group *group;
    size_t groups;
    uint64_t count[LEFT_KINDS];
    uint64_t *seen; /* hashes of what was added, an open table; 0: free */
    unsigned seen_bits;
    size_t seen_count;
};

struct leftovers *leftovers_new(const struct places *places)
{
    struct leftovers *l = mem_zalloc(1, sizeof *l);
    l->places = places;
    l->seen_bits = SEEN_BITS_FIRST;
    l->seen = mem_zalloc((size_t)1 << l->seen_bits, sizeof *l->seen);
    return l;
}

void leftovers_free(struct leftovers *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < l->groups; i++)
        place_list_free(&l->group[i].list);
    free(l->group);
    free(l->seen);
    free(l);
}

void leftovers_who(const char *text, char out[LEFT_WHO])
{
    snprintf(out, LEFT_WHO, "%s", text);
    for (char *c = out; *c; c++)
        if (iscntrl((unsigned char)*c) || (unsigned char)*c >= 0x80)
            *c = '?';
}

static struct leftover_group *group_of(struct leftovers *l, enum left_kind kind,
                                       const struct definition *d, const char *who)
{
    char name[LEFT_WHO];
    leftovers_who(l->groups >= GROUPS_MOST ? "and others" : who ? who : "", name);
    for (size_t i = 0; i < l->groups; i++)
        if (l->group[i].kind == kind && l->group[i].d == d && strcmp(l->group[i].who, name) == 0)
            return &l->group[i];
    l->group = mem_resize(l->group, l->groups + 1, sizeof *l->group);
    struct leftover_group *g = &l->group[l->groups++];
    *g = (struct leftover_group){.kind = kind, .d = d};
    memcpy(g->who, name, sizeof name);
    return g;
}

/* Whether it was seen before; notes that it was. */
static bool seen(struct leftovers *l, uint64_t hash)
{
    size_t mask = ((size_t)1 << l->seen_bits) - 1, at = (size_t)hash & mask;
    for (; l->seen[at]; at = (at + 1) & mask)
        if (l->seen[at] == hash)
            return true;
    if (l->seen_count * 2 > mask) {
        if (l->seen_bits == SEEN_BITS_MOST)
            return false;
        uint64_t *old = l->seen;
        l->seen = mem_zalloc((size_t)2 << l->seen_bits++, sizeof *l->seen);
        l->seen_count = 0;
        for (size_t i = 0; i <= mask; i++)
            if (old[i])
                seen(l, old[i]);
        free(old);
        return seen(l, hash);
    }
    l->seen[at] = hash;
    l->seen_count++;
    return false;
}

static uint64_t hash_of(unsigned kind, const char *text, size_t len)
{
    uint64_t h = 0xcbf29ce484222325 ^ kind;
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)text[i]) * 0x100000001b3;
    h ^= h >> 29;
    return h ? h : 1;
}

void leftovers_add(struct leftovers *l, enum left_kind kind, const struct definition *d,
                   const char *who, const char *text, size_t len, uint64_t place)
{
    struct leftover_group *g = group_of(l, kind, d, who);
    place_list_add(&g->list, l->places, place);
    if (text && seen(l, hash_of((unsigned)kind, text, len)))
        return;
    g->count++;
    l->count[kind]++;
}

uint64_t leftovers_count(const struct leftovers *l, enum left_kind kind)
{
    return l->count[kind];
}

uint64_t leftovers_whole(const struct leftovers *l)
{
    uint64_t all = 0;
    for (unsigned kind = LEFT_NO_ID; kind <= LEFT_ENCODED; kind++)
        all += l->count[kind];
    return all;
}

void leftovers_name(const struct definition *d, struct buf *out)
{
    const char *at = d->title ? d->title : d->provider;
    buf_clear(out);
    while (isupper((unsigned char)*at)) {
        size_t n = strcspn(at, " ");
        if ((n == 3 && strncmp(at, "API", n) == 0) || (n == 4 && strncmp(at, "BYOK", n) == 0))
            break;
        buf_puts(out, out->len ? " " : "");
        buf_put(out, at, n);
        at += n + (at[n] == ' ');
    }
    if (!out->len)
        buf_puts(out, d->provider);
}

/* How such a key, or what is shown of it, is looked up. */
static void put_help(struct buf *out, const struct definition *d, bool masked)
{
    const char *pattern = d->raw ? d->raw[0] : "";
    if (!d->list.request.method) {
        buf_printf(out, "; rescind does not know how to list them: look in %s's console",
                   d->provider);
        return;
    }
    buf_printf(out, "; rescind list %s", d->provider);
    if (strcmp(d->kind, "key") != 0)
        buf_printf(out, " --kind %s", d->kind);
    if (d->list.hint && masked && strcmp(d->list.hint, "label") == 0)
        buf_printf(out, " --label '%.*sabc...xyz' finds one by its label",
                   (int)strcspn(pattern, "{"), pattern);
    else if (d->list.hint)
        buf_puts(out, " --output all.csv, then match --against all.csv");
}

static void put_line(struct buf *out, const struct leftover_group *g, const char *against)
{
    static const struct {
        const char *one, *many; /* %s: the name; what it is */
    } words[LEFT_KINDS] = {
        [LEFT_NO_ID] = {"%s key: its id cannot be told from it",
                        "%s keys: their ids cannot be told from them"},
        [LEFT_SCOPED] = {"%s key, whose row needs more than its id",
                         "%s keys, whose rows need more than their ids"},
        [LEFT_LOOSE] = {"unclear text, which may be a key of %s or of another vendor",
                        "unclear texts, which may be keys of %s or of other vendors"},
        [LEFT_SEVERAL] = {"unclear text, which is a key of several definitions, %s among them",
                          "unclear texts, which are keys of several definitions, %s among them"},
        [LEFT_STUCK] = {"unclear text: a key of %s with other characters right beside it",
                        "unclear texts: keys of %s with other characters right beside them"},
        [LEFT_ENCODED] = {"%s key that is wrapped or encoded (in lines, in upper case, in hex, "
                          "twice?), and was not taken",
                          "%s keys that are wrapped or encoded (in lines, in upper case, in hex, "
                          "twice?), and were not taken"},
        [LEFT_MASKED] = {"masked %s key", "masked %s keys"},
        [LEFT_CUT] = {"%s key that was cut: its rest is missing",
                      "%s keys that were cut: their rest is missing"},
        [LEFT_VENDOR] = {"key of another vendor (%s): revoke it there",
                         "keys of other vendors (%s): revoke them there"},
        [LEFT_FINDING] = {"finding without a key of a known provider (%s)",
                          "findings without a key of a known provider (%s)"},
        [LEFT_HASHED] = {"finding with a hash only (%s): no key can be told from it; rescind match "
                         "reads the files themselves",
                         "findings with hashes only (%s): no keys can be told from them; rescind "
                         "match reads the files themselves"},
        [LEFT_PACKED] = {"file that was not read: %s", "files that were not read: %s"},
        [LEFT_PROVIDER] = {"key of another provider (%s) left out",
                           "keys of another provider (%s) left out"},
        [LEFT_UNLISTED] = {"%s key that is not in the list", "%s keys that are not in the list"},
    };
    struct buf name = {0};
    const char *format = g->count == 1 ? words[g->kind].one : words[g->kind].many;
    const char *hole = strstr(format, "%s");
    if (g->d)
        leftovers_name(g->d, &name);
    else
        buf_puts(&name, g->who);
    buf_printf(out, "%" PRIu64 " ", g->count);
    buf_put(out, format, (size_t)(hole - format));
    buf_printf(out, "%s%s", buf_text(&name), hole + 2);
    buf_free(&name);
    if (g->kind == LEFT_UNLISTED && against)
        buf_printf(out, " (%s)", against);
    if (g->kind == LEFT_LOOSE && g->d && g->d->self != SELF_UNKNOWN && g->d->self != SELF_READ)
        buf_printf(out, "; --provider %s takes %s, and so does --against a list that has %s",
                   g->d->provider, g->count == 1 ? "it" : "them", g->count == 1 ? "it" : "them");
    if ((g->kind == LEFT_MASKED || g->kind == LEFT_NO_ID) && g->d) {
        if (against)
            buf_printf(out, ", and %s has none that alone fits", against);
        put_help(out, g->d, g->kind == LEFT_MASKED);
    }
}

void leftovers_tell(struct leftovers *l, const char *against, void (*say)(const char *line))
{
    for (unsigned kind = 0; kind < LEFT_KINDS; kind++) {
        for (size_t i = 0; i < l->groups; i++) {
            struct leftover_group *g = &l->group[i];
            struct buf line = {0};
            if (g->kind != kind || !g->count)
                continue;
            put_line(&line, g, against);
            buf_printf(&line, ": %s", place_list_text(&g->list, l->places));
            say(buf_text(&line));
            buf_free(&line);
        }
    }
}
