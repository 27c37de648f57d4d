#ifndef RESCIND_SANDBOX_STANDIN_H
#define RESCIND_SANDBOX_STANDIN_H

/* The state of one stand-in provider: its credentials, its limiter, how it tells of it, and what
 * was counted. Its definitions (OpenRouter keys and BYOK) share it. */

#include "sandbox/announce.h"
#include "sandbox/limiter.h"
#include "sandbox/workers.h"

enum { STATUS_MAX = 600, SECRET_MAX = 512, CREDENTIALS_MAX = 256 };

/* What is counted, per provider. */
struct stock_tally {
    uint64_t requests, actions, effective, repeated;
    uint64_t foreign; /* asked for a key of another account */
    uint64_t unauthorised, limited, overloaded, faults, own_deletes, unlawful_ids, unheard_ids;
    uint64_t holds, in_hold, in_hold_grace;
    uint64_t sent, dropped, reset, cut, aborted;
    uint64_t status[STATUS_MAX];
    int64_t first_us, last_us; /* of the requests' arrival, since the sandbox began; -1: none */
    int64_t last_effect_us;    /* of the last request that changed something */
};

/* Whoever has this secret sees the keys of this account. */
struct credential {
    char secret[SECRET_MAX], own_id[ID_MAX + 1];
    unsigned account; /* 0: whose keys a manifest names without an account */
    bool dead;        /* it deleted itself */
};

struct provider {
    const char *name;
    struct credential credential[CREDENTIALS_MAX];
    unsigned credentials;
    bool weak;         /* they may read but not manage */
    double hide;       /* the share of keys that its lists leave out */
    int64_t linger_us; /* how long a deleted key is still to be seen */
    int refuse_status;
    uint64_t refuse_after; /* actions; refuse_status 0: never */
    int64_t delay_us;
    struct limiter limiter;
    struct workers workers;
    struct announce announce;
    bool announce_set;
    int64_t hold_from_us, hold_until_us;
    struct stock_tally tally;
};

#endif
