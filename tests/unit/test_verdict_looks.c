/* What a look proves; what a status or a body means where a definition says so; what others than
 * the target are told. */

#include "catalog_fixture.h"
#include "verdict_questions.h"

#define HASH  "f01d52606dc8f0a8303a7b5cc3fa07109c2e346cec7c0a16b40de462992ce943"
#define OTHER "a01d52606dc8f0a8303a7b5cc3fa07109c2e346cec7c0a16b40de462992ce943"
#define UUID  "11111111-2222-3333-4444-55555555555a"

#define NOT_THERE "{\"error\":{\"code\":404,\"message\":\"Key not found\"}}"

static int set_up(void **state)
{
    (void)state;
    return catalog_set_up(NULL);
}

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
        cmocka_unit_test(what_a_read_proves),         cmocka_unit_test(bodies_of_a_word),
        cmocka_unit_test(a_success_that_may_be_gone), cmocka_unit_test(two_meanings),
        cmocka_unit_test(what_others_are_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
