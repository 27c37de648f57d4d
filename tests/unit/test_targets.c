/* The table of targets, sets of rows, and targets.csv. */

#include "base/digest.h"
#include "base/mem.h"
#include "base/rng.h"
#include "manifest/arena.h"
#include "manifest/manifest.h"
#include "provider/identifier.h"
#include "providers_named.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define HASH "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define UUID "00000000-0000-4000-8000-000000000001"

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
    const struct definition *key, *byok, *baseten, *acme;
    char dir[32], path[64];
};

static int set_up(void **state)
{
    struct fixture *f = mem_zalloc(1, sizeof *f);
    struct error err = {0};
    f->catalog = catalog_new();
    if (catalog_add(f->catalog, "test.ini", 1, scoped, &err) < 0)
        fail_msg("%s", err.text);
    f->t = targets_new(f->catalog);
    f->key = catalog_find(f->catalog, "openrouter", "key");
    f->byok = catalog_find(f->catalog, "openrouter", "byok");
    f->baseten = catalog_find(f->catalog, "baseten", NULL);
    f->acme = catalog_find(f->catalog, "acme", NULL);
    snprintf(f->dir, sizeof f->dir, "/tmp/rescind-test-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    snprintf(f->path, sizeof f->path, "%s/targets.csv", f->dir);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    unlink(f->path);
    rmdir(f->dir);
    targets_free(f->t);
    catalog_free(f->catalog);
    free(f);
    return 0;
}

static uint32_t add(struct targets *t, const struct definition *d, const char *id,
                    const char *scope, const char *note, uint32_t line, bool *fresh)
{
    struct error err;
    return targets_add(t, d, id, strlen(id), scope, note, strlen(note), line, fresh, &err);
}

static void rows_keep_their_order_and_facts(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *provider, *kind, *id, *scope, *note;
        uint32_t line, row; /* row: what is expected */
    } rows[] = {
        {"openrouter", "key", HASH, "", "first", 2, 0},
        {"openrouter", "byok", UUID, "", "", 3, 1},
        {"requesty", "key", UUID, "", "same id, another provider", 4, 2},
        {"baseten", "key", "AbC-_1", "", "", 5, 3},
        {"baseten", "key", "abc-_1", "", "case is kept", 6, 4},
        {"openrouter", "key", HASH, "", "later note", 7, 0},
        {"openrouter", "byok", UUID, "", "a note after all", 8, 1},
        {"acme", "key", "k1", "p\x1fq", "", 9, 5},
        {"acme", "key", "k1", "p\x1fr", "", 10, 6},
        {"acme", "key", "k1", "p\x1fq", "", 11, 5},
        {"acme", "key", "k1p", "\x1fq", "", 12, 7},
    };
    uint32_t count = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool fresh;
        const struct definition *d = catalog_find(f->catalog, rows[i].provider, rows[i].kind);
        uint32_t row = add(f->t, d, rows[i].id, rows[i].scope, rows[i].note, rows[i].line, &fresh);
        assert_int_equal(row, rows[i].row);
        assert_int_equal(fresh, row == count);
        count += fresh;
        assert_int_equal(targets_count(f->t), count);
        char id[ID_MAX + 1];
        assert_int_equal(targets_id(f->t, row, id), strlen(rows[i].id));
        assert_string_equal(id, rows[i].id);
        assert_ptr_equal(targets_definition(f->t, row), d);
        assert_string_equal(targets_scope(f->t, row), rows[i].scope);
        assert_int_equal(targets_find(f->t, d, rows[i].id, strlen(rows[i].id), rows[i].scope), row);
    }
    assert_string_equal(targets_note(f->t, 0), "first");
    assert_int_equal(targets_line(f->t, 0), 2);
    assert_string_equal(targets_note(f->t, 1), "a note after all");
    assert_int_equal(targets_line(f->t, 1), 3);
    assert_string_equal(targets_note(f->t, 3), "");
    assert_int_equal(targets_find(f->t, f->baseten, "ABC-_1", 6, ""), UINT32_MAX);
    assert_int_equal(targets_find(f->t, f->acme, "k1", 2, "p\x1fs"), UINT32_MAX);
    assert_int_equal(targets_find(f->t, f->acme, "k1", 2, "p"), UINT32_MAX);
}

