/* The command line: each row of the tables is a line of words and what must come of it. That the
 * help, the man page and the shell completion know what the parser knows is tested here too. */

#include "cli_tests.h"

#include "cli/help.h"
#include "cli/options_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#define SECRET "sk-or-v1-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct catalog *catalog;

/* Ages count from here. */
static int64_t noon(void)
{
    return 1795262400000; /* 2026-11-21T12:00:00Z */
}

static void good_lines(void **state)
{
    static const struct {
        const char *line, *want;
    } rows[] = {
        {"rescind run k.csv", "run manifest=k.csv"},
        {"rescind plan k.csv", "plan manifest=k.csv"},
        {"rescind run k.csv --yes", "run manifest=k.csv yes"},
        {"rescind --yes run k.csv", "run manifest=k.csv yes"},
        {"rescind run --yes k.csv", "run manifest=k.csv yes"},
        {"rescind run --yes=yes k.csv", "run manifest=k.csv yes"},
        {"rescind run --yes=no k.csv", "run manifest=k.csv"},
        {"rescind run -- --yes", "run manifest=--yes"},
        {"rescind run --yes -- k.csv", "run manifest=k.csv yes"},
        {"rescind -- run k.csv", "run manifest=k.csv"},
        {"rescind run - --run-dir d", "run manifest=- run_dir=d"},
        {"rescind run --run-dir=d -", "run manifest=- run_dir=d"},
        {"rescind run keys.2026-11-21.csv", "run manifest=keys.2026-11-21.csv"},
        {"rescind run k.csv --provider baseten", "run manifest=k.csv provider=baseten"},
        {"rescind run k.csv --format csv", "run manifest=k.csv format=1"},
        {"rescind run k.csv --format=jsonl", "run manifest=k.csv format=2"},
        {"rescind run k.csv --action delete", "run manifest=k.csv"},
        {"rescind run k.csv --action disable", "run manifest=k.csv action=1"},
        {"rescind plan k.csv --action enable", "plan manifest=k.csv action=2"},
        {"rescind run k.csv --stay-stopped", "run manifest=k.csv stay_stopped"},
        {"rescind run k.csv --allow-empty --skip-bad-rows",
         "run manifest=k.csv allow_empty skip_bad_rows"},
        {"rescind run k.csv --expect 0", "run manifest=k.csv expect=0"},
        {"rescind run k.csv --expect 4294967295", "run manifest=k.csv expect=4294967295"},
        {"rescind run k.csv --max 0", "run manifest=k.csv max=0"},
        {"rescind run k.csv --max=12", "run manifest=k.csv max=12"},
        {"rescind run k.csv --protect p.csv", "run manifest=k.csv protect=p.csv"},
        {"rescind run k.csv --canary 3", "run manifest=k.csv canary=3"},
        {"rescind run k.csv --halt 1", "run manifest=k.csv halt_count=1"},
        {"rescind run k.csv --halt 0%", "run manifest=k.csv halt_percent=0"},
        {"rescind run k.csv --halt 2.5%", "run manifest=k.csv halt_percent=2.5"},
        {"rescind run k.csv --halt 100%", "run manifest=k.csv halt_percent=100"},
        {"rescind run k.csv --expect-absent --no-preflight",
         "run manifest=k.csv expect_absent no_preflight"},
        {"rescind run k.csv --expect-absent=no", "run manifest=k.csv"},
        {"rescind run k.csv --expect-absent=openrouter/byok,baseten",
         "run manifest=k.csv expect_absent of=openrouter/byok,baseten"},
        {"rescind verify d --verify-patience 2s",
         "verify manifest=d verify_patience_us=2e+06 only verify"},
        {"rescind run k.csv --concurrency 1", "run manifest=k.csv concurrency=1"},
        {"rescind rotate k.csv --secrets-file s --concurrency 1",
         "rotate manifest=k.csv action=3 concurrency=1"},
        {"rescind run k.csv --concurrency 1024", "run manifest=k.csv concurrency=1024"},
        {"rescind run k.csv --max-rate 0", "run manifest=k.csv max_rate=0"},
        {"rescind run k.csv --max-rate 0.5", "run manifest=k.csv max_rate=0.5"},
        {"rescind run k.csv --max-attempts 1000", "run manifest=k.csv max_attempts=1000"},
        {"rescind run k.csv --timeout 1.5 --connect-timeout 0.001",
         "run manifest=k.csv timeout_us=1.5e+06 connect_timeout_us=1000"},
        {"rescind run k.csv --deadline 1h30m", "run manifest=k.csv deadline_us=5.4e+09"},
        {"rescind run k.csv --base-url openrouter=http://127.0.0.1:9000/api/v1/",
         "run manifest=k.csv base:openrouter=http://127.0.0.1:9000/api/v1"},
        {"rescind run k.csv --base-url requesty=https://a.example "
         "--base-url=baseten=http://[::1]:1",
         "run manifest=k.csv base:requesty=https://a.example base:baseten=http://[::1]:1"},
        {"rescind run k.csv --ca-file ca.pem", "run manifest=k.csv ca_file=ca.pem"},
        {"rescind run k.csv --shard 0/1", "run manifest=k.csv"},
        {"rescind run k.csv --shard 3/4", "run manifest=k.csv shard=3/4"},
        {"rescind run k.csv --shard 65535/65536", "run manifest=k.csv shard=65535/65536"},
        {"rescind run k.csv --progress always", "run manifest=k.csv progress=1"},
        {"rescind run k.csv --progress never", "run manifest=k.csv progress=2"},
        {"rescind run k.csv --progress json", "run manifest=k.csv progress=3"},
        {"rescind run k.csv --progress auto", "run manifest=k.csv"},
        {"rescind run k.csv --metrics-file m.prom", "run manifest=k.csv metrics_file=m.prom"},
        {"rescind run k.csv --verify", "run manifest=k.csv verify"},
        {"rescind run k.csv --verify=yes --verify-delay 2m",
         "run manifest=k.csv verify verify_delay_us=1.2e+08"},
        {"rescind run k.csv --verify-delay 0s", "run manifest=k.csv verify_delay_us=0"},
        {"rescind plan k.csv --verify", "plan manifest=k.csv verify"},
        {"rescind verify d", "verify manifest=d only verify"},
        {"rescind verify d --again --verify-delay=0 --max-rate 5",
         "verify manifest=d max_rate=5 only verify again verify_delay_us=0"},
        {"rescind verify k.csv --run-dir d --no-preflight --deadline 1m",
         "verify manifest=k.csv run_dir=d deadline_us=6e+07 no_preflight only verify"},
        {"rescind report d", "report operand=d"},
        {"rescind report d e --salvage", "report operand=d operand=e salvage"},
        {"rescind report d e --run-dir all", "report operand=d operand=e run_dir=all"},
        {"rescind check d e", "check operand=d operand=e"},
        {"rescind list openrouter", "list operand=openrouter"},
        {"rescind list openrouter --kind byok --output o.csv --format jsonl",
         "list operand=openrouter format=2 output=o.csv kind=byok"},
        {"rescind list openrouter --created-before 2026-01-31",
         "list operand=openrouter created_before=2026-01-31T00:00:00.000Z"},
        {"rescind list openrouter --created-before 2026-01-31T12:30:00Z",
         "list operand=openrouter created_before=2026-01-31T12:30:00.000Z"},
        {"rescind list openrouter --created-before 90d --updated-before 36h",
         "list operand=openrouter created_before=2026-08-23T12:00:00.000Z "
         "updated_before=2026-11-20T00:00:00.000Z"},
        {"rescind list openrouter --created-before 730d --updated-before 1d12h",
         "list operand=openrouter created_before=2024-11-21T12:00:00.000Z "
         "updated_before=2026-11-20T00:00:00.000Z"},
        {"rescind list openrouter --unused day", "list operand=openrouter unused=day"},
        {"rescind list openrouter --unused month --min-window 0",
         "list operand=openrouter unused=month min_window_us=0"},
        {"rescind list openrouter --unused=week --min-window=3d12h",
         "list operand=openrouter unused=week min_window_us=3.024e+11"},
        {"rescind list openrouter --expired --disabled --all --workspace w",
         "list operand=openrouter expired disabled workspace=w all"},
        {"rescind list openrouter --name ci-* --label sk-or-v1-0e6*",
         "list operand=openrouter name=ci-* label=sk-or-v1-0e6*"},
        {"rescind list requesty --spend-below 0.5", "list operand=requesty spend_below=0.5"},
        {"rescind list baseten --type PERSONAL", "list operand=baseten type=PERSONAL"},
        {"rescind list baseten --base-url baseten=http://127.0.0.1:1 --max-rate 2 --timeout 3 "
         "--no-preflight --deadline 9s",
         "list operand=baseten max_rate=2 timeout_us=3e+06 deadline_us=9e+06 no_preflight "
         "base:baseten=http://127.0.0.1:1"},
        {"rescind match leaked.txt", "match operand=leaked.txt"},
        {"rescind match - --against all.csv --output - --format csv",
         "match operand=- format=1 output=- against=all.csv"},
        {"rescind match a b --provider baseten --format trufflehog --partial",
         "match operand=a operand=b provider=baseten form=trufflehog partial"},
        {"rescind providers", "providers"},
        {"rescind providers baseten requesty", "providers operand=baseten operand=requesty"},
        {"rescind help", "help for=help"},
        {"rescind --help", "help for=help"},
        {"rescind help help", "help for=help"},
        {"rescind help run", "help for=run"},
        {"rescind help plan", "help for=plan"},
        {"rescind run --help", "help for=run"},
        {"rescind --help report", "help for=report"},
        {"rescind run k.csv --halt 7x --help", "help for=run"},
        {"rescind --version", "version"},
        {"rescind run --version", "version"},
    };
    struct buf got = {0};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct options o;
        struct error err;
        if (read_line(rows[i].line, catalog, &o, &err) != 0)
            fail_msg("%s: %s", rows[i].line, err.text);
        describe(&o, &got);
        assert_string_equal(buf_text(&got), rows[i].want);
        options_free(&o);
    }
    buf_free(&got);
}

