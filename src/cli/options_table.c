/* The options, one row each, and the reading of their values. Ranges stand in the setters; the
 * words for them in `want`, which completes "--halt: 7x: want ...". */

#include "cli/options_table.h"
#include "cli/options_list.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "intake/reports.h"
#include "journal/evidence.h"
#include "provider/identifier.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

const struct command_spec command_table[COMMAND_COUNT] = {
    [COMMAND_PLAN] = {"plan", "MANIFEST", "check all, print what a run would do, send nothing"},
    [COMMAND_RUN] = {"run", "MANIFEST", "revoke; given again after a stop, it carries on"},
    [COMMAND_VERIFY] = {"verify", "RUN_DIR", "prove that what is done is really gone"},
    [COMMAND_ROTATE] = {"rotate", "MANIFEST", "make successors, hand them over, delete the old"},
    [COMMAND_REPORT] = {"report", "RUN_DIR...",
                        "write the reports again; several make a merged one"},
    [COMMAND_CHECK] = {"check", "RUN_DIR...", "verify journals and print their digests"},
    [COMMAND_LIST] = {"list", "PROVIDER", "write a manifest of the keys that a provider lists"},
    [COMMAND_PROBE] = {"probe", "PROVIDER", "try a definition without deleting anything there is"},
    [COMMAND_MATCH] = {"match", "FILE...", "write a manifest of the raw keys in files; no network"},
    [COMMAND_PROVIDERS] = {"providers", "[NAME...]", "list the providers, or print definitions"},
};

static bool take_u64(const char *value, uint64_t min, uint64_t max, uint64_t *out)
{
    return text_u64(value, max, out) && *out >= min;
}

static bool take_unsigned(const char *value, unsigned min, unsigned max, unsigned *out)
{
    uint64_t n;
    if (!take_u64(value, min, max, &n))
        return false;
    *out = (unsigned)n;
    return true;
}

/* Seconds with a fraction. */
static bool take_seconds(const char *value, int64_t *us)
{
    double seconds;
    if (!text_decimal(value, 86400, &seconds) || seconds < .001)
        return false;
    *us = (int64_t)(seconds * 1e6 + .5);
    return true;
}

static bool set_provider(struct reading *r, const char *value, struct error *err)
{
    char shown[SHOWN];
    if (catalog_has_provider(r->catalog, value)) {
        r->out->provider = reading_keep(r, value);
        return true;
    }
    error_set(err, EXIT_USAGE, "%s: no such provider; 'rescind providers' lists them",
              value_shown(r->catalog, value, shown));
    return false;
}

static bool set_column(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    r->out->column = *value ? reading_keep(r, value) : NULL;
    return *value != '\0';
}

static bool set_format(struct reading *r, const char *value, struct error *err)
{
    unsigned n;
    (void)err;
    if (r->out->command == COMMAND_MATCH && report_form_known(value)) {
        r->out->form = reading_keep(r, value);
        return true;
    }
    if (!option_word(value, manifest_format_word, FORMAT_JSON + 1, &n))
        return false;
    r->out->format = (enum manifest_format)n;
    return true;
}

static bool set_action(struct reading *r, const char *value, struct error *err)
{
    unsigned n;
    (void)err;
    if (!option_word(value, action_word, ACTION_ROTATE, &n))
        return false;
    r->out->settings.action = (enum action)n;
    return true;
}

static bool set_progress(struct reading *r, const char *value, struct error *err)
{
    static const char *const words[] = {[PROGRESS_AUTO] = "auto",
                                        [PROGRESS_ALWAYS] = "always",
                                        [PROGRESS_NEVER] = "never",
                                        [PROGRESS_JSON] = "json"};
    unsigned n;
    (void)err;
    if (!option_word(value, words, sizeof words / sizeof *words, &n))
        return false;
    r->out->progress = (enum progress_mode)n;
    return true;
}

/* A path of a job file is meant from where the job file is: cron and systemd start a job in a
 * directory of their own choice. */
