/* Job files: each row is a file, a command line, and the options or the refusal that come of it. */

#include "cli_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define GATEWAY                                                                                    \
    "[provider gateway]\n"                                                                         \
    "base = https://keys.example.com\n"                                                            \
    "credential = GATEWAY_KEY\n"                                                                   \
    "header = Authorization: Bearer {secret}\n"                                                    \
    "scope = project\n"                                                                            \
    "id.name = key name\n"                                                                         \
    "id.class = word\n"                                                                            \
    "id.length = 1-64\n"                                                                           \
    "delete = DELETE /projects/{project}/keys/{id}\n"

static char dir[] = "/tmp/rescind-job-XXXXXX";

/* 2026-11-21 05:40:07 UTC, a Saturday, day 325 of the year, week 47. */
static int64_t wall(void)
{
    return 1795239607000;
}

static int64_t mono(void)
{
    return 0;
}

static void good_files(void **state)
{
    static const struct {
        const char *file, *line, *want;
    } rows[] = {
        {"", "rescind run k.csv --job job.ini", "run manifest=k.csv job=job.ini"},
        {"; a comment\n# another\n\n   \n  ; indented comment\n[run]\n",
         "rescind run k.csv --job job.ini", "run manifest=k.csv job=job.ini"},
        {"[run]\nmanifest = k.csv\n", "rescind run --job job.ini",
         "run manifest=k.csv job=job.ini"},
        {"\xef\xbb\xbf[run]\r\nmanifest = k.csv\r\nmax = 3", "rescind run --job job.ini",
         "run manifest=k.csv job=job.ini max=3"},
        {"[run]\nmanifest: k.csv ; the list\nyes=yes\n", "rescind plan --job job.ini",
         "plan manifest=k.csv job=job.ini yes"},
        /* every option of run */
        {"[run]\nprovider = requesty\nformat = csv\nrun-dir = d\nshard = 1/2\nallow-empty = yes\n"
         "skip-bad-rows = yes\naction = disable\nyes = yes\nexpect = 5\nmax = 6\nprotect = p\n"
         "canary = 2\nhalt = 3\nexpect-absent = yes\nno-preflight = yes\nconcurrency = 9\n"
         "max-rate = 7\nmax-attempts = 4\ntimeout = 11\nconnect-timeout = 2\ndeadline = 2h\n"
         "base-url = requesty=https://r.example\nca-file = ca\nprogress = json\n"
         "metrics-file = m\n",
         "rescind run k --job job.ini",
         "run manifest=k format=1 provider=requesty run_dir=d job=job.ini protect=p metrics_file=m "
         "yes allow_empty skip_bad_rows expect=5 max=6 shard=1/2 progress=3 action=1 concurrency=9 "
         "max_rate=7 max_attempts=4 timeout_us=1.1e+07 connect_timeout_us=2e+06 "
         "deadline_us=7.2e+09 "
         "canary=2 halt_count=3 expect_absent no_preflight ca_file=ca base:requesty=https://"
         "r.example"},
        /* the command line wins, whatever the order */
        {"[run]\nmanifest = k.csv\nmax = 3\nyes = yes\nhalt = 7\n",
         "rescind run --max 4 --yes=no other.csv --halt 9% --job job.ini",
         "run manifest=other.csv job=job.ini max=4 halt_percent=9"},
        {"[run]\nbase-url = openrouter=https://a.example\nbase-url = baseten=https://b.example\n",
         "rescind run k --job job.ini --base-url openrouter=https://c.example",
         "run manifest=k job=job.ini base:openrouter=https://c.example "
         "base:baseten=https://b.example"},
        /* paths: from the job file; dates: the machine's */
        {"[run]\nmanifest = lists/stale-%F.csv\nrun-dir = runs/%Y%m%d-%H%M%S\nprotect = /etc/p\n",
         "rescind run --job jobs/night.ini",
         "run manifest=jobs/lists/stale-2026-11-21.csv run_dir=jobs/runs/20261121-054007 "
         "job=jobs/night.ini protect=/etc/p"},
        {"[run]\nmanifest = -\nrun-dir = %G-W%V-%u/%j/%y/%s/100%%\n", "rescind run --job ./job.ini",
         "run manifest=- run_dir=./2026-W47-6/325/26/1795239607/100% job=./job.ini"},
        {"[run]\nprotect = p\n", "rescind run k --job jobs/night.ini --protect q",
         "run manifest=k job=jobs/night.ini protect=q"},
        /* definitions are known before names are checked */
        {"[run]\nprovider = gateway\nbase-url = gateway=http://127.0.0.1:1\n[scope]\n"
         "project = proj_1\n" GATEWAY,
         "rescind run k --job job.ini",
         "run manifest=k provider=gateway job=job.ini base:gateway=http://127.0.0.1:1 "
         "scope:project=proj_1"},
        {GATEWAY "[run]\nyes = yes\n", "rescind run k --provider gateway --job job.ini",
         "run manifest=k provider=gateway job=job.ini yes"},
        /* other commands take the definitions, and leave the run's options alone */
        {GATEWAY "[run]\nmanifest = k\nrun-dir = d\nyes = yes\n",
         "rescind report other --job job.ini", "report operand=other job=job.ini"},
        {GATEWAY, "rescind providers gateway --job job.ini",
         "providers operand=gateway job=job.ini"},
        {GATEWAY, "rescind check d --job job.ini", "check operand=d job=job.ini"},
    };
    struct buf got = {0};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct options o;
        struct error err;
        struct catalog *catalog = catalog_new();
        write_file("job.ini", rows[i].file, strlen(rows[i].file));
        write_file("jobs/night.ini", rows[i].file, strlen(rows[i].file));
        if (read_line(rows[i].line, catalog, &o, &err) != 0)
            fail_msg("row %zu: %s", i, err.text);
        describe(&o, &got);
        assert_string_equal(buf_text(&got), rows[i].want);
        options_free(&o);
        catalog_free(catalog);
    }
    buf_free(&got);
}

