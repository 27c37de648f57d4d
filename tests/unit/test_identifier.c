/* Identifiers and requests: what is refused and with which words, what is folded, packed, and put
 * into a URL and a body. */

#include "catalog_fixture.h"
#include "provider/identifier.h"

#include "base/digest.h"
#include "base/rng.h"

#define HASH "f01d52606dc8f0a8303a7b5cc3fa07109c2e346cec7c0a16b40de462992ce943"
#define UUID "11111111-2222-3333-4444-55555555555a"

/* Further rules than the built-in ones have. */
static const char more[] = "[provider numbers]\n"
                           "base = https://numbers.example/api\n"
                           "credential = NUMBERS_KEY\n"
                           "header = X-Key: {secret}\n"
                           "header = X-Both: a {env:NUMBERS_APP} b {secret}\n"
                           "header = X-Plain: 2023-06-01\n"
                           "scope = group\n"
                           "scope = site\n"
                           "id.name = number\n"
                           "id.class = digits\n"
                           "id.length = 1-12\n"
                           "id.secret = num-*\n"
                           "delete = POST /g/{group}/s/{site}?x=1\n"
                           "delete.body = {\"ids\":[\"{id}\"],\"in\":{\"group\":\"{group}\"}}\n"
                           "[provider open]\n"
                           "credential = OPEN_KEY\n"
                           "header = X-Key: {secret}\n"
                           "id.name = thing\n"
                           "id.class = printable\n"
                           "id.length = 2-40\n"
                           "delete = DELETE /things/{id}/now\n";

static int set_up(void **state)
{
    (void)state;
    return catalog_set_up(more);
}

static const struct definition *of_kind(const char *provider, const char *kind)
{
    const struct definition *d = catalog_find(catalog, provider, kind);
    assert_non_null(d);
    return d;
}

