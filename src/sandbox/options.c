#include "sandbox/options.h"

#include "base/mem.h"
#include "base/text.h"
#include "sandbox/spec.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char options_help[] =
    "usage: rescind-sandbox [OPTION]...\n"
    "       rescind-sandbox --generate N [--mix MIX] [--seed N]\n"
    "\n"
    "Stands in for all the providers that rescind knows, on one loopback port, and keeps the\n"
    "truth about what was really deleted. Prints its address as soon as it listens:\n"
    "  rescind run keys.csv --base-url openrouter=ADDRESS/api/v1 --base-url requesty=ADDRESS\n"
    "GET /sandbox/truth gives a JSON line per target (?provider=P, ?touched), /sandbox/counts the\n"
    "counts; POST /sandbox/options changes faults (\"clear\", \"fault 500:5%\", a line each).\n"
    "\n"
    "What exists\n"
    "  --manifest FILE       exactly its targets (repeatable)\n"
    "  --inventory FILE      JSON lines with provider, kind, id and any field of the lists\n"
    "  --any                 whatever is asked for exists until it is deleted\n"
    "  --absent SHARE        a seeded share (10%) is absent from the start\n"
    "  --job FILE            a job file's providers are served too\n"
    "Credentials\n"
    "  --credential PROVIDER=FILE   accept only this secret, not the fixed demo one\n"
    "  --print-credentials   the demo secrets, as lines for a shell to evaluate\n"
    "  --weak PROVIDER       the credential may not manage keys\n"
    "  --refuse [PROVIDER=]STATUS[:after=N]    401 or 403 from the Nth action on\n"
    "Limits\n"
    "  --limit [PROVIDER=]bucket:100/s[:burst=5] | window:150/3s[:phase=0.5] |\n"
    "          box:100/1s:out=5s | none    [:from=10s] makes a schedule (repeatable)\n"
    "  --hint [PROVIDER=]sec|date|ms|body|ietf|none|raw:TEXT    how a 429 tells, joined by +\n"
    "  --grace SPAN          a hold counts as known to the client that much later (20ms)\n"
    "Faults, repeatable: --fault [PROVIDER=]KIND:RATE[:SETTING]...\n"
    "  KIND  a status; drop, drop-before, drop-after, reset, reset-before, reset-after (the\n"
    "        deletion); stall; cut; stray; html404; redirect; deleted-false; other-id; empty;\n"
    "        html; listed (a right answer, and the key is still there)\n"
    "  SETTING  effect=yes|no|either, on=action|read|all, id=ID, tries=N (of each target), "
    "from=N,\n"
    "        to=N, times=N, for=SPAN (stall), retry-after=TEXT (status)\n"
    "  --delay [PROVIDER=]SPAN      latency of every answer\n"
    "Server\n"
    "  --port N              0: the kernel picks one (0)\n"
    "  --tls-cert FILE --tls-key FILE\n"
    "  --requests-per-connection N  then the connection is closed\n"
    "  --seed N              of faults, absences and generated manifests (1)\n"
    "  --until-eof           end when standard input does; --stay: do not end with the parent\n"
    "Generating\n"
    "  --generate N          writes a manifest of N targets to standard output, as CSV\n"
    "  --mix MIX             shares by kind "
    "(openrouter=6,openrouter/byok=1,requesty=2,baseten=1)\n";

enum { SETTING_FIRST = 1000 };
enum {
    O_PORT = 1,
    O_CERT,
    O_KEY,
    O_PER_CONNECTION,
    O_EOF,
    O_STAY,
    O_MANIFEST,
    O_JOB,
    O_INVENTORY,
    O_ANY,
    O_ABSENT,
    O_SEED,
    O_PRINT,
    O_GENERATE,
    O_MIX,
    O_HELP,
    O_VERSION,
};

