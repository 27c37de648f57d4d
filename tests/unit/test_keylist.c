/* The walk through a list's pages: what is the next request, and what of a page is believed. */

#include "list_page.h"

#include "base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char text[] = "[provider x]\n"
                           "credential = X\n"
                           "header = X: {secret}\n"
                           "id.name = id\n"
                           "id.class = word\n"
                           "id.length = 1-9\n"
                           "id.fold = lower\n"
                           "id.reserved = root\n"
                           "delete = DELETE /k/{id}\n"
                           "list = GET /k?all=1\n"
                           "list.items = /data\n"
                           "list.id = /id\n"
                           "list.page = offset\n"
                           "list.total = /total\n"
                           "list.each = room GET /rooms\n"
                           "list.each.items = /rooms\n"
                           "list.each.id = /name\n"
                           "list.field = name /name\n"
                           "list.field = label /labels\n"
                           "list.field = spend /money/spent\n"
                           "list.field = workspace /room\n"
                           "list.unused.day = /day /other/day\n";

static struct catalog *catalog;
static const struct definition *x;

static struct walk keys_walk(const char *each)
{
    return (struct walk){.pages = &x->list.pages, .request = &x->list.request, .each = each};
}

static void requests(void **state)
{
    static const struct {
        const char *each;
        size_t taken;
        const char *want;
    } rows[] = {
        {NULL, 0, "/k?all=1"},
        {NULL, 1, "/k?all=1&offset=0"},
        {NULL, 100, "/k?all=1&offset=99"},
        {"a-1", 0, "/k?all=1&room=a-1"},
        {"a b&c=/{id}\xc3\xa9", 7, "/k?all=1&room=a%20b%26c%3D%2F%7Bid%7D%C3%A9&offset=6"},
    };
    struct buf path = {0};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct walk w = keys_walk(rows[i].each);
        w.taken = rows[i].taken;
        walk_request(&w, x, &path);
        assert_string_equal(buf_text(&path), rows[i].want);
    }
    buf_free(&path);
}

