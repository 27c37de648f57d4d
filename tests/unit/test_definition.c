/* The definition format: what cannot work is refused with its file and line, and what can
 * is kept as it was said. */

#include "provider/definition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A whole definition of eight lines; rows of the tables add to it or take from it. */
#define HEAD   "[provider x]\n"
#define SECRET "credential = X_KEY\nheader = X-Key: {secret}\n"
#define ID     "id.name = id\nid.class = word\nid.length = 1-9\n"
#define DELETE "delete = DELETE /k/{id}\n"
#define GOOD   HEAD SECRET ID DELETE /* 7 lines */
#define LIST   "list = GET /k\nlist.items = /k\nlist.id = /id\n"

static void impossible_definitions(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } rows[] = {
        {GOOD, NULL},
        /* what is missing is told with the line of the heading */
        {"\n" HEAD SECRET ID, "t.ini:2: [provider x key] has no `delete`"},
        {HEAD "header = X: {secret}\n" ID DELETE, "t.ini:1: [provider x key] has no `credential`"},
        {HEAD "credential = X\n" ID DELETE, "t.ini:1: [provider x key] has no `header`"},
        {HEAD SECRET "id.name = id\nid.length = 3\n" DELETE,
         "t.ini:1: [provider x key] has no `id.class`"},
        {HEAD SECRET "id.class = hex\nid.length = 3\n" DELETE,
         "t.ini:1: [provider x key] has no `id.name`"},
        {HEAD SECRET "id.name = id\nid.class = hex\n" DELETE,
         "t.ini:1: [provider x key] has no `id.length`"},
        {"[provider x]\n[provider y]\n", "t.ini:1: [provider x key] has no `credential`"},
        {GOOD "[provider y special]", "t.ini:8: [provider y special] has no `credential`"},
        /* keys and values, with their own line */
        {GOOD "delte.body = {}\n", "t.ini:8: delte.body: no such key"},
        {GOOD "title =\n", "t.ini:8: title: no value"},
        {GOOD "title = a\ntitle = b\n", "t.ini:9: title: given twice"},
        {GOOD DELETE, "t.ini:8: delete: given twice"},
        {GOOD "title = a\xff\n", "t.ini:8: title: not UTF-8"},
        {GOOD "just words\n", "t.ini:8: neither `key = value` nor a `[section]`"},
        {GOOD "id.fold = upper\n", "t.ini:8: id.fold: only `lower` is known"},
        {HEAD "id.class = number\n",
         "t.ini:2: id.class: not one of hex, uuid, digits, word, printable, text"},
        {HEAD "id.length = 0\n",
         "t.ini:2: id.length: not a length: N, or FIRST-LAST, from 1 to 256"},
        {HEAD "id.length = 9-3\n",
         "t.ini:2: id.length: not a length: N, or FIRST-LAST, from 1 to 256"},
        {HEAD "id.length = 1-257\n",
         "t.ini:2: id.length: not a length: N, or FIRST-LAST, from 1 to 256"},
        {HEAD SECRET "id.name = id\nid.class = uuid\nid.length = 3\n" DELETE,
         "t.ini:6: id.length: a UUID has 36 characters"},
        {HEAD "delete = DELETE k/{id}\n",
         "t.ini:2: delete: not a request: METHOD and a path that begins with /"},
        {HEAD "delete = /k/{id}\n",
         "t.ini:2: delete: not a request: METHOD and a path that begins with /"},
        {HEAD "delete = DELETE /k/{id} now\n",
         "t.ini:2: delete: not a request: METHOD and a path that begins with /"},
        {HEAD "delete = delete /k/{id}\n",
         "t.ini:2: delete: not a request: METHOD and a path that begins with /"},
        {HEAD SECRET ID "delete = GET /k/{id}\n",
         "t.ini:7: delete: the method is none of DELETE, POST, PATCH, PUT"},
        {HEAD SECRET ID "delete = DELETE /k\n",
         "t.ini:7: delete: {id} is missing from its path and its body"},
        {HEAD SECRET ID "delete = DELETE /k/{key}\n",
         "t.ini:7: delete: {key} is neither {id} nor a scope that is declared"},
        {HEAD SECRET ID "delete = DELETE /k/{id}/{project}\n",
         "t.ini:7: delete: {project} is neither {id} nor a scope that is declared"},
        {HEAD SECRET ID "delete = DELETE /k/{id\n",
         "t.ini:7: delete: a brace without its other half"},
        {HEAD SECRET ID "delete = DELETE /k/id}\n",
         "t.ini:7: delete: a brace without its other half"},
        {HEAD SECRET ID "delete = DELETE /k/../{id}\n",
         "t.ini:7: delete: a path has no empty, `.` or `..` segment"},
        {HEAD SECRET ID "delete = DELETE //{id}\n",
         "t.ini:7: delete: a path has no empty, `.` or `..` segment"},
        {HEAD SECRET ID "delete = DELETE /k/%2E%2e/{id}\n",
         "t.ini:7: delete: a path has no empty, `.` or `..` segment"},
        {HEAD SECRET ID "delete = DELETE /k/{id}#x\n",
         "t.ini:7: delete: a character that cannot stand in a path"},
        {HEAD SECRET ID "delete = POST /k\ndelete.body = {\"id\":{id}}\n",
         "t.ini:8: delete.body: not JSON"},
        {HEAD SECRET ID "delete = POST /k\ndelete.body = {\"id\":\"{id}\"\n",
         "t.ini:8: delete.body: not JSON"},
        {HEAD SECRET ID "delete = POST /k\ndelete.body = {\"id\":\"{key}\"}\n",
         "t.ini:8: delete.body: {key} is neither {id} nor a scope that is declared"},
        {GOOD "disable = PATCH /k\n",
         "t.ini:8: disable: {id} is missing from its path and its body"},
        {GOOD "enable.body = {}\n", "t.ini:1: enable is missing, though something of it is given"},
        {GOOD "disable.confirm = /a is 1\n",
         "t.ini:1: disable is missing, though something of it is given"},
        {GOOD "preflight.check = /a is 1\n",
         "t.ini:1: preflight is missing, though something of it is given"},
        {GOOD "delete.status = 304\n", "t.ini:8: delete.status: not a status from 200 to 299"},
        {GOOD "gone.status = 200\n",
         "t.ini:8: gone.status: 200 is a success, and no gone.form tells them apart"},
        {GOOD "gone.status = 301\n",
         "t.ini:8: gone.status: not a status from 200 to 299 or from 400 to 499 (408, 425 and 429 "
         "have a meaning of their own)"},
        {GOOD "stop.status = 401 429\n",
         "t.ini:8: stop.status: not a status from 400 to 499 (408, 425 and 429 have a meaning of "
         "their own)"},
        {GOOD "gone.status = 403\n",
         "t.ini:8: gone.status: 403 is in stop.status too, and no gone.form tells them apart"},
        {GOOD "gone.status = 403\ngone.form = /gone is true\n", NULL},
        {GOOD "gone.status = 200\ngone.form = /gone is true\n", NULL},
        {GOOD "delete.absent = maybe\n",
         "t.ini:8: delete.absent: not one of gone, success, unknown"},
        {GOOD "read.gone = /a is 1\n", "t.ini:8: read.gone: there is no read"},
        {GOOD "list.gone = /a is 1\n", "t.ini:8: list.gone: there is no list"},
        {GOOD "account = GET /me /id\n", "t.ini:8: account: not read METHOD /path /pointer"},
        {GOOD "account = read GET /me\n", "t.ini:8: account: not read METHOD /path /pointer"},
        {GOOD "account = read GET /me/{id} /id\n",
         "t.ini:8: account: it is made before there is a target, so it names no {id}"},
        {GOOD "gone.form = /a is in 1\n",
         "t.ini:8: gone.form: what follows `is in` is a JSON array of values"},
        {GOOD "gone.form = /a is not 1 or /b has \" or \" or /c is in [1, \"x\"]\n", NULL},
        {GOOD "gone.form = /a is 1 or /b\n",
         "t.ini:8: gone.form: a condition is a POINTER and `is [not] VALUE`, `is in [VALUES]`, "
         "`has VALUE`, `exists`, `contains \"TEXT\"` or `lacks \"TEXT\"`"},
        {GOOD "gone.form = a is 1\n",
         "t.ini:8: gone.form: the pointer is not one of RFC 6901: it begins with /"},
        {GOOD "gone.form = /a~2 is 1\n",
         "t.ini:8: gone.form: the pointer is not one of RFC 6901: it begins with /"},
        {GOOD "gone.form = /a\n",
         "t.ini:8: gone.form: a condition is a POINTER and `is [not] VALUE`, `is in [VALUES]`, "
         "`has VALUE`, `exists`, `contains \"TEXT\"` or `lacks \"TEXT\"`"},
        {GOOD "gone.form = /a equals 1\n",
         "t.ini:8: gone.form: a condition is a POINTER and `is [not] VALUE`, `is in [VALUES]`, "
         "`has VALUE`, `exists`, `contains \"TEXT\"` or `lacks \"TEXT\"`"},
        {GOOD "gone.form = /a is yes\n",
         "t.ini:8: gone.form: the value is not JSON, {id}, string, number, object, array "
         "or boolean"},
        {GOOD "gone.form = /a contains 1\n",
         "t.ini:8: gone.form: what is contained is a text in quotes"},
        {GOOD "echo = /id data\n", "t.ini:8: echo: not a JSON pointer: it begins with /"},
        {GOOD "rate.limit = 0\n", "t.ini:8: rate.limit: not a number of requests a second above 0"},
        {GOOD "rate.limit = fast\n",
         "t.ini:8: rate.limit: not a number of requests a second above 0"},
        {GOOD "rate.header = X-Reset h\n",
         "t.ini:8: rate.header: the unit is none of s, ms, epoch-s, epoch-ms"},
        {GOOD "rate.header = X-Reset\n",
         "t.ini:8: rate.header: the unit is none of s, ms, epoch-s, epoch-ms"},
        {GOOD "rate.body = retry_after s\n",
         "t.ini:8: rate.body: not a JSON pointer: it begins with /"},
        {GOOD "rate.header = X[Reset] s\n", "t.ini:8: rate.header: not the name of a header"},
        {GOOD "read.confirm = /id is {id}\n",
         "t.ini:1: read is missing, though something of it is given"},
        {GOOD "read = POST /k/{id}\nread.confirm = /id is {id}\n", NULL},
        {GOOD "read = PATCH /k/{id}\nread.confirm = /id is {id}\n",
         "t.ini:8: read: only GET, POST, LIST, QUERY and SEARCH read"},
        {HEAD SECRET ID "delete = POST /k/{id}\nread = POST /k/{id}\nread.confirm = /id is {id}\n",
         "t.ini:8: read: it is the same request as delete"},
        {HEAD SECRET ID "delete = POST /k\ndelete.body = {\"op\":\"del\",\"id\":\"{id}\"}\n"
                        "read = POST /k\nread.body = "
                        "{\"op\":\"get\",\"id\":\"{id}\"}\nread.confirm = /id is {id}\n",
         NULL},
        {HEAD SECRET ID "delete = POST /k\ndelete.form = a=1&id={id}\n", NULL},
        {HEAD SECRET ID "delete = POST /k\ndelete.form = id={key}\n",
         "t.ini:8: delete.form: {key} is neither {id} nor a scope that is declared"},
        {HEAD SECRET ID "delete = POST /k\ndelete.form = id={id}\ndelete.body = {}\n",
         "t.ini:9: delete.body: there is a form already"},
        {HEAD SECRET "id.name = id\nid.class = digits\nid.length = 1-9\n"
                     "delete = POST /k\ndelete.body = {\"id\":{id}}\n",
         NULL},
        {GOOD "read = GET /k\nread.confirm = /id is {id}\n",
         "t.ini:8: read: {id} is missing from its path and its body"},
        {GOOD "read = GET /k/{id}\n",
         "t.ini:8: read.confirm: none of it says where the answer has {id}"},
        {GOOD "read = GET /k/{id}\nread.confirm = /ok is true\n",
         "t.ini:9: read.confirm: none of it says where the answer has {id}"},
        {GOOD "read = GET /k/{id}\nread.confirm = /id is {id} if present\n",
         "t.ini:9: read.confirm: none of it says where the answer has {id}"},
        {GOOD "preflight = PUT /me\n",
         "t.ini:8: preflight: only GET, POST, LIST, QUERY and SEARCH read"},
        {GOOD "preflight = GET /me/{id}\n",
         "t.ini:8: preflight: it is made before there is a target, so it names no {id}"},
        {GOOD "preflight = GET /me\npreflight.check = /id is {id}\n",
         "t.ini:8: preflight: it is made before there is a target, so it names no {id}"},
        {GOOD "self = md5\n", "t.ini:8: self: not one of none, sha256, before-dot, between-dots, "
                              "before-colon, secret, user, list, "
                              "read METHOD /path /pointer"},
        {GOOD "self = read GET /me\n", "t.ini:8: self: not one of none, sha256, before-dot, "
                                       "between-dots, before-colon, secret, user, list, "
                                       "read METHOD /path /pointer"},
        {GOOD "self = read GET me /id\n", "t.ini:8: self: not one of none, sha256, before-dot, "
                                          "between-dots, before-colon, secret, user, list, "
                                          "read METHOD /path /pointer"},
        {GOOD "self = list\n", "t.ini:8: self: list needs list and list.hint"},
        {GOOD "self = list\n" LIST, "t.ini:8: self: list needs list and list.hint"},
        {GOOD "scope = project\nself = list\n"
              "list = GET /p/{project}/k\nlist.items = /k\nlist.id = /id\n"
              "list.field = label /l\nlist.hint = label\n"
              "disable = PUT /p/{project}/k/{id}\n",
         "t.ini:9: self: list needs list.each for the scope project"},
        {GOOD LIST "list.own = yes\n", "t.ini:11: list.own: no self tells the credential's own "
                                       "key"},
        {GOOD "self = read PUT /me /id\n",
         "t.ini:8: self: only GET, POST, LIST, QUERY and SEARCH read"},
        /* scopes and columns */
        /* of keys that repeat, the line of the one that is wrong */
        {GOOD "header = X Y: 1\nheader = X: 2\n", "t.ini:8: header: not `Name: value`"},
        {GOOD "header = Host: x\nheader = X: 2\n",
         "t.ini:8: header: host is not for a definition to set"},
        {GOOD "scope = one\nscope = two\ndisable = PUT /k/{two}/{id}\n",
         "t.ini:8: scope: one is named in no path, no body and no header"},
        {GOOD LIST "list.field = name /n\nlist.field = note /o\nlist.field = used /u\n",
         "t.ini:12: list.field: note is taken"},
        {GOOD "scope = project\nheader = X-Project: {project}\n", NULL},
        {GOOD "scope = project\nheader = X-Project: {secret}/{project}\n",
         "t.ini:9: header: a secret and a scope do not go into one"},
        {GOOD "header = X-Project: {id}\n",
         "t.ini:8: header: only {secret}, {basic}, {env:NAME} and a scope that is declared may "
         "stand in braces"},
        {GOOD "scope = project\n",
         "t.ini:8: scope: project is named in no path, no body and no header"},
        {GOOD "scope = Project\n",
         "t.ini:8: scope: a name is of a-z 0-9 _ and begins with a letter"},
        {GOOD "scope = note\n", "t.ini:8: scope: note is taken"},
        {HEAD SECRET ID "delete = DELETE /{p}/{id}\nscope = p\nscope = p\n",
         "t.ini:9: scope: p is given twice"},
        {HEAD SECRET ID "delete = DELETE /{a}/{id}\nscope = a\nscope = b\nscope = c\nscope = d\n"
                        "scope = e\n",
         "t.ini:12: scope: too many scopes: 4 at most"},
        {GOOD "column = id\n", "t.ini:8: column: id is taken"},
        {GOOD "column = My Key\n", "t.ini:8: column: a name is of a-z 0-9 _"},
        {GOOD "column = hash\n",
         "t.ini:1: the column hash is that of [provider openrouter key] already"},
        {HEAD SECRET ID "delete = DELETE /{hash}/{id}\nscope = hash\n",
         "t.ini:1: the column hash is that of [provider openrouter key] already"},
        {GOOD "column = project\n",
         "t.ini:1: the column project is that of [provider openai key] already"},
        /* the address and the secret */
        {GOOD "base = http://keys.example\n",
         "t.ini:8: base: plain http:// is for loopback addresses only: keys.example needs "
         "https://"},
        {GOOD "base = http://127.0.0.1:9\n", NULL},
        {GOOD "base = keys.example\n", "t.ini:8: base: not an https:// URL"},
        {GOOD "base = https://{site}/v1\n",
         "t.ini:8: base: not a base URL: a character that cannot stand in a host"},
        {HEAD "credential = x-key\nheader = X: {secret}\n" ID DELETE,
         "t.ini:2: credential: not the name of an environment variable"},
        {HEAD "credential = 1X\nheader = X: {secret}\n" ID DELETE,
         "t.ini:2: credential: not the name of an environment variable"},
        {HEAD "credential = X\nheader = X: y\n" ID DELETE,
         "t.ini:1: no header carries {secret} or {basic}"},
        {HEAD "credential = X\nheader = {secret}\n" ID DELETE,
         "t.ini:3: header: not `Name: value`"},
        {HEAD "credential = X\nheader = A B: {secret}\n" ID DELETE,
         "t.ini:3: header: not `Name: value`"},
        {HEAD "credential = X\nheader = A:\n" ID DELETE, "t.ini:3: header: not `Name: value`"},
        {HEAD "credential = X\nheader = A: {secret}\rB: c\n" ID DELETE,
         "t.ini:3: header: only printable ASCII may stand here"},
        {HEAD "credential = X\nheader = A: {token}\n" ID DELETE,
         "t.ini:3: header: only {secret}, {basic}, {env:NAME} and a scope that is declared may "
         "stand "
         "in braces"},
        {HEAD "credential = X\nheader = A: {env:no}{secret}\n" ID DELETE,
         "t.ini:3: header: only {secret}, {basic}, {env:NAME} and a scope that is declared may "
         "stand "
         "in braces"},
        {HEAD SECRET "header = Host: evil.example\n" ID DELETE,
         "t.ini:4: header: host is not for a definition to set"},
        {HEAD SECRET "header = content-length: 0\n" ID DELETE,
         "t.ini:4: header: content-length is not for a definition to set"},
        /* sections and lines */
        {GOOD GOOD, "t.ini:8: [provider x key] is given twice"},
        {GOOD "[provider x key]\n" SECRET ID DELETE, "t.ini:8: [provider x key] is given twice"},
        {"[provider]\n", "t.ini:1: not `[provider NAME]` or `[provider NAME KIND]`, of a-z 0-9 -"},
        {"[provider X]\n",
         "t.ini:1: not `[provider NAME]` or `[provider NAME KIND]`, of a-z 0-9 -"},
        {"[provider -x]\n",
         "t.ini:1: not `[provider NAME]` or `[provider NAME KIND]`, of a-z 0-9 -"},
        {"[provider x y z]\n",
         "t.ini:1: not `[provider NAME]` or `[provider NAME KIND]`, of a-z 0-9 -"},
        {"[provider x\n", "t.ini:1: a section's heading ends in ]"},
        {"[provider aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]\n",
         "t.ini:1: a section's heading has at most 49 characters"},
        {"", NULL},
        {"; nothing\n[run]\nprovider = x\n", NULL},
        {"[run]\ncanary = 3\n" GOOD "[scope]\nproject = 3\n", NULL},
        {"\xef\xbb\xbf" GOOD, NULL},
        {HEAD "\r\n" SECRET "; a comment\n" ID "\n" DELETE "title = a ; b\n", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct catalog *c = catalog_new();
        size_t before = catalog_count(c);
        struct error err = {0};
        int n = catalog_add(c, "t.ini", 1, rows[i].text, &err);
        if ((n == 0) != (rows[i].error == NULL) || (n != 0 && strcmp(err.text, rows[i].error) != 0))
            fail_msg("row %zu: %s\n-> %s", i, rows[i].text, err.text);
        if (n != 0) {
            assert_int_equal(err.code, EXIT_CONFIG);
            assert_int_equal(catalog_count(c), before); /* all or nothing */
        }
        catalog_free(c);
    }
}

