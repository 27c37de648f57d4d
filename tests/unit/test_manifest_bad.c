/* Manifests that are refused: each kind of bad row, with every word that is told of it. */

#include "manifest_fixture.h"

#define GOOD "{\"prefix\":\"a\"}\n"

struct bad_row {
    const char *what, *text;
    size_t len;
    const char *told;
    bool lost; /* --skip-bad-rows does not help */
};

#define WESTERN                                                                                    \
    "WINDOWS-1252, it seems: iconv -f WINDOWS-1252 -t UTF-8 m.csv | rescind plan - --run-dir DIR"

#define BAD(what, text, told)                                                                      \
    {                                                                                              \
        what, text, sizeof(text) - 1, told, false                                                  \
    }
#define LOST(what, text, told)                                                                     \
    {                                                                                              \
        what, text, sizeof(text) - 1, told, true                                                   \
    }

/* Each is refused with EXIT_DATA and told; and where rows are independent, the good ones are read
 * with --skip-bad-rows. */
static void check_bad(struct fixture *f, const struct bad_row *row)
{
    f->options.skip_bad_rows = false;
    read_bytes(f, row->text, row->len);
    if (f->rc != -1)
        fail_msg("%s: taken", row->what);
    assert_int_equal(f->err.code, EXIT_DATA);
    expect_told(f, row->what, row->told);
    if (strstr(buf_text(&f->told), "0123456789") || strstr(f->err.text, "0123456789"))
        fail_msg("%s: a secret is shown", row->what);
    f->options.skip_bad_rows = true;
    read_bytes(f, row->text, row->len);
    if (f->rc == (row->lost ? 0 : -1))
        fail_msg("%s, rows skipped: %d %s", row->what, f->rc, f->err.text);
    expect_told(f, row->what, row->told);
    if (!row->lost) {
        assert_int_equal(targets_count(f->t), 1);
        assert_int_equal(f->facts.rows, f->facts.rejected + 1);
    }
}