/* Pages in a row, and the step that each leads to. */
static void pages(void **state)
{
    static const struct {
        const char *what, *page[4];
        const char *steps; /* M more, E end, C changed, B broken */
        size_t keys;
    } rows[] = {
        {"nothing there", {"{\"data\":[]}"}, "E", 0},
        {"one page and the look behind it",
         {"{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}]}", "{\"data\":[{\"id\":\"b\"}]}"},
         "ME",
         2},
        {"three pages",
         {"{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}]}",
          "{\"data\":[{\"id\":\"b\"},{\"id\":\"c\"}]}",
          "{\"data\":[{\"id\":\"c\"},{\"id\":\"d\"}]}", "{\"data\":[{\"id\":\"d\"}]}"},
         "MMME",
         4},
        {"one appeared in front: the last is seen again, not first",
         {"{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}]}",
          "{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}]}"},
         "MC",
         2},
        {"one vanished in front: the last is not seen again",
         {"{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}]}",
          "{\"data\":[{\"id\":\"c\"},{\"id\":\"d\"}]}"},
         "MC",
         2},
        {"the list became shorter",
         {"{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}]}", "{\"data\":[]}"},
         "MC",
         2},
        {"an offset that is ignored",
         {"{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"c\"}]}",
          "{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"c\"}]}"},
         "MC",
         3},
        {"a reserved word is in it, and no target",
         {"{\"data\":[{\"id\":\"Root\"},{\"id\":\"b\"}]}", "{\"data\":[{\"id\":\"b\"}]}"},
         "ME",
         1},
        {"twice in a page", {"{\"data\":[{\"id\":\"a\"},{\"id\":\"a\"}]}"}, "C", 1},
        {"twice in another case", {"{\"data\":[{\"id\":\"a\"},{\"id\":\"A\"}]}"}, "C", 1},
        {"twice in two pages",
         {"{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}]}",
          "{\"data\":[{\"id\":\"b\"},{\"id\":\"a\"}]}"},
         "MC",
         2},
        {"the total agrees",
         {"{\"data\":[{\"id\":\"a\"}],\"total\":1}", "{\"data\":[{\"id\":\"a\"}],\"total\":1}"},
         "ME",
         1},
        {"the total changed",
         {"{\"data\":[{\"id\":\"a\"}],\"total\":1}", "{\"data\":[{\"id\":\"a\"}],\"total\":2}"},
         "MC",
         1},
        {"fewer than the total",
         {"{\"data\":[{\"id\":\"a\"}],\"total\":9}", "{\"data\":[{\"id\":\"a\"}],\"total\":9}"},
         "MC",
         1},
        {"a total that is none", {"{\"data\":[],\"total\":\"many\"}"}, "E", 0},
        {"unknown members", {"{\"data\":[{\"id\":\"a\",\"new\":[{}]}],\"x\":{}}"}, "M", 1},
        {"a number for an id", {"{\"data\":[{\"id\":17}]}"}, "M", 1},
        {"no array", {"{\"data\":{}}"}, "B", 0},
        {"no such member", {"{\"keys\":[]}"}, "B", 0},
        {"HTML", {"<html>"}, "B", 0},
        {"cut JSON", {"{\"data\":[{\"id\":\"a\"}"}, "B", 0},
        {"an item without an id", {"{\"data\":[{\"name\":\"a\"}]}"}, "B", 0},
        {"an item that is none", {"{\"data\":[null]}"}, "B", 0},
        {"an unlawful id", {"{\"data\":[{\"id\":\"a/b\"}]}"}, "B", 0},
        {"a raw secret for an id", {"{\"data\":[{\"id\":\"sk-1\"}]}"}, "B", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct keylist *l = keylist_new(x);
        struct walk w = keys_walk(NULL);
        char reason[WALK_REASON] = "";
        for (size_t k = 0; rows[i].steps[k]; k++) {
            enum walk_step step = take_text(l, &w, rows[i].page[k], reason);
            if ("MECB"[step] != rows[i].steps[k])
                fail_msg("%s, page %zu: %c (%s)", rows[i].what, k + 1, "MECB"[step], reason);
            assert_true((step == WALK_CHANGED || step == WALK_BROKEN) == (*reason != '\0'));
            assert_null(strstr(reason, "sk-1"));
        }
        assert_int_equal(keylist_count(l), rows[i].keys);
        walk_free(&w);
        keylist_free(l);
    }
}

static void take(struct keylist *l, const char *each, const char *page)
{
    struct walk w = keys_walk(each);
    char reason[WALK_REASON];
    if (take_text(l, &w, page, reason) != WALK_MORE)
        fail_msg("%s", reason);
    walk_free(&w);
}

static void fields(void **state)
{
    struct keylist *l = keylist_new(x);
    (void)state;
    take(l, "r1",
         "{\"data\":[{\"id\":\"A\",\"name\":\"b\\u001b[1m\\nc\\u00e9\",\"labels\":{\"team\":\"x\","
         "\"n\":1,\"deep\":{},\"on\":true},\"money\":{\"spent\":\"1.50\"},\"room\":\"r1\"},"
         "{\"id\":\"b\",\"name\":null,\"labels\":\"plain\",\"money\":{\"spent\":1.25}}]}");
    assert_string_equal(keylist_id(l, 0), "a");
    assert_string_equal(keylist_field(l, 0, 0), "b [1m c\xc3\xa9");
    assert_string_equal(keylist_field(l, 0, 1), "team=x\x1fn=1\x1fon=true");
    assert_string_equal(keylist_field(l, 0, 2), "1.50");
    assert_string_equal(keylist_field(l, 0, 3), "r1");
    assert_string_equal(keylist_id(l, 1), "b");
    assert_null(keylist_field(l, 1, 0));
    assert_string_equal(keylist_field(l, 1, 1), "plain");
    assert_string_equal(keylist_field(l, 1, 2), "1.25");
    assert_string_equal(keylist_field(l, 1, 3), "r1"); /* it was listed for that */
    keylist_free(l);
}

/* Every number stands there as %.15g has it, whichever way it is written. */
static void numbers(void **state)
{
    static const double odd[] = {0.1,     0.0001, 0.00009,    1e-7,     0.30000000000000004,
                                 1234.5,  1e9,    1e9 + 0.5,  -2.5,     999999999.999999,
                                 1.5e300, 7.0,    123456.789, 0.1234567};
    enum { ODD = sizeof odd / sizeof *odd, MANY = 2000 };
    struct rng rng = rng_seed(5);
    (void)state;
    for (size_t i = 0; i < ODD + MANY; i++) {
        double n = i < ODD ? odd[i] : floor(rng_uniform(&rng, 0, 1e12)) / pow(10, (double)(i % 9));
        struct keylist *l = keylist_new(x);
        char page[128], want[64];
        snprintf(page, sizeof page, "{\"data\":[{\"id\":\"a\",\"name\":%.17g}]}", n);
        snprintf(want, sizeof want, "%.15g", n);
        take(l, NULL, page);
        assert_string_equal(keylist_field(l, 0, 0), want);
        keylist_free(l);
    }
}

static void usage(void **state)
{
    static const struct {
        const char *members;
        enum usage want;
    } rows[] = {
        {"\"day\":0,\"other\":{\"day\":0}", USAGE_ZERO},
        {"\"day\":0.0,\"other\":{\"day\":\"0.00\"}", USAGE_ZERO},
        {"\"day\":0,\"other\":{\"day\":0.000001}", USAGE_SOME},
        {"\"day\":-1,\"other\":{\"day\":0}", USAGE_SOME},
        {"\"day\":3,\"other\":{\"day\":0}", USAGE_SOME},
        {"\"day\":0", USAGE_UNTOLD},
        {"\"day\":3", USAGE_UNTOLD},
        {"\"day\":0,\"other\":{\"day\":null}", USAGE_UNTOLD},
        {"\"day\":0,\"other\":{\"day\":\"\"}", USAGE_UNTOLD},
        {"\"day\":0,\"other\":{\"day\":\"none\"}", USAGE_UNTOLD},
        {"\"day\":false,\"other\":{\"day\":0}", USAGE_UNTOLD},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct keylist *l = keylist_new(x);
        char page[128];
        snprintf(page, sizeof page, "{\"data\":[{\"id\":\"a\",%s}]}", rows[i].members);
        take(l, NULL, page);
        if (keylist_usage(l, 0, WINDOW_DAY) != rows[i].want)
            fail_msg("%s: %d", rows[i].members, keylist_usage(l, 0, WINDOW_DAY));
        assert_int_equal(keylist_usage(l, 0, WINDOW_MONTH), USAGE_UNTOLD);
        keylist_free(l);
    }
}

static void of_another_room(void **state)
{
    static const char page[] = "{\"data\":[{\"id\":\"a\",\"room\":\"r2\"}]}";
    struct keylist *l = keylist_new(x);
    struct walk w = keys_walk("r1");
    char reason[WALK_REASON];
    (void)state;
    assert_int_equal(take_text(l, &w, page, reason), WALK_CHANGED);
    assert_string_equal(reason, "a key is of another room than was asked for");
    walk_free(&w);
    keylist_free(l);
}

static void rooms(void **state)
{
    static const char good[] = "{\"rooms\":[{\"name\":\"r1\"},{\"name\":\"r2\"}]}";
    static const char bad[] = "{\"rooms\":[{\"name\":\"r1/../x\"}]}";
    static const char twice[] = "{\"rooms\":[{\"name\":\"r1\"},{\"name\":\"r1\"}]}";
    struct keylist *l = keylist_new(x);
    char reason[WALK_REASON];
    (void)state;
    /* Each walk begins anew; this list has one page. */
    static const struct {
        const char *page;
        enum walk_step want;
    } rows[] = {{bad, WALK_BROKEN}, {twice, WALK_CHANGED}, {good, WALK_END}, {good, WALK_END}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct walk w = {.pages = &x->list.each_pages, .request = &x->list.each_request};
        json_t *body = body_parse(rows[i].page, strlen(rows[i].page));
        assert_int_equal(keylist_each_page(l, &w, body, reason), rows[i].want);
        json_decref(body);
        walk_free(&w);
    }
    assert_int_equal(keylist_each_count(l), 2);
    assert_string_equal(keylist_each(l, 1), "r2");
    keylist_free(l);
}

/* What is forgotten may come again, and what is kept may not. */
static void cut_and_grown(void **state)
{
    struct keylist *l = keylist_new(x);
    struct buf page = {0};
    char reason[WALK_REASON], id[16];
    (void)state;
    buf_puts(&page, "{\"data\":[");
    for (int i = 0; i < 5000; i++)
        buf_printf(&page, "%s{\"id\":\"k%d\"}", i ? "," : "", i);
    buf_puts(&page, "]}");
    take(l, NULL, "{\"data\":[{\"id\":\"first\"}]}");
    for (int round = 0; round < 3; round++) {
        take(l, NULL, buf_text(&page));
        assert_int_equal(keylist_count(l), 5001);
        for (size_t i = 0; i < 5000; i += 499) {
            snprintf(id, sizeof id, "k%zu", i);
            assert_string_equal(keylist_id(l, i + 1), id);
        }
        keylist_cut(l, 1);
        assert_int_equal(keylist_count(l), 1);
    }
    struct walk w = keys_walk(NULL);
    assert_int_equal(take_text(l, &w, "{\"data\":[{\"id\":\"first\"}]}", reason), WALK_CHANGED);
    assert_string_equal(reason, "a key is in it twice");
    walk_free(&w);
    buf_free(&page);
    keylist_free(l);
}

#define HEAD                                                                                       \
    "[provider y]\ncredential = Y\nheader = Y: {secret}\nid.name = id\nid.class = word\n"          \
    "id.length = 1-9\ncolumn = y_id\ndelete = DELETE /k/{id}\n"
#define LIST HEAD "list = GET /k\nlist.items = /k\nlist.id = /id\n"

static void impossible_lists(void **state)
{
    static const struct {
        const char *text, *error; /* NULL: fine */
    } rows[] = {
        {LIST, NULL},
        {LIST "list.page = offset\nlist.total = /n\nlist.field = a /b/c\n", NULL},
        {LIST "list.each = room GET /r\nlist.each.items = /r\nlist.each.id = /id\n", NULL},
        {HEAD "list = GET /k\n", "t.ini:9: list has no `list.items`"},
        {HEAD "list = GET /k\nlist.items = /k\n", "t.ini:9: list has no `list.id`"},
        {HEAD "list.items = /k\n", "t.ini:1: list is missing, though something of it is given"},
        {HEAD "list.unused.week = /k\n",
         "t.ini:1: list is missing, though something of it is given"},
        {HEAD "list = PUT /k\n", "t.ini:9: list: only GET, POST, LIST, QUERY and SEARCH read"},
        {HEAD "list = GET /k/{id}\n",
         "t.ini:9: list: it is made before there is a target, so it names no {id}"},
        {HEAD "list = GET k\n",
         "t.ini:9: list: not a request: METHOD and a path that begins with /"},
        {HEAD "list.items = k\n", "t.ini:9: list.items: not a JSON pointer: it begins with /"},
        {LIST "list.page = a b\n", "t.ini:12: list.page: not the name of a query parameter"},
        {LIST "list.each = room\n",
         "t.ini:12: list.each: not PARAMETER METHOD /path, or {SCOPE} METHOD /path"},
        {LIST "list.each = room GET /r\n", "t.ini:12: list.each has no `list.each.items`"},
        {LIST "list.each.id = /id\n",
         "t.ini:9: list.each is missing, though something of it is given"},
        {LIST "list.each = r=1 GET /r\nlist.each.items = /r\nlist.each.id = /id\n",
         "t.ini:12: list.each: not the name of a query parameter"},
        {LIST "list.each = {room} GET /r\nlist.each.items = /r\nlist.each.id = /id\n",
         "t.ini:12: list.each: {room} is no scope that list names"},
        {LIST "list.page = offset\nlist.number = page 0\n",
         "t.ini:13: list.number: of page, number, after and next one can be"},
        {LIST "list.after = c /next\nlist.next = /next\n",
         "t.ini:13: list.next: of page, number, after and next one can be"},
        {LIST "list.number = page x\n",
         "t.ini:12: list.number: not PARAMETER, or PARAMETER and the number of the first page"},
        {LIST "list.after = cursor next\n",
         "t.ini:12: list.after: not a JSON pointer: it begins with /"},
        {LIST "list.number = page%5Bnumber%5D 0\n", NULL},
        {LIST "list.next = link\n", NULL},
        {LIST "list.own = maybe\n", "t.ini:12: list.own: not yes or no"},
        {LIST "list.twice = yes\n",
         "t.ini:9: list.each is missing, though something of it is given"},
        {HEAD "list = GET /k\nlist.items =\nlist.id = \"\"\n", NULL},
        {LIST "list.field = name\n", "t.ini:12: list.field: not a name and a JSON pointer"},
        {LIST "list.field = name name\n", "t.ini:12: list.field: not a name and a JSON pointer"},
        {LIST "list.field = Name /name\n", "t.ini:12: list.field: a name is of a-z 0-9 _"},
        {LIST "list.field = id /name\n", "t.ini:12: list.field: id is taken"},
        {LIST "list.field = y_id /name\n", "t.ini:12: list.field: y_id is taken"},
        {LIST "list.field = a /a\nlist.field = a /b\n", "t.ini:13: list.field: a is given twice"},
        {LIST "list.unused.day = day\n",
         "t.ini:12: list.unused.day: not a JSON pointer: it begins with /"},
        {HEAD "self = sha256\nraw = sk-{9}\nraw = rk-{9}\n", NULL},
        {HEAD "raw = sk-{9}\nraw.loose = {9a}.{3-4b}\n", NULL},
        {HEAD "self = read GET /me /id\nraw = sk-{9}\n", NULL},
        {LIST "list.field = a /a\nlist.hint = a\n", NULL},
        {LIST "list.field = a /a\nlist.hint = b\n",
         "t.ini:13: list.hint: no list.field of that name"},
        {HEAD "self = sha256\nraw = sk-*\n", "t.ini:10: raw: not a pattern such as abc-{16-64}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct catalog *c = catalog_new();
        struct error err = {0};
        int result = catalog_add(c, "t.ini", 1, rows[i].text, &err);
        assert_string_equal(err.text, rows[i].error ? rows[i].error : "");
        assert_int_equal(result, rows[i].error ? -1 : 0);
        catalog_free(c);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests),
        cmocka_unit_test(pages),
        cmocka_unit_test(fields),
        cmocka_unit_test(usage),
        cmocka_unit_test(numbers),
        cmocka_unit_test(of_another_room),
        cmocka_unit_test(rooms),
        cmocka_unit_test(cut_and_grown),
        cmocka_unit_test(impossible_lists),
    };
    struct error err;
    catalog = catalog_new();
    if (catalog_add(catalog, "t.ini", 1, text, &err) != 0) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    x = catalog_find(catalog, "x", NULL);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    catalog_free(catalog);
    return failed;
}
