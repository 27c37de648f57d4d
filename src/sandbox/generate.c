#include "sandbox/generate.h"

#include "base/text.h"
#include "provider/identifier.h"
#include "sandbox/raw.h"
#include "sandbox/spec.h"

#include <string.h>

enum { KINDS_MAX = 32, ID_USUAL = 10 };

static const char usual_mix[] = "openrouter=6,openrouter/byok=1,requesty=2,baseten=1";

struct mix {
    const struct definition *d[KINDS_MAX];
    double upto[KINDS_MAX]; /* running sum of the shares */
    unsigned count;
    const char *scope[SCOPES_MAX * KINDS_MAX]; /* columns that some kind needs */
    unsigned scopes;
};

static void add_scopes(struct mix *m, const struct definition *d)
{
    for (size_t i = 0; i < d->scope_count; i++) {
        unsigned k = 0;
        while (k < m->scopes && strcmp(m->scope[k], d->scopes[i]) != 0)
            k++;
        if (k == m->scopes)
            m->scope[m->scopes++] = d->scopes[i];
    }
}

/* One `provider[/kind]=share`. */
static bool add_kind(const struct catalog *catalog, char *text, struct mix *m)
{
    const char *name = NULL, *value = NULL;
    double share = 0;
    if (m->count == KINDS_MAX || !spec_setting(text, &name, &value) ||
        !text_decimal(value, 1e9, &share) || share <= 0)
        return false;
    char *kind = strchr(text, '/');
    if (kind)
        *kind++ = '\0';
    const struct definition *d = catalog_find(catalog, name, kind);
    if (!d)
        return false;
    m->d[m->count] = d;
    m->upto[m->count] = share + (m->count ? m->upto[m->count - 1] : 0);
    m->count++;
    add_scopes(m, d);
    return true;
}

static int read_mix(const struct catalog *catalog, const char *text, struct mix *m,
                    struct error *err)
{
    char copy[1024], *rest = copy;
    if (strlen(text) >= sizeof copy)
        return error_set(err, EXIT_USAGE, "--mix: too long");
    memcpy(copy, text, strlen(text) + 1);
    while (rest) {
        char *part = strsep(&rest, ",");
        if (!add_kind(catalog, part, m))
            return error_set(err, EXIT_USAGE, "--mix %s: not a share such as requesty=2", text);
    }
    return 0;
}

static char draw(struct rng *r, const char *from)
{
    return from[rng_next(r) % strlen(from)];
}

/* Random, of the right class and length, and what the definition takes as it is. */
size_t generate_id(const struct definition *d, struct rng *r, char out[ID_MAX + 1])
{
    static const char *const letters[] = {
        [ID_HEX] = "0123456789abcdef",
        [ID_UUID] = "0123456789abcdef",
        [ID_DIGITS] = "123456789",
        [ID_WORD] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        [ID_TEXT] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/%& ",
        [ID_PRINTABLE] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    };
    char canonical[ID_MAX + 1], reason[ID_REASON];
    size_t len = d->id.class == ID_UUID   ? 36
                 : d->id.min == d->id.max ? d->id.max
                 : d->id.max < ID_USUAL   ? d->id.max
                 : d->id.min > ID_USUAL   ? d->id.min
                                          : ID_USUAL;
    for (;;) {
        for (size_t i = 0; i < len; i++)
            out[i] = draw(r, letters[d->id.class]);
        if (d->id.class == ID_UUID) {
            out[8] = out[13] = out[18] = out[23] = '-';
            out[14] = '4';
            out[19] = draw(r, "89ab");
        }
        out[len] = '\0';
        if (identifier_canonical(d, out, len, canonical, reason) == (int)len &&
            !memcmp(canonical, out, len))
            return len;
    }
}

static void put_row(const struct mix *m, struct rng *r, uint64_t row, FILE *raw, struct buf *out)
{
    char id[ID_MAX + 1], secret[RAW_MAX];
    double at = rng_uniform(r, 0, m->upto[m->count - 1]);
    unsigned k = 0;
    while (at >= m->upto[k])
        k++;
    const struct definition *d = m->d[k];
    bool made = raw && raw_make(d, r, secret, id);
    if (!made)
        generate_id(d, r, id);
    if (made || (raw && raw_of(d, id, secret)))
        fprintf(raw, "%s\n", secret);
    buf_printf(out, "%s,%s,%s", d->provider, d->kind, id);
    for (unsigned i = 0; i < m->scopes; i++) {
        bool has = false;
        for (size_t s = 0; s < d->scope_count; s++)
            has |= !strcmp(d->scopes[s], m->scope[i]);
        buf_putc(out, ',');
        if (has)
            buf_printf(out, "%s-%u", m->scope[i], (unsigned)(rng_next(r) % 3));
    }
    if (row % 10 == 0)
        buf_printf(out, ",owner %u\n", (unsigned)(rng_next(r) % 100));
    else
        buf_puts(out, ",\n");
}

int generate_manifest(const struct catalog *catalog, uint64_t n, uint64_t seed, const char *mix,
                      FILE *out, FILE *raw, struct error *err)
{
    struct mix m = {0};
    struct rng r = rng_seed(seed);
    struct buf text = {0};
    if (read_mix(catalog, mix ? mix : usual_mix, &m, err) < 0)
        return -1;
    buf_puts(&text, "provider,kind,id");
    for (unsigned i = 0; i < m.scopes; i++)
        buf_printf(&text, ",%s", m.scope[i]);
    buf_puts(&text, ",note\n");
    for (uint64_t i = 0; i < n; i++) {
        put_row(&m, &r, i, raw, &text);
        if (text.len > 1 << 16) {
            fwrite(text.data, 1, text.len, out);
            buf_clear(&text);
        }
    }
    fwrite(buf_text(&text), 1, text.len, out);
    buf_free(&text);
    if (fflush(out) != 0)
        return error_set(err, EXIT_IO, "writing the manifest:");
    if (raw && fflush(raw) != 0)
        return error_set(err, EXIT_IO, "writing the raw keys:");
    return 0;
}
