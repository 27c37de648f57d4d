/* The table of what an answer means, row by row: transport, status, body and what was sent before
 * on the left, the verdict on the right. */

#include "verdict_questions.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HASH  "f01d52606dc8f0a8303a7b5cc3fa07109c2e346cec7c0a16b40de462992ce943"
#define OTHER "a01d52606dc8f0a8303a7b5cc3fa07109c2e346cec7c0a16b40de462992ce943"
#define UUID  "11111111-2222-3333-4444-55555555555a"

static struct catalog *catalog;

static int set_up(void **state)
{
    (void)state;
    struct error err;
    static const char more[] = "[provider bare]\n"
                               "credential = K\nheader = X-Key: {secret}\n"
                               "id.name = id\nid.class = digits\nid.length = 1-9\n"
                               "delete = DELETE /{id}\n"
                               "echo = /id\n"
                               "gone.status = 404 410\n"
                               "stop.status = 401\n"
                               "[provider formed]\n"
                               "credential = K\nheader = X-Key: {secret}\n"
                               "id.name = id\nid.class = digits\nid.length = 1-9\n"
                               "delete = DELETE /{id}\n"
                               "gone.status = 404 410\n"
                               "gone.form = /gone is true\n"
                               "gone.form = /id is {id}\n";
    catalog = catalog_new();
    return catalog_add(catalog, "more.ini", 1, more, &err);
}

static int tear_down(void **state)
{
    (void)state;
    catalog_free(catalog);
    return 0;
}

/* Columns of a verdict, as short as a table needs them. */
enum flags {
    APPLIED = 1, /* may_have_applied */
    HOLDS = 2,
    CLOSES = 4,
    BEFORE = 8, /* on the left: applied_before */
    HINT = 16,  /* Retry-After: 7 */
    CLIPPED = 32,
};

struct row {
    const char *target; /* "openrouter key" */
    enum action action;
    const char *id;
    enum transport transport;
    int status;
    const char *body;
    unsigned sends;
    int given; /* BEFORE, HINT, CLIPPED */
    enum verdict_kind kind;
    enum outcome outcome;
    int flags;
    const char *reason; /* NULL: not looked at */
};

static const struct definition *definition(const char *target)
{
    char provider[40], kind[40] = "key";
    assert_true(sscanf(target, "%39s %39s", provider, kind) >= 1);
    const struct definition *d = catalog_find(catalog, provider, kind);
    assert_non_null(d);
    return d;
}

static const char *seven_seconds(void *at, const char *name)
{
    (void)at;
    return strcmp(name, "Retry-After") == 0 ? "7" : NULL;
}

static void check(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct row *r = &rows[i];
        struct answer a = {
            .transport = r->transport,
            .status = r->status,
            .body = r->body,
            .body_len = r->body ? strlen(r->body) : 0,
            .body_clipped = (r->given & CLIPPED) != 0,
            .sends = r->sends,
            .headers = {r->given & HINT ? seven_seconds : NULL, NULL},
        };
        struct verdict v;
        ask_action(definition(r->target), r->action, r->id, (r->given & BEFORE) != 0, &a, &v);
        int flags = (v.may_have_applied ? APPLIED : 0) |
                    (v.rate == ABOUT_RATE_REFUSED ? HOLDS : 0) | (v.closes_connection ? CLOSES : 0);
        if (v.kind != r->kind || v.outcome != r->outcome || flags != r->flags ||
            (r->reason && strcmp(r->reason, v.reason) != 0))
            fail_msg("row %zu (%s, %d, %s): kind %d, outcome %s, flags %d, \"%s\"", i, r->target,
                     r->status, r->body ? r->body : "", v.kind, outcome_word[v.outcome], flags,
                     v.reason);
        assert_true(text_is_utf8(v.reason, strlen(v.reason)));
    }
}
#define CHECK(rows) check(rows, sizeof(rows) / sizeof *(rows))

#define KEY  "openrouter key", ACTION_DELETE, HASH
#define BYOK "openrouter byok", ACTION_DELETE, UUID
#define REQ  "requesty key", ACTION_DELETE, UUID
#define BASE "baseten key", ACTION_DELETE, "aB3"

