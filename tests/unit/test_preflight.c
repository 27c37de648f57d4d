/* What the read before the first delete tells: whether the credential will do, and which id is its
 * own. */

#include "catalog_fixture.h"
#include "provider/own_id.h"
#include "verdict_questions.h"

#include "base/digest.h"

#define HASH      "f01d52606dc8f0a8303a7b5cc3fa07109c2e346cec7c0a16b40de462992ce943"
#define UUID      "11111111-2222-3333-4444-55555555555a"
#define NOT_THERE "{\"error\":{\"code\":404,\"message\":\"Key not found\"}}"

static int set_up(void **state)
{
    (void)state;
    static const char text[] = "[provider bare]\n"
                               "credential = K\nheader = X-Key: {secret}\n"
                               "id.name = id\nid.class = digits\nid.length = 1-9\n"
                               "delete = DELETE /{id}\n"
                               "self = read GET /self /user/id /id\n";
    return catalog_set_up(text);
}

enum preflight { OK, REFUSED, STRANGE, RETRY, IMPOSSIBLE };

static enum preflight preflight(const struct definition *d, const struct answer *a,
                                char reason[200])
{
    struct verdict v;
    ask_preflight(d, a, &v);
    strcpy(reason, v.reason);
    if (v.good)
        return OK;
    if (v.kind == VERDICT_STOP)
        return v.stop == EXIT_CREDENTIAL ? REFUSED : STRANGE;
    return v.kind == VERDICT_END ? IMPOSSIBLE : RETRY;
}

