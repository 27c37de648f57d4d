/* Manifests as people have them: what is taken, and what is refused in one line with the command
 * that helps. */

#include "manifest_fixture.h"

#include <stdlib.h>
#include <unistd.h>

#define H3 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define U3 "00000000-0000-4000-8000-000000000003"

static const struct taken {
    const char *what, *path, *text;
    const char *provider, *column;
    const char *table;
} taken[] = {
    {"semicolons", "m.csv", "hash;note\r\n" H3 ";a\r\n", 0, 0, "openrouter key " H3 " 'a' 2;"},
    {"tabs", "m.csv", "note\thash\na\t" H3 "\n", 0, 0, "openrouter key " H3 " 'a' 2;"},
    {"bars", "m.csv", "hash|note\n" H3 "|a, b\n", 0, 0, "openrouter key " H3 " 'a, b' 2;"},
    {"a sep line", "m.csv", "sep=;\r\nhash;note\r\n" H3 ";a\r\n", 0, 0,
     "openrouter key " H3 " 'a' 3;"},
    {"commas win", "m.csv", "hash,a;b\n" H3 ",x\n", 0, 0, "openrouter key " H3 " '' 2;"},
    {"blank rows", "m.csv", "hash,note,,\n,,,\n" H3 ",a,,\n , ,,\n", 0, 0,
     "openrouter key " H3 " 'a' 3;"},
    {"blank rows above the header", "m.csv", ",,\r\n ; \r\nhash;note\r\n" H3 ";a\r\n", 0, 0,
     "openrouter key " H3 " 'a' 4;"},
    {"rows of what nobody sees", "m.csv", "hash,note\n\u00a0,\u200b\n" H3 ",a\n", 0, 0,
     "openrouter key " H3 " 'a' 3;"},
    {"SEP", "m.csv", "SEP=;\nhash;note\n" H3 ";a\n", 0, 0, "openrouter key " H3 " 'a' 3;"},
    {"a quoted sep line", "m.csv", "\"sep=;\"\r\nhash;note\r\n" H3 ";a\r\n", 0, 0,
     "openrouter key " H3 " 'a' 3;"},
    {"separators behind the rows", "m.csv", "hash,note\n" H3 ",a,\n" H2 ",b,,\n", 0, 0,
     "openrouter key " H3 " 'a' 2;openrouter key " H2 " 'b' 3;"},
    {"separators behind the header", "m.csv", "hash,note,,\n" H3 ",a\n", 0, 0,
     "openrouter key " H3 " 'a' 2;"},
    {"what nobody sees", "m.csv",
     "\u200bhash\u00a0,\u00a0note\n\u00a0" H3 "\u200b \u00a0,\u00a0a b\u200b\n", 0, 0,
     "openrouter key " H3 " 'a b' 2;"},
    {"two byte order marks", "m.csv", BOM BOM "\"hash\",note\n" H3 ",a\n", 0, 0,
     "openrouter key " H3 " 'a' 2;"},
    {"two byte order marks before JSON", "m.json", BOM BOM "[{\"prefix\":\"p1\"}]", 0, 0,
     "baseten key p1 '' 1;"},
    {"what nobody sees, in JSON", "m.json", "[{\"hash\":\"" H3 "\\u200b\"}]", 0, 0,
     "openrouter key " H3 " '' 1;"},
    {"a URN", "m.csv", "byok_id\nURN:UUID:" U3 "\n", 0, 0, "openrouter byok " U3 " '' 2;"},
    {"two files in one", "m.csv", "prefix,note\np1,a\nPrefix,note\np2,b\n", 0, 0,
     "baseten key p1 'a' 2;baseten key p2 'b' 4;"},
    {"marks of spreadsheets", "m.csv", "hash,note\n'" H3 ",a\n", 0, 0,
     "openrouter key " H3 " 'a' 2;"},
    {"an equals sign", "m.csv", "hash,note\n=\"" H3 "\",a=\"b\n", 0, 0, ""},
    {"an equals sign before a quoted field", "m.csv", "note,hash\na,=\"" H3 "\"\n", 0, 0,
     "openrouter key " H3 " 'a' 2;"},
    {"a digest's name", "m.csv", "hash\nsha256:" H3 "\n", 0, 0, "openrouter key " H3 " '' 2;"},
    {"braces", "m.csv", "byok_id\n{" U3 "}\n", 0, 0, "openrouter byok " U3 " '' 2;"},
    {"UTF-16", "m.csv", 0, 0, 0, "baseten key p1 'n' 2;"},
    {"an id beside the word", "m.csv", "id,prefix\n7,p1\n", 0, 0, "baseten key p1 '' 2;"},
    {"a chosen column", "m.csv", "Key Hash,id\n" H3 ",7\n", "openrouter", "Key Hash",
     "openrouter key " H3 " '' 2;"},
    {"a list", "m.csv", "\n" H3 "\n\n" H2 "\n", 0, "hash",
     "openrouter key " H3 " '' 2;openrouter key " H2 " '' 4;"},
    {"a quoted list", "m.csv", "\"" H3 "\"\r\n", 0, "hash", "openrouter key " H3 " '' 1;"},
    {"a list's header is one", "m.csv", "prefix\np1\n", 0, "prefix", "baseten key p1 '' 2;"},
    {"a number where digits are meant", "m.jsonl", "{\"id\":42}\n", "gitlab", 0,
     "gitlab key 42 '' 1;"},
    {"two numbers, each its own", "m.jsonl",
     "{\"id\":12,\"priority\":34}\n{\"priority\":56,\"id\":7,\"ID\":\"\"}\n"
     "{\"id\":78,\"priority\":90,\"n\":\"\\u0041\"}\n",
     "gitlab", 0, "gitlab key 12 '' 1;gitlab key 7 '' 2;gitlab key 78 '' 3;"},
    {"an array", "m.json", "[{\"prefix\":\"p1\"},\n {\"prefix\":\"p2\"}]", 0, 0,
     "baseten key p1 '' 1;baseten key p2 '' 2;"},
    {"a provider's list", "m.json",
     "{\"object\":\"list\",\"tags\":[\"a\"],\n\"keys\":[{\"prefix\":\"p1\",\"x\":[{\"y\":[]}]}],"
     "\"has_"
     "more\":false}",
     0, 0, "baseten key p1 '' 2;"},
    {"a list without keys before a note", "m.json", "{\"keys\":[],\"n\":0}\n[{\"prefix\":\"p1\"}]",
     0, 0, "baseten key p1 '' 2;"},
    {"one object that is a row", "m.json", "{\n \"prefix\": \"p1\",\n \"tags\": [{\"a\": 1}]\n}\n",
     0, 0, "baseten key p1 '' 1;"},
    {"lines in .json", "m.json", "{\"prefix\":\"p1\"}\n{\"prefix\":\"p2\"}\n", 0, 0,
     "baseten key p1 '' 1;baseten key p2 '' 2;"},
    {"texts with a provider", "m.json", "{\"keys\":[\"p1\",\"p2\"],\"total\":2}", "baseten", 0,
     "baseten key p1 '' 1;baseten key p2 '' 1;"},
    {"escapes", "m.json", "[{\"note\":\"\\\"]}{[\\\\\",\"prefix\":\"p\\u0031\"}]", 0, 0,
     "baseten key p1 '\"]}{[\\' 1;"},
    {"a BOM", "m.json", BOM "[{\"prefix\":\"p1\"}]", 0, 0, "baseten key p1 '' 1;"},
};

