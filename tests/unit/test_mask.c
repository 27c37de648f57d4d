/* What was learned is never said, in whatever form it comes back. */

#include "provider/mask.h"

#include "base/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SECRET "Q7wkZpLm.xYbRtHgVnKdF5JqWcMz9aLeUoTiGhBvX"

static struct buf out;

static const char *mask(const char *text)
{
    buf_clear(&out);
    mask_put(&out, text, strlen(text));
    return buf_text(&out);
}

static int learn(void **state)
{
    static char *const environment[] = {
        "HTTPS_PROXY=http://alice:S3cretPw@127.0.0.1:99999",
        "all_proxy=bob:p%40ss/word@proxy",
        "DEPLOY_TOKEN=0a1b2c3d4e5f6a7b",
        "DB_PASS=tiny",
        "DSN=postgres://app:dbpw77@db/x",
        "OTHER=nothing-secret-here1",
        "KEY_FILE=/run/secrets/name1234567",
        "SSH_AUTH_SOCK=/tmp/ssh-XXXX/agent.12345678",
        NULL,
    };
    (void)state;
    mask_learn(SECRET);
    mask_learn("openrouter-management-secret");
    mask_learn_environment(environment);
    return 0;
}

static int forget(void **state)
{
    (void)state;
    buf_free(&out);
    return 0;
}

static void forms(void **state)
{
    (void)state;
    static const struct {
        const char *text, *shown;
    } rows[] = {
        {"it is " SECRET ", yes", "it is [masked], yes"},
        {"q7wkzplm.xybrthgvnkdf5jqwcmz9aleuotighbvx", "[masked]"},
        {"Q7wkZpLm%2ExYbRtHgVnKdF5Jq%57cMz9aLeUoTiGhBvX", "[masked]"},
        {"%51%37%77%6b%5a%70%4c%6d%2e%78%59%62%52%74%48%67", "[masked]"},
        {"Q7wkZpLm.xYbR%252DtHgVnKdF5JqWcMz9aLeUoTiGhBvX", "[masked]"},
        {"Q7wk ZpLm . xYbR\ntHgV-nKdF_5JqW/cMz9aLeUoTiGhBvX", "[masked]"},
        {"Q7wkZpLm.xYbRtHg\xe2\x80\x8bVnKdF5JqWcMz9aLe\xef\xbb\xbfUoTiGhBvX", "[masked]"},
        {"XvBhGiToUeLa9zMcWqJ5FdKnVgHtRbYx.mLpZkw7Q", "[masked]"},
        {"\\121\\067wkZpLm.xYbRtHgVnKdF5JqWcMz9", "[masked]"},
        {"\\u0051\\u0037wkZpLm.xYbRtHgVnKdF5JqWcMz9", "[masked]"},
        {"&#81;&#x37;wkZpLm.xYbRtHgVnKdF5JqWcMz9", "[masked]"},
        {"\xef\xbc\xb1\xef\xbc\x97wkZpLm.xYbRtHgVnKdF5JqWcMz9", "[masked]"},
        {"\xef\xbdQ7wkZpLm.xY'", "\xef\xbd[masked]'"}, /* half a character takes nothing with it */
        {"Q7wkZ\xef\xbc\xa3pLm.xY'", "[masked]'"}, /* nor does a whole one keep the others apart */
        {"half: Q7wkZpLm.xYbRtHgVnK, half: dF5JqWcMz9aLeUoTiGhBvX",
         "half: [masked], half: [masked]"},
        {"no key Q7wkZpLm of yours", "no key Q7wkZpLm of yours"}, /* a prefix names a key */
        {"openrouter-management is up", "openrouter-management is up"},
        {"Bearer openrouter-management-secret", "Bearer [masked]"},
        {"proxy 'http://alice:S3cretPw@127.0.0.1:99999'",
         "proxy 'http://[masked]@127.0.0.1:99999'"},
        {"alice:S3cretPw said", "alice:[masked] said"},
        {"bob:p%40ss/word@proxy", "bob:[masked]@proxy"},
        {"token 0A1B2C3D4E5F6A7B.", "token [masked]."},
        {"a tiny one", "a [masked] one"},
        {"app:dbpw77", "app:[masked]"},
        {"https://who@host/a@b and https://host/a@b",
         "https://[masked]@host/a@b and https://host/a@b"},
        {"nothing-secret-here1 name1234567 agent.12345678",
         "nothing-secret-here1 name1234567 agent.12345678"},
        {"100% of %zz and &#; \\u00", "100% of %zz and &#; \\u00"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(mask(rows[i].text), rows[i].shown);
}

/* Whatever stands beside it: base64 has three phases, and shares characters with its neighbours. */
static void coded(void **state)
{
    (void)state;
    static const char *const before[] = {"", ":", "u:", "Basic user:", "x", "\xff", "\xff\xff"};
    static const char *const after[] = {"", "\xff", "?", "ab", ":on"};
    for (size_t i = 0; i < sizeof before / sizeof *before * 5; i++) {
        struct buf plain = {0}, code = {0}, left = {0};
        const char *lead = before[i / 5], *tail = after[i % 5];
        buf_printf(&plain, "%s%s%s", lead, SECRET, tail);
        base64_put(&code, plain.data, plain.len);
        size_t alone_before = strlen(lead) * 8 / 6, alone_after = (strlen(tail) * 8 + 5) / 6;
        const char *shown = mask(buf_text(&code)), *mark = strstr(shown, "[masked]");
        if (!mark)
            fail_msg("%s + %s: %s", lead, tail, shown);
        assert_in_range(mark - shown, 0, alone_before);
        buf_puts(&left, mark + strlen("[masked]"));
        while (left.len && left.data[left.len - 1] == '=')
            left.len--;
        if (left.len > alone_after)
            fail_msg("%s + %s: %s", lead, tail, shown);
        buf_free(&left);
        buf_free(&plain);
        buf_free(&code);
    }
    struct buf hex = {0};
    for (const char *c = SECRET; *c; c++)
        buf_printf(&hex, "%02X", (unsigned)*c);
    assert_string_equal(mask(buf_text(&hex)), "[masked]");
    buf_free(&hex);
}

static void any_cut(void **state)
{
    (void)state;
    for (size_t from = 0; from < strlen(SECRET); from++)
        for (size_t len = 1; from + len <= strlen(SECRET); len++) {
            char part[64];
            snprintf(part, sizeof part, "%.*s", (int)len, &SECRET[from]);
            if (strcmp(mask(part), part) == 0)
                assert_true(len <= MASK_RUN);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms),
        cmocka_unit_test(coded),
        cmocka_unit_test(any_cut),
    };
    return cmocka_run_group_tests(tests, learn, forget);
}
