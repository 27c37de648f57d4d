/* The one line that says why: fit for a terminal and a report, and without a secret. */

#include "catalog_fixture.h"
#include "verdict_questions.h"

#include "base/text.h"

#define HASH  "f01d52606dc8f0a8303a7b5cc3fa07109c2e346cec7c0a16b40de462992ce943"
#define OTHER "a01d52606dc8f0a8303a7b5cc3fa07109c2e346cec7c0a16b40de462992ce943"
#define UUID  "11111111-2222-3333-4444-55555555555a"

static int set_up(void **state)
{
    (void)state;
    return catalog_set_up(NULL);
}

static void reasons_are_fit_to_be_shown(void **state)
{
    (void)state;
    static const char *const secrets[] = {"hunter2", "app.secret", NULL};
    static const struct {
        const char *message, *reason;
    } rows[] = {
        {"a\\u001b[31mred\\n\\tb\\u0000", NULL}, /* jansson refuses \u0000: no JSON at all */
        {"a\\u001b[31mred\\n\\tb\\u007f", "400: a [31mred b"},
        {"\\u202eabc\\u0085def", "400: abc def"},
        {"your key sk-or-v1-0123456789abcdef is wrong", "400: your key [masked] is wrong"},
        {"token " OTHER ".", "400: token [masked]."},
        {"key " HASH " is locked", "400: key " HASH " is locked"},
        {"request " UUID " failed", "400: request " UUID " failed"},
        {"Bearer hunter2, hunter2hunter2!", "400: Bearer [masked], [masked][masked]!"},
        {"is app.secret yours?", "400: is [masked] yours?"},
        {"see https://openrouter.ai/docs", "400: see https://openrouter.ai/docs"},
        {"\\u00e9\\u20ac\\ud83d\\udd11", "400: \xc3\xa9\xe2\x82\xac\xf0\x9f\x94\x91"},
    };
    const struct definition *d = definition("openrouter key");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char body[400];
        snprintf(body, sizeof body, "{\"error\":{\"message\":\"%s\"}}", rows[i].message);
        struct answer a = {
            .status = 400, .body = body, .body_len = strlen(body), .sends = 1, .secrets = secrets};
        struct verdict v;
        ask_action(d, ACTION_DELETE, HASH, false, &a, &v);
        assert_string_equal(v.reason, rows[i].reason ? rows[i].reason : "400");
    }
}

/* Cut at a character, never within a secret: masked first. */
static void long_reasons_are_cut(void **state)
{
    (void)state;
    static const char *const secrets[] = {"hunter2hunter2", NULL};
    const struct definition *d = definition("openrouter key");
    for (size_t lead = 0; lead < 220; lead++) {
        struct buf body = {0};
        buf_puts(&body, "{\"error\":{\"message\":\"");
        for (size_t i = 0; i < lead; i++)
            buf_puts(&body, "\xe2\x82\xac");
        buf_puts(&body, "hunter2hunter2 and more\"}}");
        struct answer a = {
            .status = 400, .body = body.data, .body_len = body.len, .sends = 1, .secrets = secrets};
        struct verdict v;
        ask_action(d, ACTION_DELETE, HASH, false, &a, &v);
        assert_true(text_is_utf8(v.reason, strlen(v.reason)));
        assert_null(strstr(v.reason, "hunt"));
        if (lead > 70)
            assert_string_equal(v.reason + strlen(v.reason) - 3, "...");
        buf_free(&body);
    }
}

static void transport_details_are_told(void **state)
{
    (void)state;
    struct answer a = {.transport = TRANSPORT_NOT_SENT,
                       .detail = "Could not resolve host: openrouter.ai\n"};
    struct verdict v;
    ask_action(definition("openrouter key"), ACTION_DELETE, HASH, false, &a, &v);
    assert_string_equal(v.reason, "not sent: Could not resolve host: openrouter.ai");
    a = (struct answer){.transport = TRANSPORT_UNTRUSTED, .detail = "bad \xff byte"};
    ask_action(definition("openrouter key"), ACTION_DELETE, HASH, false, &a, &v);
    assert_string_equal(v.reason, "the certificate does not verify: bad ? byte");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reasons_are_fit_to_be_shown),
        cmocka_unit_test(long_reasons_are_cut),
        cmocka_unit_test(transport_details_are_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