static void refused_lines(void **state)
{
    static const struct {
        const char *line, *text;
    } rows[] = {
        {"rescind", "no command: want plan, run, verify, rotate, report, check, list, probe, match "
                    "or providers "
                    "(see 'rescind help')"},
        {"rescind _", "no such command: (empty) (see 'rescind help')"},
        {"rescind rum k.csv", "no such command: rum (see 'rescind help')"},
        {"rescind k.csv run", "no such command: k.csv (see 'rescind help')"},
        {"rescind help rum", "no such command: rum (see 'rescind help')"},
        {"rescind help run plan", "help takes one command (see 'rescind help')"},
        {"rescind version", "no such command: version (see 'rescind help')"},
        {"rescind --bogus", "unknown option --bogus (see 'rescind help')"},
        {"rescind run", "no MANIFEST given (see 'rescind run --help')"},
        {"rescind plan --yes", "no MANIFEST given (see 'rescind plan --help')"},
        {"rescind run _", "operand 1 is empty (see 'rescind run --help')"},
        {"rescind run a.csv b.csv", "more than one MANIFEST: b.csv (see 'rescind run --help')"},
        {"rescind run -", "a manifest from standard input needs --run-dir"},
        {"rescind report", "no RUN_DIR given (see 'rescind report --help')"},
        {"rescind check", "no RUN_DIR given (see 'rescind check --help')"},
        {"rescind report d _", "operand 2 is empty"},
        {"rescind run a --bogus", "unknown option --bogus (see 'rescind run --help')"},
        {"rescind run a --bogus=1", "unknown option --bogus (see 'rescind run --help')"},
        {"rescind run a -y", "unknown option -y (see 'rescind run --help')"},
        {"rescind run a -h", "unknown option -h"},
        {"rescind run a -yes", "unknown option -yes"},
        {"rescind run a --conc 3", "unknown option --conc: write --concurrency in full"},
        {"rescind run a --expect-abs",
         "unknown option --expect-abs: write --expect-absent in full"},
        {"rescind run a --ye=yes", "unknown option --ye: write --yes in full"},
        {"rescind run a --max-", "unknown option --max-"},
        {"rescind run a --no-pre", "unknown option --no-pre: write --no-preflight in full"},
        {"rescind run a --hel", "unknown option --hel: write --help in full"},
        {"rescind run a --help=yes", "--help takes no value"},
        {"rescind run a --manifest b", "unknown option --manifest"},
        {"rescind run a --salvage", "--salvage is no option of run (see 'rescind run --help')"},
        {"rescind report d --yes", "--yes is no option of report (see 'rescind report --help')"},
        {"rescind check d --run-dir e", "--run-dir is no option of check"},
        {"rescind providers --max 3", "--max is no option of providers"},
        {"rescind list", "no PROVIDER given (see 'rescind list --help')"},
        {"rescind list a b", "more than one PROVIDER: b"},
        {"rescind match", "no FILE given (see 'rescind match --help')"},
        {"rescind plan a --format trufflehog", "--format: trufflehog: want csv, jsonl or json"},
        {"rescind run a --partial", "--partial is no option of run"},
        {"rescind run a --unused day", "--unused is no option of run"},
        {"rescind list a --yes", "--yes is no option of list"},
        {"rescind match a --base-url a=b", "--base-url is no option of match"},
        {"rescind list a --unused year", "--unused: year: want day, week or month"},
        {"rescind list a --unused _", "--unused: (empty): want day, week or month"},
        {"rescind list a --created-before 90",
         "--created-before: 90: want an age such as 90d, a date such as 2026-01-31, or a moment "
         "with Z after it"},
        {"rescind list a --created-before 2026-02-30", "--created-before: 2026-02-30: want an age"},
        {"rescind list a --created-before 2026-01-31T00:00", "--created-before: 2026-01-31T00:00:"},
        {"rescind list a --created-before -3d", "--created-before: -3d: want an age"},
        {"rescind list a --created-before d", "--created-before: d: want an age"},
        {"rescind list a --updated-before 99999d", "--updated-before: 99999d: want an age"},
        {"rescind list a --min-window 400d", "--min-window: 400d: want a span"},
        {"rescind list a --spend-below 0", "--spend-below: 0: want an amount above 0"},
        {"rescind list a --spend-below $3", "--spend-below: $3: want an amount above 0"},
        {"rescind list a --name _", "--name: (empty): want a text"},
        {"rescind list a --name sk-or-v1-0123456789abcdef",
         "--name: looks like a raw secret, which has no place here"},
        {"rescind list a --label sk-or-v1-0123456789abcdef0123",
         "--label: looks like a raw secret, which has no place here"},
        {"rescind match " SECRET, "operand 1 looks like a raw secret"},
        {"rescind run a --expect", "--expect: want N (see 'rescind run --help')"},
        {"rescind run a --max 3 --max 3", "--max: given twice (see 'rescind run --help')"},
        {"rescind run a --yes --yes", "--yes: given twice"},
        {"rescind run a --yes=maybe", "--yes: maybe: want nothing, yes or no"},
        {"rescind run a --no-preflight=1", "--no-preflight: 1: want nothing, yes or no"},
        {"rescind run a --provider nobody",
         "--provider: nobody: no such provider; 'rescind providers' lists them"},
        {"rescind run a --format xml", "--format: xml: want csv, jsonl or json"},
        {"rescind run a --format=", "--format: (empty): want csv, jsonl or json"},
        {"rescind run a --action Delete", "--action: Delete: want delete, disable or enable"},
        {"rescind run a --run-dir _", "--run-dir: (empty): want the name of a directory"},
        {"rescind run a --run-dir -", "--run-dir: -: want the name of a directory"},
        {"rescind run a --job _", "--job: (empty): want the name of a file"},
        {"rescind run a --job -", "--job: -: want the name of a file"},
        {"rescind run a --protect -", "--protect: -: want the name of a file"},
        {"rescind run a --ca-file _", "--ca-file: (empty): want the name of a file"},
        {"rescind run a --metrics-file _", "--metrics-file: (empty): want the name of a file"},
        {"rescind run a --expect -5", "--expect: -5: want a whole number from 0 to 4294967295"},
        {"rescind run a --expect +5", "--expect: +5: want a whole number"},
        {"rescind run a --expect 1e3", "--expect: 1e3: want a whole number"},
        {"rescind run a --expect 1,000", "--expect: 1,000: want a whole number"},
        {"rescind run a --expect 4294967296", "--expect: 4294967296: want a whole number"},
        {"rescind run a --max all", "--max: all: want a whole number from 0 to 4294967295"},
        {"rescind run a --canary -1", "--canary: -1: want a whole number"},
        {"rescind run a --halt 7x",
         "--halt: 7x: want a count from 1, or a percentage such as 5% (see 'rescind run --help')"},
        {"rescind run a --halt 0", "--halt: 0: want a count from 1"},
        {"rescind run a --halt _", "--halt: (empty): want a count from 1"},
        {"rescind run a --halt %", "--halt: %: want a count from 1"},
        {"rescind run a --halt 101%", "--halt: 101%: want a count from 1"},
        {"rescind run a --halt -1%", "--halt: -1%: want a count from 1"},
        {"rescind run a --halt 5%%", "--halt: 5%%: want a count from 1"},
        {"rescind run a --halt 00000000000000000000000000000000000005%", "want a count from 1"},
        {"rescind run a --concurrency 0", "--concurrency: 0: want a whole number from 1 to 1024"},
        {"rescind run a --concurrency 1025", "--concurrency: 1025: want a whole number from 1"},
        {"rescind run a --max-rate -1", "--max-rate: -1: want requests a second"},
        {"rescind run a --max-rate 0.0001", "--max-rate: 0.0001: want requests a second"},
        {"rescind run a --max-rate 1000001", "--max-rate: 1000001: want requests a second"},
        {"rescind run a --max-rate inf", "--max-rate: inf: want requests a second"},
        {"rescind run a --max-rate nan", "--max-rate: nan: want requests a second"},
        {"rescind run a --max-attempts 0", "--max-attempts: 0: want a whole number from 1 to 1000"},
        {"rescind run a --max-attempts 1001", "--max-attempts: 1001: want a whole number"},
        {"rescind run a --timeout 0", "--timeout: 0: want seconds from 0.001 to 86400"},
        {"rescind run a --timeout 30s", "--timeout: 30s: want seconds"},
        {"rescind run a --timeout 86401", "--timeout: 86401: want seconds"},
        {"rescind run a --connect-timeout 0.0001", "--connect-timeout: 0.0001: want seconds"},
        {"rescind run a --deadline 0", "--deadline: 0: want a span such as 90s, 15m or 2h"},
        {"rescind run a --deadline soon", "--deadline: soon: want a span"},
        {"rescind run a --deadline 366d", "--deadline: 366d: want a span"},
        {"rescind run a --base-url openrouter", "--base-url: openrouter: want PROVIDER=URL"},
        {"rescind run a --base-url =http://127.0.0.1",
         "--base-url: =http://127.0.0.1: want PROVID"},
        {"rescind run a --base-url openrouter=", "--base-url: openrouter=: want PROVIDER=URL"},
        {"rescind run a --base-url nobody=http://127.0.0.1",
         "--base-url: nobody: no such provider"},
        {"rescind run a --base-url openrouter=http://example.com", "--base-url: "},
        {"rescind run a --base-url openrouter=ftp://127.0.0.1", "--base-url: "},
        {"rescind run a --base-url openrouter=https://u:p@example.com", "--base-url: "},
        {"rescind run a --base-url openrouter=https://a.example/?x=1", "--base-url: "},
        {"rescind run a --base-url openrouter=https://a.example --base-url "
         "openrouter=https://b.example",
         "--base-url: openrouter: given twice"},
        {"rescind run a --shard 4/4", "--shard: 4/4: want K/N such as 0/4"},
        {"rescind run a --shard 0/0", "--shard: 0/0: want K/N"},
        {"rescind run a --shard 1", "--shard: 1: want K/N"},
        {"rescind run a --shard /4", "--shard: /4: want K/N"},
        {"rescind run a --shard 1/65537", "--shard: 1/65537: want K/N"},
        {"rescind run a --shard 1/2/3", "--shard: 1/2/3: want K/N"},
        {"rescind run a --progress often", "--progress: often: want auto, always, never or json"},
        {"rescind run a --expect \x1b[31m", "--expect: ?[31m: want a whole number"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct options o;
        struct error err;
        if (read_line(rows[i].line, catalog, &o, &err) == 0)
            fail_msg("%s: not refused", rows[i].line);
        assert_int_equal(err.code, EXIT_USAGE);
        if (!strstr(err.text, rows[i].text))
            fail_msg("%s: %s", rows[i].line, err.text);
        assert_non_null(strstr(err.text, "(see 'rescind "));
        assert_null(strchr(err.text, '\n'));
    }
}

/* Wherever somebody puts a secret, it is refused and not shown. */
static void secrets_are_refused_unseen(void **state)
{
    static const char *const lines[] = {
        "rescind " SECRET,
        "rescind help " SECRET,
        "rescind run " SECRET,
        "rescind run a " SECRET,
        "rescind report " SECRET,
        "rescind check d " SECRET,
        "rescind providers " SECRET,
        "rescind run abcd1234.0123456789abcdef0123456789abcdef",
        "rescind run a --" SECRET,
        "rescind run a --key=" SECRET,
        "rescind run a -" SECRET,
        "rescind run a --expect " SECRET,
        "rescind run a --halt=" SECRET,
        "rescind run a --provider " SECRET,
        "rescind run a --run-dir " SECRET,
        "rescind run a --base-url openrouter=https://" SECRET "@example.com",
        "rescind run a --base-url openrouter=https://example.com/" SECRET,
        "rescind run a --ca-file " SECRET,
        "rescind run a --job " SECRET,
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct options o;
        struct error err;
        if (read_line(lines[i], catalog, &o, &err) == 0)
            fail_msg("%s: not refused", lines[i]);
        assert_int_equal(err.code, EXIT_USAGE);
        if (strstr(err.text, "0123456789abcdef"))
            fail_msg("shown: %s", err.text);
    }
}

static void no_argv_at_all(void **state)
{
    struct options o;
    struct error err;
    char *none[] = {NULL};
    (void)state;
    assert_int_equal(options_read(0, none, catalog, &o, &err), -1);
    assert_int_equal(err.code, EXIT_USAGE);
    assert_int_equal(options_read(0, none, catalog, &o, NULL), -1);
}

static void run_directories(void **state)
{
    static const struct {
        const char *line, *want;
    } rows[] = {
        {"rescind run k.csv", "k.csv.run"},
        {"rescind run k.csv --action delete", "k.csv.run"},
        {"rescind run k.csv --action disable", "k.csv.disable.run"},
        {"rescind run k.csv --action enable", "k.csv.enable.run"},
        {"rescind run k.csv --action enable --run-dir x", "x"},
        {"rescind run - --run-dir x", "x"},
        {"rescind run k.csv --run-dir runs/%F", "runs/%F"}, /* fields are for job files */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct options o;
        struct error err;
        assert_int_equal(read_line(rows[i].line, catalog, &o, &err), 0);
        char *dir = options_run_dir(&o);
        assert_string_equal(dir, rows[i].want);
        free(dir);
        options_free(&o);
    }
}

static void written_down_again(void **state)
{
    static const struct {
        const char *line, *json, *command;
    } rows[] = {
        {"rescind run k.csv", "{}", "rescind run k.csv"},
        {"rescind run k.csv --yes --max=3 --progress json", "{\"yes\":\"yes\",\"max\":\"3\"}",
         "rescind run --yes --max 3 --progress json k.csv"},
        {"rescind run --halt 5% --no-preflight=no --run-dir=-d -- -k",
         "{\"run-dir\":\"-d\",\"halt\":\"5%\",\"no-preflight\":\"no\"}",
         "rescind run --halt 5% --no-preflight=no --run-dir=-d -- -k"},
        {"rescind run it's$(k).csv --protect a;b", "{\"protect\":\"a;b\"}",
         "rescind run --protect 'a;b' 'it'\\''s$(k).csv'"},
        {"rescind run - --run-dir d", "{\"run-dir\":\"d\"}",
         "rescind run --run-dir d - < MANIFEST"},
        {"rescind run k.csv --base-url requesty=https://r.example/ --base-url "
         "baseten=https://b.example",
         "{\"base-url\":\"requesty=https://r.example baseten=https://b.example\"}",
         "rescind run --base-url requesty=https://r.example/ --base-url baseten=https://b.example "
         "k.csv"},
    };
    struct buf got = {0};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct options o;
        struct error err;
        assert_int_equal(read_line(rows[i].line, catalog, &o, &err), 0);
        buf_clear(&got);
        options_json(&o, &got);
        assert_string_equal(buf_text(&got), rows[i].json);
        buf_clear(&got);
        options_command(&o, &got);
        assert_string_equal(buf_text(&got), rows[i].command);
        options_free(&o);
    }
    buf_free(&got);
}