static bool take_path(struct reading *r, const char *value, bool dash, char **out)
{
    if (!*value || (strcmp(value, "-") == 0 && !dash))
        return false;
    if (r->now->of_job && r->job_dir && *value != '/' && strcmp(value, "-") != 0) {
        struct buf path = {0};
        buf_printf(&path, "%s/%s", r->job_dir, value);
        *out = reading_keep(r, buf_text(&path));
        buf_free(&path);
    } else {
        *out = reading_keep(r, value);
    }
    r->now->value = *out;
    return true;
}

/* Replaces the strftime(3) fields of a job file's value. Those that give a blank or a slash, or
 * nothing that can be foreseen, are not taken. */
static bool take_dated_path(struct reading *r, const char *value, bool dash, char **out,
                            struct error *err)
{
    static const char fields[] = "YmdHMSFjGVuys%";
    if (!r->now->of_job)
        return take_path(r, value, dash, out);
    time_t now = (time_t)(clock_wall_ms() / 1000);
    struct tm local;
    struct buf path = {0};
    bool good = localtime_r(&now, &local) != NULL;
    for (; good && *value; value++) {
        char format[3] = {*value, '\0', '\0'}, text[32];
        if (*value != '%') {
            buf_putc(&path, *value);
        } else if (!value[1] || !strchr(fields, value[1])) {
            error_set(err, EXIT_CONFIG,
                      "'%%' without a known field: want one of %%Y %%m %%d %%F %%H %%M %%S %%j %%G "
                      "%%V %%u %%y %%s, or %%%% for a percent sign");
            good = false;
        } else {
            format[1] = *++value;
            strftime(text, sizeof text, format, &local);
            buf_puts(&path, text);
        }
    }
    good = good && take_path(r, buf_text(&path), dash, out);
    buf_free(&path);
    return good;
}

static bool set_manifest(struct reading *r, const char *value, struct error *err)
{
    return take_dated_path(r, value, true, &r->out->manifest, err);
}

static bool set_run_dir(struct reading *r, const char *value, struct error *err)
{
    return take_dated_path(r, value, false, &r->out->run_dir, err);
}

static bool set_secrets_file(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return take_path(r, value, false, &r->out->secrets_file);
}

static bool set_deliver(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    if (!*value)
        return false;
    r->out->deliver = reading_keep(r, value);
    return true;
}

static bool set_job(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return take_path(r, value, false, &r->out->job);
}

static bool set_protect(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return take_path(r, value, false, &r->out->protect);
}

static bool set_metrics_file(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return take_path(r, value, false, &r->out->metrics_file);
}

static bool set_output(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return take_path(r, value, true, &r->out->output);
}

static bool set_against(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return take_path(r, value, true, &r->out->against);
}

static bool set_ca_file(struct reading *r, const char *value, struct error *err)
{
    char *path;
    (void)err;
    if (!take_path(r, value, false, &path))
        return false;
    r->out->settings.ca_file = path;
    return true;
}

static bool set_absent_delete(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return option_bool(value, &r->out->absent_delete);
}

static bool set_yes(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return option_bool(value, &r->out->yes);
}

static bool set_allow_empty(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return option_bool(value, &r->out->allow_empty);
}

static bool set_stay_stopped(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return option_bool(value, &r->out->stay_stopped);
}

static bool set_skip_bad_rows(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return option_bool(value, &r->out->skip_bad_rows);
}

static bool set_partial(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return option_bool(value, &r->out->partial);
}

static bool set_salvage(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return option_bool(value, &r->out->salvage);
}

static bool set_verify(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return option_bool(value, &r->out->settings.verify);
}

static bool set_verify_delay(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return text_duration(value, &r->out->settings.verify_delay_us);
}

static bool set_again(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return option_bool(value, &r->out->settings.again);
}

static bool set_expect_absent(struct reading *r, const char *value, struct error *err)
{
    struct settings *s = &r->out->settings;
    const char *at = value, *item;
    char shown[SHOWN];
    size_t len;
    if (option_bool(value, &s->expect_absent))
        return true;
    while ((len = evidence_next_named(&at, &item)) > 0) {
        size_t provider = strcspn(item, "/,");
        char *name = mem_string_n(item, provider);
        char *kind = provider < len ? mem_string_n(item + provider + 1, len - provider - 1) : NULL;
        bool there = kind ? catalog_find(r->catalog, name, kind) != NULL
                          : catalog_has_provider(r->catalog, name);
        free(name);
        free(kind);
        if (!there) {
            error_set(err, EXIT_USAGE,
                      "%s: want PROVIDER or PROVIDER/KIND, as 'rescind providers' "
                      "lists them",
                      value_shown(r->catalog, value, shown));
            return false;
        }
    }
    s->expect_absent = *value != '\0';
    s->expect_absent_of = reading_keep(r, value);
    return *value != '\0';
}