#define LONG "0123456789012345678901234567890123456789012345678901234567890123456789"

static void refused_files(void **state)
{
    static const struct {
        const char *file, *text;
    } rows[] = {
        {"max = 3\n", "job.ini:1: max: stands before any section: want [run] first"},
        {"[run]\nbogus = 1\n", "job.ini:2: unknown key: bogus"},
        {"[run]\nJob = other.ini\n", "job.ini:2: unknown key: Job"},
        {"[run]\njob = other.ini\n", "job.ini:2: unknown key: job"},
        {"[run]\nhelp = yes\n", "job.ini:2: unknown key: help"},
        {"[run]\nsalvage = yes\n", "job.ini:2: unknown key: salvage"},
        {"[run]\n--max = 3\n", "job.ini:2: unknown key: --max"},
        {"[run]\nmax = 3\n\nmax = 3\n", "job.ini:4: max: given twice"},
        {"[run]\nbase-url = openrouter=https://a.example\nbase-url = "
         "openrouter=https://b.example\n",
         "job.ini:3: base-url: openrouter: given twice"},
        {"[run]\nmax = many\n", "job.ini:2: max: many: want a whole number from 0 to 4294967295"},
        {"[run]\nmax =\n", "job.ini:2: max: (empty): want a whole number"},
        {"[run]\nyes = true\n", "job.ini:2: yes: true: want nothing, yes or no"},
        {"[run]\nyes\n", "job.ini:2: neither a [section] nor KEY = VALUE"},
        {"[run]\n\n= 3\n", "job.ini:3: unknown key: (empty)"},
        {"[run]\nhalt = 7x\n", "job.ini:2: halt: 7x: want a count from 1"},
        {"[run]\nprovider = nobody\n", "job.ini:2: provider: nobody: no such provider"},
        {"[run]\nbase-url = nobody=https://a.example\n",
         "job.ini:2: base-url: nobody: no such prov"},
        {"[run]\nbase-url = openrouter=http://a.example\n", "job.ini:2: base-url: "},
        {"[run]\nmanifest =\n", "job.ini:2: manifest: (empty): want the name of a file, or -"},
        {"[run]\nrun-dir = -\n", "job.ini:2: run-dir: -: want the name of a directory"},
        {"[run]\nrun-dir = runs/%q\n",
         "job.ini:2: run-dir: '%' without a known field: want one of"},
        {"[run]\nrun-dir = runs/%\n", "job.ini:2: run-dir: '%' without a known field: want one of"},
        {"[run]\nmanifest = %D\n", "job.ini:2: manifest: '%' without a known field"},
        {"[run]\nprotect = sk-or-v1-0123456789abcdef0123456789abcdef\n",
         "job.ini:2: protect: looks like a raw secret, which has no place here"},
        {"[run]\nsk-or-v1-0123456789abcdef0123456789abcdef = 1\n",
         "job.ini:2: unknown key: (looks like a secret, not shown)"},
        {"[runs]\nmax = 3\n", "job.ini:1: unknown section: want [run], [scope] or [provider NAME"},
        {"[]\n", "job.ini:1: unknown section"},
        {"[ run ]\n", "job.ini:1: unknown section"},
        {"[run\nmax = 3\n", "job.ini:1: a section's ']' is missing"},
        {"[run] max = 3\n", "job.ini:1: something follows the section's ']'"},
        {"[run]\nmax = 3\n[run]\nyes = yes\n", "job.ini:3: section [run] for the second time"},
        {"[scope]\n[scope]\n", "job.ini:2: section [scope] for the second time"},
        {"[run]\nmanifest = a\n  max = 3\n", "job.ini:3: begins with a blank"},
        {"[run]\n\tmax = 3\n", "job.ini:2: begins with a blank"},
        {"[run]\nmanifest = a\x1b[31m\n", "job.ini:2: a control character"},
        {"[run]\nmanifest = \xff\n", "job.ini:2: not UTF-8"},
        {"[run]\nmanifest = " LONG LONG LONG "\n",
         "job.ini:2: the line has 221 bytes, at most 197 are read"},
        {"[run]\nmax = 3\n; " LONG LONG LONG "\n",
         "job.ini:3: the line has 212 bytes, at most 197 are read"},
        {"[scope]\nplanet = a\n", "job.ini:2: planet: no definition has such a scope"},
        {"[scope]\nproject = a\nproject = b\n" GATEWAY, "job.ini:3: project: given twice"},
        {"[scope]\nproject = a/b\n" GATEWAY, "job.ini:2: "},
        {"[scope]\nproject =\n" GATEWAY, "job.ini:2: "},
        {"[run]\nyes = yes\n\n[provider gateway]\nbogus = 1\n", "job.ini:5: "},
        {GATEWAY "max = 3\n", "job.ini:10: "},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (int report = 0; report < 2; report++) {
            struct options o;
            struct error err;
            struct catalog *catalog = catalog_new();
            write_file("job.ini", rows[i].file, strlen(rows[i].file));
            const char *line =
                report ? "rescind report d --job job.ini" : "rescind run k --max 9 --job job.ini";
            if (read_line(line, catalog, &o, &err) == 0)
                fail_msg("row %zu (%s): not refused", i, rows[i].text);
            assert_int_equal(err.code, EXIT_CONFIG);
            if (strncmp(err.text, rows[i].text, strlen(rows[i].text)) != 0)
                fail_msg("row %zu: %s", i, err.text);
            assert_null(strstr(err.text, "0123456789abcdef"));
            catalog_free(catalog);
        }
    }
}

