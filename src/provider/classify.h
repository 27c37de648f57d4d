#ifndef RESCIND_PROVIDER_CLASSIFY_H
#define RESCIND_PROVIDER_CLASSIFY_H

/* What an answer means: a pure function of the transport's result, the status, the body and what
 * was sent before. A success is never inferred: status, transport and body agree, or it is none. */

#include "provider/definition.h"

enum outcome {
    OUTCOME_NONE, /* not finished */
    OUTCOME_REVOKED,
    OUTCOME_DISABLED,
    OUTCOME_ENABLED,
    OUTCOME_ROTATED,
    OUTCOME_ALREADY_ABSENT,
    OUTCOME_ABSENT_AFTER_RETRY,
    OUTCOME_UNPROVEN_ABSENT,
    OUTCOME_UNCONFIRMED,
    OUTCOME_FAILED,
    OUTCOME_NOT_ATTEMPTED,
    OUTCOME_COUNT
};
extern const char *const outcome_word[OUTCOME_COUNT]; /* "", "revoked", ... */
bool outcome_parse(const char *word, size_t len, enum outcome *out);
bool outcome_done(enum outcome o);   /* revoked, disabled, enabled, rotated, the two absents */
bool outcome_failed(enum outcome o); /* unproven_absent, unconfirmed, failed */
bool outcome_absent(enum outcome o); /* the three absents */

/* What a later read found of a target that is done. */
enum verified {
    VERIFIED_NONE,     /* not asked */
    VERIFIED_ABSENT,   /* the provider itself says that it is not there */
    VERIFIED_PRESENT,  /* the provider shows it */
    VERIFIED_UNPROVEN, /* neither can be told from its answers */
    VERIFIED_COUNT
};
extern const char *const verified_word[VERIFIED_COUNT]; /* "", "confirmed_absent", ... */
bool verified_parse(const char *word, size_t len, enum verified *out);

enum transport {
    TRANSPORT_WHOLE,      /* an answer, transferred whole */
    TRANSPORT_NOT_SENT,   /* DNS, connect, proxy: this time the request never left (where `sends`
                             says that it did before, that counts) */
    TRANSPORT_TLS,        /* the handshake failed in another way than the next */
    TRANSPORT_UNTRUSTED,  /* the certificate does not verify: no retry helps */
    TRANSPORT_TIMEOUT,    /* sent, no whole answer in time */
    TRANSPORT_LOST,       /* sent; reset, cut short, or nothing came back */
    TRANSPORT_LOCAL,      /* this machine lacks what a connection needs: it never left, and nobody
                             else is to blame */
    TRANSPORT_IMPOSSIBLE, /* libcurl refuses to try at all (a bug, an unusable URL) */
};

struct answer {
    enum transport transport;
    int status;       /* 0: none came */
    const char *body; /* not NUL-terminated */
    size_t body_len;
    bool body_clipped;  /* longer than we keep: it confirms nothing */
    unsigned sends;     /* how often libcurl really sent it (PREREQFUNCTION); >1: its own re-send */
    bool retry_after;   /* a wait was asked for in a header or the body */
    const char *detail; /* libcurl's words for a transport failure, or NULL */
    const char *const *secrets; /* never repeated in a reason: NULL-terminated, or NULL */
};

enum verdict_kind {
    VERDICT_END,   /* outcome is final */
    VERDICT_RETRY, /* counts as an attempt; again after a backoff */
    VERDICT_HOLD, /* 429, 425, a fault of this machine: does not count as sent; again when the pacer
                     says */
    VERDICT_STOP, /* 401, 403: the credential is refused; the target stays not_attempted */
};

struct verdict {
    enum verdict_kind kind;
    enum outcome outcome;   /* VERDICT_END only; OUTCOME_FAILED is what a RETRY ends in when no
                               attempt is left */
    enum verified verified; /* VERDICT_END of classify_verify */
    bool may_have_applied;  /* this attempt may have taken effect: a later 404 is our own doing */
    bool holds_pair;        /* the pair must wait: 429, 503 with a hint */
    bool closes_connection; /* something odd: do not reuse this connection */
    char reason[200];       /* one line for the report, "" for a plain success; UTF-8, no secret */
};