static void canonical_table(void **state)
{
    (void)state;
    static const struct {
        const char *provider, *kind, *raw, *out, *reason;
    } rows[] = {
        {"openrouter", "key", HASH, HASH, NULL},
        {"openrouter", "key", "F01D52606DC8F0A8303A7B5CC3FA07109C2E346CEC7C0A16B40DE462992CE943",
         HASH, NULL},
        {"openrouter", "key", "f01d52606dc8f0a8303a7b5cc3fa07109c2e346cec7c0a16b40de462992ce94",
         NULL, "not a key hash: 63 digits, 64 needed"},
        {"openrouter", "key", HASH "0", NULL, "not a key hash: 65 digits, 64 needed"},
        {"openrouter", "key", "f01d52606dcg", NULL,
         "not a key hash: a character that is not a hex digit at position 12"},
        {"openrouter", "key", "f", NULL, "not a key hash: 1 digit, 64 needed"},
        {"openrouter", "key", "", NULL, "not a key hash: empty"},
        {"openrouter", "key", " " HASH, NULL, "not a key hash: a space at position 1"},
        {"openrouter", "key", HASH "\t", NULL,
         "not a key hash: a control character at position 65"},
        {"openrouter", "key", "\xc3\xa9" HASH, NULL,
         "not a key hash: a character that is not ASCII at position 1"},
        {"openrouter", "key", ".", NULL, "not a key hash: `.` is a path segment"},
        {"openrouter", "key", "..", NULL, "not a key hash: `..` is a path segment"},
        {"openrouter", "key", "%2e", NULL, "not a key hash: a percent sign at position 1"},
        {"openrouter", "key", "abc/def", NULL, "not a key hash: a slash at position 4"},
        {"openrouter", "key", "abc\\def", NULL, "not a key hash: a backslash at position 4"},
        {"openrouter", "key", "self", NULL, "not a key hash: a reserved word"},
        {"openrouter", "key", "Current", NULL, "not a key hash: a reserved word"},
        {"openrouter", "key", "sk-or-v1-0123", NULL,
         "looks like a raw secret: give its key hash instead, as `rescind match` does"},
        {"openrouter", "key", "SK-OR-V1-0123", NULL,
         "looks like a raw secret: give its key hash instead, as `rescind match` does"},
        {"openrouter", "byok", UUID, UUID, NULL},
        {"openrouter", "byok", "ABCDEFAB-2222-3333-4444-55555555555A",
         "abcdefab-2222-3333-4444-55555555555a", NULL},
        {"openrouter", "byok", HASH, NULL,
         "not a BYOK credential id: 64 characters, a UUID has 36"},
        {"openrouter", "byok", "11111111x2222-3333-4444-55555555555a", NULL,
         "not a BYOK credential id: no dash at position 9"},
        {"openrouter", "byok", "1111111--2222-3333-4444-55555555555a", NULL,
         "not a BYOK credential id: a character that is not a hex digit at position 8"},
        {"openrouter", "byok", "{1111111-2222-3333-4444-55555555555}", NULL,
         "not a BYOK credential id: a character that is not a hex digit at position 1"},
        {"requesty", "key", UUID, UUID, NULL},
        {"requesty", "key", "self", NULL, "not a key id: a reserved word"},
        {"requesty", "key", "rqsty-sk-1234", NULL,
         "looks like a raw secret: give its key id instead, as `rescind match` does"},
        {"baseten", "key", "aB3_-x", "aB3_-x", NULL},
        {"baseten", "key", "abcd1234.s3cr3t", NULL,
         "looks like a raw secret: give its key prefix instead, as `rescind match` does"},
        {"baseten", "key", "sk-abc123", NULL,
         "looks like a raw secret: give its key prefix instead, as `rescind match` does"},
        {"open", "key", "Sk-abc123", NULL,
         "looks like a raw secret: give its thing instead, as `rescind match` does"},
        {"baseten", "key", "..", NULL, "not a key prefix: `..` is a path segment"},
        {"baseten", "key", ".x", NULL,
         "not a key prefix: a character that is not one of A-Z a-z 0-9 _ - at position 1"},
        {"baseten", "key", "a+b", NULL,
         "not a key prefix: a character that is not one of A-Z a-z 0-9 _ - at position 2"},
        {"baseten", "key", HASH, HASH, NULL},
        {"baseten", "key", HASH "a", NULL, "not a key prefix: 65 characters, 1 to 64 needed"},
        {"numbers", "key", "123", "123", NULL},
        {"numbers", "key", "0", "0", NULL},
        {"numbers", "key", "00123", NULL, "not a number: a number that begins with a zero"},
        {"numbers", "key", "12a", NULL,
         "not a number: a character that is not a digit at position 3"},
        {"numbers", "key", "num-1", NULL,
         "looks like a raw secret: give its number instead, as `rescind match` does"},
        {"open", "key", "a:b@c", "a:b@c", NULL},
        {"open", "key", "..", NULL, "not a thing: `..` is a path segment"},
        {"open", "key", "a?b", NULL,
         "not a thing: a character that is not printable ASCII without / \\ % ? # at position 2"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[ID_MAX + 1], reason[ID_REASON] = "";
        const struct definition *d = of_kind(rows[i].provider, rows[i].kind);
        int n = identifier_canonical(d, rows[i].raw, strlen(rows[i].raw), out, reason);
        if (rows[i].out) {
            assert_int_equal(n, (int)strlen(rows[i].out));
            assert_string_equal(out, rows[i].out);
        } else {
            assert_int_equal(n, -1);
            assert_string_equal(reason, rows[i].reason);
        }
    }
}

static void a_nul_byte_is_refused(void **state)
{
    (void)state;
    char out[ID_MAX + 1], reason[ID_REASON], raw[64];
    memset(raw, 'a', sizeof raw);
    raw[10] = '\0';
    assert_int_equal(identifier_canonical(of_kind("openrouter", "key"), raw, 64, out, reason), -1);
    assert_string_equal(reason, "not a key hash: a control character at position 11");
}

static void a_reason_never_repeats_the_text(void **state)
{
    (void)state;
    struct rng rng = rng_seed(7);
    static const char alphabet[] = "abcdefgXYZ0123456789-_.~$";
    for (int round = 0; round < 20000; round++) {
        char raw[300], out[ID_MAX + 1], reason[ID_REASON];
        size_t len = 12 + rng_next(&rng) % 280;
        for (size_t i = 0; i < len; i++)
            raw[i] = alphabet[rng_next(&rng) % (sizeof alphabet - 1)];
        raw[len] = '\0';
        const struct definition *d = catalog_at(catalog, rng_next(&rng) % catalog_count(catalog));
        if (identifier_canonical(d, raw, len, out, reason) >= 0)
            continue;
        assert_true(strlen(reason) < ID_REASON);
        raw[8] = '\0';
        assert_null(strstr(reason, raw));
    }
}

static void packing_round_trip(void **state)
{
    (void)state;
    static const struct {
        const char *provider, *kind, *id;
        size_t packed;
    } rows[] = {
        {"openrouter", "key", HASH, 32}, {"openrouter", "byok", UUID, 16},
        {"requesty", "key", UUID, 16},   {"baseten", "key", "aB3_-x", 6},
        {"numbers", "key", "0012", 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned char packed[ID_MAX];
        char out[ID_MAX + 1];
        const struct definition *d = of_kind(rows[i].provider, rows[i].kind);
        size_t n = identifier_pack(d, rows[i].id, strlen(rows[i].id), packed);
        assert_int_equal(n, rows[i].packed);
        assert_int_equal(identifier_unpack(d, packed, n, out), strlen(rows[i].id));
        assert_string_equal(out, rows[i].id);
    }
}

static void secrets_in_free_text(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool secret;
    } rows[] = {
        {"", false},
        {"left the company, see OPS-1234", false},
        {"old staging key of risk-assessment-department", false},
        {"sk-learn models", false},
        {"rotated by J. Smith. Then nothing.happened-for-a-long-while", false},
        {"sk-or-v1-f01...944", false}, /* masked, as the providers show it */
        {"key " HASH, false},
        {UUID, false},
        {"the key was sk-or-v1-" HASH, true},
        {"token=SK-OR-V1-" HASH ";", true},
        {"rqsty-sk-ab12cd34ef56", true},
        {"(sk-proj-abcdefghijklmnopqrstuv)", true},
        {"abcd1234.Xy7Zab3dEf6hIjKlMn0pQrSt", true},
        {"nothing.happenedforaverylongwhileyes", false},
        {"version.20261121054000202611210540", false},
        {"docs.example.com/a-very-long-path-2024", false},
        {"used by rqsty-sk-/JqEZH0FrQE4P4xO+wFdhRIHRICRmJ8", true}, /* base64 goes on behind a / */
        {"rqsty-sk-+/+/JqEZH0FrQE4P4xOwFdhRIHRICRmJ8==", true},
        {"see docs/sk-team/projects/a-path", false},
        {"sk-proj-0e6f********abcd", false},
        {"sk-or-v1-0e6f\xe2\x80\xa6"
         "1c9",
         false},
        {"sk-or-v1-0123456789abcdef**", true}, /* shows too much */
        {"num-12345678", true},
        {"num-one", false},
        /* base64 goes on over + / and =, and may begin with them */
        {"used by rqsty-sk-/JqEZH0FrQE4P4xO+wFdhRIHRICRmJ8bBBQ58ttebXmeymLSu75c8hTDkHKYEuUS5",
         true},
        {"rqsty-sk-abc/def/ghi+jkl9MNOP/qrs=", true},
        {"sk-+Aa0+Bb1+Cc2+Dd3+Ee4+Ff5", true},
        {"see sk-learn/examples/neighbors", false},
        {"https://h/?k=rqsty-sk-%2FaB%2BAbCdEfGh01234567IjKlMnOp89012345%3D%3D", true},
        {"{\"k\": \"rqsty-sk-\\/aB+AbCdEfGh01234567IjKlMnOp89012345==\"}", true},
        {"sk\\u002dor%2Dv1%2d0123456789abcdef0123456789abcdef", true},
        {"xsk-or-v1-0123456789abcdef0123456789abcdef0123456789abcdef", true},
        {"task-0123456789abcdef0123456789abcdef", false},
        {"task-00000000-0000-4000-8000-000000000001", false},
        {"in base64: c2stb3ItdjEtMDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5", true},
        {"Basic dXNlcjpzay1vci12MS0wMTIzNDU2Nzg5MDEyMzQ1Njc4OQ==", true},
        {"bm8gc2VjcmV0IG9mIGFueWJvZHkncywgYSBub3Rl", false},
        {"https://h/api/v1/c2stb3ItdjEtMDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5", true},
        {"https://h/x/Basic/dXNlcjpzay1vci12MS0wMTIzNDU2Nzg5MDEyMzQ1Njc4OQ==", true},
        /* characters that nobody sees */
        {"sk\u200b-or-v1-0123456789abc\u200bdef0123456789abcdef", true},
        {"a\u00adbcd12\u206034.Xy7Z\ufeffab3dEf6hIjKlMn0pQrSt", true},
        {"s\u200bk\u200b-\u200bo\u200br-v1-0123456789abcdef0123456789abcdef", true},
        {"Schl\u00fcssel desk-lamp 2024 und ein Wort nach dem anderen ohne Punkt", false},
        {"\u4e3a\u4ec0\u4e48 sk-learn \u2028 2024", false},
        /* from its end */
        {"fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210-1v-ro-ks", true},
        {"==8JmRCIRHIRhdFw+Ox4P4EQrF0HZEqJ/8JmRCIRHIRhdFw-ks-ytsqr", true},
        {"vU0tS9rQ8pO7nM6lK5jI4hG3fE2dC1bA.Hg6Ed3Ba_01b", true},
        {"prod-2024-eu-west-1-ks", false},
        /* dotted ones as a part */
        {"leak-b10_aB3dE6gH.Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv.csv", true},
        {"x.aB3dE6gH.Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv.Z", true},
        {"static/vendors-3f2a9c1b.0123456789abcdef0123456789abcdef.js", false},
        {"aB3dE6gHx.Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv.x", false},
        {"tasks-2024, bank-ks, d41d8cd98f00b204e9800998ecf8427e.json", false},
        {"100%, 5%2 of \\u00 %", false},
        {"https://h/?k=risk%20of%2Fsk%2D", false},
        {"https://docs.example.com/risk-/Aa0Aa0Aa0Aa0Aa0Aa0Aa0", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (identifier_is_secret(catalog, rows[i].text, strlen(rows[i].text)) != rows[i].secret)
            fail_msg("%s", rows[i].text);
}

static void url_table(void **state)
{
    (void)state;
    static const struct {
        const char *provider, *kind, *base, *id, *scope, *url, *error;
    } rows[] = {
        {"openrouter", "key", NULL, HASH, "", "https://openrouter.ai/api/v1/keys/" HASH, NULL},
        {"openrouter", "byok", NULL, UUID, "", "https://openrouter.ai/api/v1/byok/" UUID, NULL},
        {"requesty", "key", NULL, UUID, "", "https://api-v2.requesty.ai/v1/manage/apikey/" UUID,
         NULL},
        {"baseten", "key", NULL, "aB_-", "", "https://api.baseten.co/v1/api_keys/aB_-", NULL},
        {"openrouter", "key", "http://127.0.0.1:9000/api/v1", HASH, "",
         "http://127.0.0.1:9000/api/v1/keys/" HASH, NULL},
        {"requesty", "key", "http://127.0.0.1:9000//", UUID, "",
         "http://127.0.0.1:9000/v1/manage/apikey/" UUID, NULL},
        {"baseten", "key", NULL, "", "", NULL, "{id} is empty in /v1/api_keys/{id}"},
        {"baseten", "key", NULL, NULL, "", NULL, "{id} is empty in /v1/api_keys/{id}"},
        {"baseten", "key", NULL, "SELF", "", NULL, "not a key prefix: a reserved word"},
        {"baseten", "key", NULL, "..", "", NULL,
         "not a key prefix: it would change the path /v1/api_keys/{id}"},
        {"baseten", "key", NULL, "a/../b?c#d e", "",
         "https://api.baseten.co/v1/api_keys/a%2F..%2Fb%3Fc%23d%20e", NULL},
        {"open", "key", NULL, "a:b", "", NULL,
         "open has no address of its own: give --base-url open=https://..."},
        {"open", "key", "https://o.example", "a:b@c", "", "https://o.example/things/a%3Ab%40c/now",
         NULL},
        {"numbers", "key", NULL, "12", "g 1\x1fs", "https://numbers.example/api/g/g%201/s/s?x=1",
         NULL},
        {"numbers", "key", NULL, "12", "g", NULL, "{site} is empty in /g/{group}/s/{site}?x=1"},
        {"numbers", "key", NULL, "12", "..\x1fs", NULL,
         "not a number: it would change the path /g/{group}/s/{site}?x=1"},
    };
    struct buf url = {0};
    struct error err;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct definition *d = of_kind(rows[i].provider, rows[i].kind);
        int n = request_url(d, &d->action[ACTION_DELETE], rows[i].base, rows[i].id, rows[i].scope,
                            &url, &err);
        assert_int_equal(n, rows[i].url ? 0 : -1);
        if (rows[i].url)
            assert_string_equal(buf_text(&url), rows[i].url);
        else
            assert_string_equal(err.text, rows[i].error);
    }
    buf_free(&url);
}

static void body_is_escaped_and_keeps_its_own_braces(void **state)
{
    (void)state;
    struct buf body = {0};
    const struct definition *d = of_kind("numbers", NULL);
    assert_true(request_body(d, &d->action[ACTION_DELETE], "1\"2", "g\\1\x1fs", &body));
    assert_string_equal(buf_text(&body), "{\"ids\":[\"1\\\"2\"],\"in\":{\"group\":\"g\\\\1\"}}");
    d = of_kind("openrouter", NULL);
    assert_false(request_body(d, &d->action[ACTION_DELETE], HASH, "", &body));
    assert_true(request_body(d, &d->action[ACTION_DISABLE], HASH, "", &body));
    assert_string_equal(buf_text(&body), "{\"disabled\":true}");
    buf_free(&body);
}

static void base_url_table(void **state)
{
    (void)state;
    static const struct {
        const char *base, *origin;
        bool plain;
    } rows[] = {
        {"https://OpenRouter.ai/api/v1", "https://openrouter.ai:443", false},
        {"HTTPS://a.b:8443/", "https://a.b:8443", false},
        {"https://[2001:db8::1]/x", "https://[2001:db8::1]:443", false},
        {"http://127.0.0.1:9000/api/v1", "http://127.0.0.1:9000", true},
        {"http://127.255.0.3", "http://127.255.0.3:80", true},
        {"http://[::1]:90", "http://[::1]:90", true},
        {"http://localhost:1", "http://localhost:1", true},
        {"http://127.0.0.1.evil.example", NULL, false},
        {"http://localhost.evil.example", NULL, false},
        {"http://2130706433", NULL, false},
        {"http://0.0.0.0", NULL, false},
        {"http://[::ffff:10.0.0.1]", NULL, false},
        {"http://example.com", NULL, false},
        {"https://user@host", NULL, false},
        {"http://127.0.0.1@evil.example", NULL, false},
        {"http://127.0.0.1\\@evil.example", NULL, false},
        {"https://host?x", NULL, false},
        {"https://host/#x", NULL, false},
        {"https://host/a/../b", NULL, false},
        {"https://host/%2e%2E/b", NULL, false},
        {"https://host//b", NULL, false},
        {"https://host/a b", NULL, false},
        {"https://ho st", NULL, false},
        {"https://", NULL, false},
        {"https:///path", NULL, false},
        {"https://h:", NULL, false},
        {"https://h:0", NULL, false},
        {"https://h:65536", NULL, false},
        {"https://h:1x", NULL, false},
        {"https://[::1", NULL, false},
        {"https://[zz]", NULL, false},
        {"ftp://h", NULL, false},
        {"unix:/run/agent.sock", "unix:/run/agent.sock", true},
        {"unix:/run/agent.sock:/v1", "unix:/run/agent.sock", true},
        {"unix:run/agent.sock", NULL, false},
        {"unix:/run/../agent.sock", NULL, false},
        {"unix:/run/a b.sock", NULL, false},
        {"unix:/run//agent.sock", NULL, false},
        {"unix:/run/agent.sock:v1", NULL, false},
        {"unix:/run/agent.sock:/v1/../v2", NULL, false},
        {"unix:/run/agent.sock:/a:b", "unix:/run/agent.sock", true},
        {"unix:", NULL, false},
        {"unix:/", NULL, false},
        {"unix:/0123456789012345678901234567890123456789012345678901234567890123456789012345678901"
         "234567890123456789012345678",
         NULL, false},
        {"h", NULL, false},
        {"", NULL, false},
    };
    struct buf origin = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool plain = false;
        struct error err = {0};
        int n = base_url_check(rows[i].base, &origin, &plain, &err);
        if ((n == 0) != (rows[i].origin != NULL))
            fail_msg("%s", rows[i].base);
        if (n == 0) {
            assert_string_equal(buf_text(&origin), rows[i].origin);
            assert_int_equal(plain, rows[i].plain);
        } else {
            assert_int_equal(err.code, EXIT_USAGE);
        }
    }
    buf_free(&origin);
}

static void a_bad_base_is_explained(void **state)
{
    (void)state;
    static const struct {
        const char *base, *error;
    } rows[] = {
        {"https://user:pw@host", "user info has no place in a base URL"},
        {"https://host/x?y", "a base URL has no query and no fragment"},
        {"http://Keys.example", "plain http:// is for loopback addresses only: keys.example needs "
                                "https://"},
        {"keys.example", "not an https:// URL"},
        {"unix:x", "not a base URL: unix:/PATH of a socket, or unix:/PATH:/PREFIX"},
    };
    struct buf origin = {0};
    bool plain;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err;
        assert_int_equal(base_url_check(rows[i].base, &origin, &plain, &err), -1);
        assert_string_equal(err.text, rows[i].error);
    }
    buf_free(&origin);
}