static void the_command_that_verifies(void **state)
{
    static const struct {
        const char *line, *want;
    } rows[] = {
        {"rescind run k.csv --yes --max 3 --canary 1", "rescind verify a.run"},
        {"rescind run k.csv --timeout 9 --base-url requesty=https://r.example/ --halt 1",
         "rescind verify --timeout 9 --base-url requesty=https://r.example/ a.run"},
        {"rescind run k.csv --run-dir a.run", "rescind verify a.run"},
    };
    struct buf got = {0};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct options o;
        struct error err;
        assert_int_equal(read_line(rows[i].line, catalog, &o, &err), 0);
        buf_clear(&got);
        options_verify_command(&o, "a.run", &got);
        assert_string_equal(buf_text(&got), rows[i].want);
        options_free(&o);
    }
    buf_clear(&got);
    buf_put_shell(&got, "it's");
    assert_string_equal(buf_text(&got), "'it'\\''s'");
    buf_clear(&got);
    buf_put_shell(&got, "it's\n1\\2");
    assert_string_equal(buf_text(&got), "$'it\\'s\\0121\\\\2'");
    buf_free(&got);
}

static void help_fits_a_screen(void **state)
{
    (void)state;
    for (int c = 0; c <= COMMAND_HELP; c++) {
        const char *text = help_text((enum command)c);
        unsigned lines = 0;
        assert_ptr_equal(text, help_text((enum command)c));
        for (const char *line = text; *line; line += strcspn(line, "\n") + 1, lines++)
            if (strcspn(line, "\n") > 80)
                fail_msg("%.*s", (int)strcspn(line, "\n"), line);
        assert_true(lines > 5 && lines <= 50);
        assert_int_equal(text[strlen(text) - 1], '\n');
    }
}

