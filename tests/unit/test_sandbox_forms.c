/* Whatever definition there is, the sandbox understands the requests that it makes, and its answers
 * mean what they should to the classification: each side is the other's check. */

#include "intake/finder.h"
#include "provider/hints.h"
#include "provider/identifier.h"
#include "provider/own_id.h"
#include "sandbox/announce.h"
#include "sandbox/forms.h"
#include "sandbox/generate.h"
#include "sandbox/raw.h"
#include "sandbox/routes.h"
#include "verdict_questions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

static struct catalog *catalog;
static struct routes *routes;
static struct forms *forms;

/* Beside the built-in ones, what only others have: a body with the id, scopes, no confirmation. */
static const char more[] = "[provider bodied]\n"
                           "base = https://bodied.example/api/v2\n"
                           "credential = BODIED_KEY\n"
                           "header = X-Key: {secret}\n"
                           "scope = region\n"
                           "id.name = key\n"
                           "id.class = printable\n"
                           "id.length = 1-60\n"
                           "delete = POST /{region}/keys/revoke\n"
                           "delete.body = {\"keys\":[\"{id}\"],\"why\":\"rescind\"}\n"
                           "delete.confirm = /result/deleted/0 is {id}\n"
                           "delete.confirm = /count is 1\n"
                           "gone.form = /detail/0/code is \"gone\"\n"
                           "gone.form = /detail/0/text is string\n"
                           "error.text = /detail/0/text\n"
                           "rate.header = X-Wait ms\n"
                           "[provider scoped]\n"
                           "base = https://scoped.example\n"
                           "credential = SCOPED_KEY\n"
                           "header = Authorization: Bearer {secret}\n"
                           "scope = project\n"
                           "id.name = key\n"
                           "id.class = word\n"
                           "id.length = 1-60\n"
                           "delete = DELETE /v9/{project}/keys/{id}\n"
                           "gone.form = /errors is array\n";

static int set_up(void **state)
{
    struct error err;
    (void)state;
    catalog = catalog_new();
    if (catalog_add(catalog, "more.ini", 1, more, &err) < 0)
        fail_msg("%s", err.text);
    routes = routes_new(catalog);
    forms = forms_new(catalog);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    forms_free(forms);
    routes_free(routes);
    catalog_free(catalog);
    return 0;
}

static void some_id(const struct definition *d, char id[ID_MAX + 1])
{
    struct rng r = rng_seed(3);
    generate_id(d, &r, id);
}

static void put_scope(const struct definition *d, struct buf *out)
{
    for (size_t i = 0; i < d->scope_count; i++)
        buf_printf(out, "%sscope %zu/x", i ? "\x1f" : "", i);
}

static void requests_are_understood(void **state)
{
    (void)state;
    unsigned seen = 0;
    for (size_t i = 0; i < catalog_count(catalog); i++)
        for (int a = 0; a < ACTION_COUNT; a++) {
            const struct definition *d = catalog_at(catalog, i);
            const struct request *r = &d->action[a];
            struct buf url = {0}, body = {0}, scope = {0};
            struct error err;
            struct place place;
            char id[ID_MAX + 1];
            /* OpenRouter's PATCH is read as the change that it is, whatever it says; and where
             * deleting is only disabling, the two are one request. */
            if (!r->method || (a != ACTION_DELETE && !strcmp(d->provider, "openrouter")) ||
                (a == ACTION_DISABLE && !strcmp(d->provider, "anthropic")))
                continue;
            some_id(d, id);
            put_scope(d, &scope);
            if (request_url(d, r, d->base ? NULL : "https://x.example", id, buf_text(&scope), &url,
                            &err) < 0)
                fail_msg("%s: %s", d->provider, err.text);
            request_body(d, r, id, buf_text(&scope), &body);
            const char *path = strchr(strstr(buf_text(&url), "://") + 3, '/');
            const struct incoming in = {.method = r->method,
                                        .path = path,
                                        .query = "",
                                        .body = buf_text(&body),
                                        .body_len = body.len};
            if (!routes_find(routes, &in, &place))
                fail_msg("%s %s: %s %s leads nowhere", d->provider, d->kind, r->method, path);
            assert_ptr_equal(place.d, d);
            assert_int_equal(place.op, a);
            assert_string_equal(place.id, id);
            assert_string_equal(place.scope, buf_text(&scope));
            assert_true(place.lawful);
            buf_free(&url);
            buf_free(&body);
            buf_free(&scope);
            seen++;
        }
    assert_true(seen >= 6);
}

