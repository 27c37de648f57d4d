/* Good manifests, the options that change what is read, what is told in all, and the samples. */

#include "base/digest.h"
#include "manifest_fixture.h"

static void good_manifests(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *what, *path, *text, *table, *told;
        uint64_t rows, duplicates;
    } rows[] = {
        {"one column in the provider's own word", "m.csv", "hash\n" H "\n",
         "openrouter key " H " '' 2;", "", 1, 0},
        {"each word", "m.csv",
         "hash,byok_id,api_key_id,prefix\n" H ",,,\n," U ",,\n,," U ",\n,,,Ab_-1\n",
         "openrouter key " H " '' 2;openrouter byok " U " '' 3;requesty key " U
         " '' 4;baseten key Ab_-1 '' 5;",
         "", 4, 0},
        {"provider, kind, id and note in another order", "m.csv",
         "note,id,kind,provider\nlost," U ",byok,openrouter\n,x1,,baseten\n",
         "openrouter byok " U " 'lost' 2;baseten key x1 '' 3;", "", 2, 0},
        {"a provider that agrees with the word", "m.csv",
         "provider,kind,hash\nopenrouter,key," H "\nopenrouter,," H2 "\n",
         "openrouter key " H " '' 2;openrouter key " H2 " '' 3;", "", 2, 0},
        {"provider and column names in any case", "m.csv", "Provider,ID\nOpenRouter," H "\n",
         "openrouter key " H " '' 2;", "", 1, 0},
        {"identifiers are folded", "m.csv",
         "hash\n00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff\n",
         "openrouter key " H " '' 2;", "", 1, 0},
        {"duplicates count once and keep the first line and note", "m.csv",
         "hash,note\n" H ",\n" H2 ",b\n" H ",late\n" H2 ",c\n",
         "openrouter key " H " 'late' 2;openrouter key " H2 " 'b' 3;", "", 4, 2},
        {"byte order mark and CRLF", "m.csv", BOM "hash,note\r\n" H ",a\r\n" H2 ",\"b\"\r\n",
         "openrouter key " H " 'a' 2;openrouter key " H2 " 'b' 3;", "", 2, 0},
        {"quoted header", "m.csv", "\"hash\",\" note \"\n" H ",a\n", "openrouter key " H " 'a' 2;",
         "", 1, 0},
        {"commas, quotes and line ends in a quoted note; the line is the row's first", "m.csv",
         "hash,note\n" H ",\"a, \"\"b\"\"\nc\r\nd\"\n" H2 ",e\n",
         "openrouter key " H " 'a, \"b\"\nc\r\nd' 2;openrouter key " H2 " 'e' 5;", "", 2, 0},
        {"blanks around values, empty lines, no line end at the end", "m.csv",
         "\n hash , note \n\n\t" H " \t,  a b  \n  \n" H2 ",\" c \"",
         "openrouter key " H " 'a b' 4;openrouter key " H2 " ' c ' 6;", "", 2, 0},
        {"a CR alone ends no row", "m.csv", "hash,note\n" H ",a\rb\n",
         "openrouter key " H " 'a\rb' 2;", "", 1, 0},
        {"unknown columns", "m.csv", "created_at,hash,,created_at,a\x1b[31mb\n1," H ",2,3,4\n",
         "openrouter key " H " '' 2;",
         "m.csv: warning: unknown columns ignored: created_at, a?[31mb\n", 1, 0},
        {"a masked key in a column that is ignored", "m.csv",
         "label,hash\nsk-or-v1-0e6...1c96," H "\n", "openrouter key " H " '' 2;",
         "m.csv: warning: unknown column ignored: label\n", 1, 0},
        {"UTF-8", "m.csv", "hash,note\n" H ",gr\xc3\xbc\xc3\x9f \xf0\x9f\x94\x91\n",
         "openrouter key " H " 'gr\xc3\xbc\xc3\x9f \xf0\x9f\x94\x91' 2;", "", 1, 0},
        {"an id of 64 and of 1", "m.csv", "prefix\n" H "\n-\n",
         "baseten key " H " '' 2;baseten key - '' 3;", "", 2, 0},
        {"scopes", "m.csv", "provider,project,id,site\nacme,p1,k,eu.x\nacme,p2,k,eu.x\n",
         "acme key k p1\x1f"
         "eu.x '' 2;acme key k p2\x1f"
         "eu.x '' 3;",
         "", 2, 0},
        {"JSON lines", "m.jsonl",
         "{\"hash\":\"" H "\",\"note\":\"a\\nb\"}\n\n \t\r\n{\"provider\":\"requesty\",\"id\":\"" U
         "\"}\r\n{\"prefix\":\"p\"}",
         "openrouter key " H " 'a\nb' 1;requesty key " U " '' 4;baseten key p '' 5;", "", 3, 0},
        {"JSON: byte order mark, null is absent, other keys hold anything", "m.ndjson",
         BOM "{\"provider\":null,\"hash\":\"" H "\",\"note\":null,\"limit\":5,\"models\":[1,{}]}\n",
         "openrouter key " H " '' 1;", "m.ndjson: warning: unknown keys ignored: limit, models\n",
         1, 0},
        {"JSON: an empty string is absent", "m.json", "{\"id\":\"\",\"hash\":\"" H "\"}\n",
         "openrouter key " H " '' 1;", "", 1, 0},
        {"no ending: CSV by its first byte", "-", "hash\n" H "\n", "openrouter key " H " '' 2;", "",
         1, 0},
        {"no ending: JSONL by its first byte", "-", BOM " \n{\"hash\":\"" H "\"}\n",
         "openrouter key " H " '' 2;", "", 1, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        f->options.path = rows[i].path;
        read_text(f, rows[i].text);
        if (f->rc != 0)
            fail_msg("%s: %s%s", rows[i].what, buf_text(&f->told), f->err.text);
        expect_table(f, rows[i].what, rows[i].table);
        expect_told(f, rows[i].what, rows[i].told);
        assert_int_equal(f->facts.rows, rows[i].rows);
        assert_int_equal(f->facts.duplicates, rows[i].duplicates);
        assert_int_equal(f->facts.rejected, 0);
        assert_int_equal(row_set_size(f->listed), targets_count(f->t));
        char sha256[65];
        sha256_of(rows[i].text, strlen(rows[i].text), sha256);
        assert_string_equal(f->facts.sha256, sha256);
    }
}

