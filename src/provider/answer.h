#ifndef RESCIND_PROVIDER_ANSWER_H
#define RESCIND_PROVIDER_ANSWER_H

/* What was asked of a provider, and what came. */

#include "provider/definition.h"
#include "provider/hints.h"

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
    int status;                   /* 0: none came */
    struct header_source headers; /* without a `get`: none */
    const char *body;             /* not NUL-terminated */
    size_t body_len;
    bool body_clipped;  /* longer than we keep: it confirms nothing */
    unsigned sends;     /* how often libcurl really sent it (PREREQFUNCTION); >1: its own re-send */
    int64_t at_ms;      /* when it came, by the wall clock: hints that are a time are held to it */
    const char *detail; /* libcurl's words for a transport failure, or NULL */
    const char *const *secrets; /* never repeated in a reason: NULL-terminated, or NULL */
};

enum question_kind {
    ASKED_ACTION, /* to do something to the target `id` */
    ASKED_TARGET, /* whether the target `id` is there */
    ASKED_LIST,   /* which are there: JSON without an `error` is good */
    ASKED_CHECK,  /* a JSON object in which `checks` hold: what the credential may do */
};

struct question {
    const struct definition *d;
    enum question_kind asked;
    enum action action; /* ASKED_ACTION */
    const struct request *request;
    const char *id;                  /* canonical */
    bool applied_before;             /* an earlier attempt of this run may have taken effect */
    const struct conditions *checks; /* ASKED_CHECK; NULL: none */
    /* NULL, or where the body's JSON goes where the answer is good: it was parsed for the verdict,
     * and of a long list that is most of the work. For body_drop. */
    struct json_t **body;
};

#endif
