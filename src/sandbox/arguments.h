#ifndef RESCIND_SANDBOX_ARGUMENTS_H
#define RESCIND_SANDBOX_ARGUMENTS_H

/* The command line. */

#include "sandbox/server.h"

enum { INPUTS_MAX = 64, SETTINGS_MAX = 1024 /* two each: hundreds of accounts */ };

struct arguments {
    struct http_options http;
    const char *manifest[INPUTS_MAX], *job[INPUTS_MAX], *inventory[INPUTS_MAX];
    unsigned manifests, jobs, inventories;
    const char *setting[SETTINGS_MAX]; /* "--limit", "bucket:..": applied once there is a sandbox */
    unsigned settings;
    bool stay, any, help, version, print_credentials, generating;
    uint64_t generate, seed;
    const char *mix, *raw;
    double absent;
};

/* EXIT_USAGE, EXIT_NOINPUT for a certificate that cannot be read. */
int arguments_parse(int argc, char **argv, struct arguments *o, struct error *err);
void arguments_free(struct arguments *o);
extern const char arguments_help[];

#endif
