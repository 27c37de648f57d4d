#ifndef RESCIND_WIRE_SETTINGS_H
#define RESCIND_WIRE_SETTINGS_H

/* How a run is to be made: the options of `rescind run` that what sends reads. */

#include "provider/definition.h"

#include <stdbool.h>
#include <stdint.h>

enum { BASE_URLS_MAX = 64 };

struct base_url {
    const char *provider, *url;
};

struct settings {
    enum action action;
    bool act;                /* do what the action says */
    bool verify;             /* then look whether what is done is really gone; ACTION_DELETE only */
    bool again;              /* also where that was confirmed before */
    int64_t verify_delay_us; /* from the last target that was done to the first look */
    unsigned concurrency;    /* per provider, 1 to 1024 */
    double max_rate; /* per provider, requests a second; 0: no ceiling; <0: the provider's own */
    unsigned max_attempts; /* 1 to 1000 */
    int64_t timeout_us, connect_timeout_us;
    int64_t deadline_us;          /* 0: none */
    uint32_t canary;              /* 0: none */
    uint32_t halt_count;          /* 0: by percent */
    double halt_percent;          /* 100 and more never halts */
    bool expect_absent;           /* of all; or, where expect_absent_of names some, of those */
    const char *expect_absent_of; /* "openrouter/byok,baseten", or NULL */
    int64_t verify_patience_us;   /* how long one that is still there is asked for again */
    bool preflight;
    bool neighbours; /* share holds and limits with other processes of this user (neighbours.h) */
    const char *ca_file; /* NULL: the system's */
    struct base_url base_urls[BASE_URLS_MAX];
    unsigned base_url_count;
};

/* Whether absence is expected of this definition's targets. */
bool settings_expect_absent(const struct settings *s, const struct definition *d);

#endif
