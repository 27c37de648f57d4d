#ifndef RESCIND_CLI_OPTIONS_TABLE_H
#define RESCIND_CLI_OPTIONS_TABLE_H

/* The one table of commands and options. The parser, the job file's keys, the help, and (by a test)
 * the man page and the shell completion all go by it, so that none can be ahead of the others. */

#include "cli/options.h"
#include "cli/options_values.h"

enum { COMMAND_COUNT = COMMAND_HELP }; /* those that are typed, `help` not counted */

struct command_spec {
    const char *name, *operands;
    const char *summary; /* one line */
};
extern const struct command_spec command_table[COMMAND_COUNT];

/* The headings of the help. */
enum option_group { GROUP_INPUT, GROUP_FILTER, GROUP_GUARD, GROUP_TRANSFER, GROUP_OTHER };

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

#endif
