/* What a list shows of a secret, and which of its keys the credential may be. */

#include "list_page.h"

#include "provider/secret_hint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void read_hints(void **state)
{
    static const struct {
        const char *text, *head, *tail; /* head NULL: it is none */
    } rows[] = {
        {"sk-or-v1-0e6...1c9", "sk-or-v1-0e6", "1c9"},
        {"sk-admin...def", "sk-admin", "def"},
        {"****1c9d", "", "1c9d"},
        {"sk-\xe2\x80\xa6zz", "sk-", "zz"},
        {"abcd", "", "abcd"},
        {"sk-0e6***", "sk-0e6", ""},
        {"...", NULL, NULL},
        {"", NULL, NULL},
        {"seventeenletters0", "seventeenletters0", ""},
        {"a...seventeenletters0", NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct secret_hint h;
        bool is = secret_hint_read(rows[i].text, strlen(rows[i].text), &h);
        if (is != (rows[i].head != NULL))
            fail_msg("%s: %d", rows[i].text, is);
        if (is && (h.head_len != strlen(rows[i].head) || h.tail_len != strlen(rows[i].tail) ||
                   memcmp(h.head, rows[i].head, h.head_len) != 0 ||
                   memcmp(h.tail, rows[i].tail, h.tail_len) != 0))
            fail_msg("%s: %.*s and %.*s", rows[i].text, (int)h.head_len, h.head, (int)h.tail_len,
                     h.tail);
    }
}

static const char text[] = "[provider x]\n"
                           "credential = X\n"
                           "header = X: {secret}\n"
                           "id.name = id\n"
                           "id.class = word\n"
                           "id.length = 1-9\n"
                           "delete = DELETE /k/{id}\n"
                           "raw = sk-{20-40}\n"
                           "self = list\n"
                           "list = GET /k\n"
                           "list.items =\n"
                           "list.id = /id\n"
                           "list.field = name /n\n"
                           "list.field = label /l\n"
                           "list.hint = label\n";

static void note(void *at, size_t i)
{
    snprintf((char *)at + strlen(at), 8, "%zu ", i);
}

static void own_key(void **state)
{
    static const char secret[] = "sk-abcdefghijklmnopqrst";
    static const struct {
        const char *labels[3];
        const char *found;
    } rows[] = {
        {{"sk-abc...rst", "sk-xyz...rst", "sk-abc...rsu"}, "0 "},
        {{"sk-xyz...xyz", "sk-...xyz", "qrs"}, ""},
        {{"...st", "sk-ab***", "***"}, "0 1 "},
        /* what all of them have says nothing */
        {{"sk-...", "sk***", "sk-a***"}, "2 "},
        {{"qrst", NULL, "rst"}, "0 2 "},
        {{"bcdefghijklmnopqr", "bcdefghijklmnopqR", NULL}, "0 "},
        /* more than the secret is */
        {{"sk-abcdefghijklmnopqrst...cdefghijklmnopqrst", NULL, NULL}, ""},
    };
    struct error err;
    struct catalog *catalog = catalog_new();
    (void)state;
    if (catalog_add(catalog, "t.ini", 1, text, &err) != 0)
        fail_msg("%s", err.text);
    const struct definition *d = catalog_find(catalog, "x", NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char body[400] = "[", reason[WALK_REASON], found[32] = "";
        struct keylist *keys = keylist_new(d);
        struct walk w = {.pages = &d->list.pages, .request = &d->list.request};
        for (int k = 0; k < 3; k++)
            snprintf(body + strlen(body), sizeof body - strlen(body),
                     rows[i].labels[k] ? "%s{\"id\":\"k%d\",\"n\":\"sk-abc...rst\",\"l\":\"%s\"}"
                                       : "%s{\"id\":\"k%d\"}",
                     k ? "," : "", k, rows[i].labels[k]);
        strcat(body, "]");
        assert_int_equal(take_text(keys, &w, body, reason), WALK_END);
        size_t n = secret_hint_own(keys, d, secret, note, found);
        if (strcmp(found, rows[i].found) != 0 || n != strlen(found) / 2)
            fail_msg("row %zu: %s instead of %s", i, found, rows[i].found);
        walk_free(&w);
        keylist_free(keys);
    }
    catalog_free(catalog);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(read_hints), cmocka_unit_test(own_key)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
