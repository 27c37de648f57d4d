/* The ways from one page of a list to the next, and what is held against a list that claims to be
 * whole: each row is a list's answers and the requests that they lead to. */

#include "list_page.h"

#include "provider/keylist.h"
#include "provider/pages_left.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HEAD                                                                                       \
    "[provider y]\ncredential = Y\nheader = Y: {secret}\nid.name = id\nid.class = word\n"          \
    "id.length = 1-9\ndelete = DELETE /k/{id}\n"
#define LIST HEAD "list = GET /k\nlist.items = /d\nlist.id = /id\n"
#define A    "{\"d\":[{\"id\":\"a\"},{\"id\":\"b\"}]"
#define B    "{\"d\":[{\"id\":\"c\"}]"
#define NONE "{\"d\":[]"

static const struct row {
    const char *what, *definition;
    struct {
        const char *path, *body, *link;
    } page[6];
    char end;           /* E end, C changed, B broken: after the last of them */
    const char *reason; /* what it begins with */
    size_t keys;
} rows[] = {
    /* by number */
    {"numbers from 1, held against a total",
     LIST "list.number = page\nlist.total = /n\n",
     {{"/k?page=1", A ",\"n\":3}", 0}, {"/k?page=2", B ",\"n\":3}", 0}},
     'E',
     "",
     3},
    {"a total that is not reached",
     LIST "list.number = page\nlist.total = /n\n",
     {{"/k?page=1", A ",\"n\":3}", 0}, {"/k?page=2", NONE ",\"n\":3}", 0}},
     'C',
     "it tells of 3 and has 2",
     2},
    {"without a total it is read twice",
     LIST "list.number = p 0\n",
     {{"/k?p=0", A "}", 0}, {"/k?p=1", NONE "}", 0}, {"/k?p=0", A "}", 0}, {"/k?p=1", NONE "}", 0}},
     'E',
     "",
     2},
    {"and is another then",
     LIST "list.number = p 0\n",
     {{"/k?p=0", A "}", 0}, {"/k?p=1", NONE "}", 0}, {"/k?p=0", B "}", 0}, {"/k?p=1", NONE "}", 0}},
     'C',
     "read again, it is another",
     2},
    {"a number that is ignored",
     LIST "list.number = p\n",
     {{"/k?p=1", A "}", 0}, {"/k?p=2", A "}", 0}},
     'C',
     "a key is in it twice",
     2},
    /* by the last id */
    {"the last id, until has_more is false",
     LIST "list.after = after_id\nlist.more = /m\n",
     {{"/k", A ",\"m\":true}", 0}, {"/k?after_id=b", B ",\"m\":false}", 0}},
     'E',
     "",
     3},
    {"the last id, until nothing comes",
     LIST "list.after = after\n",
     {{"/k", A "}", 0}, {"/k?after=b", NONE "}", 0}},
     'E',
     "",
     2},
    {"more, and nothing of it",
     LIST "list.after = after\nlist.more = /m\n",
     {{"/k", A ",\"m\":true}", 0}, {"/k?after=b", NONE ",\"m\":true}", 0}},
     'C',
     "it says that there is more",
     2},
    {"it does not say whether there is more",
     LIST "list.after = after\nlist.more = /m\n",
     {{"/k", A "}", 0}},
     'B',
     "it does not say whether",
     2},
    {"an id that is ignored",
     LIST "list.after = after\nlist.more = /m\n",
     {{"/k", A ",\"m\":true}", 0}, {"/k?after=b", A ",\"m\":true}", 0}},
     'C',
     "a key is in it twice",
     2},
    /* by a token */
    {"a token until there is none",
     LIST "list.after = cursor /c\n",
     {{"/k", A ",\"c\":\"x&y\"}", 0}, {"/k?cursor=x%26y", B ",\"c\":null}", 0}},
     'E',
     "",
     3},
    {"an empty page in between",
     LIST "list.after = cursor /c\n",
     {{"/k", NONE ",\"c\":7}", 0}, {"/k?cursor=7", B ",\"c\":\"\"}", 0}},
     'E',
     "",
     1},
    {"a token that stays",
     LIST "list.after = cursor /c\n",
     {{"/k", A ",\"c\":\"x\"}", 0}, {"/k?cursor=x", B ",\"c\":\"x\"}", 0}},
     'B',
     "its cursor stays the same",
     3},
    {"a token behind the last page",
     LIST "list.after = cursor /next_cursor\nlist.more = /has_more\n",
     {{"/k", A ",\"next_cursor\":\"x\",\"has_more\":false}", 0}},
     'E',
     "",
     2},
    /* by an address */
    {"an address below the base",
     LIST "list.next = /next\n",
     {{"/k", A ",\"next\":\"https://y.example/v1/k?page=2\"}", 0},
      {"/k?page=2", B ",\"next\":\"/v1/k?page=3\"}", 0},
      {"/k?page=3", NONE ",\"next\":null}", 0}},
     'E',
     "",
     3},
    {"another origin",
     LIST "list.next = /next\n",
     {{"/k", A ",\"next\":\"https://evil.example/v1/k?page=2\"}", 0}},
     'B',
     "its next page is at another address",
     2},
    {"an origin that only begins alike",
     LIST "list.next = /next\n",
     {{"/k", A ",\"next\":\"https://y.example.evil/v1/k\"}", 0}},
     'B',
     "its next page is at another address",
     2},
    {"another path",
     LIST "list.next = /next\n",
     {{"/k", A ",\"next\":\"/v2/k\"}", 0}},
     'B',
     "its next page is at another address",
     2},
    {"no scheme",
     LIST "list.next = /next\n",
     {{"/k", A ",\"next\":\"//y.example/v1/k\"}", 0}},
     'B',
     "its next page is at another address",
     2},
    {"itself",
     LIST "list.next = /next\n",
     {{"/k", A ",\"next\":\"/v1/k?2\"}", 0}, {"/k?2", B ",\"next\":\"/v1/k?2\"}", 0}},
     'B',
     "its next page is the page itself",
     3},
    {"a Link header",
     LIST "list.next = link\n",
     {{"/k", A "}", "<https://y.example/v1/k?p=9>; rel=\"last\", </v1/k?p=2>; rel=\"next\""},
      {"/k?p=2", B "}", "</v1/k>; rel=prev"}},
     'E',
     "",
     3},
    /* bare arrays and bare ids */
    {"a bare array",
     HEAD "list = GET /k\nlist.items =\nlist.id = /id\n",
     {{"/k", "[{\"id\":\"a\"},{\"id\":\"b\"}]", 0}},
     'E',
     "",
     2},
    {"an array of ids",
     HEAD "list = LIST /k\nlist.items = /data/keys\nlist.id =\n",
     {{"/k", "{\"data\":{\"keys\":[\"a\",\"b\",17]}}", 0}},
     'E',
     "",
     3},
    {"no array",
     HEAD "list = GET /k\nlist.items = \"\"\nlist.id = /id\n",
     {{"/k", "{}", 0}},
     'B',
     "it is no array",
     0},
    /* what is not whole */
    {"has_more, and no way to it",
     LIST,
     {{"/k", A ",\"has_more\":true}", 0}},
     'B',
     "it is not whole: its `has_more`",
     2},
    {"has_more is false", LIST, {{"/k", A ",\"has_more\":false,\"next\":null}", 0}}, 'E', "", 2},
    {"a next page somewhere",
     LIST,
     {{"/k", A ",\"links\":{\"next\":\"/k?page=2\"}}", 0}},
     'B',
     "it is not whole: its `next`",
     2},
    {"nextPageToken",
     LIST,
     {{"/k", A ",\"nextPageToken\":\"t\"}", 0}},
     'B',
     "it is not whole: its `nextPageToken`",
     2},
    {"more are counted",
     LIST,
     {{"/k", A ",\"meta\":{\"total_count\":3}}", 0}},
     'B',
     "it is not whole: its `total_count`",
     2},
    {"as many are counted", LIST, {{"/k", A ",\"total\":2}", 0}}, 'E', "", 2},
    {"a total in a text",
     LIST,
     {{"/k", A ",\"total\":\"3\"}", 0}},
     'B',
     "it is not whole: its `total`",
     2},
    {"a count of more than came",
     LIST,
     {{"/k", A ",\"count\":3}", 0}},
     'B',
     "it is not whole: its `count`",
     2},
    {"a second page of two",
     LIST,
     {{"/k", A ",\"total_pages\":2}", 0}},
     'B',
     "it is not whole: its `total_pages`",
     2},
    {"a last page behind this one",
     LIST,
     {{"/k", A ",\"last_page\":2}", 0}},
     'B',
     "it is not whole: its `last_page`",
     2},
    {"what remains",
     LIST,
     {{"/k", A ",\"remainingItemCount\":1}", 0}},
     'B',
     "it is not whole: its `remainingItemCount`",
     2},
    {"a part", LIST, {{"/k", A ",\"partial\":true}", 0}}, 'B', "it is not whole: its `partial`", 2},
    {"incomplete results",
     LIST,
     {{"/k", A ",\"incomplete_results\":true}", 0}},
     'B',
     "it is not whole: its `incomplete_results`",
     2},
    {"more below",
     LIST,
     {{"/k", A ",\"data\":{\"next\":\"x\"}}", 0}},
     'B',
     "it is not whole: its `next`",
     2},
    {"all of one page",
     LIST,
     {{"/k", A ",\"count\":2,\"pages\":1,\"partial\":false,\"remaining\":0}", 0}},
     'E',
     "",
     2},
    {"a Link header, and no way to it",
     LIST,
     {{"/k", A "}", "</k?2>; rel=\"next\""}},
     'B',
     "it is not whole: its Link header",
     2},
    {"as long as its limit",
     HEAD "list = GET /k?x=9&limit=2\nlist.items = /d\nlist.id = /id\n",
     {{"/k?x=9&limit=2", A "}", 0}},
     'B',
     "it may not be whole: it has 2",
     2},
    {"shorter than its limit",
     HEAD "list = GET /k?page%5Bsize%5D=3\nlist.items = /d\nlist.id = /id\n",
     {{"/k?page%5Bsize%5D=3", A "}", 0}},
     'E',
     "",
     2},
    {"more behind the last page by offset",
     LIST "list.page = skip\n",
     {{"/k", A "}", 0}, {"/k?skip=1", "{\"d\":[{\"id\":\"b\"}],\"has_more\":true}", 0}},
     'B',
     "it is not whole: its `has_more`",
     2},
    /* what is dead is no key */
    {"dead ones",
     LIST "list.gone = /on is false\nlist.total = /n\n",
     {{"/k", "{\"n\":2,\"d\":[{\"id\":\"a\",\"on\":false},{\"id\":\"b\",\"on\":true}]}", 0}},
     'E',
     "",
     1},
};

