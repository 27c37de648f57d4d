#ifndef RESCIND_TEST_MANIFEST_FIXTURE_H
#define RESCIND_TEST_MANIFEST_FIXTURE_H

/* A catalog with one provider more than the built-in ones, a table, and what reading a manifest
 * into it told. */

#include "base/mem.h"
#include "manifest/manifest.h"
#include "providers_named.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define H      "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define H2     "ffffffffffffffffffffffffffffffff00000000000000000000000000000000"
#define U      "00000000-0000-4000-8000-000000000001"
#define RAW    "sk-or-v1-0123456789012345678901234567890123456789012345678901234567890123"
#define DOTTED "AbCdEf12.0123456789abcdefghijABCDEFGHIJ01"
#define BOM    "\xef\xbb\xbf"

/* What the messages say of any row. */
#define WORDS "id, prefix, byok_id, hash or api_key_id"
#define NO_HEADER(found)                                                                           \
    "m.csv:1: no header with a column for identifiers (" WORDS "): found " found                   \
    "; --column NAME says which one holds them\n"
#define NONE "no identifier: one of " WORDS " is needed\n"

static const char scoped[] = "[provider acme]\n"
                             "base = https://acme.example\n"
                             "credential = ACME_KEY\n"
                             "header = Authorization: Bearer {secret}\n"
                             "scope = project\n"
                             "scope = site\n"
                             "id.name = acme key\n"
                             "id.class = word\n"
                             "id.length = 1-64\n"
                             "delete = DELETE /{project}/{site}/{id}\n";

struct fixture {
    struct catalog *catalog;
    struct targets *t;
    struct row_set *listed;
    struct manifest_options options;
    struct manifest_facts facts;
    struct error err;
    struct buf told; /* a line each */
    int rc;
    char path[40];
};

static inline void begin_table(struct fixture *f)
{
    targets_free(f->t);
    row_set_free(f->listed);
    f->t = targets_new(f->catalog);
    f->listed = row_set_new();
    buf_clear(&f->told);
    f->err = (struct error){0};
}

static inline void tell(void *at, const char *line)
{
    struct buf *told = at;
    buf_puts(told, line);
    buf_putc(told, '\n');
}

static inline int set_up(void **state)
{
    struct fixture *f = mem_zalloc(1, sizeof *f);
    f->catalog = catalog_new();
    if (catalog_add(f->catalog, "test.ini", 1, scoped, &f->err) < 0)
        fail_msg("%s", f->err.text);
    f->options = (struct manifest_options){.path = "m.csv", .tell = tell, .tell_at = &f->told};
    begin_table(f);
    *state = f;
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *f = *state;
    if (*f->path)
        unlink(f->path);
    targets_free(f->t);
    row_set_free(f->listed);
    catalog_free(f->catalog);
    buf_free(&f->told);
    free(f);
    return 0;
}

static inline void read_bytes(struct fixture *f, const void *bytes, size_t len)
{
    begin_table(f);
    struct source *s = source_of_bytes(bytes, len);
    f->rc = manifest_read_source(&f->options, s, f->t, f->listed, &f->facts, &f->err);
    source_free(s);
}

static inline void read_text(struct fixture *f, const char *text)
{
    read_bytes(f, text, strlen(text));
}

static inline void expect_told(struct fixture *f, const char *what, const char *told)
{
    struct buf expected = {0};
    with_providers(f->catalog, told, &expected);
    if (strcmp(buf_text(&f->told), buf_text(&expected)) != 0) {
        print_error("%s\n-- told:\n%s-- expected:\n%s", what, buf_text(&f->told),
                    buf_text(&expected));
        fail();
    }
    buf_free(&expected);
}

/* "provider kind id scope 'note' line;" for each row */
static inline void expect_table(struct fixture *f, const char *what, const char *expected)
{
    struct buf all = {0};
    for (uint32_t row = 0; row < targets_count(f->t); row++) {
        const struct definition *d = targets_definition(f->t, row);
        char id[ID_MAX + 1];
        targets_id(f->t, row, id);
        buf_printf(&all, "%s %s %s%s%s '%s' %u;", d->provider, d->kind, id,
                   *targets_scope(f->t, row) ? " " : "", targets_scope(f->t, row),
                   targets_note(f->t, row), targets_line(f->t, row));
    }
    if (strcmp(buf_text(&all), expected) != 0)
        fail_msg("%s\n-- table:\n%s\n-- expected:\n%s", what, buf_text(&all), expected);
    buf_free(&all);
}

static inline void read_path(struct fixture *f, const char *path)
{
    begin_table(f);
    f->options.path = path;
    f->rc = manifest_read(&f->options, f->t, f->listed, &f->facts, &f->err);
}

#define WITH_TABLE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