static void a_line_is_taken_where_there_was_none(void **state)
{
    struct fixture *f = *state;
    bool fresh;
    add(f->t, f->key, HASH, "", "", 0, &fresh);
    add(f->t, f->key, HASH, "", "", 7, &fresh);
    add(f->t, f->key, HASH, "", "", 9, &fresh);
    assert_int_equal(targets_line(f->t, 0), 7);
}

static void an_id_that_is_none_is_refused(void **state)
{
    struct fixture *f = *state;
    struct error err = {0};
    bool fresh;
    char scope[SCOPE_TEXT_MAX + 2];
    memset(scope, 's', sizeof scope);
    scope[sizeof scope - 1] = '\0';
    assert_int_equal(targets_add(f->t, f->key, "", 0, "", "", 0, 1, &fresh, &err), UINT32_MAX);
    assert_int_equal(err.code, EXIT_DATA);
    assert_int_equal(targets_add(f->t, f->acme, "k", 1, scope, "", 0, 1, &fresh, &err), UINT32_MAX);
    assert_int_equal(targets_find(f->t, f->acme, "k", 1, scope), UINT32_MAX);
    scope[SCOPE_TEXT_MAX] = '\0';
    assert_int_equal(targets_add(f->t, f->acme, "k", 1, scope, "", 0, 1, &fresh, &err), 0);
    assert_int_equal(targets_count(f->t), 1);
}

static size_t hash_of(uint64_t n, char out[ID_MAX + 1])
{
    struct rng r = rng_seed(n);
    for (int i = 0; i < 4; i++)
        snprintf(out + 16 * i, 17, "%016llx", (unsigned long long)rng_next(&r));
    return 64;
}

/* One more than three quarters of a power of two: the slots have just doubled. */
enum { MANY = 3 * (1 << 15) + 1 };

static void many_are_found_and_cost_little(void **state)
{
    struct fixture *f = *state;
    char id[ID_MAX + 1], back[ID_MAX + 1];
    struct error err;
    bool fresh;
    for (uint32_t i = 0; i < MANY; i++) {
        size_t len = hash_of(i, id);
        assert_int_equal(targets_add(f->t, f->key, id, len, "", "", 0, i, &fresh, &err), i);
        assert_true(fresh);
    }
    for (uint32_t i = 0; i < MANY; i++) {
        size_t len = hash_of(i, id);
        assert_int_equal(targets_find(f->t, f->key, id, len, ""), i);
        assert_int_equal(targets_id(f->t, i, back), len);
        assert_string_equal(back, id);
        len = hash_of(i + MANY, id);
        assert_int_equal(targets_find(f->t, f->key, id, len, ""), UINT32_MAX);
    }
    assert_true(targets_memory(f->t) >= (size_t)MANY * (16 + 32));
    assert_true(targets_memory(f->t) <= (size_t)MANY * 60);
}

/* So many that slots with the same part of a hash meet: what tells them apart is the scope. */
static void many_scopes_of_one_id_are_told_apart(void **state)
{
    struct fixture *f = *state;
    char scope[32];
    bool fresh;
    for (uint32_t i = 0; i < MANY; i++) {
        snprintf(scope, sizeof scope, "p%u\x1fq", i);
        assert_int_equal(add(f->t, f->acme, "k", scope, "", i, &fresh), i);
    }
    for (uint32_t i = 0; i < MANY; i++) {
        snprintf(scope, sizeof scope, "p%u\x1fq", i);
        assert_int_equal(targets_find(f->t, f->acme, "k", 1, scope), i);
        assert_string_equal(targets_scope(f->t, i), scope);
    }
}

/* Other versions and other machines must come to the same: sha256sum made these. */
static void identities_are_the_same_for_ever(void **state)
{
    struct fixture *f = *state;
    bool fresh;
    char digest[65], expected[65];
    static const char bytes[] = "openrouter\0key\0\0" HASH "\0"
                                "acme\0key\0p\x1fq\0k1";
    add(f->t, f->key, HASH, "", "note", 1, &fresh);
    add(f->t, f->acme, "k1", "p\x1fq", "", 2, &fresh);
    assert_int_equal(targets_identity(f->t, 0), 0x1727979962377b2f);
    assert_int_equal(targets_identity(f->t, 1), 0x0e7bd462c804d949);
    targets_digest(f->t, 2, digest);
    sha256_of(bytes, sizeof bytes, expected); /* its last NUL counts */
    assert_string_equal(digest, expected);
    targets_digest(f->t, 0, digest);
    sha256_of("", 0, expected);
    assert_string_equal(digest, expected);
}