static void walk_row(const struct row *row, const struct definition *d)
{
    struct keylist *l = keylist_new(d);
    struct walk w = {
        .pages = &d->list.pages, .request = &d->list.request, .base = "https://y.example/v1"};
    struct buf path = {0};
    char reason[WALK_REASON] = "";
    for (size_t k = 0; row->page[k].path; k++) {
        walk_request(&w, d, &path);
        if (strcmp(buf_text(&path), row->page[k].path) != 0)
            fail_msg("%s: asks for %s", row->what, buf_text(&path));
        w.head.link = row->page[k].link;
        enum walk_step step = take_text(l, &w, row->page[k].body, reason);
        char want = row->page[k + 1].path ? 'M' : row->end;
        if ("MECB"[step] != want)
            fail_msg("%s, page %zu: %c (%s)", row->what, k + 1, "MECB"[step], reason);
    }
    if (strncmp(reason, row->reason, strlen(row->reason)) != 0)
        fail_msg("%s: %s", row->what, reason);
    assert_int_equal(keylist_count(l), row->keys);
    buf_free(&path);
    walk_free(&w);
    keylist_free(l);
}

static void ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct catalog *c = catalog_new();
        struct error err;
        if (catalog_add(c, "t", 1, rows[i].definition, &err) != 0)
            fail_msg("%s: %s", rows[i].what, err.text);
        walk_row(&rows[i], catalog_find(c, "y", NULL));
        catalog_free(c);
    }
}