static void successes(void **state)
{
    (void)state;
#define SAID(status, body, sends, given) TRANSPORT_WHOLE, status, body, sends, given
#define REVOKED                          VERDICT_END, OUTCOME_REVOKED, APPLIED, ""
#define UNCONFIRMED(reason)              VERDICT_END, OUTCOME_UNCONFIRMED, APPLIED | CLOSES, reason
    static const struct row rows[] = {
        {KEY, SAID(200, "{\"deleted\":true}", 1, 0), REVOKED},
        {KEY, SAID(200, " {\"deleted\": true, \"hash\": \"" HASH "\"}\n", 1, 0), REVOKED},
        {KEY,
         SAID(200,
              "{\"deleted\":true,\"hash\":\"F01D52606DC8F0A8303A7B5CC3FA07109C2E346CEC7C0A16B40DE"
              "462992CE943\"}",
              1, 0),
         REVOKED},
        {KEY, SAID(200, "{\"deleted\":true,\"error\":null}", 1, 0), REVOKED},
        {KEY, SAID(200, "{\"deleted\":true,\"hash\":null}", 1, 0), REVOKED},
        {KEY, SAID(202, "{\"deleted\":true}", 1, 0),
         UNCONFIRMED("202 that does not confirm: accepted is not done")},
        {KEY, SAID(201, "{\"deleted\":true}", 1, 0),
         UNCONFIRMED("201 that does not confirm: another status was promised")},
        {REQ, SAID(202, "", 1, 0), UNCONFIRMED("202 that does not confirm: accepted is not done")},
        {REQ, SAID(207, "{\"results\":[{\"status\":500}]}", 1, 0),
         UNCONFIRMED("207 that does not confirm: what was done stands in its parts")},
        {KEY, SAID(200, "{\"deleted\":true}", 2, BEFORE), REVOKED},
        {KEY, SAID(200, "{\"deleted\":false}", 1, 0),
         UNCONFIRMED("200 that does not confirm: its `deleted` is false")},
        {KEY, SAID(200, "{\"deleted\":\"true\"}", 1, 0),
         UNCONFIRMED("200 that does not confirm: /deleted is not true")},
        {KEY, SAID(200, "{\"deleted\":1}", 1, 0),
         UNCONFIRMED("200 that does not confirm: /deleted is not true")},
        {KEY, SAID(200, "{\"deleted\":null}", 1, 0),
         UNCONFIRMED("200 that does not confirm: /deleted is not true")},
        {KEY, SAID(200, "{\"deleted\":true,\"deleted\":true}", 1, 0),
         UNCONFIRMED("200 that does not confirm: not JSON")},
        {KEY, SAID(200, "{\"deleted\":true}x", 1, 0),
         UNCONFIRMED("200 that does not confirm: not JSON")},
        {KEY, SAID(200, "{\"deleted\":tru", 1, 0),
         UNCONFIRMED("200 that does not confirm: not JSON")},
        {KEY, SAID(200, "{\"deleted\":true,\"x\":\"\xff\"}", 1, 0),
         UNCONFIRMED("200 that does not confirm: not JSON")},
        {KEY, SAID(200, "true", 1, 0),
         UNCONFIRMED("200 that does not confirm: its body is no JSON object")},
        {KEY, SAID(200, "[]", 1, 0),
         UNCONFIRMED("200 that does not confirm: its body is no JSON object")},
        {KEY, SAID(200, "<html>deleted</html>", 1, 0),
         UNCONFIRMED("200 that does not confirm: HTML?")},
        {KEY, SAID(200, "", 1, 0), UNCONFIRMED("200 that does not confirm: its body is empty")},
        {KEY, SAID(204, NULL, 1, 0), UNCONFIRMED("204 that does not confirm: its body is empty")},
        {KEY, SAID(200, "{\"deleted\":true}", 1, CLIPPED),
         UNCONFIRMED("200 that does not confirm: its body is longer than what is kept")},
        {KEY, SAID(200, "{\"deleted\":true,\"hash\":\"" OTHER "\"}", 1, 0),
         UNCONFIRMED("200 that does not confirm: its body names another id at /hash")},
        {KEY, SAID(200, "{\"deleted\":true,\"id\":\"x\"}", 1, 0),
         UNCONFIRMED("200 that does not confirm: its body names another id at /id")},
        {KEY, SAID(200, "{\"deleted\":true,\"data\":{\"hash\":\"" OTHER "\"}}", 1, 0),
         UNCONFIRMED("200 that does not confirm: its body names another id at /data/hash")},
        {KEY,
         SAID(200, "{\"deleted\":true,\"error\":{\"code\":500,\"message\":\"half done\"}}", 1, 0),
         UNCONFIRMED("200 that does not confirm: its body has an `error`: half done")},
        {BYOK, SAID(200, "{\"deleted\":true}", 1, 0), REVOKED},
        {BYOK, SAID(200, "{\"deleted\":true,\"data\":{\"id\":\"" UUID "\"}}", 1, 0), REVOKED},
        {BYOK, SAID(200, "{}", 1, 0),
         UNCONFIRMED("200 that does not confirm: /deleted is not true")},
        {REQ, SAID(200, "", 1, 0), REVOKED},
        {REQ, SAID(204, NULL, 1, 0), REVOKED},
        {REQ, SAID(200, "\r\n", 1, 0), REVOKED},
        {REQ, SAID(200, "{}", 1, 0), REVOKED},
        {REQ, SAID(200, "{\"message\":\"ok\"}", 1, 0), REVOKED},
        {REQ, SAID(200, "{\"id\":\"" UUID "\"}", 1, 0), REVOKED},
        {REQ, SAID(200, "{\"id\":\"22222222-2222-3333-4444-55555555555a\"}", 1, 0),
         UNCONFIRMED("200 that does not confirm: its body names another id at /id")},
        {REQ, SAID(200, "{\"error\":{\"origin\":\"router\",\"message\":\"no\"}}", 1, 0),
         UNCONFIRMED("200 that does not confirm: its body has an `error`: no")},
        {REQ, SAID(200, "<!doctype html>", 1, 0), UNCONFIRMED("200 that does not confirm: HTML?")},
        {REQ, SAID(200, "OK", 1, 0), UNCONFIRMED("200 that does not confirm: not JSON")},
        {REQ, SAID(200, "[]", 1, 0),
         UNCONFIRMED("200 that does not confirm: its body is no JSON object")},
        {REQ, SAID(200, "", 1, CLIPPED),
         UNCONFIRMED("200 that does not confirm: its body is longer than what is kept")},
        {BASE, SAID(200, "{\"prefix\":\"aB3\"}", 1, 0), REVOKED},
        {BASE, SAID(200, "{\"prefix\":\"ab3\"}", 1, 0), /* case counts here */
         UNCONFIRMED("200 that does not confirm: its body names another id at /prefix")},
        {BASE, SAID(200, "{\"prefix\":null}", 1, 0),
         UNCONFIRMED("200 that does not confirm: /prefix is not what the API promises")},
        {BASE, SAID(204, "", 1, 0), UNCONFIRMED("204 that does not confirm: its body is empty")},
        {"bare", ACTION_DELETE, "12", SAID(200, "{\"id\":12}", 1, 0), REVOKED},
        {"bare", ACTION_DELETE, "12", SAID(200, "{\"id\":13}", 1, 0),
         UNCONFIRMED("200 that does not confirm: its body names another id at /id")},
    };
    CHECK(rows);
}