static void options_change_what_is_read(void **state)
{
    struct fixture *f = *state;
    static const char *const scopes[] = {"project", "from-job", "site", "eu", NULL};
    f->options.provider = "requesty";
    read_text(f, "provider,id\n," U "\nbaseten,a\n");
    assert_int_equal(f->rc, -1);
    expect_told(f, "--provider",
                "m.csv:3: the provider is here baseten, and --provider says requesty\n");
    read_text(f, "hash,id\n" H ",\n");
    assert_int_equal(f->rc, -1);
    expect_told(f, "--provider",
                "m.csv:2: hash is the identifier of openrouter, and --provider says requesty\n");
    f->options.others = true; /* of a list that only has to be compared with */
    read_text(f, "provider,id\n," U "\nbaseten,a\n");
    assert_int_equal(f->rc, 0);
    expect_table(f, "--provider", "requesty key " U " '' 2;baseten key a '' 3;");
    read_text(f, "hash,id\n" H ",\n");
    assert_int_equal(f->rc, 0);
    f->options.others = false;
    expect_table(f, "--provider is for rows that name none", "openrouter key " H " '' 2;");
    f->options.provider = "acme";
    f->options.scopes = scopes;
    read_text(f, "id,project\na,\nb,own\n");
    assert_int_equal(f->rc, 0);
    expect_table(f, "scopes of a job",
                 "acme key a from-job\x1f"
                 "eu '' 2;acme key b own\x1f"
                 "eu '' 3;");
    f->options.provider = NULL;
    f->options.format = FORMAT_JSONL;
    read_text(f, "{\"prefix\":\"a\"}\n");
    assert_int_equal(f->rc, 0);
    assert_int_equal(f->facts.format, FORMAT_JSONL);
    f->options.format = FORMAT_CSV;
    f->options.path = "m.jsonl";
    read_text(f, "prefix\na\n");
    assert_int_equal(f->rc, 0);
    assert_int_equal(f->facts.format, FORMAT_CSV);
}

static void an_empty_manifest_may_be_allowed(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *text;
        int rc;
    } rows[] = {{"", 0}, {"\n", 0}, {BOM, 0}, {"hash\n", 0}, {"nothing\n", -1}, {"hash\nx\n", -1}};
    f->options.allow_empty = true;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        f->options.path = "m.csv";
        read_text(f, rows[i].text);
        assert_int_equal(f->rc, rows[i].rc);
        assert_int_equal(targets_count(f->t), 0);
    }
    f->options.path = "m.jsonl";
    read_text(f, "\n");
    assert_int_equal(f->rc, 0);
    f->options.path = "-";
    read_text(f, "");
    assert_int_equal(f->rc, 0);
}

static void skipping_leaves_no_manifest_without_targets(void **state)
{
    struct fixture *f = *state;
    f->options.skip_bad_rows = true;
    f->options.allow_empty = true;
    read_text(f, "hash\n1\n2\n");
    assert_int_equal(f->rc, -1);
    assert_int_equal(f->err.code, EXIT_DATA);
    assert_string_equal(f->err.text, "m.csv: refused: none of its 2 rows is good");
}