static void unreadable_files(void **state)
{
    static const struct {
        const char *path;
        enum exit_code code;
        const char *text;
    } rows[] = {
        {"missing.ini", EXIT_NOINPUT, "job file missing.ini cannot be read: No such file"},
        {"jobs", EXIT_NOINPUT, "job file jobs cannot be read: Is a directory"},
        {"nul.ini", EXIT_CONFIG, "nul.ini:2: a control character"},
        {"big.ini", EXIT_CONFIG, "big.ini: longer than 1048576 bytes"},
    };
    char *big = malloc((1 << 20) + 2);
    (void)state;
    assert_non_null(big);
    memset(big, '\n', (1 << 20) + 2);
    write_file("big.ini", big, (1 << 20) + 2);
    write_file("nul.ini", "[run]\nmax = 3\0\nyes = yes\n", 25);
    free(big);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct options o;
        struct error err;
        char line[64];
        struct catalog *catalog = catalog_new();
        snprintf(line, sizeof line, "rescind run k --job %s", rows[i].path);
        assert_int_equal(read_line(line, catalog, &o, &err), -1);
        assert_int_equal(err.code, rows[i].code);
        if (!strstr(err.text, rows[i].text))
            fail_msg("row %zu: %s", i, err.text);
        catalog_free(catalog);
    }
    unlink("big.ini");
    unlink("nul.ini");
}

