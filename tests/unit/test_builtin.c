/* The definitions that are compiled in say what their providers' APIs say: a row for each. */

#include "provider/classify.h"
#include "provider/identifier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HASH  "f01d52606dc8f0a8303a7b5cc3fa07109c2e346cec7c0a16b40de462992ce943"
#define UUID  "11111111-2222-3333-4444-55555555555a"
#define HEX32 "f267e341f3dd4697bd3b9f71dd96247f"

/* Of each built-in target: the request as it goes out, and how its answers are understood. */
static const struct built_in {
    const char *provider, *kind, *id, *scope;
    const char *method, *url, *body;
    const char *headers[4];
    int ok_status;
    const char *ok_body, *wrong_body; /* wrong: as good a status, but it does not confirm */
    int gone_status;
    const char *gone_body, *not_gone_body;
} built_in[] = {
    {"openrouter",
     "key",
     HASH,
     "",
     "DELETE",
     "https://openrouter.ai/api/v1/keys/" HASH,
     NULL,
     {"Authorization: Bearer {secret}"},
     200,
     "{\"deleted\":true}",
     "{\"deleted\":false}",
     404,
     "{\"error\":{\"code\":404,\"message\":\"Not found\"}}",
     "<html>"},
    {"openrouter",
     "byok",
     UUID,
     "",
     "DELETE",
     "https://openrouter.ai/api/v1/byok/" UUID,
     NULL,
     {"Authorization: Bearer {secret}"},
     200,
     "{\"deleted\":true}",
     "{}",
     404,
     "{\"error\":{\"code\":404,\"message\":\"Not found\"}}",
     "{\"error\":{\"code\":404}}"},
    {"requesty",
     "key",
     UUID,
     "",
     "DELETE",
     "https://api-v2.requesty.ai/v1/manage/apikey/" UUID,
     NULL,
     {"Authorization: Bearer {secret}"},
     204,
     "",
     "{\"error\":{\"message\":\"m\"}}",
     404,
     "{\"error\":{\"origin\":\"router\",\"message\":\"not found\"}}",
     "{\"error\":{\"message\":\"m\"}}"},
    {"baseten",
     "key",
     "aB3",
     "",
     "DELETE",
     "https://api.baseten.co/v1/api_keys/aB3",
     NULL,
     {"Authorization: Api-Key {secret}"},
     200,
     "{\"prefix\":\"aB3\"}",
     "{\"prefix\":\"aB4\"}",
     404,
     "{\"error\":\"no such key\"}",
     "{\"detail\":\"Not Found\"}"},
    {"openai",
     "key",
     "key_abc",
     "proj_1",
     "DELETE",
     "https://api.openai.com/v1/organization/projects/proj_1/api_keys/key_abc",
     NULL,
     {"Authorization: Bearer {secret}"},
     200,
     "{\"object\":\"organization.project.api_key.deleted\",\"id\":\"key_abc\",\"deleted\":true}",
     "{\"id\":\"key_abd\",\"deleted\":true}",
     404,
     "{\"error\":{\"message\":\"No such key\",\"type\":\"invalid_request_error\",\"code\":null}}",
     "{\"error\":\"Not Found\"}"},
    {"openai",
     "admin",
     "key_abc",
     "",
     "DELETE",
     "https://api.openai.com/v1/organization/admin_api_keys/key_abc",
     NULL,
     {"Authorization: Bearer {secret}"},
     200,
     "{\"id\":\"key_abc\",\"object\":\"organization.admin_api_key.deleted\",\"deleted\":true}",
     "{\"id\":\"key_abc\"}",
     404,
     "{\"error\":{\"message\":\"No such key\",\"type\":\"invalid_request_error\"}}",
     "{}"},
    {"anthropic",
     "key",
     "apikey_01Rj2",
     "",
     "POST",
     "https://api.anthropic.com/v1/organizations/api_keys/apikey_01Rj2",
     "{\"status\":\"inactive\"}",
     {"x-api-key: {secret}", "anthropic-version: 2023-06-01"},
     200,
     "{\"type\":\"api_key\",\"id\":\"apikey_01Rj2\",\"status\":\"inactive\"}",
     "{\"id\":\"apikey_01Rj2\",\"status\":\"active\"}",
     404,
     "{\"type\":\"error\",\"error\":{\"type\":\"not_found_error\",\"message\":\"m\"}}",
     "{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"m\"}}"},
    {"litellm",
     "key",
     HASH,
     "",
     "POST",
     "https://own.example/key/delete",
     "{\"keys\":[\"" HASH "\"]}",
     {"Authorization: Bearer {secret}"},
     200,
     "{\"deleted_keys\":[\"" HASH "\"]}",
     "{\"deleted_keys\":[]}",
     404,
     "{\"error\":{\"message\":\"No keys "
     "found\",\"type\":\"t\",\"param\":\"key\",\"code\":\"404\"}}",
     "{\"detail\":\"Not Found\"}"},
    {"cloudflare",
     "key",
     HEX32,
     "",
     "DELETE",
     "https://api.cloudflare.com/client/v4/user/tokens/" HEX32,
     NULL,
     {"Authorization: Bearer {secret}"},
     200,
     "{\"success\":true,\"errors\":[],\"messages\":[],\"result\":{\"id\":\"" HEX32 "\"}}",
     "{\"success\":false,\"result\":null}",
     404,
     "{\"success\":false,\"errors\":[{\"code\":1003,\"message\":\"m\"}],\"result\":null}",
     "{\"success\":false,\"errors\":[]}"},
    {"datadog",
     "key",
     UUID,
     "",
     "DELETE",
     "https://api.datadoghq.com/api/v2/api_keys/" UUID,
     NULL,
     {"DD-API-KEY: {env:DD_API_KEY}", "DD-APPLICATION-KEY: {secret}"},
     204,
     "",
     "<html>",
     404,
     "{\"errors\":[\"API key not found\"]}",
     "{\"errors\":[]}"},
    {"sendgrid",
     "key",
     "aB3_-x",
     "",
     "DELETE",
     "https://api.sendgrid.com/v3/api_keys/aB3_-x",
     NULL,
     {"Authorization: Bearer {secret}"},
     204,
     "",
     "<html>",
     404,
     "{\"errors\":[{\"field\":null,\"message\":\"unable to find API Key\"}]}",
     "{\"errors\":[]}"},
    {"gitlab",
     "key",
     "42",
     "",
     "DELETE",
     "https://own.example/api/v4/personal_access_tokens/42",
     NULL,
     {"PRIVATE-TOKEN: {secret}"},
     204,
     "",
     "<html>",
     404,
     "{\"message\":\"404 Personal Access Token Not Found\"}",
     "{\"error\":\"404 Not Found\"}"},
    {"vault",
     "key",
     "8609694a.acc-9Z",
     "",
     "POST",
     "https://own.example/v1/auth/token/revoke-accessor",
     "{\"accessor\":\"8609694a.acc-9Z\"}",
     {"X-Vault-Token: {secret}", "X-Vault-Request: true"},
     204,
     "",
     "<html>",
     400,
     "{\"errors\":[\"1 error occurred:\\n\\t* invalid accessor\\n\\n\"]}",
     "{\"errors\":[\"permission denied\"]}"},
};

