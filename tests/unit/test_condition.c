/* Conditions against bodies, and the absences that they tell. */

#include "provider/condition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void conditions_hold(void **state)
{
    (void)state;
    static const struct {
        const char *condition, *body;
        bool holds;
    } rows[] = {
        {"/a is not \"x\"", "{\"a\":\"y\"}", true},
        {"/a is not \"x\"", "{\"a\":\"x\"}", false},
        {"/a is not \"x\"", "{}", false}, /* a foreign body proves nothing */
        {"/a is not \"x\" if present", "{}", true},
        {"/a is not null", "{\"a\":null}", false},
        {"/a is not null", "{\"a\":0}", true},
        {"/a is not in [1, 2]", "{\"a\":3}", true},
        {"/a is in [\"x\", 2]", "{\"a\":2}", true},
        {"/a is in [\"x\", 2]", "{\"a\":\"2\"}", false},
        {"/a is boolean", "{\"a\":false}", true},
        {"/a is boolean", "{\"a\":0}", false},
        {"/a has \"keys.delete\"", "{\"a\":[\"x\",\"keys.delete\"]}", true},
        {"/a has \"keys.delete\"", "{\"a\":\"keys.delete\"}", false},
        {"/a has \"keys.delete\"", "{\"a\":[]}", false},
        {"/a has 1 if present", "{}", true},
        {"/a lacks \"x\"", "{\"a\":\"abc\"}", true},
        {"/a lacks \"b\"", "{\"a\":\"abc\"}", false},
        {"/a lacks \"b\"", "{\"a\":1}", false},
        {"/a lacks \"b\" if present", "{}", true},
        {"/a is 1 or /b is 2", "{\"b\":2}", true},
        {"/a is 1 or /b is 2", "{\"a\":2,\"b\":1}", false},
        {"/a is \" or /x is \" or /b exists", "{\"a\":\" or /x is \"}", true},
        {"/data/{slug=default}/id is 7",
         "{\"data\":[{\"slug\":\"x\",\"id\":1},"
         "{\"slug\":\"default\",\"id\":7}]}",
         true},
        {"/data/{slug=default}/id exists", "{\"data\":[{\"slug\":\"x\",\"id\":1}]}", false},
        {"body is true", "true", true},
        {"body is true", "false", false},
        {"body is []", "[]", true},
        {"body is array", "{}", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct conditions c = {0};
        json_t *body = body_parse(rows[i].body, strlen(rows[i].body));
        const char *why = condition_parse(rows[i].condition, &c);
        if (why || conditions_met(&c, body, NULL, false) != rows[i].holds)
            fail_msg("%s of %s: %s", rows[i].condition, rows[i].body, why ? why : "not so");
        for (size_t k = 0; k < c.count; k++) {
            free(c.at[k].pointer);
            free(c.at[k].value);
        }
        free(c.at);
        json_decref(body);
    }
}

/* Each alternative has its own statuses and forms. */
static void absences(void **state)
{
    (void)state;
    static const char text[] = "[provider x]\ncredential = X\nheader = A: {secret}\nid.name = id\n"
                               "id.class = word\nid.length = 1-9\ndelete = DELETE /k/{id}\n"
                               "gone.form = /code is 5\n"
                               "gone.status = 404 400\n"
                               "gone.status = 200\n"
                               "gone.form = /warning contains \"no token\"\n";
    static const struct {
        int status;
        const char *body;
        bool gone;
    } rows[] = {
        {404, "{\"code\":5}", true},
        {400, "{\"code\":5}", true},
        {404, "{\"warning\":\"no token\"}", false},
        {200, "{\"warning\":\"no token here\"}", true},
        {200, "{\"code\":5}", false},
        {410, "{\"code\":5}", false},
        {404, "gone", false},
    };
    struct error err;
    struct catalog *c = catalog_new();
    assert_int_equal(catalog_add(c, "t", 1, text, &err), 0);
    const struct definition *d = catalog_find(c, "x", NULL);
    assert_int_equal(d->gone_count, 2);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *body = body_parse(rows[i].body, strlen(rows[i].body));
        assert_int_equal(gone_told(d, rows[i].status, body, "a"), rows[i].gone);
        assert_int_equal(gone_status(d, rows[i].status), rows[i].status != 410);
        json_decref(body);
    }
    catalog_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_hold),
        cmocka_unit_test(absences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
