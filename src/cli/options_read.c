/* From argv to struct options, in this order: the words (getopt_long), the command, the job file
 * (its definitions first, so that names can be checked), its values, the command line's values,
 * the operands. A job file's value is checked even where the command line replaces it.
 *
 * getopt_long runs with "-" (operands are returned in place, argv is not permuted), so the word
 * that it reads next is known, and an option that was abbreviated can be refused: what `--ex` means
 * must not depend on what options a version has. */

#include "cli/job.h"
#include "cli/options_table.h"

#include "base/buf.h"
#include "base/mem.h"
#include "provider/identifier.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPTIONS_MAX = 96, JOB_MAX = 1 << 20, FIRST_OPTION = 0x100, LABEL_MAX = 24 };

/* What the words were, before any of them is given a meaning. */
struct words {
    char **operands; /* NULL-terminated, borrowed from argv */
    size_t count;
    bool help, version;
};

static int usage(struct error *err, const char *command)
{
    size_t len = strlen(err->text);
    err->code = EXIT_USAGE;
    snprintf(err->text + len, sizeof err->text - len, " (see 'rescind %s%s')",
             command ? command : "help", command ? " --help" : "");
    return -1;
}

static void give(struct reading *r, const struct option_spec *spec, const char *value)
{
    r->given = mem_resize(r->given, r->given_count + 1, sizeof *r->given);
    r->given[r->given_count++] =
        (struct given){.spec = spec, .value = reading_keep(r, value ? value : "yes")};
}

/* The table as getopt_long wants it; `val` leads back to the row. */
static void long_options(struct option out[OPTIONS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < option_count; i++) {
        const struct option_spec *s = &option_table[i];
        if (s->commands)
            out[count++] = (struct option){s->name,
                                           s->word  ? required_argument
                                           : s->set ? optional_argument
                                                    : no_argument,
                                           NULL, FIRST_OPTION + (int)i};
    }
    out[count] = (struct option){0};
}

static int unknown_option(struct reading *r, const char *word, const struct option_spec *meant,
                          struct error *err)
{
    char name[SHOWN], shown[SHOWN];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    const char *bare = name + strspn(name, "-");
    if (value_is_secret(r->catalog, bare))
        return error_set(err, EXIT_USAGE, "unknown option (looks like a secret, not shown)");
    if (meant)
        return error_set(err, EXIT_USAGE, "unknown option %s: write --%s in full",
                         value_shown(r->catalog, name, shown), meant->name);
    return error_set(err, EXIT_USAGE, "unknown option %s", value_shown(r->catalog, name, shown));
}

/* One word that getopt_long took for an option. */
static int take_option(struct reading *r, struct words *w, int found, const char *word,
                       struct error *err)
{
    if (found == ':')
        return error_set(err, EXIT_USAGE, "%s: want %s", word,
                         option_table[optopt - FIRST_OPTION].word);
    if (found == '?' && optopt >= FIRST_OPTION)
        return error_set(err, EXIT_USAGE, "--%s takes no value",
                         option_table[optopt - FIRST_OPTION].name);
    if (found == '?')
        return unknown_option(r, word, NULL, err);
    const struct option_spec *spec = &option_table[found - FIRST_OPTION];
    if (strcspn(word + 2, "=") != strlen(spec->name))
        return unknown_option(r, word, spec, err);
    if (strcmp(spec->name, "help") == 0)
        w->help = true;
    else if (strcmp(spec->name, "version") == 0)
        w->version = true;
    else
        give(r, spec, optarg);
    return 0;
}

static int read_words(struct reading *r, int argc, char **argv, struct words *w, struct error *err)
{
    struct option options[OPTIONS_MAX];
    long_options(options);
    w->operands = mem_zalloc((size_t)argc + 1, sizeof *w->operands);
    optind = 0; /* glibc: begin anew */
    opterr = 0;
    for (;;) {
        const char *word = argv[optind ? optind : 1];
        int found = getopt_long(argc, argv, "-:", options, NULL);
        if (found == -1)
            break;
        if (found == 1)
            w->operands[w->count++] = optarg;
        else if (take_option(r, w, found, word, err) != 0)
            return -1;
    }
    while (optind < argc)
        w->operands[w->count++] = argv[optind++];
    return 0;
}

static bool command_find(const char *name, enum command *out)
{
    for (unsigned i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(command_table[i].name, name) == 0) {
            *out = (enum command)i;
            return true;
        }
    }
    return false;
}

/* The command is the first operand. `help COMMAND`, --help and --version win over all else. */
static int read_command(struct reading *r, struct words *w, struct error *err)
{
    struct options *o = r->out;
    char shown[SHOWN];
    const char *name = w->operands[0];
    bool asked = name && strcmp(name, "help") == 0;
    if (asked)
        name = w->operands[1];
    o->help_for = COMMAND_HELP;
    if (name && !command_find(name, &o->command) && strcmp(name, "help") != 0) {
        error_set(err, EXIT_USAGE, "no such command: %s", value_shown(r->catalog, name, shown));
        return usage(err, NULL);
    }
    if (asked && w->operands[1] && w->operands[2]) {
        error_set(err, EXIT_USAGE, "help takes one command");
        return usage(err, NULL);
    }
    if (w->version) {
        o->command = COMMAND_VERSION;
    } else if (asked || w->help) {
        if (name && strcmp(name, "help") != 0)
            o->help_for = o->command;
        o->command = COMMAND_HELP;
    } else if (!name) {
        /* Not the overview with exit 0: to a script 0 says that every target is done. */
        error_set(err, EXIT_USAGE,
                  "no command: want plan, run, verify, rotate, report, check, list, probe, match "
                  "or providers");
        return usage(err, NULL);
    }
    return 0;
}