static void bad_csv(void **state)
{
    struct fixture *f = *state;
    static const struct bad_row rows[] = {
        /* the header */
        LOST("empty file", "", "m.csv:1: the manifest holds no row\n"),
        LOST("blank lines only", "\n\n", "m.csv:2: the manifest holds no row\n"),
        LOST("header only", "hash\n", "m.csv:1: the manifest holds no row\n"),
        LOST("no header, a hash first", H "\n" H2 "\n",
             "m.csv:1: no header: this line is an identifier itself; --column hash takes the list "
             "as it is\n"),
        LOST("no header, a raw key first", RAW "\n",
             "m.csv:1: this line holds what looks like a raw secret, which is not shown: rescind "
             "match m.csv --output leaked.csv makes a manifest of raw keys\n"),
        LOST("unknown header", "key,name\na,b\n", NO_HEADER("key, name")),
        LOST("no identifier column", "provider,kind,note\n", NO_HEADER("provider, kind, note")),
        LOST("a column twice", "hash,note,HASH\n" H ",," H "\n",
             "m.csv:1: the column hash is there twice\n"),
        LOST("CR alone as line end", "hash,note\r" H ",a\r",
             "m.csv:1: lines end in CR alone, LF or CRLF is needed: tr '\\r' '\\n' < m.csv | "
             "rescind plan - --run-dir DIR\n"),
        LOST("header not UTF-8", "hash,n\xe4me\n" H ",a\n", "m.csv:1: not UTF-8: " WESTERN "\n"),
        LOST(
            "UTF-16 without a mark", "h\0a\0s\0h\0\n\0",
            "m.csv:1: UTF-16 without a byte order mark: iconv -f UTF-16LE -t UTF-8 m.csv | rescind "
            "plan - --run-dir DIR\n"),
        LOST("UTF-16 cut in the middle", "\xff\xfeh\0a\0s\0h\0\n",
             "m.csv:1: not UTF-16, though it begins as such\n"),
        /* the number of identifiers */
        BAD("two identifiers", "hash,byok_id\n" H ",\n" H "," U "\n",
            "m.csv:3: two identifiers, in hash and byok_id: a row has exactly one\n"),
        BAD("no identifier", "hash,note\n" H ",\n,nothing\n", "m.csv:3: " NONE),
        BAD("an empty quoted identifier", "hash,note\n" H ",\n\"\",x\n", "m.csv:3: " NONE),
        /* the form */
        BAD("a field too few", "hash,note\n" H ",\n" H2 "\n",
            "m.csv:3: 1 field, and the header has 2\n"),
        BAD("a field too many", "hash\n" H "\n" H2 ",,x\n",
            "m.csv:3: 3 fields, and the header has 1\n"),
        BAD("line numbers after quoted line ends",
            "hash,note\n" H ",\"1\n2\n3\"\n" H2 "\n\n" H2 ",\"\n\",x\n",
            "m.csv:5: 1 field, and the header has 2\nm.csv:7: 3 fields, and the header has 2\n"),
        LOST("an unclosed quote", "hash,note\n" H ",\n" H2 ",\"never\n" H ",\n",
             "m.csv:3: a quote is opened here and never closed\n"),
        LOST("an unclosed quote in the header", "hash,\"note\n" H ",\n",
             "m.csv:1: a quote is opened here and never closed\n"),
        LOST("an unclosed quote that the next one closes",
             "hash,note\n" H ",\"never\n" H2 ",\"x\"\n",
             "m.csv:2: quotes that do not pair up: where the row ends cannot be known\n"),
        LOST("one quote in a value", "hash,note\n" H ",5\" pipe\n" H2 ",\n",
             "m.csv:2: quotes that do not pair up: where the row ends cannot be known\n"),
        BAD("a pair of quotes in a value", "hash,note\n" H ",a \"b\" c\n" H2 ",\n",
            "m.csv:2: a quote in the middle of a value\n"),
        BAD("text after a closing quote", "hash,note\n" H ",\"a\"b\n" H2 ",\n",
            "m.csv:2: a quote in the middle of a value\n"),
        BAD("a bad quote after a good row", "hash\n" H "\n\"" H2 "\" \"x\"\n",
            "m.csv:3: a quote in the middle of a value\n"),
        /* the bytes */
        BAD("a NUL byte", "hash,note\n" H ",\n" H2 ",a\0b\n",
            "m.csv:3: a NUL byte (a file in UTF-16? UTF-8 is needed)\n"),
        BAD("invalid UTF-8", "hash,note\n" H ",\n" H2 ",\xff\n",
            "m.csv:3: not UTF-8: " WESTERN "\n"),
        BAD("invalid UTF-8 in a column that is ignored", "hash,x\n" H ",\n" H2 ",\xc0\xaf\n",
            "m.csv: warning: unknown column ignored: x\nm.csv:3: not UTF-8: " WESTERN "\n"),
        BAD("a surrogate in UTF-8, in the second line of a row",
            "hash,note\n" H ",\n" H2 ",\"a\n\xed\xa0\x80\"\n", "m.csv:3: not UTF-8: " WESTERN "\n"),
        BAD("a byte order mark within",
            "hash\n" H "\n"
            "f" BOM H2 "\n",
            "m.csv:3: not a key hash: a character that is not ASCII at position 2\n"),
        BAD("a NUL in an identifier", "hash\n" H "\n" H2 "\0\n",
            "m.csv:3: a NUL byte (a file in UTF-16? UTF-8 is needed)\n"),
        /* the identifier */
        BAD("63 digits",
            "hash\n" H "\n0112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n",
            "m.csv:3: not a key hash: 63 digits, 64 needed\n"),
        BAD("65 digits", "hash\n" H "\n0" H "\n",
            "m.csv:3: not a key hash: 65 digits, 64 needed\n"),
        BAD("a digit that is none",
            "hash\n" H "\ng0112233445566778899aabbccddeeff00112233445566778899aabbccddeef\n",
            "m.csv:3: not a key hash: a character that is not a hex digit at position 1\n"),
        BAD("a CR within", "hash\n" H "\n00112233\r445566\n",
            "m.csv:3: not a key hash: a control character at position 9\n"),
        BAD("a UUID without dashes", "byok_id\n" U "\n00000000000040008000000000000001\n",
            "m.csv:3: not a BYOK credential id: 32 characters, a UUID has 36\n"),
        BAD("a UUID in one brace", "byok_id\n" U "\n{" U "\n",
            "m.csv:3: not a BYOK credential id: 37 characters, a UUID has 36\n"),
        BAD("a UUID with a dash elsewhere",
            "byok_id\n" U "\n0000000-00000-4000-8000-000000000001\n",
            "m.csv:3: not a BYOK credential id: a character that is not a hex digit at position "
            "8\n"),
        BAD("a hash where a UUID belongs", "byok_id\n" U "\n" H "\n",
            "m.csv:3: not a BYOK credential id: 64 characters, a UUID has 36\n"),
        BAD("65 characters", "prefix\na\n0" H "\n",
            "m.csv:3: not a key prefix: 65 characters, 1 to 64 needed\n"),
        BAD("self", "prefix\na\nself\n", "m.csv:3: not a key prefix: a reserved word\n"),
        BAD("SELF", "byok_id\n" U "\nSELF\n",
            "m.csv:3: not a BYOK credential id: a reserved word\n"),
        BAD("a dot", "byok_id\n" U "\n.\n",
            "m.csv:3: not a BYOK credential id: `.` is a path segment\n"),
        BAD("two dots", "hash\n" H "\n..\n", "m.csv:3: not a key hash: `..` is a path segment\n"),
        BAD("two dots where a dot means a secret", "prefix\na\n..\n",
            "m.csv:3: not a key prefix: `..` is a path segment\n"),
        BAD("an escaped dot", "prefix\na\n%2e\n",
            "m.csv:3: not a key prefix: a percent sign at position 1\n"),
        BAD("a slash", "prefix\na\na/b\n", "m.csv:3: not a key prefix: a slash at position 2\n"),
        BAD("a quoted blank", "prefix\na\n\" b\"\n",
            "m.csv:3: not a key prefix: a space at position 1\n"),
        BAD("a line end", "prefix\na\n\"b\nc\"\n",
            "m.csv:3: not a key prefix: a control character at position 2\n"),
        BAD("300 bytes", "prefix\na\n" H H H H H "\n",
            "m.csv:3: not a key prefix: 320 characters, 1 to 64 needed\n"),
        /* raw secrets, wherever they are */
        BAD("a raw key as hash", "hash\n" H "\n" RAW "\n",
            "m.csv:3: looks like a raw secret: give its key hash instead, as `rescind match` "
            "does\n"),
        BAD("a raw key as prefix", "prefix\na\n" DOTTED "\n",
            "m.csv:3: looks like a raw secret: give its key prefix instead, as `rescind match` "
            "does\n"),
        BAD("a raw key as id without provider", "id,prefix\n,a\n" RAW ",\n",
            "m.csv:3: the id holds what looks like a raw secret, which is not shown here: take it "
            "out, or let rescind match make a manifest of raw keys\n"),
        BAD("a raw key in the note", "hash,note\n" H ",\n" H2 ",was " RAW " once\n",
            "m.csv:3: the note holds what looks like a raw secret, which is not shown here: take "
            "it out, or let rescind match make a manifest of raw keys\n"),
        BAD("a raw key of another kind in the note", "hash,note\n" H ",\n" H2 "," DOTTED "\n",
            "m.csv:3: the note holds what looks like a raw secret, which is not shown here: take "
            "it out, or let rescind match make a manifest of raw keys\n"),
        BAD("a raw key as provider", "provider,hash\n," H "\n" RAW "," H2 "\n",
            "m.csv:3: the provider holds what looks like a raw secret, which is not shown here: "
            "take it out, or let rescind match make a manifest of raw keys\n"),
        BAD("a raw key as kind", "kind,hash\n," H "\n" RAW "," H2 "\n",
            "m.csv:3: the kind holds what looks like a raw secret, which is not shown here: take "
            "it out, or let rescind match make a manifest of raw keys\n"),
        BAD("a raw key in another column", "name,hash\n," H "\n" RAW "," H2 "\n",
            "m.csv: warning: unknown column ignored: name\n"
            "m.csv:3: the row holds what looks like a raw secret, which is not shown here: take it "
            "out, or let rescind match make a manifest of raw keys\n"),
        BAD("a raw key beside no identifier", "name,hash\n," H "\n" RAW ",\n",
            "m.csv: warning: unknown column ignored: name\n"
            "m.csv:3: the row holds what looks like a raw secret, which is not shown here: take it "
            "out, or let rescind match make a manifest of raw keys\n"),
        BAD("a raw key as scope", "provider,project,site,id\nacme,p,s,a\nacme," RAW ",s,b\n",
            "m.csv:3: the project holds what looks like a raw secret, which is not shown here: "
            "take it out, or let rescind match make a manifest of raw keys\n"),
        /* provider and kind */
        BAD("an unknown provider", "provider,id\nbaseten,a\nnobody0123456789,a\n",
            "m.csv:3: unknown provider: {providers} is needed, or one that a --job FILE defines\n"),
        BAD("a provider of 300 bytes", "provider,id\nbaseten,a\n" H H H H H ",a\n",
            "m.csv:3: unknown provider: {providers} is needed, or one that a --job FILE defines\n"),
        BAD("an unknown kind", "provider,kind,id\nbaseten,,a\nbaseten,byok,b\n",
            "m.csv:3: unknown kind for baseten: key is needed\n"),
        BAD("an unknown kind of one with two",
            "provider,kind,id\nopenrouter,key," H "\nopenrouter,keys," H2 "\n",
            "m.csv:3: unknown kind for openrouter: byok or key is needed\n"),
        BAD("a kind of 300 bytes", "provider,kind,id\nbaseten,,a\nbaseten," H H H H H ",a\n",
            "m.csv:3: unknown kind for baseten: key is needed\n"),
        BAD("no provider for an id", "provider,id\nbaseten,a\n,b\n",
            "m.csv:3: no provider for this id: say {providers} in a provider "
            "column or with --provider\n"),
        BAD("a provider that contradicts the word", "provider,hash\n," H "\nrequesty," H2 "\n",
            "m.csv:3: hash is the identifier of openrouter key, and the row says another provider "
            "or "
            "kind\n"),
        BAD("a kind that contradicts the word", "kind,hash\nkey," H "\nbyok," H2 "\n",
            "m.csv:3: hash is the identifier of openrouter key, and the row says another provider "
            "or "
            "kind\n"),
        /* scopes */
        BAD("a scope that is missing", "provider,project,site,id\nacme,p,s,a\nacme,p,,b\n",
            "m.csv:3: no site: acme key needs one\n"),
        BAD("a scope with a slash", "provider,project,site,id\nacme,p,s,a\nacme,p/q,s,b\n",
            "m.csv:3: scope `project`: a slash at position 2\n"),
        BAD("a scope of dots", "provider,project,site,id\nacme,p,s,a\nacme,..,s,b\n",
            "m.csv:3: scope `project`: `..` is a path segment\n"),
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_bad(f, &rows[i]);
}

static void bad_jsonl(void **state)
{
    struct fixture *f = *state;
    static const struct bad_row rows[] = {
        LOST("empty file", "", "m.jsonl:1: the manifest holds no row\n"),
        LOST("blank lines only", " \n\n\n", "m.jsonl:3: the manifest holds no row\n"),
        BAD("an array", GOOD "[\"a\"]\n",
            "m.jsonl:2: a JSON array, and one object a line is needed\n"),
        BAD("an array as id", GOOD "{\"prefix\":[\"a\"]}\n",
            "m.jsonl:2: prefix is an array, and a string is needed\n"),
        BAD("an object as id", GOOD "{\"prefix\":{\"id\":\"a\"}}\n",
            "m.jsonl:2: prefix is an object, and a string is needed\n"),
        BAD("a number as id", GOOD "{\"provider\":\"baseten\",\"id\":123}\n",
            "m.jsonl:2: id is a number, and a string is needed\n"),
        BAD("a real number as note", GOOD "{\"prefix\":\"b\",\"note\":1.5}\n",
            "m.jsonl:2: note is a number, and a string is needed\n"),
        BAD("a boolean as kind", GOOD "{\"prefix\":\"b\",\"kind\":true}\n",
            "m.jsonl:2: kind is a boolean, and a string is needed\n"),
        BAD("a key twice", GOOD "{\"prefix\":\"b\",\"prefix\":\"c\"}\n",
            "m.jsonl:2: a key that is there twice (column 22)\n"),
        BAD("a key twice, in another case", GOOD "{\"prefix\":\"b\",\"PREFIX\":\"c\"}\n",
            "m.jsonl:2: prefix is there twice\n"),
        BAD("an ignored key twice", GOOD "{\"prefix\":\"b\",\"x\":1,\"x\":2}\n",
            "m.jsonl:2: a key that is there twice (column 23)\n"),
        BAD("trailing garbage", GOOD "{\"prefix\":\"b\"} x\n",
            "m.jsonl:2: something after the object: one object a line (column 16)\n"),
        BAD("two objects", GOOD "{\"prefix\":\"b\"}{\"prefix\":\"c\"}\n",
            "m.jsonl:2: something after the object: one object a line (column 15)\n"),
        BAD("an object over two lines", GOOD "{\"prefix\":\n\"b\"}\n",
            "m.jsonl:2: the object does not end on its line (column 10)\n"
            "m.jsonl:3: not a JSON object (column 3)\n"),
        BAD("not JSON", GOOD "prefix=0123456789\n", "m.jsonl:2: not a JSON object (column 6)\n"),
        BAD("a raw key instead of JSON", GOOD RAW "\n",
            "m.jsonl:2: not a JSON object (column 2)\n"),
        BAD("a raw key in JSON that is broken", GOOD "{\"id\":\"" RAW "\"\n",
            "m.jsonl:2: the object does not end on its line (column 81)\n"),
        BAD("a comma too many", GOOD "{\"prefix\":\"b\",}\n",
            "m.jsonl:2: not a JSON object (column 15)\n"),
        BAD("a NUL character", GOOD "{\"prefix\":\"b\\u0000\"}\n",
            "m.jsonl:2: a NUL character in a text (column 19)\n"),
        BAD("a NUL byte", GOOD "{\"prefix\":\"b\0\"}\n",
            "m.jsonl:2: a NUL byte (a file in UTF-16? UTF-8 is needed)\n"),
        BAD("invalid UTF-8", GOOD "{\"prefix\":\"b\",\"note\":\"\xff\"}\n",
            "m.jsonl:2: not UTF-8: WINDOWS-1252, it seems: iconv -f WINDOWS-1252 -t UTF-8 m.jsonl "
            "| rescind "
            "plan - --run-dir DIR\n"),
        BAD("half a surrogate", GOOD "{\"prefix\":\"b\",\"note\":\"\\ud800\"}\n",
            "m.jsonl:2: not a JSON object (column 29)\n"),
        BAD("no identifier", GOOD "{}\n{\"provider\":\"baseten\",\"prefix\":null}\n",
            "m.jsonl:2: " NONE "m.jsonl:3: " NONE),
        BAD("two identifiers", GOOD "{\"prefix\":\"a\",\"hash\":\"" H "\"}\n",
            "m.jsonl:2: two identifiers, in prefix and hash: a row has exactly one\n"),
        BAD("an id of wrong length", GOOD "{\"hash\":\"00\"}\n",
            "m.jsonl:2: not a key hash: 2 digits, 64 needed\n"),
        BAD("self", GOOD "{\"byok_id\":\"self\"}\n",
            "m.jsonl:2: not a BYOK credential id: a reserved word\n"),
        BAD("a slash that JSON escapes", GOOD "{\"prefix\":\"a\\/b\"}\n",
            "m.jsonl:2: not a key prefix: a slash at position 2\n"),
        BAD("a raw key", GOOD "{\"hash\":\"" RAW "\"}\n",
            "m.jsonl:2: looks like a raw secret: give its key hash instead, as `rescind match` "
            "does\n"),
        BAD("a raw key in another key", GOOD "{\"key\":\"" RAW "\",\"hash\":\"" H "\"}\n",
            "m.jsonl:2: the row holds what looks like a raw secret, which is not shown here: take "
            "it out, or let rescind match make a manifest of raw keys\nm.jsonl: warning: unknown "
            "key ignored: key\n"),
        BAD("a raw key within another key",
            GOOD "{\"x\":{\"y\":[1,\"" RAW "\"]},\"hash\":\"" H "\"}\n",
            "m.jsonl:2: the row holds what looks like a raw secret, which is not shown here: take "
            "it out, or let rescind match make a manifest of raw keys\nm.jsonl: warning: unknown "
            "key ignored: x\n"),
        BAD("a raw key as a key within another",
            GOOD "{\"x\":[{\"" RAW "\":1}],\"hash\":\"" H "\"}\n",
            "m.jsonl:2: the row holds what looks like a raw secret, which is not shown here: take "
            "it out, or let rescind match make a manifest of raw keys\nm.jsonl: warning: unknown "
            "key ignored: x\n"),
        BAD("a raw key as a key", GOOD "{\"" RAW "\":1}\n",
            "m.jsonl:2: " NONE "m.jsonl: warning: unknown key ignored: (unnamed)\n"),
    };
    f->options.path = "m.jsonl";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_bad(f, &rows[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_TABLE(bad_csv),
        WITH_TABLE(bad_jsonl),
    };
    return cmocka_run_group_tests_name("bad manifests", tests, NULL, NULL);
}