static void lines_of_a_length(void **state)
{
    (void)state;
    for (size_t len = 190; len <= 1000; len += len < 200 ? 1 : 400) {
        struct catalog *c = catalog_new();
        struct error err = {0};
        char text[1200], title[1024];
        memset(title, 'a', sizeof title);
        title[len - strlen("title = ")] = '\0';
        snprintf(text, sizeof text, GOOD "title = %s\n", title);
        int n = catalog_add(c, "t.ini", 11, text, &err);
        assert_int_equal(n, len <= 197 ? 0 : -1);
        if (n == 0)
            assert_string_equal(catalog_find(c, "x", NULL)->title, title);
        else
            assert_string_equal(err.text, "t.ini:18: a line has at most 197 bytes");
        catalog_free(c);
    }
}

static void what_a_text_leaves_unsaid(void **state)
{
    (void)state;
    struct catalog *c = catalog_new();
    struct error err;
    assert_int_equal(catalog_add(c, "t.ini", 1, GOOD, &err), 0);
    const struct definition *d = catalog_find(c, "x", "key");
    assert_ptr_equal(d, catalog_find(c, "x", NULL));
    assert_string_equal(d->title, "x key");
    assert_null(d->base);
    assert_null(d->column);
    assert_int_equal(d->gone_count, 1);
    assert_int_equal(d->gone[0].status.count, 1);
    assert_int_equal(d->gone[0].status.at[0], 404);
    assert_int_equal(d->absent, ABSENT_UNKNOWN);
    assert_int_equal(d->stop.count, 2);
    assert_int_equal(d->self, SELF_UNKNOWN);
    assert_false(d->built_in);
    assert_false(d->id.lower);
    assert_null(d->action[ACTION_DISABLE].method);
    catalog_free(c);
}