static void only_the_first_bad_rows_are_told_in_full(void **state)
{
    struct fixture *f = *state;
    struct buf text = {0}, told = {0};
    buf_puts(&text, "prefix\n");
    for (int i = 2; i <= MANIFEST_BAD_SHOWN + 8; i++) {
        buf_puts(&text, i % 9 == 0 ? "good\n" : "b/d\n");
        if (i % 9 != 0 && i <= MANIFEST_BAD_SHOWN + 3)
            buf_printf(&told, "m.csv:%d: not a key prefix: a slash at position 2\n", i);
    }
    buf_puts(&told, "m.csv: 4 more bad rows\n");
    read_text(f, buf_text(&text));
    assert_int_equal(f->rc, -1);
    expect_told(f, "many", buf_text(&told));
    assert_int_equal(f->facts.rejected, 24);
    assert_int_equal(f->facts.rows, 27);
    assert_string_equal(f->err.text,
                        "m.csv: refused: 24 of 27 rows are bad; correct or remove them, "
                        "or leave them out with --skip-bad-rows");
    buf_free(&text);
    buf_free(&told);
}

static void a_table_is_extended(void **state)
{
    struct fixture *f = *state;
    bool fresh;
    read_text(f, "prefix,note\na,one\nb,two\n");
    const struct definition *d = targets_definition(f->t, 0);
    struct targets *t = targets_new(f->catalog);
    struct row_set *listed = row_set_new();
    targets_add(t, d, "x", 1, "", "", 0, 0, &fresh, NULL);
    targets_add(t, d, "b", 1, "", "old", 3, 0, &fresh, NULL);
    static const char text[] = "prefix,note\na,one\nb,two\nb,\n";
    struct source *s = source_of_bytes(text, sizeof text - 1);
    assert_int_equal(manifest_read_source(&f->options, s, t, listed, &f->facts, &f->err), 0);
    source_free(s);
    assert_int_equal(targets_count(t), 3);
    assert_int_equal(f->facts.duplicates, 1);
    struct buf rows = {0};
    row_set_print(listed, &rows);
    assert_string_equal(buf_text(&rows), "2-3");
    assert_string_equal(targets_note(t, 1), "old");
    assert_int_equal(targets_line(t, 1), 3);
    buf_free(&rows);
    row_set_free(listed);
    targets_free(t);
}

/* The samples: what is told of them is beside them. */
static char *file_text(const char *path)
{
    struct buf b = {0};
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s cannot be opened: tests run in the project's folder", path);
    for (size_t n = 1; n > 0;) {
        char *room = buf_room(&b, 4096);
        n = fread(room, 1, 4096, file);
        b.len += n;
        room[n] = '\0';
    }
    fclose(file);
    return b.data;
}

static void samples_say_what_is_beside_them(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *path, *out; /* NULL: nothing is told */
        int rc;
        uint32_t targets;
        uint64_t duplicates, rejected;
    } rows[] = {
        {"samples/openrouter-keys.csv", NULL, 0, 4, 1, 0},
        {"samples/openrouter-byok.jsonl", NULL, 0, 3, 0, 0},
        {"samples/requesty-keys.csv", NULL, 0, 3, 0, 0},
        {"samples/baseten-keys.csv", "samples/baseten-keys.csv.out", 0, 4, 0, 0},
        {"samples/mixed.csv", NULL, 0, 8, 1, 0},
        {"samples/mixed.jsonl", NULL, 0, 6, 0, 0},
        {"samples/bad.csv", "samples/bad.csv.out", -1, 2, 0, 20},
        {"samples/bad.jsonl", "samples/bad.jsonl.out", -1, 2, 0, 20},
        {"samples/bad-secrets.csv", "samples/bad-secrets.csv.out", -1, 0, 0, 7},
        {"samples/bad-bytes.csv", "samples/bad-bytes.csv.out", -1, 1, 0, 3},
        {"samples/bad-header.csv", "samples/bad-header.csv.out", -1, 0, 0, 0},
        {"samples/bad-quote.csv", "samples/bad-quote.csv.out", -1, 1, 0, 1},
    };
    catalog_free(f->catalog); /* the built-in providers alone */
    f->catalog = catalog_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *expected = rows[i].out ? file_text(rows[i].out) : mem_string("");
        read_path(f, rows[i].path);
        expect_told(f, rows[i].path, expected);
        free(expected);
        assert_int_equal(f->rc, rows[i].rc);
        assert_int_equal(f->err.code, rows[i].rc == 0 ? 0 : EXIT_DATA);
        assert_int_equal(targets_count(f->t), rows[i].targets);
        assert_int_equal(f->facts.duplicates, rows[i].duplicates);
        assert_int_equal(f->facts.rejected, rows[i].rejected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_TABLE(good_manifests),
        WITH_TABLE(options_change_what_is_read),
        WITH_TABLE(an_empty_manifest_may_be_allowed),
        WITH_TABLE(skipping_leaves_no_manifest_without_targets),
        WITH_TABLE(only_the_first_bad_rows_are_told_in_full),
        WITH_TABLE(a_table_is_extended),
        WITH_TABLE(samples_say_what_is_beside_them),
    };
    return cmocka_run_group_tests_name("manifest", tests, NULL, NULL);
}