/* One list for each project, which is a segment of the path; a key may be in several. */
static void scopes(void **state)
{
    (void)state;
    static const char text[] =
        "[provider y]\ncredential = Y\nheader = Y: {secret}\nid.name = id\nid.class = word\n"
        "id.length = 1-9\nscope = project\nscope = team\ndelete = DELETE "
        "/{team}/p/{project}/k/{id}\n"
        "list = GET /p/{project}/k\nlist.items = /d\nlist.id = /id\nlist.twice = yes\n"
        "list.each = {project} GET /p\nlist.each.items = /p\nlist.each.id = /id\n";
    struct catalog *c = catalog_new();
    struct error err;
    struct buf path = {0};
    char reason[WALK_REASON];
    assert_int_equal(catalog_add(c, "t", 1, text, &err), 0);
    const struct definition *d = catalog_find(c, "y", NULL);
    struct keylist *l = keylist_new(d);
    static const char *const projects[] = {"p 1", "p2"}, *const want[] = {"/p/p%201/k", "/p/p2/k"};
    for (size_t i = 0; i < 2; i++) {
        struct walk w = {.pages = &d->list.pages, .request = &d->list.request, .each = projects[i]};
        walk_request(&w, d, &path);
        assert_string_equal(buf_text(&path), want[i]);
        assert_int_equal(take_text(l, &w, A "}", reason), WALK_END);
        walk_free(&w);
    }
    assert_int_equal(keylist_count(l), 2);
    assert_string_equal(keylist_of(l, 0), "p 1");
    assert_int_equal(keylist_find(l, "b"), 1);
    assert_int_equal(keylist_find(l, "c"), SIZE_MAX);
    struct walk w = {.pages = &d->list.pages, .request = &d->list.request, .scope = "x\x1fy"};
    walk_request(&w, d, &path);
    assert_string_equal(buf_text(&path), "/p/x/k");
    w.scope = NULL;
    walk_request(&w, d, &path); /* request_url refuses it */
    assert_string_equal(buf_text(&path), "/p/{project}/k");
    buf_free(&path);
    keylist_free(l);
    catalog_free(c);
}