static struct verdict judged(const struct definition *d, enum action a, const char *id,
                             const struct reply *r)
{
    struct verdict v;
    struct answer answer = {.transport = TRANSPORT_WHOLE,
                            .status = r->status,
                            .body = buf_text(&r->body),
                            .body_len = r->body.len,
                            .sends = 1};
    ask_action(d, a, id, false, &answer, &v);
    return v;
}

static void expect(const struct definition *d, enum action a, const char *id, struct reply *r,
                   enum verdict_kind kind, enum outcome outcome)
{
    struct verdict v = judged(d, a, id, r);
    if (v.kind != kind || (kind == VERDICT_END && v.outcome != outcome))
        fail_msg("%s %s, %d %s: kind %d, outcome %s (%s)", d->provider, d->kind, r->status,
                 buf_text(&r->body), (int)v.kind, outcome_word[v.outcome], v.reason);
    reply_reset(r);
}

static void answers_mean_what_they_should(void **state)
{
    (void)state;
    static const enum outcome done[] = {OUTCOME_REVOKED, OUTCOME_DISABLED, OUTCOME_ENABLED};
    for (size_t i = 0; i < catalog_count(catalog); i++)
        for (int a = 0; a < ACTION_COUNT; a++) {
            const struct definition *d = catalog_at(catalog, i);
            struct reply r = {0};
            char id[ID_MAX + 1];
            if (!d->action[a].method)
                continue;
            some_id(d, id);
            for (uint64_t identity = 0; identity < 2; identity++) {
                forms_done(forms, i, (enum action)a, id, identity, &r);
                expect(d, (enum action)a, id, &r, VERDICT_END, done[a]);
            }
            forms_denied(forms, i, (enum action)a, &r);
            expect(d, (enum action)a, id, &r, VERDICT_END, OUTCOME_UNCONFIRMED);
            forms_gone(forms, i, id, &r);
            expect(d, (enum action)a, id, &r, VERDICT_END,
                   a == ACTION_DELETE ? OUTCOME_ALREADY_ABSENT
                                      : judged(d, (enum action)a, id, &r).outcome);
            forms_error(forms, i, 401, "no", &r);
            expect(d, (enum action)a, id, &r, VERDICT_STOP, OUTCOME_NONE);
            forms_error(forms, i, 429, NULL, &r);
            expect(d, (enum action)a, id, &r, VERDICT_HOLD, OUTCOME_NONE);
            forms_error(forms, i, 500, "broken", &r);
            expect(d, (enum action)a, id, &r, VERDICT_RETRY, OUTCOME_NONE);
            forms_html(404, "404 Not Found", &r);
            expect(d, (enum action)a, id, &r, VERDICT_END, OUTCOME_UNPROVEN_ABSENT);
            reply_free(&r);
        }
}

/* The preflight's answer passes the preflight, and tells the own id where it is looked for. */
static void preflights_pass(void **state)
{
    (void)state;
    for (size_t i = 0; i < catalog_count(catalog); i++) {
        const struct definition *d = catalog_at(catalog, i);
        struct reply r = {0};
        char id[ID_MAX + 1], own[ID_MAX + 1];
        struct verdict v;
        if (!d->preflight.method)
            continue;
        some_id(d, id);
        const struct fill fills[] = {{"own", id, false},
                                     {"account", "a", false},
                                     {"items", "", true},
                                     {"total", "0", true},
                                     {NULL, NULL, false}};
        forms_tell(forms, i, FORM_PREFLIGHT, fills, &r);
        struct answer answer = {.transport = TRANSPORT_WHOLE,
                                .status = r.status,
                                .body = buf_text(&r.body),
                                .body_len = r.body.len,
                                .sends = 1};
        ask_preflight(d, &answer, &v);
        if (!v.good)
            fail_msg("%s: %s: %s", d->provider, buf_text(&r.body), v.reason);
        if (d->self == SELF_READ) {
            reply_reset(&r);
            forms_tell(forms, i, FORM_SELF, fills, &r);
            answer.body = buf_text(&r.body);
            answer.body_len = r.body.len;
            assert_int_equal(own_id_of_body(d, answer.body, answer.body_len, own), strlen(id));
            assert_string_equal(own, id);
        }
        reply_free(&r);
    }
}