static void lists_and_continuations(void **state)
{
    (void)state;
    struct catalog *c = catalog_new();
    struct error err;
    assert_int_equal(catalog_add(c, "t.ini", 1,
                                 GOOD "id.reserved = self  current\nid.reserved = me\n"
                                      "delete.confirm = /a is {\"b\": 1,  \"a\":2}\n"
                                      "    /c exists\n"
                                      "base = https://x.example/\n",
                                 &err),
                     0);
    const struct definition *d = catalog_find(c, "x", NULL);
    assert_string_equal(d->id.reserved[0], "self");
    assert_string_equal(d->id.reserved[1], "current");
    assert_string_equal(d->id.reserved[2], "me");
    assert_null(d->id.reserved[3]);
    assert_int_equal(d->action[ACTION_DELETE].confirm.count, 2);
    assert_string_equal(d->action[ACTION_DELETE].confirm.at[0].value, "{\"a\":2,\"b\":1}");
    assert_int_equal(d->action[ACTION_DELETE].confirm.at[1].test, TEST_EXISTS);
    assert_string_equal(d->base, "https://x.example");
    catalog_free(c);
}

static void the_catalog(void **state)
{
    (void)state;
    struct catalog *c = catalog_new();
    struct error err;
    size_t count = catalog_count(c);
    const struct definition *old = catalog_find(c, "baseten", NULL);
    size_t index = catalog_index(c, old);
    assert_true(old->built_in);
    assert_ptr_equal(catalog_by_column(c, "hash"), catalog_find(c, "openrouter", "key"));
    assert_ptr_equal(catalog_by_column(c, "byok_id"), catalog_find(c, "openrouter", "byok"));
    assert_ptr_equal(catalog_by_column(c, "api_key_id"), catalog_find(c, "requesty", "key"));
    assert_ptr_equal(catalog_by_column(c, "prefix"), old);
    assert_null(catalog_by_column(c, "id"));
    assert_null(catalog_find(c, "openrouter", "admin"));
    assert_null(catalog_find(c, "nobody", NULL));
    assert_true(catalog_has_provider(c, "openrouter"));
    assert_false(catalog_has_provider(c, "open"));
    assert_true(catalog_has_scope(c, "project"));
    assert_false(catalog_has_scope(c, "hash"));
    assert_null(catalog_at(c, count));

    /* a built-in one may be replaced, keeps its place, and may keep its column */
    static const char mine[] =
        "; mine\n[provider baseten]\ncolumn = prefix\n" SECRET ID DELETE "; end\n";
    assert_int_equal(catalog_add(c, "job.ini", 5, mine, &err), 0);
    const struct definition *now = catalog_find(c, "baseten", NULL);
    assert_ptr_not_equal(now, old);
    assert_string_equal(old->provider, "baseten"); /* still there for whoever holds it */
    assert_int_equal(catalog_count(c), count);
    assert_int_equal(catalog_index(c, now), index);
    assert_true(catalog_index(c, old) == SIZE_MAX);
    assert_false(now->built_in);
    assert_string_equal(catalog_source(c, now), mine);

    /* one that is not built in may not */
    assert_int_equal(catalog_add(c, "job.ini", 5, mine, &err), -1);
    assert_string_equal(err.text, "job.ini:6: [provider baseten key] is given twice");
    catalog_free(c);
}

static void sources_are_cut_at_the_headings(void **state)
{
    (void)state;
    struct catalog *c = catalog_new();
    struct error err;
    assert_int_equal(catalog_add(c, "t.ini", 1,
                                 "[run]\nmax = 3\n\n; first\n" GOOD "\n; second\n; more\n"
                                 "[provider y]\n" SECRET ID DELETE "[scope]\nproject = 3\n",
                                 &err),
                     0);
    assert_string_equal(catalog_source(c, catalog_find(c, "x", NULL)), "; first\n" GOOD "\n");
    assert_string_equal(catalog_source(c, catalog_find(c, "y", NULL)),
                        "; second\n; more\n[provider y]\n" SECRET ID DELETE);
    catalog_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(impossible_definitions),
        cmocka_unit_test(lines_of_a_length),
        cmocka_unit_test(what_a_text_leaves_unsaid),
        cmocka_unit_test(lists_and_continuations),
        cmocka_unit_test(the_catalog),
        cmocka_unit_test(sources_are_cut_at_the_headings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