static int check_given(const struct reading *r, struct error *err)
{
    for (size_t i = 0; i < r->given_count; i++) {
        const struct option_spec *spec = r->given[i].spec;
        if (!(spec->commands & 1u << r->out->command))
            return error_set(err, EXIT_USAGE, "--%s is no option of %s", spec->name,
                             command_table[r->out->command].name);
        for (size_t j = 0; j < i && !spec->repeatable; j++)
            if (r->given[j].spec == spec)
                return error_set(err, EXIT_USAGE, "--%s: given twice", spec->name);
    }
    return 0;
}

static int read_whole(const char *path, struct buf *text, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = -1;
    while (fd >= 0 && text->len <= JOB_MAX) {
        n = read(fd, buf_room(text, 65536), 65536);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        text->len += (size_t)n;
    }
    if (fd < 0 || n < 0)
        error_set(err, EXIT_NOINPUT, "job file %s cannot be read:", path);
    else if (n > 0)
        error_set(err, EXIT_CONFIG, "%s: longer than %d bytes", path, JOB_MAX);
    if (fd >= 0)
        close(fd);
    buf_puts(text, ""); /* ends it: buf_room does not */
    return n == 0 ? 0 : -1;
}

static int read_job(struct reading *r, struct error *err)
{
    const char *path = r->out->job, *slash = strrchr(path, '/');
    struct buf text = {0};
    int result = read_whole(path, &text, err);
    if (slash) {
        r->job_dir = reading_keep(r, path);
        r->job_dir[slash - path + (slash == path)] = '\0';
    }
    if (result == 0)
        result = reading_job(r, path, buf_text(&text), text.len, err);
    buf_free(&text);
    return result;
}

static int set_one(struct reading *r, struct given *g, struct error *err)
{
    char shown[SHOWN];
    /* The beginning of a masked key, sk-or-v1-0e6*, is no secret. */
    bool masked = strcmp(g->spec->name, "label") == 0 && strlen(g->value) < LABEL_MAX;
    bool secret = !masked && value_is_secret(r->catalog, g->value);
    err->text[0] = '\0';
    r->now = g;
    if (!secret && g->spec->set(r, g->value, err))
        return 0;
    if (secret)
        error_set(err, EXIT_USAGE, "looks like a raw secret, which has no place here");
    else if (!err->text[0])
        error_set(err, EXIT_USAGE, "%s: want %s", value_shown(r->catalog, g->value, shown),
                  g->spec->want);
    if (g->of_job) {
        error_prefix(err, "%s:%u: %s", r->out->job, g->line, g->spec->name);
        err->code = EXIT_CONFIG;
        return -1;
    }
    error_prefix(err, "--%s", g->spec->name);
    return usage(err, command_table[r->out->command].name);
}

static int set_all(struct reading *r, bool of_job, struct error *err)
{
    for (size_t i = 0; i < r->given_count; i++)
        if (r->given[i].of_job == of_job && set_one(r, &r->given[i], err) != 0)
            return -1;
    return 0;
}

static int take_job(struct reading *r, struct error *err)
{
    for (size_t i = 0; i < r->given_count; i++)
        if (strcmp(r->given[i].spec->name, "job") == 0 && set_one(r, &r->given[i], err) != 0)
            return -1;
    if (!r->out->job)
        return 0;
    if (read_job(r, err) != 0)
        return -1;
    if (r->out->command == COMMAND_RUN || r->out->command == COMMAND_PLAN ||
        r->out->command == COMMAND_VERIFY || r->out->command == COMMAND_ROTATE)
        return set_all(r, true, err);
    /* For other commands a job file brings its definitions, and is checked; a list goes where a run
     * would go. */
    struct options kept = *r->out;
    int result = set_all(r, true, err);
    if (r->out->command == COMMAND_LIST || r->out->command == COMMAND_PROBE) {
        kept.settings = r->out->settings;
        kept.scopes = r->out->scopes;
    }
    *r->out = kept;
    return result;
}

/* Whether it has one operand and no more. */
static bool takes_one(enum command c)
{
    return c == COMMAND_RUN || c == COMMAND_PLAN || c == COMMAND_VERIFY || c == COMMAND_ROTATE ||
           c == COMMAND_LIST || c == COMMAND_PROBE;
}