static bool set_verify_patience(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return text_duration(value, &r->out->settings.verify_patience_us);
}

static bool set_no_preflight(struct reading *r, const char *value, struct error *err)
{
    bool off;
    (void)err;
    if (!option_bool(value, &off))
        return false;
    r->out->settings.preflight = !off;
    return true;
}

static bool set_expect(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return r->out->has_expect = take_u64(value, 0, UINT32_MAX, &r->out->expect);
}

static bool set_max_age(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return text_duration(value, &r->out->max_age_us) && r->out->max_age_us > 0;
}

static bool set_max(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return r->out->has_max = take_u64(value, 0, UINT32_MAX, &r->out->max);
}

static bool set_canary(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return take_unsigned(value, 0, UINT32_MAX, &r->out->settings.canary);
}

static bool set_halt(struct reading *r, const char *value, struct error *err)
{
    struct settings *s = &r->out->settings;
    char number[32];
    size_t len = strlen(value);
    (void)err;
    if (!len || value[len - 1] != '%') {
        s->halt_percent = 100;
        return take_unsigned(value, 1, UINT32_MAX, &s->halt_count);
    }
    if (--len >= sizeof number)
        return false;
    memcpy(number, value, len);
    number[len] = '\0';
    s->halt_count = 0;
    return text_decimal(number, 100, &s->halt_percent);
}

static bool set_concurrency(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return take_unsigned(value, 1, 1024, &r->out->settings.concurrency);
}

static bool set_max_rate(struct reading *r, const char *value, struct error *err)
{
    double rate;
    (void)err;
    if (!text_decimal(value, 1e6, &rate) || (rate > 0 && rate < .001))
        return false;
    r->out->settings.max_rate = rate;
    return true;
}

static bool set_max_attempts(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return take_unsigned(value, 1, 1000, &r->out->settings.max_attempts);
}

static bool set_timeout(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return take_seconds(value, &r->out->settings.timeout_us);
}

static bool set_connect_timeout(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return take_seconds(value, &r->out->settings.connect_timeout_us);
}

static bool set_deadline(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return text_duration(value, &r->out->settings.deadline_us) && r->out->settings.deadline_us > 0;
}

static bool set_shard(struct reading *r, const char *value, struct error *err)
{
    char k[16];
    const char *slash = strchr(value, '/');
    (void)err;
    if (!slash || (size_t)(slash - value) >= sizeof k)
        return false;
    memcpy(k, value, (size_t)(slash - value));
    k[slash - value] = '\0';
    return take_unsigned(slash + 1, 1, 65536, &r->out->shards) &&
           take_unsigned(k, 0, r->out->shards - 1, &r->out->shard);
}

/* A provider's entry of a job file gives way to the command line's. */
static bool put_base_url(struct reading *r, const char *provider, const char *url,
                         struct error *err)
{
    struct settings *s = &r->out->settings;
    for (unsigned i = 0; i < s->base_url_count; i++) {
        if (strcmp(s->base_urls[i].provider, provider) == 0) {
            s->base_urls[i].url = url;
            return true;
        }
    }
    if (s->base_url_count == BASE_URLS_MAX) {
        error_set(err, EXIT_USAGE, "more than %d of them", BASE_URLS_MAX);
        return false;
    }
    s->base_urls[s->base_url_count++] = (struct base_url){provider, url};
    return true;
}

static bool given_before(const struct reading *r, const char *value, size_t provider_len)
{
    for (const struct given *g = r->given; g < r->now; g++)
        if (g->spec == r->now->spec && g->of_job == r->now->of_job &&
            strncmp(g->value, value, provider_len + 1) == 0)
            return true;
    return false;
}