static void help_names_the_options(void **state)
{
    (void)state;
    for (unsigned c = 0; c < COMMAND_COUNT; c++) {
        for (size_t i = 0; i < option_count; i++) {
            char line[64];
            const struct option_spec *s = &option_table[i];
            snprintf(line, sizeof line, "\n  --%s%s%s ", s->name, s->word ? " " : "",
                     s->word ? s->word : "");
            bool shown = strstr(help_text((enum command)c), line) != NULL;
            assert_int_equal(shown, (s->commands >> c & 1u) != 0);
        }
        assert_non_null(strstr(help_text(COMMAND_HELP), command_table[c].summary));
    }
}

static void every_option_says_what_it_wants(void **state)
{
    (void)state;
    for (size_t i = 0; i < option_count; i++) {
        const struct option_spec *s = &option_table[i];
        bool of_program = strcmp(s->name, "help") == 0 || strcmp(s->name, "version") == 0;
        bool of_catalog = strcmp(s->name, "provider") == 0;
        assert_true(*s->help && s->help[strlen(s->help) - 1] != '.');
        assert_int_equal(s->want == NULL, of_program || of_catalog);
        assert_int_equal(s->set == NULL, of_program);
        assert_ptr_equal(option_find(s->name), s);
    }
    assert_null(option_find("bogus"));
}