static void forms_are_taken(void **state)
{
    static const char wide[] =
        "\xff\xfep\0r\0e\0f\0i\0x\0\t\0n\0o\0t\0e\0\r\0\n\0p\0001\0\t\0n\0\r\0\n";
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        const struct taken *t = &taken[i];
        f->options.path = t->path;
        f->options.provider = t->provider;
        f->options.column = t->column;
        if (t->text)
            read_text(f, t->text);
        else
            read_bytes(f, wide, sizeof wide);
        if (f->rc != (*t->table ? 0 : -1))
            fail_msg("%s: %d %s %s", t->what, f->rc, f->err.text, buf_text(&f->told));
        if (*t->table)
            expect_table(f, t->what, t->table);
    }
}

static const struct refused {
    const char *what, *path, *text, *told;
} refused[] = {
    {"checksums", "m.csv", H3 "  -\n",
     "m.csv:1: checksums as sha256sum prints them: (echo hash; cut -c 1-64 m.csv) | rescind plan - "
     "--run-dir DIR\n"},
    {"psql", "m.csv", "  hash  | note \n--------+------\n x | y\n",
     "m.csv:1: a table as psql draws it for people: psql --csv prints a manifest\n"},
    {"psql, expanded", "m.csv", "-[ RECORD 1 ]---\nhash | " H3 "\n",
     "m.csv:1: a table as psql draws it for people: psql --csv prints a manifest\n"},
    {"psql, in Unicode", "m.csv", "┌──────┐\n│ hash │\n├──────┤\n",
     "m.csv:1: a table as psql draws it for people: psql --csv prints a manifest\n"},
    {"CR alone, of a path that is no word", "a b.csv", "hash\r" H3 "\r",
     "a b.csv:1: lines end in CR alone, LF or CRLF is needed: tr '\\r' '\\n' < 'a b.csv' | rescind "
     "plan - --run-dir DIR\n"},
    {"gzip, of a path like an option", "-m.gz", "\x1f\x8b\x08\1",
     "-m.gz:1: compressed by gzip: zcat ./-m.gz | rescind plan - --run-dir DIR\n"},
    {"gzip, of a path of two lines", "a\n'b.gz", "\x1f\x8b\x08\1",
     "a?'b.gz:1: compressed by gzip: zcat $'a\\012\\'b.gz' | rescind plan - --run-dir DIR\n"},
    {"Markdown", "m.csv", "| hash | note |\n|---|---|\n",
     "m.csv:1: a Markdown table, drawn for people: the identifiers alone, one a line, under a line "
     "`hash` (or what they are), are a manifest\n"},
    {"xlsx", "it's.csv", "PK\3\4xx",
     "it's.csv:1: a spreadsheet or an archive (xlsx, zip), no CSV: save it as CSV, or: libreoffice "
     "--headless --convert-to csv 'it'\\''s.csv'\n"},
    {"gzip", "m.csv", "\x1f\x8b\x08\1",
     "m.csv:1: compressed by gzip: zcat m.csv | rescind plan - --run-dir DIR\n"},
    {"JSON called CSV", "m.csv", "{\"keys\": []}",
     "m.csv:1: JSON, and CSV is meant: --format json (or jsonl) takes it\n"},
    {"a document called JSONL", "m.jsonl", "{\n \"prefix\": \"p1\"\n}\n",
     "m.jsonl:1: one JSON document, and one object a line is meant: --format json takes it\n"},
    {"CSV called JSONL", "m.jsonl", "prefix\np1\n",
     "m.jsonl:1: no JSON: one object a line is meant, and --format csv is for a table\n"},
    {"headers of an answer", "m.json", "HTTP/2 200 \r\ndate: x\r\n\r\n{\"data\":[]}",
     "m.json:1: an answer with its headers, as curl -i prints it: sed '1,/^\\r*$/d' m.json | "
     "rescind "
     "plan - --run-dir DIR\n"},
    {"a header of another name", "m.csv", "sha256_hash,note\n" H3 ",a\n",
     NO_HEADER("sha256_hash, note")},
    {"the same without a column that is known", "m.csv", "sha256_hash,name\n" H3 ",a\n",
     NO_HEADER("sha256_hash, name")},
    {"another header within", "m.csv", "hash,note\nnote,hash\nx," H3 "\n",
     "m.csv:2: a header once more, with other columns: what stands below it is another manifest\n"},
    {"a row cut before its account", "m.csv", "hash,account\n" H3 "\n",
     "m.csv:2: 1 field, and the header has 2\n"},
    {"a value behind the columns", "m.csv", "hash,note\n" H3 ",a,,b\n",
     "m.csv:2: 4 fields, and the header has 2\n"},
    {"what nobody sees within", "m.csv", "hash\n0\u200b" H3 "\n",
     "m.csv:2: not a key hash: a character that is not ASCII at position 2\n"},
    {"a separator that identifiers have", "m.csv", "sep=-\nhash-note\n" H3 "-a\n",
     NO_HEADER("sep=-")},
    {"raw keys in JSON", "m.json", "[\"" RAW "\"]",
     "m.json:1: a text that looks like a raw secret, which is not shown: rescind match makes a "
     "manifest of raw keys\n"},
    {"HTML", "m.csv", "<!doctype html>\n",
     "m.csv:1: HTML or XML, and no manifest: rescind match m.csv finds raw keys in any text\n"},
    {"a title", "m.csv", "Leaked keys,\n,\nhash,note\n" H3 ",a\n",
     "m.csv:1: the header stands in line 3, and must be the first: tail -n +3 m.csv | rescind plan "
     "- --run-dir DIR\n"},
    {"a row in the header's place", "m.csv", "\"" H3 "\",\"k\"\n",
     "m.csv:1: no header: this line is a row itself; the columns' names belong above it, such as "
     "hash,note\n"},
    {"UUIDs", "m.csv", U3 "\n",
     "m.csv:1: no header: this line is an identifier itself; --column byok_id or api_key_id takes "
     "the list as it is\n"},
    {"a number that lost its digits", "m.csv", "hash\n2.04E+63\n",
     "m.csv:2: not a key hash: a number as a spreadsheet wrote it (E+), its digits are lost: "
     "export "
     "the column as text\n"},
    {"two lists", "m.json", "{\"a\":[{\"prefix\":\"p1\"}],\"b\":[{\"prefix\":\"p2\"}]}",
     "m.json:1: two arrays of objects: which one holds the keys?\n"},
    {"cut in the middle", "m.json", "{\"keys\":[{\"prefix\":\"p1\"},\n{\"prefix\":",
     "m.json:2: the document ends in the middle\n"},
    {"brackets", "m.json", "[{\"prefix\":\"p1\"},{\"prefix\":[}]]",
     "m.json:1: brackets that do not pair up\n"},
    {"two numbers", "m.json", "[{\"prefix\":\"p1\",\"n\":1 2}]",
     "m.json:1: not a JSON object (column 22)\n"},
    {"a text among objects", "m.json", "[\"p1\"]",
     "m.json:1: a text, and an object is needed: say with --column what it is\n"},
    {"a number as hash", "m.json", "[{\"hash\":42}]",
     "m.json:1: hash is a number, and a string is needed\n"},
    {"bare words", "m.json", "[1]", "m.json:1: neither an object nor a text\n"},
};