static void absences(void **state)
{
    (void)state;
#define NOT_THERE "{\"error\":{\"code\":404,\"message\":\"Key not found\"}}"
#define ALREADY   VERDICT_END, OUTCOME_ALREADY_ABSENT, 0, ""
#define OURS(f)   VERDICT_END, OUTCOME_ABSENT_AFTER_RETRY, f, ""
#define UNPROVEN(reason)                                                                           \
    VERDICT_END, OUTCOME_UNPROVEN_ABSENT, CLOSES,                                                  \
        "404 without the provider's error form (" reason "): is the base URL right?"
    static const struct row rows[] = {
        {KEY, SAID(404, NOT_THERE, 1, 0), ALREADY},
        {KEY, SAID(404, NOT_THERE, 0, 0), ALREADY},
        {KEY, SAID(404, NOT_THERE, 1, BEFORE), OURS(0)},
        {KEY, SAID(404, NOT_THERE, 2, 0), OURS(APPLIED)}, /* libcurl's own re-send */
        {KEY, SAID(404, "{\"error\":{\"code\":404,\"message\":\"\",\"metadata\":null}}", 1, 0),
         ALREADY},
        {KEY, SAID(404, "{\"error\":{\"code\":400,\"message\":\"m\"}}", 1, 0), VERDICT_END,
         OUTCOME_UNPROVEN_ABSENT, CLOSES, NULL},
        {KEY, SAID(404, "{\"error\":{\"code\":\"404\",\"message\":\"m\"}}", 1, BEFORE), VERDICT_END,
         OUTCOME_UNPROVEN_ABSENT, CLOSES,
         "404 without the provider's error form (other JSON): is the base URL right?: m"},
        {KEY, SAID(404, "{\"error\":\"Not Found\"}", 1, 0), UNPROVEN("other JSON")},
        {KEY, SAID(404, "{\"error\":{\"code\":404}}", 1, 0), UNPROVEN("other JSON")},
        {KEY, SAID(404, "{}", 1, 0), UNPROVEN("other JSON")},
        {KEY, SAID(404, "<html><h1>404</h1>", 1, 0), UNPROVEN("HTML?")},
        {KEY, SAID(404, "\n<!doctype html>", 2, 0), VERDICT_END, OUTCOME_UNPROVEN_ABSENT,
         APPLIED | CLOSES, NULL},
        {KEY, SAID(404, "", 1, 0), UNPROVEN("its body is empty")},
        {KEY, SAID(404, "404 page not found", 1, 0), UNPROVEN("not JSON")},
        {KEY, SAID(404, NOT_THERE, 1, CLIPPED), UNPROVEN("its body is longer than what is kept")},
        {BYOK, SAID(404, NOT_THERE, 1, 0), ALREADY},
        {REQ, SAID(404, "{\"error\":{\"origin\":\"router\",\"message\":\"not found\"}}", 1, 0),
         ALREADY},
        {REQ, SAID(404, "{\"error\":{\"origin\":\"router\",\"message\":\"not found\"}}", 1, BEFORE),
         OURS(0)},
        {REQ, SAID(404, "{\"error\":{\"message\":\"not found\"}}", 1, 0), VERDICT_END,
         OUTCOME_UNPROVEN_ABSENT, CLOSES, NULL},
        {REQ, SAID(404, "<html>", 1, 0), UNPROVEN("HTML?")},
        {BASE, SAID(404, "{\"error\":\"API key not found\"}", 1, 0), ALREADY},
        {BASE, SAID(404, "{\"error\":{\"message\":\"m\"}}", 1, 0), ALREADY},
        {BASE, SAID(404, "{\"error\":null}", 1, 0), UNPROVEN("other JSON")},
        {BASE, SAID(404, "{\"detail\":\"Not Found\"}", 1, 0), UNPROVEN("other JSON")},
        {BASE, SAID(404, "[\"error\"]", 1, 0), UNPROVEN("other JSON")},
        /* a definition without a form proves nothing; other statuses of gone.status */
        {"bare", ACTION_DELETE, "12", SAID(404, "{\"gone\":true}", 1, 0), UNPROVEN("other JSON")},
        {"bare", ACTION_DELETE, "12", SAID(410, "{}", 1, 0), VERDICT_END, OUTCOME_UNPROVEN_ABSENT,
         CLOSES, NULL},
        {"formed", ACTION_DELETE, "12", SAID(410, "{\"gone\":true,\"id\":\"12\"}", 1, 0), ALREADY},
        {"formed", ACTION_DELETE, "12", SAID(410, "{\"gone\":true,\"id\":\"12\"}", 1, BEFORE),
         OURS(0)},
        {"formed", ACTION_DELETE, "12", SAID(410, "{\"gone\":true,\"id\":\"13\"}", 1, 0),
         VERDICT_END, OUTCOME_UNPROVEN_ABSENT, CLOSES, NULL},
        {KEY, SAID(410, NOT_THERE, 1, 0), ALREADY}, /* 410 as 404 */
        {REQ, SAID(410, "{\"error\":{\"origin\":\"router\",\"message\":\"not found\"}}", 1, 0),
         ALREADY},
        {REQ, SAID(410, "<html>", 1, 0), VERDICT_END, OUTCOME_UNPROVEN_ABSENT, CLOSES,
         "410 without the provider's error form (HTML?): is the base URL right?"},
        /* absent, and asked to wait: both */
        {KEY, SAID(404, NOT_THERE, 1, HINT), VERDICT_END, OUTCOME_ALREADY_ABSENT, HOLDS, ""},
        {KEY, SAID(404, "<html>", 1, HINT), VERDICT_RETRY, OUTCOME_FAILED, HOLDS, "404"},
    };
    CHECK(rows);
}