static void each_is_tested(void **state)
{
    (void)state;
    struct catalog *c = catalog_new();
    assert_int_equal(catalog_count(c), sizeof built_in / sizeof *built_in);
    for (size_t i = 0; i < sizeof built_in / sizeof *built_in; i++)
        assert_non_null(catalog_find(c, built_in[i].provider, built_in[i].kind));
    catalog_free(c);
}

static void their_requests(void **state)
{
    (void)state;
    struct catalog *c = catalog_new();
    struct buf out = {0};
    struct error err;
    for (size_t i = 0; i < sizeof built_in / sizeof *built_in; i++) {
        const struct built_in *b = &built_in[i];
        const struct definition *d = catalog_find(c, b->provider, b->kind);
        const struct request *r = &d->action[ACTION_DELETE];
        char id[ID_MAX + 1], reason[ID_REASON];
        assert_int_equal(identifier_canonical(d, b->id, strlen(b->id), id, reason),
                         (int)strlen(b->id));
        assert_string_equal(r->method, b->method);
        const char *base = d->base ? NULL : "https://own.example";
        assert_int_equal(request_url(d, r, base, id, b->scope, &out, &err), 0);
        assert_string_equal(buf_text(&out), b->url);
        assert_int_equal(request_body(d, r, id, b->scope, &out), b->body != NULL);
        if (b->body)
            assert_string_equal(buf_text(&out), b->body);
        size_t k = 0;
        for (; b->headers[k]; k++)
            assert_string_equal(d->headers[k], b->headers[k]);
        assert_null(d->headers[k]);

        /* the words that would hit the credential itself, or the collection */
        static const char *const never[] = {"self", "current", ".", "..", ""};
        for (k = 0; k < sizeof never / sizeof *never; k++)
            assert_int_equal(identifier_canonical(d, never[k], strlen(never[k]), id, reason), -1);
        if (d->preflight.method)
            assert_int_equal(request_url(d, &d->preflight, base, NULL, "", &out, &err), 0);
        if (d->self == SELF_READ)
            assert_int_equal(request_url(d, &d->self_read, base, NULL, "", &out, &err), 0);
    }
    buf_free(&out);
    catalog_free(c);
}

static enum outcome outcome_of(const struct definition *d, const char *id, int status,
                               const char *body)
{
    struct answer a = {.status = status, .body = body, .body_len = strlen(body), .sends = 1};
    struct verdict v;
    classify(d, ACTION_DELETE, id, false, &a, &v);
    return v.kind == VERDICT_END ? v.outcome : OUTCOME_NONE;
}