static void preflights(void **state)
{
    (void)state;
#define READ(status, body) TRANSPORT_WHOLE, status, body
    static const struct {
        const char *target;
        enum transport transport;
        int status;
        const char *body;
        enum preflight result;
        const char *reason; /* NULL: not looked at */
    } rows[] = {
        {"openrouter key", READ(200, "{\"data\":{\"is_management_key\":true}}"), OK, ""},
        {"openrouter byok", READ(200, "{\"data\":{\"is_management_key\":true}}"), OK, ""},
        {"openrouter key", READ(200, "{\"data\":{\"is_management_key\":false}}"), REFUSED,
         "the credential may not do this: /data/is_management_key is not true"},
        {"openrouter key", READ(200, "{\"data\":{}}"), REFUSED, NULL},
        {"openrouter key", READ(200, "<html>"), IMPOSSIBLE,
         "200, but HTML?: is the base URL right?"},
        {"openrouter key", READ(200, ""), IMPOSSIBLE, NULL},
        {"openrouter key", READ(204, NULL), IMPOSSIBLE, NULL},
        {"openrouter key", READ(200, "[1]"), IMPOSSIBLE, NULL},
        {"openrouter key", READ(200, "{\"error\":{\"message\":\"m\"}}"), IMPOSSIBLE, NULL},
        {"openrouter key", READ(401, "{\"error\":{\"code\":401,\"message\":\"no\"}}"), REFUSED,
         "401, the credential is refused: no"},
        {"openrouter key", READ(403, ""), STRANGE, NULL},
        {"openrouter key", READ(301, ""), IMPOSSIBLE, NULL},
        {"openrouter key", READ(404, NOT_THERE), IMPOSSIBLE, "404: is the base URL right?"},
        {"openrouter key", READ(404, "<html>"), IMPOSSIBLE, NULL},
        {"openrouter key", READ(400, ""), IMPOSSIBLE, "400"},
        {"openrouter key", READ(408, ""), RETRY, NULL},
        {"openrouter key", READ(425, ""), RETRY, NULL},
        {"openrouter key", READ(429, ""), RETRY, NULL},
        {"openrouter key", READ(500, ""), RETRY, "500"},
        {"openrouter key", READ(503, ""), RETRY, NULL},
        {"openrouter key", TRANSPORT_NOT_SENT, 0, NULL, RETRY, "not sent"},
        {"openrouter key", TRANSPORT_TLS, 0, NULL, RETRY, "TLS handshake failed"},
        {"openrouter key", TRANSPORT_TIMEOUT, 0, NULL, RETRY, NULL},
        {"openrouter key", TRANSPORT_LOST, 200, "{\"data\":{\"is_management_key\":true}}", RETRY,
         NULL},
        {"openrouter key", TRANSPORT_UNTRUSTED, 0, NULL, IMPOSSIBLE,
         "the certificate does not verify"},
        {"openrouter key", TRANSPORT_IMPOSSIBLE, 0, NULL, IMPOSSIBLE, NULL},
        {"requesty key", READ(200, "{\"id\":\"x\",\"permissions\":{\"manage\":\"write\"}}"), OK,
         ""},
        {"requesty key", READ(200, "{\"id\":\"x\"}"), OK, ""},
        {"requesty key", READ(200, "{\"permissions\":{\"manage\":null}}"), OK, ""},
        {"requesty key", READ(200, "{\"permissions\":{\"manage\":\"read\"}}"), REFUSED,
         "the credential may not do this: /permissions/manage is not \"write\""},
        {"requesty key", READ(200, "{\"key\":{\"permissions\":{\"manage\":\"none\"}}}"), REFUSED,
         NULL},
        {"requesty key", READ(200, "{\"data\":{\"permissions\":{\"manage\":\"read\"}}}"), REFUSED,
         NULL},
        {"requesty key", READ(403, "{\"error\":{\"message\":\"invalid token\"}}"), REFUSED,
         "403, the credential is refused: invalid token"},
        {"baseten key", READ(200, "{\"keys\":[]}"), OK, ""},
        {"baseten key", READ(200, "[]"), IMPOSSIBLE, NULL},
        {"baseten key", READ(401, "{\"error\":\"m\"}"), REFUSED, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char reason[200] = "x";
        struct answer a = {.transport = rows[i].transport,
                           .status = rows[i].status,
                           .body = rows[i].body,
                           .body_len = rows[i].body ? strlen(rows[i].body) : 0,
                           .sends = 1};
        enum preflight result = preflight(definition(rows[i].target), &a, reason);
        if (result != rows[i].result || (rows[i].reason && strcmp(rows[i].reason, reason) != 0))
            fail_msg("row %zu: %d \"%s\"", i, result, reason);
        assert_int_equal(result == OK, reason[0] == '\0');
    }
}

static void a_long_list_passes_where_nothing_is_checked_in_it(void **state)
{
    (void)state;
    char reason[200];
    struct answer a = {.status = 200, .body = "{\"keys\":[{", .body_len = 10, .body_clipped = true};
    assert_int_equal(preflight(definition("baseten key"), &a, reason), OK);
    assert_int_equal(preflight(definition("openrouter key"), &a, reason), IMPOSSIBLE);
    a.body = "<html>....";
    assert_int_equal(preflight(definition("baseten key"), &a, reason), IMPOSSIBLE);
}

static void own_ids(void **state)
{
    (void)state;
    char out[ID_MAX + 1], hex[SHA256_HEX + 1];
    sha256_of("sk-or-v1-abc", 12, hex);
    assert_int_equal(own_id_of_secret(definition("openrouter key"), "sk-or-v1-abc", out), 64);
    assert_string_equal(out, hex);
    assert_int_equal(own_id_of_secret(definition("openrouter byok"), "sk-or-v1-abc", out), 0);
    assert_int_equal(own_id_of_secret(definition("requesty key"), "rqsty-sk-1", out), 0);
    assert_int_equal(own_id_of_secret(definition("baseten key"), "aB3.secret.x", out), 3);
    assert_string_equal(out, "aB3");
    assert_int_equal(own_id_of_secret(definition("baseten key"), "nodot", out), 0);
    assert_int_equal(own_id_of_secret(definition("baseten key"), ".x", out), 0);

    static const struct {
        const char *target, *body, *id;
    } rows[] = {
        {"requesty key", "{\"id\":\"11111111-2222-3333-4444-55555555555A\"}", UUID},
        {"requesty key", "{\"key\":{\"id\":\"" UUID "\"}}", UUID},
        {"requesty key", "{\"data\":{\"id\":\"" UUID "\"}}", UUID},
        {"requesty key", "{\"api_key_id\":\"" UUID "\"}", UUID},
        {"requesty key", "{\"id\":7,\"api_key_id\":\"" UUID "\"}", UUID},
        {"requesty key", "{\"id\":\"self\"}", NULL},
        {"requesty key", "{}", NULL},
        {"requesty key", "<html>", NULL},
        {"requesty key", "", NULL},
        {"bare", "{\"id\":12,\"user\":{}}", "12"},
        {"bare", "{\"user\":{\"id\":\"3\"},\"id\":12}", "3"},
        {"bare", "{\"id\":-12}", NULL},
        {"openrouter key", "{\"id\":\"" HASH "\"}", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int n = own_id_of_body(definition(rows[i].target), rows[i].body, strlen(rows[i].body), out);
        assert_int_equal(n, rows[i].id ? (int)strlen(rows[i].id) : 0);
        if (rows[i].id)
            assert_string_equal(out, rows[i].id);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(preflights),
        cmocka_unit_test(a_long_list_passes_where_nothing_is_checked_in_it),
        cmocka_unit_test(own_ids),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