/* Where the pages after the next are, as far as that can be told. */
static void pages_ahead(void **state)
{
    (void)state;
    static const struct {
        const char *definition;
        size_t page_size, pages_read, taken, ahead;
        int64_t total;
        const char *path; /* NULL: it cannot be told */
    } steps[] = {
        {LIST "list.page = skip\n", 100, 1, 100, 0, 0, "/k?skip=99"},
        {LIST "list.page = skip\n", 100, 1, 100, 1, 0, "/k?skip=198"},
        {LIST "list.page = skip\n", 100, 3, 298, 2, 0, "/k?skip=495"},
        {LIST "list.page = skip\nlist.total = /n\n", 100, 1, 100, 1, 200, "/k?skip=198"},
        {LIST "list.page = skip\nlist.total = /n\n", 100, 1, 100, 2, 200, NULL},
        {LIST "list.page = skip\n", 1, 1, 1, 1, 0, NULL},
        {LIST "list.page = skip\n", 0, 0, 0, 1, 0, NULL},
        {LIST "list.number = p 0\n", 100, 4, 400, 3, 0, "/k?p=7"},
        {LIST "list.number = p\nlist.total = /n\n", 100, 4, 400, 1, 450, NULL},
        {LIST "list.after = a\n", 100, 4, 400, 1, 0, NULL},
        {LIST "list.next = link\n", 100, 4, 400, 1, 0, NULL},
        {LIST, 100, 1, 100, 1, 0, NULL},
    };
    struct buf path = {0};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct catalog *c = catalog_new();
        struct error err;
        assert_int_equal(catalog_add(c, "t", 1, steps[i].definition, &err), 0);
        const struct definition *d = catalog_find(c, "y", NULL);
        const struct walk w = {.pages = &d->list.pages,
                               .request = &d->list.request,
                               .page_size = steps[i].page_size,
                               .pages_read = steps[i].pages_read,
                               .taken = steps[i].taken,
                               .total = steps[i].total ? steps[i].total + 1 : 0};
        assert_int_equal(walk_request_ahead(&w, d, steps[i].ahead, &path), steps[i].path != NULL);
        if (steps[i].path)
            assert_string_equal(buf_text(&path), steps[i].path);
        catalog_free(c);
    }
    buf_free(&path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ways),
        cmocka_unit_test(scopes),
        cmocka_unit_test(pages_ahead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