/* Where a definition says how its answers name the key, another key is no success. */
static void another_id_confirms_nothing(void **state)
{
    (void)state;
    unsigned seen = 0;
    for (size_t i = 0; i < catalog_count(catalog); i++) {
        const struct definition *d = catalog_at(catalog, i);
        struct reply r = {0};
        char id[ID_MAX + 1];
        bool names = d->echo && d->echo[0];
        for (size_t k = 0; k < d->action[ACTION_DELETE].confirm.count; k++)
            names |= d->action[ACTION_DELETE].confirm.at[k].test == TEST_ID;
        if (!names)
            continue;
        some_id(d, id);
        forms_other(forms, i, ACTION_DELETE, id, &r);
        expect(d, ACTION_DELETE, id, &r, VERDICT_END, OUTCOME_UNCONFIRMED);
        reply_free(&r);
        seen++;
    }
    assert_true(seen >= 4);
}

static const char *header_of(void *at, const char *name)
{
    const struct reply *r = at;
    for (unsigned i = 0; i < r->headers; i++)
        if (!strcasecmp(r->header[i].name, name))
            return r->header[i].value;
    return NULL;
}

/* What the sandbox believes to have announced is what a reader makes of it. */
static void hints_are_read_as_announced(void **state)
{
    (void)state;
    static const unsigned kinds[] = {ANNOUNCE_SECONDS, ANNOUNCE_DATE,
                                     ANNOUNCE_MS,      ANNOUNCE_BODY,
                                     ANNOUNCE_IETF,    ANNOUNCE_SECONDS | ANNOUNCE_MS};
    static const int64_t waits[] = {0, 1, 999, 20000, 999999, 1000000, 1000001, 59500000};
    const int64_t wall = 1795240000123;
    for (size_t i = 0; i < catalog_count(catalog); i++)
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            for (size_t w = 0; w < sizeof waits / sizeof *waits; w++) {
                const struct definition *d = catalog_at(catalog, i);
                struct reply r = {0};
                struct announce how = {.kinds = kinds[k]};
                bool body = false, header = false;
                for (size_t n = 0; n < d->rate_count; n++)
                    *(d->rate[n].in_body ? &body : &header) = true;
                forms_error(forms, i, 429, NULL, &r);
                int64_t hold = announce_put(&how, d, waits[w], wall, 100, &r);
                assert_true(hold >= waits[w] || kinds[k] == ANNOUNCE_BODY);
                assert_true(hold <= waits[w] + 2000000);
                bool readable = kinds[k] == ANNOUNCE_BODY ? body
                                : kinds[k] == ANNOUNCE_MS ? header
                                                          : true;
                struct header_source source = {header_of, &r};
                struct hint hint = hint_read(d, &source, buf_text(&r.body), r.body.len, wall);
                int64_t read_us = hint.wait_us < 0 ? 0 : hint.wait_us; /* no wait, no hint */
                if (readable && read_us != hold)
                    fail_msg("%s, kind %u, wait %lld: announced %lld, read %lld", d->provider,
                             kinds[k], (long long)waits[w], (long long)hold,
                             (long long)hint.wait_us);
                reply_free(&r);
            }
}

static void see_key(void *found, const struct sighting *s)
{
    assert_int_equal(s->kind, SIGHT_KEY);
    *(const struct definition **)found = s->shape->definition;
}

/* What is made up as a raw key is taken for one of the same definition, with the same id. */
static void raw_keys_are_known(void **state)
{
    (void)state;
    unsigned seen = 0;
    struct rng r = rng_seed(5);
    struct shapes *shapes = shapes_new(catalog, NULL);
    struct finder *finder = finder_new(shapes);
    for (size_t i = 0; i < catalog_count(catalog); i++)
        for (unsigned n = 0; n < 50; n++) {
            const struct definition *d = catalog_at(catalog, i), *found = NULL;
            char raw[RAW_MAX], id[ID_MAX + 1], own[ID_MAX + 1];
            bool telling = raw_make(d, &r, raw, id);
            if (!telling && !d->raw)
                continue;
            if (!telling) {
                generate_id(d, &r, id);
                assert_true(raw_of(d, id, raw));
            }
            finder_run(finder, raw, strlen(raw), 0, strlen(raw), see_key, &found);
            assert_ptr_equal(found, d);
            if (!telling)
                continue;
            assert_int_equal(own_id_of_secret(d, raw, own), strlen(id));
            assert_string_equal(own, id);
            seen += n == 0;
        }
    assert_true(seen >= 3);
    finder_free(finder);
    shapes_free(shapes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_understood),
        cmocka_unit_test(answers_mean_what_they_should),
        cmocka_unit_test(preflights_pass),
        cmocka_unit_test(another_id_confirms_nothing),
        cmocka_unit_test(hints_are_read_as_announced),
        cmocka_unit_test(raw_keys_are_known),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