static void read_whole(const char *path, struct buf *out)
{
    FILE *f = fopen(path, "r");
    size_t n;
    if (!f)
        fail_msg("%s is missing: run the tests from the top of the source", path);
    buf_clear(out);
    while ((n = fread(buf_room(out, 4096), 1, 4096, f)) > 0)
        out->len += n;
    buf_putc(out, '\0');
    fclose(f);
}

/* Each option is in the manual, with its argument, and each option of the manual exists. */
static void manual_knows_the_options(void **state)
{
    struct buf page = {0};
    char line[96];
    (void)state;
    read_whole("src/cli/rescind.1", &page);
    for (size_t i = 0; i < option_count; i++) {
        const struct option_spec *s = &option_table[i];
        if (!s->commands)
            continue;
        snprintf(line, sizeof line, "\n.It Fl \\-%s%s%s\n", s->name, s->word ? " Ar " : "",
                 s->word ? s->word : "");
        if (!strstr(page.data, line))
            fail_msg("the manual lacks %s", line + 1);
    }
    for (const char *at = page.data; (at = strstr(at, "\n.It Fl \\-")); at++) {
        char name[64];
        assert_int_equal(sscanf(at, "\n.It Fl \\-%63s", name), 1);
        const struct option_spec *s = option_find(name);
        if (!s || !s->commands)
            fail_msg("the manual has --%s, which does not exist", name);
    }
    for (unsigned c = 0; c < COMMAND_COUNT; c++) {
        snprintf(line, sizeof line, "\n.It Cm %s", command_table[c].name);
        assert_non_null(strstr(page.data, line));
    }
    buf_free(&page);
}