static void others_are_refused_in_one_line(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        f->options.path = refused[i].path;
        read_text(f, refused[i].text);
        if (f->rc != -1)
            fail_msg("%s: taken", refused[i].what);
        assert_int_equal(f->err.code, EXIT_DATA);
        expect_told(f, refused[i].what, refused[i].told);
    }
}

/* Rows below another header would be read by the first one's columns. */
static void another_header_is_skipped_by_nothing(void **state)
{
    struct fixture *f = *state;
    f->options.skip_bad_rows = true;
    f->options.path = "m.csv";
    read_text(f, "hash,note\n" H3 ",a\nnote,hash\nx," H3 "\n");
    assert_int_equal(f->rc, -1);
    assert_int_equal(f->err.code, EXIT_DATA);
    expect_told(f, "another header",
                "m.csv:3: a header once more, with other columns: what stands below it is another "
                "manifest\n");
}

/* `for page in ...; do curl ...; done` where each answer ends its line. */
static void a_list_in_each_line_names_its_format(void **state)
{
    struct fixture *f = *state;
    f->options.path = "m.json";
    read_text(f, "{\"data\": [{\"prefix\":\"p1\"}]}\n{\"data\": [{\"prefix\":\"p2\"}]}\n");
    assert_int_equal(f->rc, -1);
    assert_string_equal(f->err.text, "m.json: refused: none of its 2 rows is good; a list in each "
                                     "line is what --format json takes");
}