static bool set_base_url(struct reading *r, const char *value, struct error *err)
{
    struct buf origin = {0};
    bool plain;
    char shown[SHOWN];
    const char *equals = strchr(value, '=');
    if (!equals || equals == value || !equals[1])
        return false;
    size_t len = (size_t)(equals - value);
    char *provider = reading_keep(r, value), *url = provider + len + 1;
    provider[len] = '\0';
    for (size_t n = strlen(url); n > 0 && url[n - 1] == '/'; n--)
        url[n - 1] = '\0';
    if (!catalog_has_provider(r->catalog, provider)) {
        error_set(err, EXIT_USAGE, "%s: no such provider; 'rescind providers' lists them",
                  value_shown(r->catalog, provider, shown));
        return false;
    }
    if (given_before(r, value, len)) {
        error_set(err, EXIT_USAGE, "%s: given twice", provider);
        return false;
    }
    bool good = base_url_check(url, &origin, &plain, err) == 0;
    buf_free(&origin);
    return good && put_base_url(r, provider, url, err);
}

#define BIT(command) (1u << (command))
#define RUN          (BIT(COMMAND_RUN) | BIT(COMMAND_PLAN))
#define ROTATE       BIT(COMMAND_ROTATE)
#define ACTING       (RUN | ROTATE)
#define SENDING      (ACTING | BIT(COMMAND_VERIFY))
#define LIST         BIT(COMMAND_LIST)
#define OUTPUT       (LIST | BIT(COMMAND_MATCH))
#define PROBE        BIT(COMMAND_PROBE)
#define TRANSFER     (SENDING | LIST | PROBE)
#define ALL                                                                                        \
    (SENDING | OUTPUT | PROBE | BIT(COMMAND_REPORT) | BIT(COMMAND_CHECK) | BIT(COMMAND_PROVIDERS))
#define YES_NO   "nothing, yes or no"
#define COUNT    "a whole number from 0 to 4294967295"
#define SECONDS  "seconds from 0.001 to 86400"
#define A_FILE   "the name of a file"
#define A_TEXT   "a text"
#define A_MOMENT "an age such as 90d, a date such as 2026-01-31, or a moment with Z after it"

