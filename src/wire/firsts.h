#ifndef RESCIND_WIRE_FIRSTS_H
#define RESCIND_WIRE_FIRSTS_H

/* The reads that come before anything else over a wire, one after the other: whether the credential
 * is of the right kind, and which of the provider's keys it is itself. Where one read tells both it
 * is made once. */

#include "wire/lister.h"

struct first {
    const struct endpoint *endpoint;
    const struct request *request; /* NULL: the whole list is read */
    const char *scope;
    bool check, self;
};

/* Zero-initialised but for what its owner fills. */
struct firsts {
    struct wire *wire;
    unsigned attempts; /* of each read */
    const char *what;  /* for words: "preflight", or NULL */
    /* An id, canonical, that the credential has, or that `among` keys may have. False: the reads
     * end here. */
    bool (*own_id)(void *at, const struct endpoint *e, const char *id, size_t among);
    void (*done)(void *at); /* all is well */
    void (*failed)(void *at, enum exit_code code, const char *why);
    void *at;

    struct first *first;
    unsigned count, made;
    struct read read;
    struct lister lister;
};

/* The reads that an endpoint asks for: its preflight, its own id where only a read, or a list,
 * tells it. `scope` is that of any of its targets, "" where it has none. */
void firsts_plan(struct firsts *f, const struct endpoint *e, const char *scope, bool preflight,
                 bool self);
/* Begins them; true where there is none, and then nothing is called. */
bool firsts_begin(struct firsts *f);
/* Breaks off what is under way, and frees. */
void firsts_end(struct firsts *f);

/* Whether a target of this run is the credential in use, or may be: by an id that the reads told of
 * (`among` as there), or, where that is NULL, by the secrets themselves. The reason names its line.
 */
bool own_is_target(struct session *s, const struct endpoint *e, const char *id, size_t among,
                   char reason[ENDING_REASON]);

#endif
