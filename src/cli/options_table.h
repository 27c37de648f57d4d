#ifndef RESCIND_CLI_OPTIONS_TABLE_H
#define RESCIND_CLI_OPTIONS_TABLE_H

/* The one table of commands and options. The parser, the job file's keys, the help, and (by a test)
 * the man page and the shell completion all go by it, so that none can be ahead of the others. */

#include "cli/options.h"

enum { COMMAND_COUNT = COMMAND_HELP }; /* those that are typed, `help` not counted */

struct command_spec {
    const char *name, *operands;
    const char *summary; /* one line */
};
extern const struct command_spec command_table[COMMAND_COUNT];

/* The headings of the help. */
enum option_group { GROUP_INPUT, GROUP_FILTER, GROUP_GUARD, GROUP_TRANSFER, GROUP_OTHER };

struct reading;

struct option_spec {
    const char *name;
    const char
        *word; /* the argument's name; NULL for a switch, which takes an optional yes or no */
    unsigned commands; /* a bit per enum command; 0: a job file's key only */
    bool in_job, repeatable;
    enum option_group group;
    /* Puts a value where it belongs. False: it is none, and either err->text says why or `want`
     * says what one is. */
    bool (*set)(struct reading *r, const char *value, struct error *err);
    const char *want;
    const char *help; /* one line */
};
extern const struct option_spec option_table[];
extern const size_t option_count;

const struct option_spec *option_find(const char *name);

/* A value that was given: on the command line, or in line `line` of the job file. */
struct given {
    const struct option_spec *spec;
    char *value; /* after a job file's paths and dates were worked out */
    unsigned line;
    bool of_job;
};

/* Options in the making; later what struct options keeps as its `memory`. */
struct reading {
    struct options *out;
    struct catalog *catalog;
    struct given *given;
    size_t given_count;
    char **texts; /* all that *out points to */
    size_t text_count;
    char *job_dir;     /* where a job file's relative paths begin; NULL: here */
    struct given *now; /* being set */
};

/* Readings that several options share: yes or no; one of some words, of which NULL is none. */
bool option_bool(const char *value, bool *out);
bool option_word(const char *value, const char *const *words, size_t count, unsigned *out);

/* options_list.c: those of `list`, as option_spec.set. */
typedef bool option_set(struct reading *r, const char *value, struct error *err);
option_set option_set_kind, option_set_name, option_set_label, option_set_workspace,
    option_set_type, option_set_created_before, option_set_updated_before, option_set_unused,
    option_set_min_window, option_set_spend_below, option_set_expired, option_set_disabled,
    option_set_all_keys;

/* A copy that lives as long as the options. */
char *reading_keep(struct reading *r, const char *text);

/* A value in a message: clipped, controls masked, and not at all when it looks like a secret. */
enum { SHOWN = 100 };
const char *value_shown(const struct catalog *c, const char *value, char out[SHOWN]);

/* Takes in a job file's text; `name` is for messages. Adds its definitions to the catalog and its
 * values to `given`. EXIT_CONFIG. */
int reading_job(struct reading *r, const char *name, const char *text, size_t len,
                struct error *err);

#endif