/* Cut anywhere, a document is refused, or is the document of fewer keys only where it ended. */
static void a_cut_document_is_never_taken(void **state)
{
    static const char whole[] = " {\"data\": [{\"prefix\": \"p1\", \"n\": [1, {\"a\": null}]}, "
                                "{\"prefix\": \"p\\\"2\"}], \"more\": false}";
    struct fixture *f = *state;
    f->options.path = "m.json";
    for (size_t len = 2; len < sizeof whole - 2; len++) {
        read_bytes(f, whole, len);
        if (f->rc != -1)
            fail_msg("taken after %zu bytes", len);
    }
}

static void accounts_and_priorities_are_kept(void **state)
{
    struct fixture *f = *state;
    f->options.path = "m.csv";
    read_text(f, "hash,account,priority\n" H3 ",team-a,5\n" H3 ",,\n" H3 ",team-b,-2\n" H3
                 ",team-a,7\n");
    assert_int_equal(f->rc, 0);
    assert_int_equal(targets_count(f->t), 3);
    assert_int_equal(f->facts.duplicates, 1);
    const struct definition *a = targets_definition(f->t, 0), *plain = targets_definition(f->t, 1);
    assert_string_equal(a->credential, "OPENROUTER_MANAGEMENT_KEY__TEAM_A");
    assert_string_equal(a->shown, "openrouter/team-a");
    assert_string_equal(a->provider, "openrouter");
    assert_string_equal(plain->credential, "OPENROUTER_MANAGEMENT_KEY");
    assert_null(plain->account);
    assert_int_equal(targets_priority(f->t, 0), 7);
    assert_int_equal(targets_priority(f->t, 1), 0);
    assert_int_equal(targets_priority(f->t, 2), -2);
    assert_true(targets_identity(f->t, 0) != targets_identity(f->t, 1));

    char path[] = "/tmp/rescind-test-XXXXXX";
    close(mkstemp(path));
    struct targets *again = targets_new(f->catalog);
    assert_int_equal(targets_save(f->t, path, &f->err), 0);
    assert_int_equal(targets_load(again, path, &f->err), 0);
    assert_int_equal(targets_count(again), 3);
    for (uint32_t row = 0; row < 3; row++) {
        assert_ptr_equal(targets_definition(again, row), targets_definition(f->t, row));
        assert_int_equal(targets_priority(again, row), targets_priority(f->t, row));
    }
    targets_free(again);
    unlink(path);
}