static void refusals_and_redirects(void **state)
{
    (void)state;
#define STOP(reason)          VERDICT_STOP, OUTCOME_NONE, 0, reason
#define STRANGER(reason)      VERDICT_STOP, OUTCOME_NONE, CLOSES, reason
#define FAILED(flags, reason) VERDICT_END, OUTCOME_FAILED, flags, reason
    static const struct row rows[] = {
        {KEY, SAID(401, "{\"error\":{\"code\":401,\"message\":\"No auth\"}}", 1, 0),
         STOP("401, the credential is refused: No auth")},
        {KEY, SAID(403, "{\"error\":{\"code\":403,\"message\":\"No\"}}", 1, 0),
         STOP("403, the credential is refused: No")},
        {KEY, SAID(403, "<html>blocked</html>", 1, 0),
         STRANGER("403, and not as the provider refuses: a page came (HTML)")},
        {KEY, SAID(403, "", 1, 0),
         STRANGER("403, and not as the provider refuses: its body is empty")},
        {KEY, SAID(403, "{\"detail\":\"no\"}", 1, 0),
         STRANGER("403, and not as the provider refuses: other JSON")},
        {KEY, SAID(403, "{\"error\":{\"message\":\"slow\"}}", 1, HINT), VERDICT_RETRY,
         OUTCOME_FAILED, HOLDS, "403: slow"},
        {KEY, SAID(403, "<html>", 1, HINT), VERDICT_RETRY, OUTCOME_FAILED, HOLDS, "403"},
        {KEY, SAID(401, "", 1, HINT), STOP("401, the credential is refused")},
        {KEY, SAID(401, NULL, 2, 0), VERDICT_STOP, OUTCOME_NONE, APPLIED, NULL},
        {KEY, TRANSPORT_LOST, 401, NULL, 1, 0, STOP("401, the credential is refused")},
        {KEY, TRANSPORT_TIMEOUT, 403, NULL, 1, 0,
         STRANGER("403, and not as the provider refuses: its body did not come whole")},
        {KEY, TRANSPORT_LOST, 403, NULL, 1, HINT, VERDICT_RETRY, OUTCOME_FAILED, HOLDS, "403"},
        {REQ, SAID(403, "{\"error\":{\"origin\":\"router\",\"message\":\"invalid token\"}}", 1, 0),
         STOP("403, the credential is refused: invalid token")},
        {BASE, SAID(401, "{\"error\":\"m\"}", 1, 0), STOP("401, the credential is refused: m")},
        {"bare", ACTION_DELETE, "12", SAID(403, "", 1, 0), FAILED(0, "403")},
        {KEY, SAID(301, "", 1, 0),
         FAILED(0, "301, a redirect, is not followed: is the base URL right?")},
        {KEY, SAID(302, "{\"deleted\":true}", 1, 0), FAILED(0, NULL)},
        {KEY, SAID(303, "", 1, 0), FAILED(0, NULL)},
        {KEY, SAID(304, "", 1, 0), FAILED(0, NULL)},
        {KEY, SAID(307, "", 1, 0), FAILED(0, NULL)},
        {KEY, SAID(308, "", 1, HINT), FAILED(0, NULL)},
        {KEY, SAID(308, "", 2, 0), FAILED(APPLIED, NULL)},
        {KEY, SAID(400, "{\"error\":{\"code\":400,\"message\":\"bad\"}}", 1, 0),
         FAILED(0, "400: bad")},
        {KEY, SAID(400, "", 1, 0), FAILED(0, "400")},
        {KEY, SAID(405, "", 1, BEFORE), FAILED(0, "405")},
        {KEY, SAID(407, "", 1, 0), FAILED(0, "407")},
        {KEY, SAID(409, "", 1, 0), VERDICT_RETRY, OUTCOME_FAILED, 0, "409"},
        {KEY, SAID(423, "", 1, 0), VERDICT_RETRY, OUTCOME_FAILED, 0, "423"},
        {KEY, SAID(409, "", 1, HINT), VERDICT_RETRY, OUTCOME_FAILED, HOLDS, "409"},
        {KEY, SAID(400, "", 1, HINT), VERDICT_RETRY, OUTCOME_FAILED, HOLDS, "400"},
        {KEY, SAID(422, "", 1, 0), FAILED(0, "422")},
        {KEY, SAID(499, "", 1, 0), FAILED(0, "499")},
        {KEY, SAID(400, "", 2, 0), FAILED(APPLIED, "400")},
    };
    CHECK(rows);
}

static void waits_and_retries(void **state)
{
    (void)state;
#define HOLD(flags, reason)  VERDICT_HOLD, OUTCOME_NONE, flags, reason
#define RETRY(flags, reason) VERDICT_RETRY, OUTCOME_FAILED, flags, reason
    static const struct row rows[] = {
        {KEY, SAID(429, "{\"error\":{\"code\":429,\"message\":\"slow\"}}", 1, HINT),
         HOLD(HOLDS, "429: slow")},
        {KEY, SAID(429, "<html>", 1, 0), HOLD(HOLDS, "429")},
        {KEY, SAID(425, "", 1, 0), HOLD(HOLDS, "425")},
        {KEY, SAID(429, "", 1, BEFORE), HOLD(HOLDS, "429")},
        {KEY, SAID(429, "", 2, 0), RETRY(HOLDS | APPLIED, "429")}, /* the first was an attempt */
        {KEY, TRANSPORT_LOST, 429, NULL, 1, HINT, HOLD(HOLDS, "429")},
        {KEY, TRANSPORT_TIMEOUT, 429, NULL, 1, 0, HOLD(HOLDS, "429")},
        {BASE, SAID(429, "{\"error\":\"Rate limit exceeded.\",\"retry_after\":37}", 1, HINT),
         HOLD(HOLDS, "429: Rate limit exceeded.")},
        {KEY, SAID(503, "", 1, HINT), RETRY(APPLIED | HOLDS, "503")},
        {KEY, SAID(529, "", 1, HINT), RETRY(APPLIED | HOLDS, "529")},
        {KEY, TRANSPORT_LOST, 503, NULL, 1, HINT, RETRY(APPLIED | HOLDS, "503")},
        {KEY, SAID(503, "", 1, 0), RETRY(APPLIED, "503")},
        {KEY, SAID(500, "{\"error\":{\"code\":500,\"message\":\"oops\"}}", 1, HINT),
         RETRY(APPLIED | HOLDS, "500: oops")},
        {KEY, SAID(408, "", 1, 0), RETRY(APPLIED, "408")},
        {KEY, SAID(408, "", 1, HINT), RETRY(APPLIED | HOLDS, "408")},
        {KEY, SAID(529, "", 1, 0), RETRY(APPLIED, "529")},
        {KEY, SAID(501, "", 1, 0), RETRY(APPLIED, "501")},
        {KEY, SAID(505, "", 1, 0), RETRY(APPLIED, "505")},
        {KEY, SAID(421, "", 1, 0), RETRY(CLOSES, "421")},
        {KEY, SAID(421, "", 2, 0), RETRY(CLOSES | APPLIED, "421")},
        /* what nobody sends as a last answer */
        {KEY, SAID(0, "", 1, 0), RETRY(APPLIED | CLOSES, "0 is no status that ends an answer")},
        {KEY, SAID(100, "", 1, 0), RETRY(APPLIED | CLOSES, "100 is no status that ends an answer")},
        {KEY, SAID(199, "", 1, 0), RETRY(APPLIED | CLOSES, NULL)},
        {KEY, SAID(600, "", 1, 0), RETRY(APPLIED | CLOSES, NULL)},
        {KEY, SAID(999, "{\"deleted\":true}", 1, 0), RETRY(APPLIED | CLOSES, NULL)},
        {KEY, SAID(-1, "", 1, 0), RETRY(APPLIED | CLOSES, NULL)},
        /* no whole answer */
        {KEY, TRANSPORT_LOST, 0, NULL, 1, 0, RETRY(APPLIED | CLOSES, "the answer was lost")},
        {KEY, TRANSPORT_LOST, 200, "{\"deleted\":true}", 1, 0,
         RETRY(APPLIED | CLOSES, "the answer was lost after its status 200")},
        {REQ, TRANSPORT_LOST, 204, NULL, 1, 0, RETRY(APPLIED | CLOSES, NULL)},
        {KEY, TRANSPORT_LOST, 404, NOT_THERE, 1, 0, RETRY(APPLIED | CLOSES, NULL)},
        {KEY, TRANSPORT_LOST, 302, "", 1, 0, RETRY(APPLIED | CLOSES, NULL)},
        {KEY, TRANSPORT_LOST, 400, "", 1, 0, RETRY(APPLIED | CLOSES, NULL)},
        {KEY, TRANSPORT_LOST, 500, "", 1, 0, RETRY(APPLIED | CLOSES, NULL)},
        {KEY, TRANSPORT_LOST, 503, "", 1, 0, RETRY(APPLIED | CLOSES, NULL)},
        {KEY, TRANSPORT_TIMEOUT, 0, NULL, 1, 0, RETRY(APPLIED | CLOSES, "no whole answer in time")},
        {KEY, TRANSPORT_TIMEOUT, 200, "{\"deleted\":true}", 1, 0,
         RETRY(APPLIED | CLOSES, "no whole answer in time after its status 200")},
        {KEY, TRANSPORT_NOT_SENT, 0, NULL, 0, 0, RETRY(CLOSES, "not sent")},
        {KEY, TRANSPORT_NOT_SENT, 0, NULL, 0, BEFORE, RETRY(CLOSES, "not sent")},
        {KEY, TRANSPORT_NOT_SENT, 0, NULL, 1, 0, RETRY(APPLIED | CLOSES, "not sent")},
        {KEY, TRANSPORT_TLS, 0, NULL, 0, 0, RETRY(CLOSES, "TLS handshake failed")},
        {KEY, TRANSPORT_TLS, 0, NULL, 1, 0, RETRY(APPLIED | CLOSES, "TLS handshake failed")},
        {KEY, TRANSPORT_UNTRUSTED, 0, NULL, 0, 0,
         FAILED(CLOSES, "the certificate does not verify")},
        {KEY, TRANSPORT_UNTRUSTED, 0, NULL, 1, 0,
         FAILED(APPLIED | CLOSES, "the certificate does not verify")},
        {KEY, TRANSPORT_IMPOSSIBLE, 0, NULL, 0, 0, FAILED(CLOSES, "cannot be sent")},
    };
    CHECK(rows);
}