static int check_operands(const struct reading *r, const struct words *w, struct error *err)
{
    const struct options *o = r->out;
    bool one = takes_one(o->command);
    char shown[SHOWN];
    for (size_t i = 1; i < w->count; i++) {
        /* What is only read from may be called what it likes; nothing keeps its name. */
        bool read = o->command == COMMAND_MATCH && access(w->operands[i], F_OK) == 0;
        if (!read && value_is_secret(r->catalog, w->operands[i]))
            return error_set(
                err, EXIT_USAGE,
                "operand %zu looks like a raw secret: never put one on a command line; "
                "what is revoked stands in a manifest, by its hash, prefix or id",
                i);
        if (!*w->operands[i])
            return error_set(err, EXIT_USAGE, "operand %zu is empty", i);
    }
    if (one && w->count > 2)
        return error_set(err, EXIT_USAGE, "more than one %s: %s",
                         command_table[o->command].operands,
                         value_shown(r->catalog, w->operands[2], shown));
    if (w->count == 1 && !one && o->command != COMMAND_PROVIDERS)
        return error_set(err, EXIT_USAGE, "no %s given",
                         o->command == COMMAND_MATCH ? "FILE" : "RUN_DIR");
    return 0;
}

static int take_operands(struct reading *r, const struct words *w, struct error *err)
{
    struct options *o = r->out;
    bool names = o->command == COMMAND_LIST || o->command == COMMAND_PROBE;
    if (names && w->count < 2)
        return error_set(err, EXIT_USAGE, "no PROVIDER given");
    if (!takes_one(o->command) || names) {
        o->operands = mem_zalloc(w->count, sizeof *o->operands);
        for (size_t i = 1; i < w->count; i++)
            o->operands[i - 1] = reading_keep(r, w->operands[i]);
        return 0;
    }
    if (w->count > 1)
        o->manifest = reading_keep(r, w->operands[1]);
    if (!o->manifest)
        return error_set(err, EXIT_USAGE, "no %s given", command_table[o->command].operands);
    if (strcmp(o->manifest, "-") == 0 && o->max_age_us)
        return error_set(err, EXIT_USAGE, "--max-age: standard input has no age");
    if (strcmp(o->manifest, "-") == 0 && !o->run_dir)
        return error_set(err, EXIT_USAGE, "a manifest from standard input needs --run-dir");
    return 0;
}

/* What a run is to do. */
static int settle_passes(struct options *o, struct error *err)
{
    struct settings *s = &o->settings;
    if (o->command == COMMAND_VERIFY) {
        s->act = false;
        s->verify = true;
    }
    if (o->command == COMMAND_ROTATE) { /* whatever a job file for `run` says */
        s->action = ACTION_ROTATE;
        s->verify = false;
        if (!o->secrets_file == !o->deliver)
            return error_set(err, EXIT_USAGE,
                             "rotate needs --secrets-file or --deliver, and not both");
    }
    if (s->verify && s->action != ACTION_DELETE)
        return error_set(err, EXIT_USAGE, "--verify proves that keys are gone: not for --action %s",
                         action_word[s->action]);
    return 0;
}

static void set_defaults(struct options *o)
{
    *o = (struct options){.shards = 1,
                          .settings = {.concurrency = 512,
                                       .max_rate = -1,
                                       .max_attempts = 8,
                                       .timeout_us = 30000000,
                                       .connect_timeout_us = 5000000,
                                       .halt_percent = 5,
                                       .act = true,
                                       .verify_delay_us = 5000000,
                                       .verify_patience_us = 60000000,
                                       .preflight = true,
                                       .neighbours = true}};
}

static int read_all(struct reading *r, int argc, char **argv, struct words *w, struct error *err)
{
    enum command *command = &r->out->command;
    if (read_words(r, argc, argv, w, err) != 0) {
        bool known = w->operands[0] && command_find(w->operands[0], command);
        return usage(err, known ? w->operands[0] : NULL);
    }
    if (read_command(r, w, err) != 0)
        return -1;
    if (*command == COMMAND_HELP || *command == COMMAND_VERSION)
        return 0;
    const char *name = command_table[*command].name;
    if (check_given(r, err) != 0 || check_operands(r, w, err) != 0)
        return usage(err, name);
    if (take_job(r, err) != 0 || set_all(r, false, err) != 0)
        return -1;
    return take_operands(r, w, err) == 0 && settle_passes(r->out, err) == 0 ? 0 : usage(err, name);
}

int options_read(int argc, char **argv, struct catalog *catalog, struct options *out,
                 struct error *err)
{
    static char *none[] = {"rescind", NULL};
    struct error unheard;
    struct words words = {0};
    struct reading *r = mem_zalloc(1, sizeof *r);
    set_defaults(out);
    out->memory = r;
    r->out = out;
    r->catalog = catalog;
    int result = read_all(r, argc ? argc : 1, argc ? argv : none, &words, err ? err : &unheard);
    free(words.operands);
    if (result != 0)
        options_free(out);
    return result;
}

void options_free(struct options *o)
{
    struct reading *r = o->memory;
    if (r) {
        for (size_t i = 0; i < r->text_count; i++)
            free(r->texts[i]);
        free(r->texts);
        free(r->given);
        free(r);
    }
    free(o->operands);
    free(o->scopes);
    *o = (struct options){0};
}