/* One definition for each, however many there are and in whatever order they come. */
static void a_thousand_accounts(void **state)
{
    enum { ACCOUNTS = 1000 };
    struct fixture *f = *state;
    struct buf text = {0};
    buf_puts(&text, "hash,account\n");
    for (int i = 0; i < 2 * ACCOUNTS; i++)
        buf_printf(&text, "%064x,Team-%d\n", i, i % ACCOUNTS);
    buf_printf(&text, "%064x,team.7\n", 2 * ACCOUNTS);
    f->options.path = "m.csv";
    f->options.skip_bad_rows = true;
    read_text(f, buf_text(&text));
    assert_int_equal(f->rc, 0);
    assert_int_equal(targets_count(f->t), 2 * ACCOUNTS);
    assert_int_equal(f->facts.rejected, 1);
    assert_non_null(strstr(buf_text(&f->told), "those of account Team-7 (__TEAM_7)"));
    for (uint32_t row = 0; row < ACCOUNTS; row++) {
        const struct definition *d = targets_definition(f->t, row);
        assert_ptr_equal(targets_definition(f->t, row + ACCOUNTS), d);
        assert_ptr_equal(catalog_shown(f->catalog, d->shown, "key"), d);
        assert_true(row == 0 || targets_definition(f->t, row - 1) != d);
    }
    buf_free(&text);
}

static void bad_accounts_and_priorities_are_told(void **state)
{
    struct fixture *f = *state;
    f->options.path = "m.csv";
    read_text(f, "hash,account,priority\n" H3 ",team-a,1\n" H3 ",Team_A,1\n" H3 ",a b,\n" H3
                 ",,1.5\n");
    assert_int_equal(f->rc, -1);
    expect_told(f, "accounts",
                "m.csv:3: the account's variables would be those of account team-a (__TEAM_A)\n"
                "m.csv:4: not an account: 1 to 64 of A-Z a-z 0-9 . _ - are needed\n"
                "m.csv:5: not a priority: an integer from -1000000 to 1000000 is needed\n");
}

/* A list as its provider answers it, with a member whose name means something else there. */
#define BYOK(id, provider)                                                                         \
    "{\"id\":\"" id "\",\"provider\":\"" provider                                                  \
    "\",\"label\":\"sk-a...b\",\"workspace_id\":null,\"disabled\":false,\"name\":\"n\","           \
    "\"created_at\":\"2026-01-01T00:00:00Z\"}"
#define BYOK_CSV(provider) "id,provider,label,name,created_at\n" U "," provider ",s...b,n,2026\n"
#define REQUESTY(id)                                                                               \
    "{\"id\":\"" id "\",\"name\":\"n\",\"monthly_spend\":\"0.0\",\"monthly_limit\":\"10\","        \
    "\"labels\":{},\"group\":null}"