/* Whatever the status, a whole answer falls into its class, for all four targets. */
static void every_status(void **state)
{
    (void)state;
    static const char *const targets[] = {"openrouter key", "openrouter byok", "requesty key",
                                          "baseten key"};
    for (int status = 0; status < 1000; status++)
        for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
            struct answer a = {.status = status, .body = "<p>", .body_len = 3, .sends = 1};
            struct verdict v;
            ask_action(definition(targets[i]), ACTION_DELETE, UUID, false, &a, &v);
            enum verdict_kind kind = VERDICT_END;
            if (status < 200 || status >= 500 || status == 408 || status == 409 || status == 421 ||
                status == 423)
                kind = VERDICT_RETRY;
            else if (status == 425 || status == 429)
                kind = VERDICT_HOLD;
            else if (status == 401 || status == 403)
                kind = VERDICT_STOP;
            enum outcome outcome = OUTCOME_FAILED;
            if (kind == VERDICT_HOLD || kind == VERDICT_STOP)
                outcome = OUTCOME_NONE;
            else if (status >= 200 && status < 300)
                outcome = OUTCOME_UNCONFIRMED;
            else if (status == 404 || status == 410)
                outcome = OUTCOME_UNPROVEN_ABSENT;
            assert_int_equal(v.kind, kind);
            assert_int_equal(v.outcome, outcome);
            assert_int_equal(v.rate == ABOUT_RATE_REFUSED, kind == VERDICT_HOLD);
            assert_true(v.reason[0] != '\0');
        }
}

/* A 404 after each kind of attempt: whose doing it is follows from the verdict before it. */
static void absence_after_an_attempt(void **state)
{
    (void)state;
    static const struct {
        struct answer first;
        bool ours;
    } rows[] = {
        {{TRANSPORT_WHOLE, .status = 500, .sends = 1}, true},
        {{TRANSPORT_WHOLE, .status = 599, .sends = 1}, true},
        {{TRANSPORT_WHOLE, .status = 503, .sends = 1, .headers = {seven_seconds, NULL}}, true},
        {{TRANSPORT_WHOLE, .status = 408, .sends = 1}, true},
        {{TRANSPORT_TIMEOUT, .sends = 1}, true},
        {{TRANSPORT_LOST, .sends = 1}, true},
        {{TRANSPORT_LOST, .status = 200, .sends = 1}, true},
        {{TRANSPORT_LOST, .status = 404, .sends = 1}, true},
        {{TRANSPORT_WHOLE, .status = 200, .body = "<p>", .body_len = 3, .sends = 1}, true},
        {{TRANSPORT_NOT_SENT, .sends = 1}, true},
        {{TRANSPORT_WHOLE, .status = 429, .sends = 2}, true},
        {{TRANSPORT_WHOLE, .status = 429, .sends = 1}, false},
        {{TRANSPORT_WHOLE, .status = 425, .sends = 1}, false},
        {{TRANSPORT_WHOLE, .status = 421, .sends = 1}, false},
        {{TRANSPORT_WHOLE, .status = 401, .sends = 1}, false},
        {{TRANSPORT_WHOLE, .status = 400, .sends = 1}, false},
        {{TRANSPORT_WHOLE, .status = 409, .sends = 1}, false},
        {{TRANSPORT_WHOLE, .status = 423, .sends = 1}, false},
        {{TRANSPORT_WHOLE, .status = 403, .sends = 1, .headers = {seven_seconds, NULL}}, false},
        {{TRANSPORT_WHOLE, .status = 202, .sends = 1}, true},
        {{TRANSPORT_NOT_SENT, .sends = 0}, false},
        {{TRANSPORT_TLS, .sends = 0}, false},
        {{TRANSPORT_UNTRUSTED, .sends = 0}, false},
    };
    const struct definition *d = definition("openrouter key");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct verdict first, second;
        ask_action(d, ACTION_DELETE, HASH, false, &rows[i].first, &first);
        struct answer gone = {
            .status = 404, .body = NOT_THERE, .body_len = strlen(NOT_THERE), .sends = 1};
        ask_action(d, ACTION_DELETE, HASH, first.may_have_applied, &gone, &second);
        assert_int_equal(second.outcome,
                         rows[i].ours ? OUTCOME_ABSENT_AFTER_RETRY : OUTCOME_ALREADY_ABSENT);
    }
}

