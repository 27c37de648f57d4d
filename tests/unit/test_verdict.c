/* The table of what an answer means, row by row: transport, status, body and what was sent before
 * on the left, the verdict on the right. */

#include "catalog_fixture.h"
#include "verdict_questions.h"

#include "base/text.h"

#define HASH  "f01d52606dc8f0a8303a7b5cc3fa07109c2e346cec7c0a16b40de462992ce943"
#define OTHER "a01d52606dc8f0a8303a7b5cc3fa07109c2e346cec7c0a16b40de462992ce943"
#define UUID  "11111111-2222-3333-4444-55555555555a"

static int set_up(void **state)
{
    (void)state;
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
    return catalog_set_up(more);
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
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(successes),
        cmocka_unit_test(absences),
        cmocka_unit_test(refusals_and_redirects),
        cmocka_unit_test(waits_and_retries),
        cmocka_unit_test(every_status),
        cmocka_unit_test(absence_after_an_attempt),
        cmocka_unit_test(other_actions),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
