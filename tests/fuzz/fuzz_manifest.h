#ifndef RESCIND_FUZZ_MANIFEST_H
#define RESCIND_FUZZ_MANIFEST_H

/* What must hold of any bytes as a manifest: the counts add up, each target is lawful, one line is
 * told at a time, and it makes no difference how the bytes arrive or whether bad rows are skipped.
 * The samples are a good corpus:
 *
 *   clang -fsanitize=fuzzer,address,undefined ... && ./fuzz_manifest_csv samples/ */

#include "fuzz.h"

#include "base/mem.h"
#include "manifest/manifest.h"
#include "provider/identifier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    struct targets *t;
    struct row_set *listed;
    struct manifest_facts facts;
    struct buf told;
    int rc;
};

struct trickle {
    const uint8_t *data;
    size_t left, step;
};

static inline ssize_t trickle_read(void *at, void *bytes, size_t size)
{
    struct trickle *from = at;
    size_t n = from->left < from->step ? from->left : from->step;
    n = n < size ? n : size;
    if (n > 0)
        memcpy(bytes, from->data, n);
    from->data += n;
    from->left -= n;
    return (ssize_t)n;
}

static inline void tell(void *at, const char *line)
{
    struct buf *told = at;
    MUST(!strchr(line, '\n'));
    buf_puts(told, line);
    buf_putc(told, '\n');
}

static inline void reading_do(struct reading *r, const struct catalog *c,
                              enum manifest_format format, bool skip, const uint8_t *data,
                              size_t size, size_t step)
{
    static const char *const scopes[] = {NULL};
    struct trickle from = {data, size, step};
    struct error err;
    *r = (struct reading){.t = targets_new(c), .listed = row_set_new()};
    struct manifest_options options = {.path = "m",
                                       .format = format,
                                       .skip_bad_rows = skip,
                                       .scopes = scopes,
                                       .tell = tell,
                                       .tell_at = &r->told};
    struct source *s = source_of(trickle_read, &from);
    r->rc = manifest_read_source(&options, s, r->t, r->listed, &r->facts, &err);
    source_free(s);
    MUST(r->rc == 0 || err.code == EXIT_DATA);
}

static inline void reading_check(const struct reading *r, const struct catalog *c)
{
    const struct manifest_facts *f = &r->facts;
    uint32_t count = targets_count(r->t);
    MUST(f->rows == f->rejected + f->duplicates + count);
    MUST(row_set_size(r->listed) == count);
    MUST(r->rc != 0 || count > 0);
    for (uint32_t row = 0; row < count; row++) {
        const struct definition *d = targets_definition(r->t, row);
        char id[ID_MAX + 1], again[ID_MAX + 1], reason[ID_REASON];
        size_t len = targets_id(r->t, row, id);
        MUST(identifier_canonical(d, id, len, again, reason) == (int)len);
        MUST(memcmp(id, again, len) == 0);
        const char *note = targets_note(r->t, row);
        MUST(!identifier_is_secret(c, note, strlen(note)));
    }
}

static inline void reading_free(struct reading *r)
{
    targets_free(r->t);
    row_set_free(r->listed);
    buf_free(&r->told);
}

static inline int fuzz_manifest(enum manifest_format format, const uint8_t *data, size_t size)
{
    static struct catalog *catalog;
    struct reading whole, slow, strict;
    char one[65], two[65];
    if (!catalog)
        catalog = catalog_new();
    reading_do(&whole, catalog, format, true, data, size, SIZE_MAX);
    reading_check(&whole, catalog);
    reading_do(&slow, catalog, format, true, data, size, 1 + size % 7);
    targets_digest(whole.t, targets_count(whole.t), one);
    targets_digest(slow.t, targets_count(slow.t), two);
    MUST(strcmp(one, two) == 0 && strcmp(buf_text(&whole.told), buf_text(&slow.told)) == 0);
    MUST(strcmp(whole.facts.sha256, slow.facts.sha256) == 0 || whole.rc != 0);
    reading_do(&strict, catalog, format, false, data, size, SIZE_MAX);
    MUST((strict.rc == 0) == (whole.rc == 0 && whole.facts.rejected == 0));
    reading_free(&whole);
    reading_free(&slow);
    reading_free(&strict);
    return 0;
}

#endif