static void other_actions(void **state)
{
    (void)state;
#define DISABLE "openrouter key", ACTION_DISABLE, HASH
#define ENABLE  "openrouter key", ACTION_ENABLE, HASH
    static const struct row rows[] = {
        {DISABLE, SAID(200, "{\"data\":{\"hash\":\"" HASH "\",\"disabled\":true}}", 1, 0),
         VERDICT_END, OUTCOME_DISABLED, APPLIED, ""},
        {DISABLE, SAID(200, "{\"data\":{\"hash\":\"" HASH "\",\"disabled\":false}}", 1, 0),
         UNCONFIRMED("200 that does not confirm: /data/disabled is not true")},
        {DISABLE, SAID(200, "{\"data\":{\"hash\":\"" OTHER "\",\"disabled\":true}}", 1, 0),
         UNCONFIRMED("200 that does not confirm: its body names another id at /data/hash")},
        {DISABLE, SAID(404, NOT_THERE, 1, 0), ALREADY},
        {ENABLE, SAID(200, "{\"data\":{\"disabled\":false}}", 1, 0), VERDICT_END, OUTCOME_ENABLED,
         APPLIED, ""},
        {ENABLE, SAID(404, NOT_THERE, 1, BEFORE), VERDICT_END, OUTCOME_FAILED, 0,
         "404, it is not there any more"},
    };
    CHECK(rows);
}

/* A read of one target, and one of a list that is asked for all of them (no id). */
static void what_a_read_proves(void **state)
{
    (void)state;
    static const struct {
        const char *target, *id;
        int status;
        const char *body;
        enum transport transport;
        enum verdict_kind kind;
        enum verified verified;
        const char *reason;
    } rows[] = {
        {"openrouter key", HASH, 200, "{\"data\":{\"hash\":\"" HASH "\"}}", TRANSPORT_WHOLE,
         VERDICT_END, VERIFIED_PRESENT, ""},
        {"openrouter byok", UUID, 200, "{\"data\":{\"id\":\"" UUID "\"}}", TRANSPORT_WHOLE,
         VERDICT_END, VERIFIED_PRESENT, ""},
        {"openrouter key", HASH, 404, NOT_THERE, TRANSPORT_WHOLE, VERDICT_END, VERIFIED_ABSENT, ""},
        {"openrouter key", HASH, 200, "{\"data\":{\"hash\":\"" OTHER "\"}}", TRANSPORT_WHOLE,
         VERDICT_END, VERIFIED_UNPROVEN,
         "200 that does not confirm: its body names another id at /data/hash"},
        {"openrouter key", HASH, 200, "{\"data\":{}}", TRANSPORT_WHOLE, VERDICT_END,
         VERIFIED_UNPROVEN, "200 that does not confirm"},
        {"openrouter key", HASH, 200, "", TRANSPORT_WHOLE, VERDICT_END, VERIFIED_UNPROVEN,
         "200 that does not confirm: its body is empty"},
        {"openrouter key", HASH, 200, "{\"deleted\":true}", TRANSPORT_WHOLE, VERDICT_END,
         VERIFIED_UNPROVEN, "200 that does not confirm"},
        {"openrouter key", HASH, 404, "<p>", TRANSPORT_WHOLE, VERDICT_END, VERIFIED_UNPROVEN,
         "404 without the provider's error form"},
        {"openrouter key", HASH, 410, NOT_THERE, TRANSPORT_WHOLE, VERDICT_END, VERIFIED_ABSENT, ""},
        {"openrouter key", HASH, 302, "", TRANSPORT_WHOLE, VERDICT_END, VERIFIED_UNPROVEN, "302"},
        {"openrouter key", HASH, 400, "", TRANSPORT_WHOLE, VERDICT_END, VERIFIED_UNPROVEN, "400"},
        {"openrouter key", HASH, 500, "", TRANSPORT_WHOLE, VERDICT_RETRY, VERIFIED_UNPROVEN, "500"},
        {"openrouter key", HASH, 404, NOT_THERE, TRANSPORT_LOST, VERDICT_RETRY, VERIFIED_UNPROVEN,
         "the answer was lost"},
        {"openrouter key", HASH, 200, NULL, TRANSPORT_TIMEOUT, VERDICT_RETRY, VERIFIED_UNPROVEN,
         "no whole answer in time"},
        {"openrouter key", HASH, 429, "", TRANSPORT_WHOLE, VERDICT_HOLD, VERIFIED_UNPROVEN, "429"},
        {"openrouter key", HASH, 401, "", TRANSPORT_WHOLE, VERDICT_STOP, VERIFIED_UNPROVEN, "401"},
        {"requesty key", NULL, 200, "{\"keys\":[]}", TRANSPORT_WHOLE, VERDICT_END, VERIFIED_NONE,
         ""},
        {"requesty key", NULL, 200, "{\"error\":{\"message\":\"no\"}}", TRANSPORT_WHOLE,
         VERDICT_END, VERIFIED_UNPROVEN, "200 that does not confirm: its body has an `error`"},
        {"requesty key", NULL, 200, "<p>", TRANSPORT_WHOLE, VERDICT_END, VERIFIED_UNPROVEN,
         "200 that does not confirm: HTML?"},
        {"requesty key", NULL, 204, "", TRANSPORT_WHOLE, VERDICT_END, VERIFIED_UNPROVEN,
         "204 that does not confirm: its body is empty"},
        /* a list that is not there proves nothing of what would be in it */
        {"requesty key", NULL, 404, "{\"error\":{\"origin\":\"router\",\"message\":\"not found\"}}",
         TRANSPORT_WHOLE, VERDICT_END, VERIFIED_UNPROVEN, "404"},
        {"requesty key", NULL, 403, "", TRANSPORT_WHOLE, VERDICT_STOP, VERIFIED_UNPROVEN, "403"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct definition *d = definition(rows[i].target);
        const char *body = rows[i].body ? rows[i].body : "";
        struct answer a = {.transport = rows[i].transport,
                           .status = rows[i].status,
                           .body = body,
                           .body_len = strlen(body),
                           .sends = 1};
        struct verdict v;
        ask_look(d, rows[i].id, &a, &v);
        if (v.kind != rows[i].kind || v.verified != rows[i].verified ||
            strncmp(v.reason, rows[i].reason, strlen(rows[i].reason)) != 0 ||
            (!*rows[i].reason && *v.reason))
            fail_msg("row %zu: kind %d, %s: %s", i, v.kind, verified_word[v.verified], v.reason);
    }
    /* A clipped list may lack what it has. */
    struct answer a = {
        .status = 200, .body = "{\"keys\":[]}", .body_len = 11, .body_clipped = true, .sends = 1};
    struct verdict v;
    const struct definition *d = definition("requesty key");
    ask_look(d, NULL, &a, &v);
    assert_int_equal(v.verified, VERIFIED_UNPROVEN);
}

static void findings(void **state)
{
    (void)state;
    static const char *const words[VERIFIED_COUNT] = {"", "confirmed_absent", "still_present",
                                                      "unproven"};
    enum verified parsed = VERIFIED_NONE;
    for (int i = 0; i < VERIFIED_COUNT; i++) {
        assert_string_equal(verified_word[i], words[i]);
        assert_int_equal(verified_parse(words[i], strlen(words[i]), &parsed), i != VERIFIED_NONE);
        assert_int_equal(parsed, i);
    }
    assert_false(verified_parse("unprovenx", 9, &parsed));
    assert_false(verified_parse("confirmed", 9, &parsed));
}

static void outcomes(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        bool done, failed, absent;
    } rows[OUTCOME_COUNT] = {
        {"", false, false, false},
        {"revoked", true, false, false},
        {"disabled", true, false, false},
        {"enabled", true, false, false},
        {"rotated", true, false, false},
        {"already_absent", true, false, true},
        {"absent_after_retry", true, false, true},
        {"unproven_absent", false, true, true},
        {"unconfirmed", false, true, false},
        {"failed", false, true, false},
        {"not_attempted", false, false, false},
    };
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        enum outcome parsed = OUTCOME_COUNT;
        bool known = outcome_parse(rows[i].word, strlen(rows[i].word), &parsed);
        assert_string_equal(outcome_word[i], rows[i].word);
        assert_int_equal(known, i != OUTCOME_NONE);
        if (known)
            assert_int_equal(parsed, i);
        assert_int_equal(outcome_done((enum outcome)i), rows[i].done);
        assert_int_equal(outcome_failed((enum outcome)i), rows[i].failed);
        assert_int_equal(outcome_absent((enum outcome)i), rows[i].absent);
    }
    enum outcome parsed;
    assert_false(outcome_parse("revoke", 6, &parsed));
    assert_false(outcome_parse("revokedx", 8, &parsed));
}