static void segments(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        bool plain;
    } rows[] = {
        {"/", true},        {"/a", true},       {"/a/", true},        {"/a.b/..c", true},
        {"/...", true},     {"/a?/../", true},  {"/%2e%2e%2e", true}, {"", false},
        {"a", false},       {"//", false},      {"/a//b", false},     {"/.", false},
        {"/..", false},     {"/a/./b", false},  {"/a/../b", false},   {"/%2e", false},
        {"/.%2E/b", false}, {"/%2e./b", false}, {"/a/..?x", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (path_segments_plain(rows[i].path) != rows[i].plain)
            fail_msg("%s", rows[i].path);
}

static void scope_values(void **state)
{
    (void)state;
    static const struct {
        const char *value, *reason;
    } rows[] = {
        {"proj_abc", NULL},
        {"My.Group", NULL},
        {"", "scope `project`: 0 characters, 1 to 128 needed"},
        {"a/b", "scope `project`: a slash at position 2"},
        {"a b", "scope `project`: a space at position 2"},
        {"a\x1f"
         "b",
         "scope `project`: a control character at position 2"},
        {"%2e", "scope `project`: a percent sign at position 1"},
        {"a?b", "scope `project`: a character that cannot stand there at position 2"},
        {"..", "scope `project`: `..` is a path segment"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char reason[ID_REASON] = "";
        bool good = scope_value_good("project", rows[i].value, strlen(rows[i].value), reason);
        assert_int_equal(good, rows[i].reason == NULL);
        if (!good)
            assert_string_equal(reason, rows[i].reason);
    }
}

/* What has no class of its own is one segment of a path all the same. */
static void texts(void **state)
{
    (void)state;
    static const char text[] =
        "[provider x]\ncredential = X\nheader = A: {secret}\nid.name = name\n"
        "id.class = text\nid.length = 1-64\ndelete = DELETE /k/{id}\n";
    static const struct {
        const char *id, *url; /* NULL: refused */
    } rows[] = {
        {"a/b", "https://x.example/k/a%2Fb"},
        {"100% sure?", "https://x.example/k/100%25%20sure%3F"},
        {"caf\xc3\xa9", "https://x.example/k/caf%C3%A9"},
        {"a\\b#c", "https://x.example/k/a%5Cb%23c"},
        {"a..b/.c", "https://x.example/k/a..b%2F.c"},
        {"..", NULL},
        {"a/../b", NULL},
        {"a/.", NULL},
        {"..\\b", NULL},
        {" a", NULL},
        {"a ", NULL},
        {"a\tb", NULL},
        {"a\xff", NULL},
        {"a\xe2\x80\xae"
         "b",
         NULL}, /* turns the direction of writing */
    };
    struct catalog *c = catalog_new();
    struct buf url = {0};
    struct error err;
    assert_int_equal(catalog_add(c, "t", 1, text, &err), 0);
    const struct definition *d = catalog_find(c, "x", NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char id[ID_MAX + 1], reason[ID_REASON];
        int n = identifier_canonical(d, rows[i].id, strlen(rows[i].id), id, reason);
        if ((n > 0) != (rows[i].url != NULL))
            fail_msg("row %zu: %s", i, reason);
        if (n <= 0)
            continue;
        assert_int_equal(
            request_url(d, &d->action[ACTION_DELETE], "https://x.example", id, "", &url, &err), 0);
        assert_string_equal(buf_text(&url), rows[i].url);
    }
    buf_free(&url);
    catalog_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(canonical_table),
        cmocka_unit_test(a_nul_byte_is_refused),
        cmocka_unit_test(a_reason_never_repeats_the_text),
        cmocka_unit_test(packing_round_trip),
        cmocka_unit_test(secrets_in_free_text),
        cmocka_unit_test(url_table),
        cmocka_unit_test(body_is_escaped_and_keeps_its_own_braces),
        cmocka_unit_test(base_url_table),
        cmocka_unit_test(a_bad_base_is_explained),
        cmocka_unit_test(segments),
        cmocka_unit_test(scope_values),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