/* The completion has, per command, a line `    run) options='--a --b' ;;`. */
static void completion_knows_the_options(void **state)
{
    struct buf script = {0}, want = {0};
    (void)state;
    read_whole("src/cli/rescind.bash", &script);
    for (unsigned c = 0; c < COMMAND_COUNT; c++) {
        char start[64];
        snprintf(start, sizeof start, "\n        %s) options='", command_table[c].name);
        const char *at = strstr(script.data, start);
        if (!at)
            fail_msg("the completion lacks %s", command_table[c].name);
        at += strlen(start);
        buf_clear(&want);
        for (size_t i = 0; i < option_count; i++)
            if (option_table[i].commands >> c & 1u)
                buf_printf(&want, "%s--%s%s", want.len ? " " : "", option_table[i].name,
                           option_table[i].word ? "=" : "");
        if (strncmp(at, want.data, want.len) != 0 || at[want.len] != '\'')
            fail_msg("%s: want %s", command_table[c].name, want.data);
    }
    buf_free(&script);
    buf_free(&want);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_lines),
        cmocka_unit_test(refused_lines),
        cmocka_unit_test(secrets_are_refused_unseen),
        cmocka_unit_test(no_argv_at_all),
        cmocka_unit_test(run_directories),
        cmocka_unit_test(written_down_again),
        cmocka_unit_test(the_command_that_verifies),
        cmocka_unit_test(help_fits_a_screen),
        cmocka_unit_test(help_names_the_options),
        cmocka_unit_test(every_option_says_what_it_wants),
        cmocka_unit_test(manual_knows_the_options),
        cmocka_unit_test(completion_knows_the_options),
    };
    static const struct clock_source clock = {clock_mono_us, noon};
    clock_set(&clock);
    catalog = catalog_new();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    catalog_free(catalog);
    return failed;
}