/* `applied_before`: an earlier attempt of this run may have taken effect. `id` is the canonical
 * one. Never reads the clock.
 *
 * | what came                                 | verdict                       | may have applied |
 * |-------------------------------------------|-------------------------------|------------------|
 * | 2xx, whole, confirmed by its body         | END revoked, disabled, ...    | yes              |
 * | 2xx, whole, not confirmed                 | END unconfirmed               | yes              |
 * | 2xx, 3xx, 4xx, 5xx not whole; odd status  | RETRY                         | yes              |
 * | 3xx                                       | END failed, never followed    | no               |
 * | stop.status, whole or not                 | STOP                          | no               |
 * | gone.status in gone.form                  | END already_absent, see below  | no               |
 * | 404 otherwise                             | END unproven_absent           | no               |
 * | 408, 500 to 599                           | RETRY                         | yes              |
 * | 503, 529 with a hint, whole or not        | RETRY, holds the pair         | yes              |
 * | 425, 429, whole or not                    | HOLD, holds the pair          | no               |
 * | 421                                       | RETRY, closes the connection  | no               |
 * | other 4xx                                 | END failed                    | no               |
 * | timeout, lost                             | RETRY                         | yes              |
 * | not sent, TLS                             | RETRY                         | no               |
 * | nothing to connect with (local)           | HOLD, of this machine         | no               |
 * | untrusted, impossible                     | END failed                    | no               |
 *
 * An absence is absent_after_retry where an earlier attempt, or an earlier send of this one, may
 * have applied; for `enable` it is failed. All of 5xx is retried, 501 and 505 too: a gateway says
 * them as lightly as 502, and a needless retry is harmless. Where libcurl sent the request more
 * often than the answer accounts for, it may have applied whatever the answer says. */
void classify(const struct definition *d, enum action action, const char *id, bool applied_before,
              const struct answer *a, struct verdict *out);

/* What the answer to a read means for a target that is done; kinds, holds and reasons are those of
 * classify, and VERDICT_END has `verified`:
 *
 * | a success whose body confirms what `read.confirm` says | still_present    |
 * | the same, and what `read.gone` says                    | confirmed_absent |
 * | gone.status in gone.form                               | confirmed_absent |
 * | everything else that ends                              | unproven         |
 *
 * A read without an id is that of a list: a success then has VERIFIED_NONE, since the list itself
 * tells, and nothing else that ends proves anything. */
void classify_verify(const struct definition *d, const struct request *r, const char *id,
                     const struct answer *a, struct verdict *out);

/* The preflight's answer. */
enum preflight_result {
    PREFLIGHT_OK,
    PREFLIGHT_REFUSED,   /* 401, 403, or a check that does not hold: exit 77 */
    PREFLIGHT_RETRY,     /* 5xx, 408, timeout, network, 429 */
    PREFLIGHT_IMPOSSIBLE /* certificate does not verify, 3xx, 404, not JSON: exit 75 at once */
};
/* A body that was clipped is good enough where the definition checks nothing in it. */
enum preflight_result classify_preflight(const struct definition *d, const struct answer *a,
                                         char reason[200]);

/* The same for any other read and what must hold in its body. */
enum preflight_result classify_read(const struct definition *d, const struct conditions *checks,
                                    const struct answer *a, char reason[200]);

/* The credential's own id, canonical, where the definition can tell it: from the secret itself
 * (sha256, before-dot, between-dots) or from the body of its `self = read` (the first of its
 * pointers that leads to an id). Returns its length, 0 where it cannot. */
int own_id_of_secret(const struct definition *d, const char *secret, char out[ID_MAX + 1]);
int own_id_of_body(const struct definition *d, const char *body, size_t len, char out[ID_MAX + 1]);
/* Each id that the body names in one of those places. */
void own_ids_of_body(const struct definition *d, const char *body, size_t len,
                     void (*each)(void *at, const char *id, size_t id_len), void *at);

#endif