static void a_digest_depends_on_order_and_rows(void **state)
{
    struct fixture *f = *state;
    struct targets *other = targets_new(f->catalog);
    bool fresh;
    char one[65], two[65];
    for (uint32_t i = 0; i < 2000; i++) { /* more than one batch of bytes */
        char id[ID_MAX + 1];
        hash_of(i, id);
        add(f->t, f->key, id, "", "", i, &fresh);
        hash_of(i < 1998 ? i : 3997 - i, id); /* the last two swapped */
        add(other, f->key, id, "", "another note", 0, &fresh);
    }
    targets_digest(f->t, 1998, one);
    targets_digest(other, 1998, two);
    assert_string_equal(one, two);
    targets_digest(f->t, 2000, one);
    targets_digest(other, 2000, two);
    assert_string_not_equal(one, two);
    targets_free(other);
}

static void an_arena_gives_out_and_says_so(void **state)
{
    (void)state;
    struct arena a = {.chunks_at_most = 2};
    uint32_t at;
    assert_null(arena_take(&a, ARENA_CHUNK + 1, &at));
    assert_non_null(arena_take(&a, ARENA_CHUNK - 1, &at));
    assert_int_equal(at, 0);
    unsigned char *two = arena_take(&a, 2, &at);
    assert_int_equal(at, ARENA_CHUNK);
    assert_ptr_equal(arena_at(&a, at), two);
    assert_non_null(arena_take(&a, ARENA_CHUNK - 2, &at));
    assert_null(arena_take(&a, 1, &at));
    arena_free(&a);
}

static const char *const notes[] = {
    "",
    "plain",
    "comma, \"quotes\"",
    "two\nlines",
    "a\r\nb",
    "\r",
    "\n",
    " blank ",
    "\ttab",
    "gr\xc3\xbc\xc3\x9f",
    "\xef\xbb\xbf",
    "\"",
    "x ",
    "# no comment",
    "a\rb",
    "\x01 a control",
};

