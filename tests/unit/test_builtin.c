/* The definitions that are compiled in say what their providers' APIs say: a row for each. */

#include "list_page.h"

#include "provider/identifier.h"
#include "provider/keylist.h"
#include "provider/own_id.h"
#include "verdict_questions.h"

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
     "{\"error\":{\"origin\":\"router\",\"message\":\"provider or model not supported\"}}"},
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
     "{\"status\":\"archived\"}",
     {"x-api-key: {secret}", "anthropic-version: 2023-06-01"},
     200,
     "{\"type\":\"api_key\",\"id\":\"apikey_01Rj2\",\"status\":\"archived\"}",
     "{\"id\":\"apikey_01Rj2\",\"status\":\"inactive\"}",
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
    {"cloudflare",
     "account",
     HEX32,
     "acc1",
     "DELETE",
     "https://api.cloudflare.com/client/v4/accounts/acc1/tokens/" HEX32,
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
     "{\"errors\":[\"Not here\"]}"},
    {"datadog",
     "app",
     UUID,
     "",
     "DELETE",
     "https://api.datadoghq.com/api/v2/application_keys/" UUID,
     NULL,
     {"DD-API-KEY: {env:DD_API_KEY}", "DD-APPLICATION-KEY: {secret}"},
     204,
     "",
     "<html>",
     404,
     "{\"errors\":[\"Application key not found\"]}",
     "{\"errors\":[\"Not here\"]}"},
    {"datadog",
     "pat",
     UUID,
     "",
     "DELETE",
     "https://api.datadoghq.com/api/v2/personal_access_tokens/" UUID,
     NULL,
     {"DD-API-KEY: {env:DD_API_KEY}", "DD-APPLICATION-KEY: {secret}"},
     204,
     "",
     "<html>",
     404,
     "{\"errors\":[\"Personal access token not found\"]}",
     "{\"errors\":[\"Not here\"]}"},
    {"sendgrid",
     "key",
     "aB3_-x",
     "",
     "DELETE",
     "https://api.sendgrid.com/v3/api_keys/aB3_-x",
     NULL,
     {"Authorization: Bearer {secret}", "on-behalf-of: {env:SENDGRID_SUBUSER?}"},
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
     {"X-Vault-Token: {secret}", "X-Vault-Request: true",
      "X-Vault-Namespace: {env:VAULT_NAMESPACE?}"},
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
    ask_action(d, ACTION_DELETE, id, false, &a, &v);
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
        /* of LiteLLM it may be somebody else's key */
        assert_int_equal(outcome_of(d, b->id, 403, b->not_gone_body),
                         strcmp(b->provider, "litellm") == 0 ? OUTCOME_FAILED : OUTCOME_NONE);
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

#define HERE   VERIFIED_PRESENT
#define GONE   VERIFIED_ABSENT
#define UNSURE VERIFIED_UNPROVEN
static const struct read_row {
    const char *provider, *kind, *id, *scope;
    const char *method, *url, *body;
    struct {
        int status;
        const char *body;
        enum verified found;
    } answer[6];
} read_rows[] = {
    {"openrouter",
     "key",
     HASH,
     "",
     "GET",
     "https://openrouter.ai/api/v1/keys/" HASH,
     NULL,
     {{200, "{\"data\":{\"hash\":\"" HASH "\"}}", HERE},
      {200, "{\"data\":{\"hash\":\"x\"}}", UNSURE},
      {404, "{\"error\":{\"code\":404,\"message\":\"m\"}}", GONE}}},
    {"openrouter",
     "byok",
     UUID,
     "",
     "GET",
     "https://openrouter.ai/api/v1/byok/" UUID,
     NULL,
     {{200, "{\"data\":{\"id\":\"" UUID "\",\"disabled\":true}}", HERE},
      {404, "{\"error\":{\"code\":404,\"message\":\"m\"}}", GONE}}},
    {"openai",
     "key",
     "key_a",
     "proj_1",
     "GET",
     "https://api.openai.com/v1/organization/projects/proj_1/api_keys/key_a",
     NULL,
     {{200, "{\"object\":\"organization.project.api_key\",\"id\":\"key_a\"}", HERE},
      {404, "{\"error\":{\"message\":\"No such key\",\"type\":\"invalid_request_error\"}}", GONE},
      {404,
       "{\"error\":{\"message\":\"Invalid URL (GET /v2)\",\"type\":\"invalid_request_error\"}}",
       UNSURE}}},
    {"openai",
     "admin",
     "key_a",
     "",
     "GET",
     "https://api.openai.com/v1/organization/admin_api_keys/key_a",
     NULL,
     {{200, "{\"id\":\"key_a\"}", HERE},
      {404, "{\"error\":{\"message\":\"No such key\",\"type\":\"invalid_request_error\"}}", GONE}}},
    {"anthropic",
     "key",
     "apikey_01",
     "",
     "GET",
     "https://api.anthropic.com/v1/organizations/api_keys/apikey_01",
     NULL,
     {{200, "{\"id\":\"apikey_01\",\"status\":\"active\"}", HERE},
      {200, "{\"id\":\"apikey_01\",\"status\":\"inactive\"}", HERE},
      {200, "{\"id\":\"apikey_01\",\"status\":\"archived\"}", GONE},
      {200, "{\"id\":\"apikey_02\",\"status\":\"archived\"}", UNSURE},
      {404, "{\"type\":\"error\",\"error\":{\"type\":\"not_found_error\",\"message\":\"m\"}}",
       GONE}}},
    {"litellm",
     "key",
     HASH,
     "",
     "GET",
     "https://own.example/key/info?key=" HASH,
     NULL,
     {{200, "{\"key\":\"" HASH "\",\"info\":{\"blocked\":null}}", HERE},
      {404,
       "{\"error\":{\"message\":\"Key not found in database\",\"type\":\"not_found_error\","
       "\"code\":\"404\"}}",
       GONE},
      {404, "{\"error\":{\"message\":\"Not Found\",\"code\":\"404\"}}", UNSURE}}},
    {"cloudflare",
     "key",
     HEX32,
     "",
     "GET",
     "https://api.cloudflare.com/client/v4/user/tokens/" HEX32,
     NULL,
     {{200,
       "{\"success\":true,\"errors\":[],\"result\":{\"id\":\"" HEX32 "\",\"status\":\"disabled\"}}",
       HERE},
      {404, "{\"success\":false,\"errors\":[{\"code\":1003,\"message\":\"m\"}]}", GONE}}},
    {"cloudflare",
     "account",
     HEX32,
     "a1",
     "GET",
     "https://api.cloudflare.com/client/v4/accounts/a1/tokens/" HEX32,
     NULL,
     {{200, "{\"success\":true,\"result\":{\"id\":\"" HEX32 "\"}}", HERE}}},
    {"datadog",
     "key",
     UUID,
     "",
     "GET",
     "https://api.datadoghq.com/api/v2/api_keys/" UUID,
     NULL,
     {{200, "{\"data\":{\"id\":\"" UUID "\",\"type\":\"api_keys\"}}", HERE},
      {404, "{\"errors\":[\"API key not found\"]}", GONE}}},
    {"datadog",
     "app",
     UUID,
     "",
     "GET",
     "https://api.datadoghq.com/api/v2/application_keys/" UUID,
     NULL,
     {{200, "{\"data\":{\"id\":\"" UUID "\",\"type\":\"application_keys\"}}", HERE},
      {404, "{\"errors\":[\"Application key not found\"]}", GONE}}},
    {"datadog",
     "pat",
     UUID,
     "",
     "GET",
     "https://api.datadoghq.com/api/v2/personal_access_tokens/" UUID,
     NULL,
     {{200, "{\"data\":{\"id\":\"" UUID "\",\"type\":\"personal_access_tokens\"}}", HERE},
      {404, "{\"errors\":[{\"title\":\"Not Found\"}]}", GONE}}},
    {"sendgrid",
     "key",
     "aB3",
     "",
     "GET",
     "https://api.sendgrid.com/v3/api_keys/aB3",
     NULL,
     {{200, "{\"result\":[{\"api_key_id\":\"aB3\",\"name\":\"k\"}]}", HERE},
      {200, "{\"api_key_id\":\"aB3\"}", HERE},
      {200, "{\"result\":[]}", UNSURE},
      {404, "{\"errors\":[{\"field\":null,\"message\":\"unable to find API Key\"}]}", GONE}}},
    {"gitlab",
     "key",
     "42",
     "",
     "GET",
     "https://own.example/api/v4/personal_access_tokens/42",
     NULL,
     {{200, "{\"id\":42,\"revoked\":false,\"active\":true}", HERE},
      {200, "{\"id\":42,\"revoked\":true,\"active\":false}", GONE},
      {200, "{\"id\":43,\"revoked\":true,\"active\":false}", UNSURE},
      {401, "{\"message\":\"401 Unauthorized\"}", UNSURE},
      {404, "{\"message\":\"404 Personal Access Token Not Found\"}", GONE}}},
    {"vault",
     "key",
     "acc-9Z12",
     "",
     "POST",
     "https://own.example/v1/auth/token/lookup-accessor",
     "{\"accessor\":\"acc-9Z12\"}",
     {{200, "{\"data\":{\"accessor\":\"acc-9Z12\",\"entity_id\":\"\"}}", HERE},
      {400, "{\"errors\":[\"1 error occurred:\\n\\t* invalid accessor\\n\\n\"]}", GONE},
      {200, "{\"warnings\":[\"slow\"]}", UNSURE}}},
};

/* What one target's read asks, and what its answers prove. */
static void their_reads(void **state)
{
    (void)state;
    struct catalog *c = catalog_new();
    struct buf out = {0};
    struct error err;
    for (size_t i = 0; i < sizeof read_rows / sizeof *read_rows; i++) {
        const struct read_row *row = &read_rows[i];
        const struct definition *d = catalog_find(c, row->provider, row->kind);
        const char *base = d->base ? NULL : "https://own.example";
        assert_string_equal(d->read.method, row->method);
        assert_int_equal(request_url(d, &d->read, base, row->id, row->scope, &out, &err), 0);
        assert_string_equal(buf_text(&out), row->url);
        assert_int_equal(request_body(d, &d->read, row->id, row->scope, &out), row->body != NULL);
        if (row->body)
            assert_string_equal(buf_text(&out), row->body);
        for (size_t k = 0; row->answer[k].status; k++) {
            const char *body = row->answer[k].body;
            const struct answer a = {.status = row->answer[k].status,
                                     .body = body,
                                     .body_len = strlen(body),
                                     .sends = 1};
            struct verdict v;
            ask_look(d, row->id, &a, &v);
            if (v.kind != VERDICT_END || v.verified != row->answer[k].found)
                fail_msg("%s %s, %s: %s", row->provider, row->kind, body, v.reason);
        }
    }
    buf_free(&out);
    catalog_free(c);
}

/* The first pages of their lists, whether more follow, and what of it is a key. */
static void their_lists(void **state)
{
    static const struct {
        const char *provider, *kind, *each, *path, *body;
        enum walk_step step;
        const char *id;
        size_t keys;
    } rows[] = {
        {"openai", "admin", NULL, "/v1/organization/admin_api_keys?limit=100",
         "{\"object\":\"list\",\"data\":[{\"id\":\"key_a\"}],\"has_more\":true}", WALK_MORE,
         "key_a", 1},
        {"openai", "key", "proj_1",
         "/v1/organization/projects/proj_1/api_keys?limit=100&owner_project_access=any",
         "{\"object\":\"list\",\"data\":[{\"id\":\"key_a\"}],\"has_more\":false}", WALK_END,
         "key_a", 1},
        {"anthropic", "key", NULL, "/v1/organizations/api_keys?limit=1000",
         "{\"data\":[{\"id\":\"apikey_1\",\"status\":\"active\"},{\"id\":\"apikey_2\",\"status\":"
         "\"archived\"}],\"has_more\":false,\"last_id\":\"apikey_2\"}",
         WALK_END, "apikey_1", 1},
        {"litellm", "key", NULL, "/key/list?return_full_object=true&size=100&page=1",
         "{\"keys\":[{\"token\":\"" HASH "\"}],\"total_count\":2,\"total_pages\":2}", WALK_MORE,
         HASH, 1},
        {"cloudflare", "key", NULL, "/client/v4/user/tokens?per_page=50&page=1",
         "{\"success\":true,\"result\":[{\"id\":\"" HEX32
         "\"}],\"result_info\":{\"count\":1,\"page\":1,\"total_count\":1}}",
         WALK_END, HEX32, 1},
        {"cloudflare", "account", "a1", "/client/v4/accounts/a1/tokens?per_page=50&page=1",
         "{\"success\":true,\"result\":[{\"id\":\"" HEX32
         "\"}],\"result_info\":{\"total_count\":1}}",
         WALK_END, HEX32, 1},
        {"datadog", "key", NULL, "/api/v2/api_keys?page%5Bsize%5D=100&page%5Bnumber%5D=0",
         "{\"data\":[{\"id\":\"" UUID
         "\",\"attributes\":{\"last4\":\"abcd\"}}],\"meta\":{\"page\":{"
         "\"total_filtered_count\":1}}}",
         WALK_END, UUID, 1},
        {"datadog", "app", NULL, "/api/v2/application_keys?page%5Bsize%5D=100&page%5Bnumber%5D=0",
         "{\"data\":[{\"type\":\"application_keys\",\"id\":\"" UUID
         "\",\"attributes\":{\"last4\":\"abcd\",\"scopes\":null}}],\"meta\":{\"page\":{"
         "\"total_filtered_count\":1},\"max_allowed_per_user\":1000}}",
         WALK_END, UUID, 1},
        {"datadog", "pat", NULL,
         "/api/v2/personal_access_tokens?page%5Bsize%5D=100&page%5Bnumber%5D=0",
         "{\"data\":[{\"id\":\"" UUID
         "\",\"attributes\":{\"public_portion\":\"1dm1op4lL89nV8pt94Tdk8\"}}],\"meta\":{"
         "\"page\":{\"total_filtered_count\":1}}}",
         WALK_END, UUID, 1},
        {"sendgrid", "key", NULL, "/v3/api_keys", "{\"result\":[{\"api_key_id\":\"aB3\"}]}",
         WALK_END, "aB3", 1},
        {"gitlab", "key", NULL, "/api/v4/personal_access_tokens?state=active&per_page=100&page=1",
         "[{\"id\":42,\"active\":true,\"revoked\":false}]", WALK_MORE, "42", 1},
        {"vault", "key", NULL, "/v1/auth/token/accessors", "{\"data\":{\"keys\":[\"acc-9Z12\"]}}",
         WALK_END, "acc-9Z12", 1},
    };
    (void)state;
    struct catalog *c = catalog_new();
    struct buf path = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct definition *d = catalog_find(c, rows[i].provider, rows[i].kind);
        struct keylist *l = keylist_new(d);
        struct walk w = {
            .pages = &d->list.pages, .request = &d->list.request, .each = rows[i].each};
        char reason[WALK_REASON] = "";
        walk_request(&w, d, &path);
        assert_string_equal(buf_text(&path), rows[i].path);
        if (take_text(l, &w, rows[i].body, reason) != rows[i].step)
            fail_msg("%s %s: %s", rows[i].provider, rows[i].kind, reason);
        assert_int_equal(keylist_count(l), rows[i].keys);
        assert_string_equal(keylist_id(l, 0), rows[i].id);
        walk_free(&w);
        keylist_free(l);
    }
    buf_free(&path);
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
        {"datadog", "x",
         "{\"data\":{\"id\":\"o\",\"attributes\":{\"valid\":true,\"api_key_id\":\"" UUID "\"}}}",
         UUID},
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
        cmocka_unit_test(each_is_tested), cmocka_unit_test(their_requests),
        cmocka_unit_test(their_answers),  cmocka_unit_test(their_reads),
        cmocka_unit_test(their_lists),    cmocka_unit_test(their_own_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