static const struct option names[] = {
    {"port", required_argument, NULL, O_PORT},
    {"tls-cert", required_argument, NULL, O_CERT},
    {"tls-key", required_argument, NULL, O_KEY},
    {"requests-per-connection", required_argument, NULL, O_PER_CONNECTION},
    {"until-eof", no_argument, NULL, O_EOF},
    {"stay", no_argument, NULL, O_STAY},
    {"manifest", required_argument, NULL, O_MANIFEST},
    {"job", required_argument, NULL, O_JOB},
    {"inventory", required_argument, NULL, O_INVENTORY},
    {"any", no_argument, NULL, O_ANY},
    {"absent", required_argument, NULL, O_ABSENT},
    {"seed", required_argument, NULL, O_SEED},
    {"print-credentials", no_argument, NULL, O_PRINT},
    {"generate", required_argument, NULL, O_GENERATE},
    {"mix", required_argument, NULL, O_MIX},
    {"help", no_argument, NULL, O_HELP},
    {"version", no_argument, NULL, O_VERSION},
    {"limit", required_argument, NULL, SETTING_FIRST},
    {"hint", required_argument, NULL, SETTING_FIRST + 1},
    {"fault", required_argument, NULL, SETTING_FIRST + 2},
    {"refuse", required_argument, NULL, SETTING_FIRST + 3},
    {"weak", required_argument, NULL, SETTING_FIRST + 4},
    {"credential", required_argument, NULL, SETTING_FIRST + 5},
    {"delay", required_argument, NULL, SETTING_FIRST + 6},
    {"grace", required_argument, NULL, SETTING_FIRST + 7},
    {NULL, 0, NULL, 0},
};

static const char *name_of(int value)
{
    const struct option *o = names;
    while (o->val != value)
        o++;
    return o->name;
}

/* A small file as a text; a trailing newline is dropped. */
static char *read_text(const char *path, struct error *err)
{
    FILE *f = fopen(path, "re");
    struct buf text = {0};
    char block[4096];
    size_t n = 0;
    if (!f) {
        error_set(err, EXIT_NOINPUT, "%s:", path);
        return NULL;
    }
    while ((n = fread(block, 1, sizeof block, f)) > 0 && text.len < (1 << 20))
        buf_put(&text, block, n);
    bool bad = ferror(f) != 0;
    fclose(f);
    while (!bad && text.len && text.data[text.len - 1] == '\n')
        text.data[--text.len] = '\0';
    if (bad || !text.len) {
        error_set(err, EXIT_NOINPUT, "%s: cannot be read, or is empty", path);
        buf_free(&text);
        return NULL;
    }
    return text.data;
}

static int keep(const char **list, unsigned *count, unsigned max, const char *value,
                struct error *err)
{
    if (*count + 1 > max)
        return error_set(err, EXIT_USAGE, "more than %u of one option", max);
    list[(*count)++] = value;
    return 0;
}

static int number(const char *name, const char *text, uint64_t max, uint64_t *out,
                  struct error *err)
{
    if (!text_u64(text, max, out))
        return error_set(err, EXIT_USAGE, "--%s %s: not a number up to %llu", name, text,
                         (unsigned long long)max);
    return 0;
}

static int take_file(char **at, const char *path, struct error *err)
{
    free(*at);
    *at = read_text(path, err);
    return *at ? 0 : -1;
}

