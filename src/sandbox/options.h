#ifndef RESCIND_SANDBOX_OPTIONS_H
#define RESCIND_SANDBOX_OPTIONS_H

/* The command line, and the part of it that can be changed while the sandbox runs. */

#include "sandbox/http.h"

enum { INPUTS_MAX = 64 };

struct options {
    struct http_options http;
    const char *manifest[INPUTS_MAX], *job[INPUTS_MAX], *inventory[INPUTS_MAX];
    unsigned manifests, jobs, inventories;
    const char
        *setting[INPUTS_MAX * 2]; /* "--limit", "bucket:..": applied once there is a sandbox */
    unsigned settings;
    bool stay, any, help, version, print_credentials;
    uint64_t generate, seed;
    const char *mix;
    double absent;
};

/* EXIT_USAGE, EXIT_NOINPUT for a certificate that cannot be read. */
int options_parse(int argc, char **argv, struct options *o, struct error *err);
void options_free(struct options *o);
extern const char options_help[];

/* One of --limit, --hint, --fault, --refuse, --weak, --credential, --delay. EXIT_USAGE. */
int options_apply(struct sandbox *s, const char *name, const char *value, struct error *err);

/* The same while it runs: lines such as "fault openrouter=500:5%", or "clear", which takes all
 * limits, hints, faults, delays and refusals back. */
int options_change(struct sandbox *s, const char *text, struct error *err);

#endif