static void without_a_manifest(void **state)
{
    struct options o;
    struct error err;
    struct catalog *catalog = catalog_new();
    (void)state;
    write_file("job.ini", "[run]\nyes = yes\n", 16);
    assert_int_equal(read_line("rescind run --job job.ini", catalog, &o, &err), -1);
    assert_int_equal(err.code, EXIT_USAGE);
    assert_string_equal(err.text, "no MANIFEST given (see 'rescind run --help')");
    catalog_free(catalog);
}

/* A run that is carried on tomorrow must find today's directory. */
static void carried_on(void **state)
{
    static const struct {
        const char *file, *line, *json, *command;
    } rows[] = {
        {"[run]\nmanifest = k-%F.csv\nrun-dir = runs/%F\nmax = 3\n",
         "rescind run --job jobs/night.ini",
         "{\"job\":\"jobs/night.ini\",\"run-dir\":\"jobs/runs/2026-11-21\",\"max\":\"3\"}",
         "rescind run --job jobs/night.ini --run-dir jobs/runs/2026-11-21 jobs/k-2026-11-21.csv"},
        {"[run]\nrun-dir = runs/%F\nmax = 3\nyes = yes\n",
         "rescind run k.csv --job jobs/night.ini --run-dir d --yes=no --max 5",
         "{\"job\":\"jobs/night.ini\",\"run-dir\":\"d\",\"yes\":\"no\",\"max\":\"5\"}",
         "rescind run --job jobs/night.ini --run-dir d --yes=no --max 5 k.csv"},
    };
    struct buf got = {0};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct options o;
        struct error err;
        struct catalog *catalog = catalog_new();
        write_file("jobs/night.ini", rows[i].file, strlen(rows[i].file));
        assert_int_equal(read_line(rows[i].line, catalog, &o, &err), 0);
        buf_clear(&got);
        options_json(&o, &got);
        assert_string_equal(buf_text(&got), rows[i].json);
        buf_clear(&got);
        options_command(&o, &got);
        assert_string_equal(buf_text(&got), rows[i].command);
        options_free(&o);
        catalog_free(catalog);
    }
    buf_free(&got);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_files),       cmocka_unit_test(refused_files),
        cmocka_unit_test(unreadable_files), cmocka_unit_test(without_a_manifest),
        cmocka_unit_test(carried_on),
    };
    const struct clock_source clock = {mono, wall};
    setenv("TZ", "UTC", 1);
    tzset();
    clock_set(&clock);
    if (!mkdtemp(dir) || chdir(dir) != 0 || mkdir("jobs", 0700) != 0)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink("job.ini");
    unlink("jobs/night.ini");
    return rmdir("jobs") != 0 || rmdir(dir) != 0 ? 1 : failed;
}