#define THEIR(path, line)                                                                          \
    path ":" line ": a saved list of OpenRouter BYOK provider credentials, whose provider member " \
         "does not say whose they are: rescind plan FILE --column byok_id takes it, and rescind "  \
         "list openrouter --kind byok makes a manifest\n"

static void a_saved_list_says_no_provider(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *path, *provider, *column, *text, *told, *table;
    } cases[] = {
        {"m.json", NULL, NULL, "{\"data\":[" BYOK(U, "anthropic") "]}", THEIR("m.json", "1"), ""},
        {"m.json", NULL, NULL, "[" BYOK(U, "baseten") "]", THEIR("m.json", "1"), ""},
        {"m.json", NULL, NULL, "[\n" BYOK(U, "google-vertex") "]", THEIR("m.json", "2"), ""},
        {"m.jsonl", NULL, NULL, BYOK(U, "requesty"), THEIR("m.jsonl", "1"), ""},
        {"m.json", "openrouter", NULL, "[" BYOK(U, "anthropic") "]", THEIR("m.json", "1"), ""},
        {"m.json", NULL, "id", "[" BYOK(U, "anthropic") "]", THEIR("m.json", "1"), ""},
        {"m.csv", NULL, NULL, BYOK_CSV("anthropic"), THEIR("m.csv", "2"), ""},
        {"m.json", NULL, "byok_id", "{\"data\":[" BYOK(U, "anthropic") "]}", NULL,
         "openrouter byok " U " '' 1;"},
        {"m.json", "openrouter", "byok_id", "[" BYOK(U, "openrouter") "]", NULL,
         "openrouter byok " U " '' 1;"},
        {"m.csv", NULL, "byok_id", BYOK_CSV("anthropic"), NULL, "openrouter byok " U " '' 2;"},
        /* what a person adds to it says whose they are */
        {"m.json", NULL, NULL, "[" BYOK(U, "anthropic\",\"kind\":\"key") "]", NULL,
         "anthropic key " U " '' 1;"},
        /* the word of another list takes nothing of this one */
        {"m.json", NULL, "api_key_id", "[" BYOK(U, "requesty") "]",
         "m.json:1: no identifier: one of api_key_id is needed\n", ""},
        {"m.json", NULL, "api_key_id", "{\"keys\":[" REQUESTY(U) "]}", NULL,
         "requesty key " U " '' 1;"},
        {"m.json", NULL, "byok_id", "{\"keys\":[" REQUESTY(U) "]}",
         "m.json:1: no identifier: one of byok_id is needed\n", ""},
        {"m.json", NULL, "byok_id", "[{\"id\":\"" U "\",\"provider\":\"requesty\"}]",
         "m.json:1: no identifier: one of byok_id is needed\n", ""},
        {"m.json", NULL, "byok_id", "[{\"byok_id\":\"" U "\",\"provider\":\"requesty\"}]",
         "m.json:1: byok_id is the identifier of openrouter byok, and the row says another "
         "provider "
         "or kind\n",
         ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        f->options.path = cases[i].path;
        f->options.provider = cases[i].provider;
        f->options.column = cases[i].column;
        read_text(f, cases[i].text);
        if (cases[i].told && (f->rc == 0 || !strstr(buf_text(&f->told), cases[i].told)))
            fail_msg("%zu: %d, %s", i, f->rc, buf_text(&f->told));
        if (!cases[i].told && f->rc != 0)
            fail_msg("%zu: %s", i, buf_text(&f->told));
        expect_table(f, cases[i].text, cases[i].table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_TABLE(forms_are_taken),
        WITH_TABLE(others_are_refused_in_one_line),
        WITH_TABLE(another_header_is_skipped_by_nothing),
        WITH_TABLE(a_list_in_each_line_names_its_format),
        WITH_TABLE(a_cut_document_is_never_taken),
        WITH_TABLE(accounts_and_priorities_are_kept),
        WITH_TABLE(a_thousand_accounts),
        WITH_TABLE(a_saved_list_says_no_provider),
        WITH_TABLE(bad_accounts_and_priorities_are_told),
    };
    return cmocka_run_group_tests_name("forms of manifests", tests, NULL, NULL);
}
