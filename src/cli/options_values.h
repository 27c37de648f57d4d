#ifndef RESCIND_CLI_OPTIONS_VALUES_H
#define RESCIND_CLI_OPTIONS_VALUES_H

/* Values that were given for options, in the making. */

#include "cli/options.h"

struct option_spec;

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

/* A copy that lives as long as the options. */
char *reading_keep(struct reading *r, const char *text);

bool value_is_secret(const struct catalog *c, const char *text); /* or looks like one */

/* A value in a message: clipped, controls masked, and not at all when it looks like a secret. */
enum { SHOWN = 100 };
const char *value_shown(const struct catalog *c, const char *value, char out[SHOWN]);

#endif