/* A success that is no object is one where the definition says so. */
static void bodies_of_a_word(void **state)
{
    (void)state;
    static const struct {
        const char *confirm, *body;
        enum outcome outcome;
    } rows[] = {
        {"body is true", "true", OUTCOME_REVOKED},
        {"body is true", " true\n", OUTCOME_REVOKED},
        {"body is true", "false", OUTCOME_UNCONFIRMED},
        {"body is true", "{\"error\":\"x\"}", OUTCOME_UNCONFIRMED},
        {"body is \"OK\"", "OK\r\n", OUTCOME_REVOKED},
        {"body is \"OK\"", "\"OK\"", OUTCOME_REVOKED},
        {"body is \"OK\"", "NOT OK", OUTCOME_UNCONFIRMED},
        {"body is \"OK\"", "<html>OK</html>", OUTCOME_UNCONFIRMED},
        {"body is \"OK\"", "", OUTCOME_UNCONFIRMED},
        {"body is []", "[]", OUTCOME_REVOKED},
        {"body is []", "[1]", OUTCOME_UNCONFIRMED},
        {"body is []", "", OUTCOME_UNCONFIRMED},
        {"/ok is true", "[true]", OUTCOME_UNCONFIRMED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct catalog *c = catalog_new();
        struct error err;
        struct verdict v;
        char text[300];
        snprintf(text, sizeof text,
                 "[provider y]\ncredential = Y\nheader = Y: {secret}\nid.name = id\n"
                 "id.class = word\nid.length = 1-9\ndelete = DELETE /k/{id}\ndelete.confirm = %s\n",
                 rows[i].confirm);
        assert_int_equal(catalog_add(c, "t", 1, text, &err), 0);
        const struct answer a = {
            .status = 200, .body = rows[i].body, .body_len = strlen(rows[i].body), .sends = 1};
        ask_action(catalog_find(c, "y", NULL), ACTION_DELETE, "a", false, &a, &v);
        if (v.outcome != rows[i].outcome)
            fail_msg("%s: %s: %s", rows[i].confirm, rows[i].body, v.reason);
        catalog_free(c);
    }
}

/* A definition whose absences may come with 200 does not thereby believe every 200. */
static void a_success_that_may_be_gone(void **state)
{
    (void)state;
    struct catalog *c = catalog_new();
    const struct definition *d = catalog_find(c, "vault", NULL);
    struct verdict v;
    struct answer a = {.status = 200, .body = "<html>", .body_len = 6, .sends = 1};
    ask_preflight(d, &a, &v);
    assert_int_equal(v.kind, VERDICT_END);
    assert_false(v.good);
    a.body = "{\"data\":{}}";
    a.body_len = strlen(a.body);
    ask_preflight(d, &a, &v);
    assert_int_equal(v.kind, VERDICT_STOP);
    assert_int_equal(v.stop, EXIT_CREDENTIAL);
    catalog_free(c);
}

/* A status may refuse the credential, or say something of the one target. */
static void two_meanings(void **state)
{
    (void)state;
    static const char text[] =
        "[provider y]\ncredential = Y\nheader = Y: {secret}\nid.name = id\nid.class = word\n"
        "id.length = 1-9\ndelete = DELETE /k/{id}\nread = GET /k/{id}\nread.confirm = /id is {id}\n"
        "read.stop = none\nstop.status = 401 403\nstop.form = /code is not \"foreign\"\n";
    static const struct {
        int status;
        const char *body;
        enum verdict_kind delete, read;
    } rows[] = {
        {401, "{\"code\":\"bad\"}", VERDICT_STOP, VERDICT_END},
        {403, "{\"code\":\"foreign\"}", VERDICT_END, VERDICT_END},
    };
    struct catalog *c = catalog_new();
    struct error err;
    struct verdict v;
    assert_int_equal(catalog_add(c, "t", 1, text, &err), 0);
    const struct definition *d = catalog_find(c, "y", NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct answer a = {.status = rows[i].status,
                                 .body = rows[i].body,
                                 .body_len = strlen(rows[i].body),
                                 .sends = 1};
        ask_action(d, ACTION_DELETE, "a", false, &a, &v);
        assert_int_equal(v.kind, rows[i].delete);
        if (v.kind == VERDICT_END)
            assert_int_equal(v.outcome, OUTCOME_FAILED);
        ask_look(d, "a", &a, &v);
        assert_int_equal(v.kind, rows[i].read);
        assert_int_equal(v.verified, VERIFIED_UNPROVEN);
        /* the read of a list is nobody's target */
        ask_look(d, NULL, &a, &v);
        assert_int_equal(v.kind, rows[i].delete);
    }
    catalog_free(c);
}

/* What pacer, health and the counts are told, and with which code it stops. */
static void what_others_are_told(void **state)
{
    (void)state;
    static const struct {
        enum transport transport;
        int status;
        bool held, ours;
        enum about_rate rate;
        bool sick;
        enum answer_count count;
        enum exit_code stop;
    } rows[] = {
#define WHOLE(status) TRANSPORT_WHOLE, status
        {WHOLE(200), false, false, ABOUT_RATE_OK, false, COUNT_OTHER, EXIT_DONE},
        {WHOLE(302), false, false, ABOUT_RATE_OK, false, COUNT_OTHER, EXIT_DONE},
        {WHOLE(400), false, false, ABOUT_RATE_OK, false, COUNT_OTHER, EXIT_DONE},
        {WHOLE(400), true, false, ABOUT_RATE_REFUSED, false, COUNT_OTHER, EXIT_DONE},
        {WHOLE(401), false, false, ABOUT_RATE_OK, false, COUNT_OTHER, EXIT_CREDENTIAL},
        {WHOLE(401), true, false, ABOUT_RATE_OK, false, COUNT_OTHER, EXIT_CREDENTIAL},
        {WHOLE(403), false, true, ABOUT_RATE_OK, false, COUNT_OTHER, EXIT_CREDENTIAL},
        {WHOLE(403), false, false, ABOUT_RATE_OK, false, COUNT_OTHER, EXIT_STOPPED},
        {WHOLE(403), true, true, ABOUT_RATE_REFUSED, false, COUNT_OTHER, EXIT_DONE},
        {WHOLE(404), false, false, ABOUT_RATE_OK, false, COUNT_OTHER, EXIT_DONE},
        {WHOLE(408), false, false, ABOUT_RATE_SICK, true, COUNT_OTHER, EXIT_DONE},
        {WHOLE(409), false, false, ABOUT_RATE_OK, false, COUNT_OTHER, EXIT_DONE},
        {WHOLE(421), false, false, ABOUT_RATE_OK, false, COUNT_OTHER, EXIT_DONE},
        {WHOLE(423), false, false, ABOUT_RATE_OK, false, COUNT_OTHER, EXIT_DONE},
        {WHOLE(425), false, false, ABOUT_RATE_REFUSED, false, COUNT_OTHER, EXIT_DONE},
        {WHOLE(429), false, false, ABOUT_RATE_REFUSED, false, COUNT_429, EXIT_DONE},
        {WHOLE(500), false, false, ABOUT_RATE_SICK, true, COUNT_5XX, EXIT_DONE},
        {WHOLE(500), true, false, ABOUT_RATE_REFUSED, true, COUNT_5XX, EXIT_DONE},
        {WHOLE(503), false, false, ABOUT_RATE_SICK, true, COUNT_5XX, EXIT_DONE},
        {WHOLE(503), true, false, ABOUT_RATE_REFUSED, true, COUNT_5XX, EXIT_DONE},
        {WHOLE(529), true, false, ABOUT_RATE_REFUSED, true, COUNT_5XX, EXIT_DONE},
        {TRANSPORT_LOST, 429, false, false, ABOUT_RATE_REFUSED, false, COUNT_429, EXIT_DONE},
        {TRANSPORT_LOST, 503, true, false, ABOUT_RATE_REFUSED, true, COUNT_5XX, EXIT_DONE},
        {TRANSPORT_LOST, 200, false, false, ABOUT_RATE_LOST, true, COUNT_NETWORK, EXIT_DONE},
        {TRANSPORT_TIMEOUT, 0, false, false, ABOUT_RATE_LOST, true, COUNT_NETWORK, EXIT_DONE},
        {TRANSPORT_NOT_SENT, 0, false, false, ABOUT_RATE_LOST, true, COUNT_NETWORK, EXIT_DONE},
        {TRANSPORT_TLS, 0, false, false, ABOUT_RATE_LOST, true, COUNT_NETWORK, EXIT_DONE},
        {TRANSPORT_UNTRUSTED, 0, false, false, ABOUT_RATE_LOST, true, COUNT_NETWORK, EXIT_DONE},
        {TRANSPORT_LOCAL, 0, false, false, ABOUT_RATE_NOTHING, false, COUNT_OTHER, EXIT_DONE},
#undef WHOLE
    };
    static const char ours[] = "{\"error\":{\"message\":\"no\"}}";
    const struct definition *d = definition("openrouter key");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *body = rows[i].ours ? ours : "<p>";
        const struct answer a = {.transport = rows[i].transport,
                                 .status = rows[i].status,
                                 .body = body,
                                 .body_len = strlen(body),
                                 .headers = {rows[i].held ? seven_seconds : NULL, NULL},
                                 .sends = 1};
        struct verdict v;
        ask_action(d, ACTION_DELETE, HASH, false, &a, &v);
        if (v.rate != rows[i].rate || v.sick != rows[i].sick || v.count != rows[i].count ||
            v.stop != rows[i].stop)
            fail_msg("row %zu (%d): rate %d, sick %d, count %d, stop %d", i, rows[i].status,
                     (int)v.rate, v.sick, (int)v.count, (int)v.stop);
        bool waits = v.rate == ABOUT_RATE_REFUSED && rows[i].held;
        assert_int_equal(v.hold.wait_us, waits ? 7000000 : -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_meanings),
        cmocka_unit_test(what_others_are_told),
        cmocka_unit_test(bodies_of_a_word),
        cmocka_unit_test(a_success_that_may_be_gone),
        cmocka_unit_test(successes),
        cmocka_unit_test(absences),
        cmocka_unit_test(refusals_and_redirects),
        cmocka_unit_test(waits_and_retries),
        cmocka_unit_test(every_status),
        cmocka_unit_test(absence_after_an_attempt),
        cmocka_unit_test(other_actions),
        cmocka_unit_test(what_a_read_proves),
        cmocka_unit_test(findings),
        cmocka_unit_test(outcomes),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
