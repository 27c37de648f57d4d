#include "sandbox/arguments.h"

#include "base/mem.h"
#include "base/text.h"
#include "sandbox/spec.h"
#include "sandbox/tuning.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char arguments_help[] =
    "usage: rescind-sandbox [OPTION]...\n"
    "       rescind-sandbox --generate N [--mix MIX] [--seed N] [--raw FILE]\n"
    "\n"
    "Stands in for all the providers that rescind knows, on one loopback port, and keeps the\n"
    "truth about what was really deleted. Prints its address as soon as it listens:\n"
    "  rescind run keys.csv --base-url openrouter=ADDRESS/api/v1 --base-url requesty=ADDRESS\n"
    "GET /sandbox/truth gives a JSON line per target (?provider=P, ?touched), /sandbox/counts the\n"
    "counts; POST /sandbox/options changes faults (\"clear\", \"fault 500:5%\", a line each).\n"
    "\n"
    "What exists\n"
    "  --manifest FILE       exactly its targets, each its account's (repeatable)\n"
    "  --inventory FILE      JSON lines with provider, kind, id and any field of the lists\n"
    "  --raw FILE            raw keys of theirs, a line each: the lists show what fits them\n"
    "  --any                 whatever is asked for exists until it is deleted\n"
    "  --absent SHARE        a seeded share (10%) is absent from the start\n"
    "  --workspaces N        OpenRouter's keys are spread over so many (1)\n"
    "  --appear N, --vanish N  an OpenRouter key comes, or the newest goes, at the Nth list "
    "request\n"
    "  --job FILE            a job file's providers are served too\n"
    "Credentials\n"
    "  --credential PROVIDER=FILE   accept only this secret, not the fixed demo one\n"
    "  --account PROVIDER=NAME:FILE    this secret too, of an account of its own; of the same one\n"
    "                        where NAME is main (a renewed secret)\n"
    "  --print-credentials   the demo secrets, those of a --manifest's accounts too, as lines\n"
    "                        for a shell to evaluate\n"
    "  --weak PROVIDER       the credential may not manage keys\n"
    "  --refuse [PROVIDER=]STATUS[:after=N]    401 or 403 from the Nth action on\n"
    "Limits\n"
    "  --limit [PROVIDER=]bucket:100/s[:burst=5] | window:150/3s[:phase=0.5] |\n"
    "          box:100/1s:out=5s | none    [:from=10s] makes a schedule (repeatable)\n"
    "  --workers [PROVIDER=]N:SPAN[:queue=M]    N at a time, each takes SPAN; M wait, the rest: "
    "503\n"
    "  --hint [PROVIDER=]sec|date|ms|body|ietf|none|raw:TEXT    how a 429 tells, joined by +\n"
    "  --grace SPAN          a hold counts as known to the client that much later (20ms)\n"
    "Faults, repeatable: --fault [PROVIDER=]KIND:RATE[:SETTING]...\n"
    "  KIND  a status; drop, drop-before, drop-after, reset, reset-before, reset-after (the\n"
    "        deletion); stall; cut; stray; html404; redirect; deleted-false; other-id; empty;\n"
    "        html; listed, lie (a right answer, and the key is still there); stuck, more (on=read: "
    "lists\n"
    "        that ignore their offset; that say at their end that there is more)\n"
    "  SETTING  effect=yes|no|either, on=action|read|all, id=ID, tries=N (of each target), "
    "from=N,\n"
    "        to=N, times=N, for=SPAN (stall), retry-after=TEXT (status)\n"
    "  --hide [PROVIDER=]SHARE      lists leave so many keys out\n"
    "  --linger [PROVIDER=]SPAN     a deleted key is still to be seen that long\n"
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
    "(openrouter=6,openrouter/byok=1,requesty=2,baseten=1)\n"
    "  --raw FILE            and there their raw keys, a line each, where the kind has such\n";

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
    O_RAW,
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
    {"raw", required_argument, NULL, O_RAW},
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
    {"workspaces", required_argument, NULL, SETTING_FIRST + 8},
    {"appear", required_argument, NULL, SETTING_FIRST + 9},
    {"vanish", required_argument, NULL, SETTING_FIRST + 10},
    {"workers", required_argument, NULL, SETTING_FIRST + 11},
    {"account", required_argument, NULL, SETTING_FIRST + 12},
    {"hide", required_argument, NULL, SETTING_FIRST + 13},
    {"linger", required_argument, NULL, SETTING_FIRST + 14},
    {NULL, 0, NULL, 0},
};

static const char *name_of(int value)
{
    const struct option *o = names;
    while (o->val != value)
        o++;
    return o->name;
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
    *at = settings_file(path, err);
    return *at ? 0 : -1;
}

static int take(int value, const char *text, struct arguments *o, struct error *err)
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
        o->generating = true;
        return number("generate", text, UINT32_MAX - 1, &o->generate, err);
    case O_MIX:
        o->mix = text;
        return 0;
    case O_RAW:
        o->raw = text;
        return 0;
    default:
        if (keep(o->setting, &o->settings, SETTINGS_MAX, name_of(value), err) < 0)
            return -1;
        return keep(o->setting, &o->settings, SETTINGS_MAX, text, err);
    }
}

static bool take_flag(int value, struct arguments *o)
{
    bool *const flags[] = {
        [O_EOF] = &o->http.until_eof,      [O_STAY] = &o->stay, [O_ANY] = &o->any,
        [O_PRINT] = &o->print_credentials, [O_HELP] = &o->help, [O_VERSION] = &o->version};
    if (value > O_VERSION || !flags[value])
        return false;
    *flags[value] = true;
    return true;
}

int arguments_parse(int argc, char **argv, struct arguments *o, struct error *err)
{
    int value = 0;
    *o = (struct arguments){.seed = 1};
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

void arguments_free(struct arguments *o)
{
    free(o->http.tls_cert);
    if (o->http.tls_key)
        mem_wipe(o->http.tls_key, strlen(o->http.tls_key));
    free(o->http.tls_key);
}