static int take(int value, const char *text, struct options *o, struct error *err)
{
    uint64_t n = 0;
    switch (value) {
    case O_PORT:
        if (number("port", text, 65535, &n, err) < 0)
            return -1;
        o->http.port = (uint16_t)n;
        return 0;
    case O_CERT:
        return take_file(&o->http.tls_cert, text, err);
    case O_KEY:
        return take_file(&o->http.tls_key, text, err);
    case O_PER_CONNECTION:
        if (number("requests-per-connection", text, UINT32_MAX, &n, err) < 0)
            return -1;
        o->http.requests_per_connection = (uint32_t)n;
        return 0;
    case O_MANIFEST:
        return keep(o->manifest, &o->manifests, INPUTS_MAX, text, err);
    case O_JOB:
        return keep(o->job, &o->jobs, INPUTS_MAX, text, err);
    case O_INVENTORY:
        return keep(o->inventory, &o->inventories, INPUTS_MAX, text, err);
    case O_ABSENT:
        if (!spec_share(text, &o->absent))
            return error_set(err, EXIT_USAGE, "--absent %s: not a share such as 10%%", text);
        return 0;
    case O_SEED:
        return number("seed", text, UINT64_MAX, &o->seed, err);
    case O_GENERATE:
        return number("generate", text, UINT32_MAX - 1, &o->generate, err);
    case O_MIX:
        o->mix = text;
        return 0;
    default:
        if (keep(o->setting, &o->settings, INPUTS_MAX * 2, name_of(value), err) < 0)
            return -1;
        return keep(o->setting, &o->settings, INPUTS_MAX * 2, text, err);
    }
}

static bool take_flag(int value, struct options *o)
{
    bool *const flags[] = {
        [O_EOF] = &o->http.until_eof,      [O_STAY] = &o->stay, [O_ANY] = &o->any,
        [O_PRINT] = &o->print_credentials, [O_HELP] = &o->help, [O_VERSION] = &o->version};
    if (value > O_VERSION || !flags[value])
        return false;
    *flags[value] = true;
    return true;
}

int options_parse(int argc, char **argv, struct options *o, struct error *err)
{
    int value = 0;
    *o = (struct options){.seed = 1};
    while ((value = getopt_long(argc, argv, "h", names, NULL)) != -1) {
        if (value == 'h')
            value = O_HELP;
        if (value == '?')
            return error_set(err, EXIT_USAGE, "see rescind-sandbox --help");
        if (!take_flag(value, o) && take(value, optarg, o, err) < 0)
            return -1;
    }
    if (optind < argc)
        return error_set(err, EXIT_USAGE, "%s: no such argument; see --help", argv[optind]);
    if (!o->http.tls_cert != !o->http.tls_key)
        return error_set(err, EXIT_USAGE, "--tls-cert and --tls-key go together");
    return 0;
}

void options_free(struct options *o)
{
    free(o->http.tls_cert);
    if (o->http.tls_key)
        mem_wipe(o->http.tls_key, strlen(o->http.tls_key));
    free(o->http.tls_key);
}

static int set_limit(struct sandbox *s, struct provider *p, const char *value, struct error *err)
{
    struct limiter_stage stage;
    (void)s;
    return limiter_parse(value, &stage, err) < 0 ? -1 : limiter_add(&p->limiter, &stage, err);
}

static int set_hint(struct sandbox *s, struct provider *p, const char *value, struct error *err)
{
    (void)s;
    if (!announce_parse(value, &p->announce))
        return error_set(err, EXIT_USAGE, "%s: not a hint: see --help", value);
    p->announce_set = true;
    return 0;
}

static int set_refuse(struct sandbox *s, struct provider *p, const char *value, struct error *err)
{
    uint64_t status = 0, after = 0;
    char copy[64], *rest = copy;
    (void)s;
    snprintf(copy, sizeof copy, "%s", value);
    bool good = text_u64(strsep(&rest, ":"), 599, &status) && status >= 400;
    if (good && rest)
        good = !strncmp(rest, "after=", 6) && text_u64(rest + 6, UINT32_MAX, &after);
    if (!good)
        return error_set(err, EXIT_USAGE, "%s: not a refusal such as 401:after=10", value);
    p->refuse_status = (int)status;
    p->refuse_after = after;
    return 0;
}

static int set_weak(struct sandbox *s, struct provider *p, const char *value, struct error *err)
{
    (void)s;
    (void)value;
    (void)err;
    p->weak = true;
    return 0;
}

