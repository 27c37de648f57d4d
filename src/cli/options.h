#ifndef RESCIND_CLI_OPTIONS_H
#define RESCIND_CLI_OPTIONS_H

/* The command line, and a job file's part of it, as one struct. */

#include "base/error.h"
#include "manifest/manifest.h"
#include "provider/filter.h"
#include "wire/settings.h"

enum command {
    COMMAND_PLAN,
    COMMAND_RUN,
    COMMAND_VERIFY,
    COMMAND_ROTATE,
    COMMAND_REPORT,
    COMMAND_CHECK,
    COMMAND_LIST,
    COMMAND_PROBE,
    COMMAND_MATCH,
    COMMAND_PROVIDERS,
    COMMAND_HELP,
    COMMAND_VERSION
};

enum progress_mode { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER, PROGRESS_JSON };

/* Of `list`. */
struct list_options {
    const char *kind; /* NULL: key */
    struct filter filter;
    const char *not_in; /* a manifest of what is left out, or NULL */
    bool all;           /* a filter may select every key */
    bool has_min_window;
    int64_t min_window_us;
};

struct options {
    enum command command;
    enum command help_for; /* COMMAND_HELP: of which command; COMMAND_HELP itself: the overview */
    char *manifest;        /* run, plan; verify: it, or its run directory */
    char **operands; /* report, check: run directories; match: files; providers, list, probe: names;
                         else NULL */
    enum manifest_format format;
    const char *column; /* that holds the identifier, or NULL */
    char *provider, *run_dir, *job, *protect, *metrics_file;
    char *output, *against;       /* list, match */
    char *form;                   /* match: the form of a scanner's report, or "text" */
    char *secrets_file, *deliver; /* rotate: one of them */
    struct list_options list;
    bool absent_delete; /* probe */
    bool yes, allow_empty, skip_bad_rows, salvage, partial, stay_stopped;
    bool has_expect, has_max;
    int64_t max_age_us; /* of the manifest; 0: any */
    uint64_t expect, max;
    uint32_t shard, shards; /* K of N; 0 of 1 */
    enum progress_mode progress;
    struct settings settings; /* its texts belong to this struct */
    char **scopes;            /* pairs name, value from a job file; NULL-terminated, or NULL */
    void *memory;             /* whatever the texts above live in */
};

/* Reads argv and, where --job names one, the job file (whose definitions are added to the catalog);
 * the command line wins. -1 with EXIT_USAGE (with "see 'rescind COMMAND --help'" in the text),
 * EXIT_CONFIG for a job file that is wrong ("job.ini:12: unknown key: ..."), EXIT_NOINPUT for one
 * that cannot be read. Every value is checked here: ranges, durations, URLs (base_url_check),
 * duplicates. */
int options_read(int argc, char **argv, struct catalog *catalog, struct options *out,
                 struct error *err);
void options_free(struct options *o);

/* The run directory: --run-dir, or MANIFEST + ".run" (".ACTION.run" for another action). */
char *options_run_dir(const struct options *o);

/* The options that were given and matter to a run, as a JSON object of texts, for the journal's
 * `open` (no secret can be among them). */
void options_json(const struct options *o, struct buf *out);

/* A shell command line that carries this run on; quoted for a POSIX shell. */
void options_command(const struct options *o, struct buf *out);
/* The one that verifies it, with those of its options that `verify` takes. */
void options_verify_command(const struct options *o, const char *run_dir, struct buf *out);

#endif