static void targets_csv_brings_everything_back(void **state)
{
    struct fixture *f = *state;
    struct targets *back = targets_new(f->catalog);
    struct error err = {0};
    bool fresh;
    char id[ID_MAX + 1], other[ID_MAX + 1], one[65], two[65];
    size_t count = sizeof notes / sizeof *notes;
    for (uint32_t i = 0; i < 3000; i++) {
        hash_of(i, id);
        add(f->t, f->key, id, "", notes[i % count], i, &fresh);
    }
    add(f->t, f->byok, UUID, "", "", 1, &fresh);
    add(f->t, f->acme, "k1", "p\x1fq", "scoped", 1, &fresh);
    add(f->t, f->baseten, "-_", "", "", 1, &fresh);
    assert_int_equal(targets_save(f->t, f->path, &err), 0);
    if (targets_load(back, f->path, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(targets_count(back), 3003);
    for (uint32_t i = 0; i < 3003; i++) {
        targets_id(f->t, i, id);
        targets_id(back, i, other);
        assert_string_equal(id, other);
        assert_string_equal(targets_note(f->t, i), targets_note(back, i));
        assert_string_equal(targets_scope(f->t, i), targets_scope(back, i));
        assert_int_equal(targets_line(back, i), 0);
    }
    targets_digest(f->t, 3003, one);
    targets_digest(back, 3003, two);
    assert_string_equal(one, two);
    targets_free(back);
}

static void targets_csv_reads_as_expected(void **state)
{
    struct fixture *f = *state;
    struct error err = {0};
    bool fresh;
    char text[512] = "";
    add(f->t, f->key, HASH, "", "leaked, \"twice\"", 1, &fresh);
    add(f->t, f->acme, "k1", "p\x1fq", "", 1, &fresh);
    assert_int_equal(targets_save(f->t, f->path, &err), 0);
    FILE *file = fopen(f->path, "r");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    assert_string_equal(text, "provider,kind,id,project,site,note\n"
                              "openrouter,key," HASH ",,,\"leaked, \"\"twice\"\"\"\n"
                              "acme,key,k1,p,q,\n");
}

static void the_longest_note_comes_back(void **state)
{
    struct fixture *f = *state;
    struct targets *back = targets_new(f->catalog);
    struct error err = {0};
    bool fresh;
    char *note = mem_zalloc(NOTE_MAX + 1, 1);
    memset(note, '"', NOTE_MAX);
    add(f->t, f->key, HASH, "", note, 1, &fresh);
    assert_int_equal(targets_save(f->t, f->path, &err), 0);
    if (targets_load(back, f->path, &err) < 0)
        fail_msg("%s", err.text);
    assert_string_equal(targets_note(back, 0), note);
    free(note);
    targets_free(back);
}

static void write_file(const char *path, const char *text, size_t len)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    fclose(file);
}

static void a_wrong_targets_csv_is_refused(void **state)
{
    struct fixture *f = *state;
#define HEAD "provider,kind,id,note\n"
    static const struct {
        const char *text, *reason; /* after the path */
    } rows[] = {
        {"", ":1: empty, not even a header"},
        {"note\n", ":1: no header with a column for identifiers (id, prefix, byok_id, hash or "
                   "api_key_id): found note; --column NAME says which one holds them"},
        {HEAD "openrouter,key," HASH ",\nopenrouter,key," HASH ",\n",
         ":3: a target that is there already"},
        {HEAD "baseten,key,a,\nbaseten,key,b\n", ":3: 3 fields, and the header has 4"},
        {HEAD "openrouter,byok,00000000-0000-4000-8000-00000000000A,\n",
         ":2: an identifier that is not in its canonical form"},
        {HEAD "baseten,key,a,\"two\nlines\"\nbaseten,key,self,\n",
         ":4: not a key prefix: a reserved word"},
        {HEAD "nobody,key,a,\n",
         ":2: unknown provider: {providers} is needed, or one that a --job FILE defines"},
        {HEAD "baseten,key,a,\"open\n", ":2: a quote is opened here and never closed"},
        {HEAD "acme,key,a,\n", ":2: no project: acme key needs one"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct targets *t = targets_new(f->catalog);
        struct error err = {0};
        struct buf reason = {0};
        char expected[256];
        write_file(f->path, rows[i].text, strlen(rows[i].text));
        assert_int_equal(targets_load(t, f->path, &err), -1);
        snprintf(expected, sizeof expected, "%s%s", f->path,
                 with_providers(f->catalog, rows[i].reason, &reason));
        assert_string_equal(err.text, expected);
        buf_free(&reason);
        assert_int_equal(err.code, EXIT_DATA);
        targets_free(t);
    }
}

static void files_that_cannot_be(void **state)
{
    struct fixture *f = *state;
    struct error err = {0};
    assert_int_equal(targets_load(f->t, f->path, &err), -1);
    assert_int_equal(err.code, EXIT_NOINPUT);
    char path[100];
    snprintf(path, sizeof path, "%s/no/targets.csv", f->dir);
    assert_int_equal(targets_save(f->t, path, &err), -1);
    assert_int_equal(err.code, EXIT_CANTCREATE);
}

/* A definition may come to know more shapes of secrets; the run that began before goes on. */
static void a_note_that_was_good_once_is_good_for_ever(void **state)
{
    struct fixture *f = *state;
    struct targets *back = targets_new(f->catalog);
    struct error err = {0};
    const char *note = "sk-or-v1-0000000000000000000000000000000000000000000000000000000000000000";
    bool fresh;
    assert_true(identifier_is_secret(f->catalog, note, strlen(note)));
    add(f->t, f->key, HASH, "", note, 1, &fresh);
    assert_int_equal(targets_save(f->t, f->path, &err), 0);
    if (targets_load(back, f->path, &err) < 0)
        fail_msg("%s", err.text);
    assert_string_equal(targets_note(back, 0), note);
    targets_free(back);
}

static void an_empty_table_comes_back_empty(void **state)
{
    struct fixture *f = *state;
    struct targets *back = targets_new(f->catalog);
    struct error err = {0};
    assert_int_equal(targets_save(f->t, f->path, &err), 0);
    assert_int_equal(targets_load(back, f->path, &err), 0);
    assert_int_equal(targets_count(back), 0);
    targets_free(back);
}

static void row_sets_print_closed_ranges(void **state)
{
    (void)state;
    static const struct {
        uint32_t rows[8]; /* from 1 here, 0 ends */
        const char *text;
    } table[] = {
        {{0}, ""},
        {{1}, "1"},
        {{1, 2, 3}, "1-3"},
        {{402, 1, 2, 400}, "1-2,400,402"},
        {{64, 65, 63, 128}, "63-65,128"},
        {{4000000}, "4000000"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct row_set *s = row_set_new();
        struct buf b = {0};
        uint32_t n = 0;
        for (; table[i].rows[n]; n++) {
            row_set_add(s, table[i].rows[n] - 1);
            row_set_add(s, table[i].rows[n] - 1);
        }
        assert_int_equal(row_set_size(s), n);
        row_set_print(s, &b);
        assert_string_equal(buf_text(&b), table[i].text);
        for (uint32_t k = 0; k < n; k++)
            assert_true(row_set_has(s, table[i].rows[k] - 1));
        assert_false(row_set_has(s, UINT32_MAX));
        buf_free(&b);
        row_set_free(s);
    }
}

static void collect(void *at, uint32_t first, uint32_t last)
{
    for (uint32_t row = first; row <= last; row++)
        row_set_add(at, row);
}

static void row_ranges_table(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
    } table[] = {
        {"", true},      {"1", true},       {"1-400,402", true}, {"1000", true},
        {"1001", false}, {"0", false},      {"0-5", false},      {"5-4", false},
        {"1,1", false},  {"3,2", false},    {"1-3,3", false},    {"1-3,4", true},
        {",", false},    {"1,", false},     {",1", false},       {"1-", false},
        {"-1", false},   {"1--2", false},   {"1-2-3", false},    {"01", false},
        {" 1", false},   {"1 ", false},     {"1;2", false},      {"+1", false},
        {"1-01", false}, {"a", false},      {"1,a", false},      {"99999999999999999999", false},
        {"7-7", true},   {"1-1001", false},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct row_set *s = row_set_new();
        const char *text = table[i].text;
        if (row_ranges_parse(text, strlen(text), 1000, collect, s) != table[i].good)
            fail_msg("%s", text);
        row_set_free(s);
    }
}

static void row_sets_survive_text(void **state)
{
    (void)state;
    struct rng r = rng_seed(11);
    for (int round = 0; round < 200; round++) {
        struct row_set *s = row_set_new(), *back = row_set_new();
        struct buf b = {0}, again = {0};
        uint32_t rows = 1 + (uint32_t)(rng_next(&r) % 300);
        for (uint32_t i = 0; i < rows; i++)
            if (rng_uniform(&r, 0, 1) < (round % 10) / 10.0)
                row_set_add(s, i);
        row_set_print(s, &b);
        assert_true(row_ranges_parse(buf_text(&b), b.len, rows, collect, back));
        for (uint32_t i = 0; i < rows; i++)
            assert_int_equal(row_set_has(s, i), row_set_has(back, i));
        row_set_print(back, &again);
        assert_string_equal(buf_text(&b), buf_text(&again));
        buf_free(&b);
        buf_free(&again);
        row_set_free(s);
        row_set_free(back);
    }
}

#define WITH_TABLE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_TABLE(rows_keep_their_order_and_facts),
        WITH_TABLE(a_line_is_taken_where_there_was_none),
        WITH_TABLE(an_id_that_is_none_is_refused),
        WITH_TABLE(many_are_found_and_cost_little),
        WITH_TABLE(many_scopes_of_one_id_are_told_apart),
        WITH_TABLE(identities_are_the_same_for_ever),
        WITH_TABLE(a_digest_depends_on_order_and_rows),
        cmocka_unit_test(an_arena_gives_out_and_says_so),
        WITH_TABLE(targets_csv_brings_everything_back),
        WITH_TABLE(targets_csv_reads_as_expected),
        WITH_TABLE(the_longest_note_comes_back),
        WITH_TABLE(a_wrong_targets_csv_is_refused),
        WITH_TABLE(files_that_cannot_be),
        WITH_TABLE(a_note_that_was_good_once_is_good_for_ever),
        WITH_TABLE(an_empty_table_comes_back_empty),
        cmocka_unit_test(row_sets_print_closed_ranges),
        cmocka_unit_test(row_ranges_table),
        cmocka_unit_test(row_sets_survive_text),
    };
    return cmocka_run_group_tests_name("targets", tests, NULL, NULL);
}