static int set_credential(struct sandbox *s, struct provider *p, const char *value,
                          struct error *err)
{
    (void)s;
    char *text = read_text(value, err);
    if (!text)
        return -1;
    size_t len = strlen(text);
    if (len < sizeof p->secret)
        memcpy(p->secret, text, len + 1);
    mem_wipe(text, len);
    free(text);
    if (len >= sizeof p->secret)
        return error_set(err, EXIT_USAGE, "%s: a secret of more than %d bytes", value,
                         SECRET_MAX - 1);
    return 0;
}

static int set_delay(struct sandbox *s, struct provider *p, const char *value, struct error *err)
{
    (void)s;
    if (!spec_span(value, &p->delay_us))
        return error_set(err, EXIT_USAGE, "%s: not a span such as 30ms", value);
    return 0;
}

static const struct {
    const char *name;
    int (*set)(struct sandbox *s, struct provider *p, const char *value, struct error *err);
} settings[] = {
    {"limit", set_limit},           {"hint", set_hint},   {"refuse", set_refuse},
    {"credential", set_credential}, {"delay", set_delay},
};

/* `PROVIDER=VALUE` for one, `VALUE` for all. */
static int set_each(struct sandbox *s, size_t which, const char *value, struct error *err)
{
    char provider[SPEC_PROVIDER];
    const char *rest = spec_provider(value, provider);
    unsigned set = 0;
    for (unsigned i = 0; i < s->providers; i++) {
        if (*provider && strcmp(provider, s->provider[i].name) != 0)
            continue;
        if (settings[which].set(s, &s->provider[i], rest, err) < 0)
            return -1;
        set++;
    }
    if (!set)
        return error_set(err, EXIT_USAGE, "%s: no such provider", provider);
    return 0;
}

int options_apply(struct sandbox *s, const char *name, const char *value, struct error *err)
{
    int result = 0;
    struct provider *p = NULL;
    if (!strcmp(name, "fault")) {
        char provider[SPEC_PROVIDER];
        spec_provider(value, provider);
        if (*provider && !sandbox_provider(s, provider))
            result = error_set(err, EXIT_USAGE, "%s: no such provider", provider);
        else
            result = faults_add(&s->faults, value, err);
    } else if (!strcmp(name, "grace")) {
        if (!spec_span(value, &s->grace_us))
            result = error_set(err, EXIT_USAGE, "%s: not a span such as 20ms", value);
    } else if (!strcmp(name, "weak")) {
        p = sandbox_provider(s, value);
        result = p ? set_weak(s, p, NULL, err)
                   : error_set(err, EXIT_USAGE, "%s: no such provider", value);
    } else {
        size_t i = 0;
        while (i < sizeof settings / sizeof *settings && strcmp(settings[i].name, name) != 0)
            i++;
        result = i < sizeof settings / sizeof *settings
                     ? set_each(s, i, value, err)
                     : error_set(err, EXIT_USAGE, "no such setting");
    }
    return result < 0 ? error_prefix(err, "--%s", name) : 0;
}

static void clear(struct sandbox *s)
{
    faults_clear(&s->faults);
    for (unsigned i = 0; i < s->providers; i++) {
        struct provider *p = &s->provider[i];
        limiter_free(&p->limiter);
        p->refuse_status = 0;
        p->delay_us = 0;
        p->weak = p->dead = false;
    }
}

int options_change(struct sandbox *s, const char *text, struct error *err)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        char line[SPEC_MAX + SPEC_PROVIDER], *rest = line;
        if (len >= sizeof line)
            return error_set(err, EXIT_USAGE, "a line of more than %zu bytes", sizeof line - 1);
        memcpy(line, text, len);
        line[len] = '\0';
        text += len + (text[len] == '\n');
        const char *name = strsep(&rest, " ");
        if (!strcmp(name, "clear"))
            clear(s);
        else if (*name && options_apply(s, name, rest ? rest : "", err) < 0)
            return -1;
    }
    return 0;
}