const struct option_spec option_table[] = {
    {"manifest", "FILE", 0, true, false, GROUP_INPUT, set_manifest, A_FILE ", or -",
     "the manifest, where the command line names none"},
    {"provider", "NAME", ACTING | BIT(COMMAND_MATCH), true, false, GROUP_INPUT, set_provider, NULL,
     "provider of the rows (of the keys) that name none"},
    {"kind", "KIND", LIST, false, false, GROUP_INPUT, option_set_kind,
     "a kind that the provider has", "what to list: key, byok, ... (default: key)"},
    {"against", "MANIFEST", BIT(COMMAND_MATCH), false, false, GROUP_INPUT, set_against,
     A_FILE ", or -", "only the keys that this manifest (a list) has"},
    {"output", "FILE", OUTPUT, false, false, GROUP_INPUT, set_output, A_FILE ", or -",
     "write there, whole or not at all (default: stdout)"},
    {"format", "FORMAT", ACTING | OUTPUT, true, false, GROUP_INPUT, set_format,
     "csv, jsonl or json; for match also what it reads: text, trufflehog, gitleaks, sarif, github, "
     "gitguardian, ggshield or detect-secrets",
     "csv, jsonl, json; match: a scanner's name, or text"},
    {"partial", NULL, BIT(COMMAND_MATCH), false, false, GROUP_INPUT, set_partial, YES_NO,
     "exit 0 although not all keys could be taken"},
    {"column", "NAME", ACTING, true, false, GROUP_INPUT, set_column, "a column's name",
     "the column (or key) that holds the identifier"},
    {"job", "FILE", ALL, false, false, GROUP_INPUT, set_job, A_FILE,
     "read options and definitions from a job file"},
    {"run-dir", "DIR", SENDING | BIT(COMMAND_REPORT), true, false, GROUP_INPUT, set_run_dir,
     "the name of a directory", "directory of journal and reports"},
    {"shard", "K/N", ACTING, true, false, GROUP_INPUT, set_shard,
     "K/N such as 0/4, with K from 0 to N-1 and N up to 65536", "only shard K of N (K from 0)"},
    {"allow-empty", NULL, ACTING, true, false, GROUP_INPUT, set_allow_empty, YES_NO,
     "a manifest without rows is no error"},
    {"skip-bad-rows", NULL, ACTING, true, false, GROUP_INPUT, set_skip_bad_rows, YES_NO,
     "run the good rows of a manifest with bad ones"},

    {"secrets-file", "FILE", ROTATE, false, false, GROUP_INPUT, set_secrets_file, A_FILE,
     "append the new secrets to it (mode 0600)"},
    {"deliver", "COMMAND", ROTATE, false, false, GROUP_INPUT, set_deliver, "a shell command",
     "give each new secret to it, on its stdin"},

    {"created-before", "WHEN", LIST, false, false, GROUP_FILTER, option_set_created_before,
     A_MOMENT, "created before a date, or longer ago than 90d"},
    {"updated-before", "WHEN", LIST, false, false, GROUP_FILTER, option_set_updated_before,
     A_MOMENT, "last changed before it (changed, not used)"},
    {"last-used-before", "WHEN", LIST, false, false, GROUP_FILTER, option_set_last_used_before,
     A_MOMENT, "not used since, where the list tells it"},
    {"creator", "GLOB", LIST, false, false, GROUP_FILTER, option_set_creator, A_TEXT,
     "made by them: an id, an e-mail address"},
    {"owner", "GLOB", LIST, false, false, GROUP_FILTER, option_set_owner, A_TEXT,
     "that are theirs"},
    {"not-in", "FILE", LIST, false, false, GROUP_FILTER, option_set_not_in, A_FILE,
     "that this manifest does not name"},
    {"unused", "WINDOW", LIST, false, false, GROUP_FILTER, option_set_unused, "day, week or month",
     "no usage in this UTC day, week or month"},
    {"min-window", "DURATION", LIST, false, false, GROUP_FILTER, option_set_min_window,
     "a span such as 12h or 3d, at most 365d, or 0",
     "age --unused asks of its window (12h, 3d, 14d)"},
    {"expired", NULL, LIST, false, false, GROUP_FILTER, option_set_expired, YES_NO,
     "past their expiry"},
    {"disabled", NULL, LIST, false, false, GROUP_FILTER, option_set_disabled, YES_NO,
     "disabled ones"},
    {"name", "GLOB", LIST, false, false, GROUP_FILTER, option_set_name, A_TEXT,
     "whose name fits: * ? and [...]"},
    {"label", "GLOB", LIST, false, false, GROUP_FILTER, option_set_label, A_TEXT,
     "whose label, or one of its name=value, fits"},
    {"workspace", "ID", LIST, false, false, GROUP_FILTER, option_set_workspace, A_TEXT,
     "of this workspace"},
    {"spend-below", "N", LIST, false, false, GROUP_FILTER, option_set_spend_below,
     "an amount above 0", "that spent less than N this month"},
    {"type", "WORD", LIST, false, false, GROUP_FILTER, option_set_type, A_TEXT, "of this type"},
    {"all", NULL, LIST, false, false, GROUP_FILTER, option_set_all_keys, YES_NO,
     "a filter may select every key there is"},
    {"absent-delete", NULL, PROBE, false, false, GROUP_GUARD, set_absent_delete, YES_NO,
     "delete an invented id, too, and see what that says"},

    {"action", "WORD", RUN, true, false, GROUP_GUARD, set_action, "delete, disable or enable",
     "delete, disable or enable (default: delete)"},
    {"yes", NULL, ACTING, true, false, GROUP_GUARD, set_yes, YES_NO,
     "do not ask for the number of targets"},
    {"expect", "N", ACTING, true, false, GROUP_GUARD, set_expect, COUNT,
     "refuse unless the manifest has exactly N targets"},
    {"max", "N", ACTING, true, false, GROUP_GUARD, set_max, COUNT,
     "refuse when more than N targets are left to do"},
    {"max-age", "DURATION", RUN, true, false, GROUP_GUARD, set_max_age,
     "a span such as 12h or 2d, at most 365d", "refuse a manifest file older than that"},
    {"protect", "FILE", ACTING, true, false, GROUP_GUARD, set_protect, A_FILE,
     "refuse when a target of this manifest is among them"},
    {"canary", "N", ACTING, true, false, GROUP_GUARD, set_canary, COUNT,
     "do N first, go on only if all succeeded"},
    {"halt", "N|P%", ACTING, true, false, GROUP_GUARD, set_halt,
     "a count from 1, or a percentage such as 5%", "stop after so many failures (default: 5%)"},
    {"stay-stopped", NULL, RUN, true, false, GROUP_GUARD, set_stay_stopped, YES_NO,
     "refuse where a halt, canary or look stopped it"},
    {"expect-absent", NULL, ACTING, true, false, GROUP_GUARD, set_expect_absent,
     "nothing, yes, no, or =PROVIDER[/KIND],...",
     "absence is expected, of all or =PROVIDER[/KIND]"},
    {"verify", NULL, RUN, true, false, GROUP_GUARD, set_verify, YES_NO,
     "prove afterwards that what is done is gone"},
    {"verify-delay", "DURATION", SENDING & ~ROTATE, true, false, GROUP_GUARD, set_verify_delay,
     "a span such as 5s, 2m or 0s, at most 365d", "from the last done to its proof (default: 5s)"},
    {"verify-patience", "DURATION", SENDING, true, false, GROUP_GUARD, set_verify_patience,
     "a span such as 60s, 2m or 0s, at most 365d", "how long to ask for one still there (60s)"},
    {"again", NULL, BIT(COMMAND_VERIFY), false, false, GROUP_GUARD, set_again, YES_NO,
     "also what was confirmed before"},
    {"no-preflight", NULL, TRANSFER & ~PROBE, true, false, GROUP_GUARD, set_no_preflight, YES_NO,
     "do not check the credentials first"},

    {"concurrency", "N", TRANSFER & ~PROBE, true, false, GROUP_TRANSFER, set_concurrency,
     "a whole number from 1 to 1024", "most requests in flight per provider (512)"},
    {"max-rate", "R", TRANSFER, true, false, GROUP_TRANSFER, set_max_rate,
     "requests a second, 0.001 to 1000000, or 0 for no ceiling",
     "requests a second per provider (0: no ceiling)"},
    {"max-attempts", "N", TRANSFER & ~PROBE, true, false, GROUP_TRANSFER, set_max_attempts,
     "a whole number from 1 to 1000", "attempts per target, 429 not counted (default: 8)"},
    {"timeout", "SECONDS", TRANSFER, true, false, GROUP_TRANSFER, set_timeout, SECONDS,
     "of a request (default: 30)"},
    {"connect-timeout", "SECONDS", TRANSFER, true, false, GROUP_TRANSFER, set_connect_timeout,
     SECONDS, "of connecting (default: 5)"},
    {"deadline", "DURATION", TRANSFER, true, false, GROUP_TRANSFER, set_deadline,
     "a span such as 90s, 15m or 2h, at most 365d", "start no request after it, end resumable"},
    {"base-url", "PROVIDER=URL", TRANSFER, true, true, GROUP_TRANSFER, set_base_url,
     "PROVIDER=URL such as openrouter=http://127.0.0.1:9000/api/v1", "send to another origin"},
    {"ca-file", "FILE", TRANSFER, true, false, GROUP_TRANSFER, set_ca_file, A_FILE,
     "trust this CA bundle"},

    {"progress", "WHEN", TRANSFER & ~PROBE, true, false, GROUP_OTHER, set_progress,
     "auto, always, never or json", "auto, always, never or json, on stderr"},
    {"metrics-file", "FILE", SENDING, true, false, GROUP_OTHER, set_metrics_file, A_FILE,
     "write Prometheus metrics at the end"},
    {"salvage", NULL, BIT(COMMAND_REPORT), false, false, GROUP_OTHER, set_salvage, YES_NO,
     "show what of a damaged journal can be trusted"},
    {"help", NULL, ALL, false, false, GROUP_OTHER, NULL, NULL, "print this"},
    {"version", NULL, ALL, false, false, GROUP_OTHER, NULL, NULL, "print the version"},
};
const size_t option_count = sizeof option_table / sizeof *option_table;

const struct option_spec *option_find(const char *name)
{
    for (size_t i = 0; i < option_count; i++)
        if (strcmp(option_table[i].name, name) == 0)
            return &option_table[i];
    return NULL;
}