static void their_answers(void **state)
{
    (void)state;
    struct catalog *c = catalog_new();
    for (size_t i = 0; i < sizeof built_in / sizeof *built_in; i++) {
        const struct built_in *b = &built_in[i];
        const struct definition *d = catalog_find(c, b->provider, b->kind);
        assert_int_equal(outcome_of(d, b->id, b->ok_status, b->ok_body), OUTCOME_REVOKED);
        assert_int_equal(outcome_of(d, b->id, b->ok_status, b->wrong_body), OUTCOME_UNCONFIRMED);
        assert_int_equal(outcome_of(d, b->id, b->gone_status, b->gone_body),
                         OUTCOME_ALREADY_ABSENT);
        enum outcome o = outcome_of(d, b->id, b->gone_status, b->not_gone_body);
        assert_int_equal(o, b->gone_status == 404 ? OUTCOME_UNPROVEN_ABSENT : OUTCOME_FAILED);
        assert_int_equal(outcome_of(d, b->id, 401, "{}"), OUTCOME_NONE); /* STOP */
        assert_int_equal(outcome_of(d, b->id, 403, b->not_gone_body), OUTCOME_NONE);
    }
    /* where a status is promised, another does not do */
    assert_int_equal(outcome_of(catalog_find(c, "datadog", NULL), UUID, 200, ""),
                     OUTCOME_UNCONFIRMED);
    /* 403 is a refusal for Vault, unless it says that the accessor is the trouble */
    const struct definition *vault = catalog_find(c, "vault", NULL);
    assert_int_equal(outcome_of(vault, "8609694a", 403, "{\"errors\":[\"invalid accessor\"]}"),
                     OUTCOME_ALREADY_ABSENT);
    assert_int_equal(outcome_of(vault, "8609694a", 403, "{\"errors\":[\"permission denied\"]}"),
                     OUTCOME_NONE);
    /* and since 1.10 it tells an absence in a success */
    assert_int_equal(outcome_of(vault, "8609694a", 200,
                                "{\"warnings\":[\"No token found with this accessor\"]}"),
                     OUTCOME_ALREADY_ABSENT);
    assert_int_equal(outcome_of(vault, "8609694a", 200, "{\"warnings\":[\"slow\"]}"),
                     OUTCOME_UNCONFIRMED);
    catalog_free(c);
}

#define REST                                                                                       \
    "credential = X\nheader = A: {secret}\nid.name = id\nid.class = printable\nid.length = "       \
    "1-64\ndelete = DELETE /k/{id}\n"

static void their_own_ids(void **state)
{
    (void)state;
    static const struct {
        const char *provider, *secret, *body, *id;
    } rows[] = {
        {"sendgrid", "SG.aB3_-x.secret", NULL, "aB3_-x"},
        {"sendgrid", "SG.aB3_-x", NULL, NULL},
        {"baseten", "aB3.secret", NULL, "aB3"},
        {"litellm", "sk-1234", NULL,
         "88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b"},
        {"colon", "kid:secret", NULL, "kid"},
        {"colon", "a2lkOnNlY3JldA==", NULL, NULL},
        {"user", "kid:secret", NULL, "kid"},
        {"user", "a2lkOnNlY3JldA==", NULL, "kid"},
        {"user", "a2lkc2VjcmV0", NULL, NULL},
        {"secret", "kid:secret", NULL, "kid:secret"},
        {"gitlab", "glpat-x", "{\"id\":42,\"active\":true}", "42"},
        {"vault", "hvs.x", "{\"data\":{\"accessor\":\"8609694a-cdbc\"}}", "8609694a-cdbc"},
        {"cloudflare", "x", "{\"result\":{\"id\":\"" HEX32 "\",\"status\":\"active\"}}", HEX32},
    };
    static const char others[] =
        "[provider colon]\nself = before-colon\n" REST "[provider user]\nself = user\n" REST
        "[provider secret]\nself = secret\n" REST;
    struct catalog *c = catalog_new();
    struct error err;
    assert_int_equal(catalog_add(c, "t", 1, others, &err), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct definition *d = catalog_find(c, rows[i].provider, NULL);
        char out[ID_MAX + 1];
        int n = own_id_of_secret(d, rows[i].secret, out);
        if (rows[i].body) {
            assert_int_equal(n, 0);
            n = own_id_of_body(d, rows[i].body, strlen(rows[i].body), out);
        }
        assert_int_equal(n, rows[i].id ? (int)strlen(rows[i].id) : 0);
        if (rows[i].id)
            assert_string_equal(out, rows[i].id);
    }
    catalog_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_tested),
        cmocka_unit_test(their_requests),
        cmocka_unit_test(their_answers),
        cmocka_unit_test(their_own_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
