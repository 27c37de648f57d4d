#ifndef RESCIND_WIRE_READ_H
#define RESCIND_WIRE_READ_H

/* One GET with patience, over a wire and through its pacer: for the reads before a run, looks at
 * targets, and the pages of lists. A state machine that the owner of the loop drives: a read is
 * begun, goes when it may, is tried again where that helps, and ends with a call of `done`, from
 * which the next may be begun. Any number can be under way on one wire.
 *
 * An answer about rate is no attempt. All the waiting of a wire's reads, for holds and between
 * attempts, has one end (wire_patience_us), and what would go beyond it is given up at once. What
 * is stopped (session, wire) sends no more reads, and ends none. */

#include "wire/wire.h"

enum { READ_ATTEMPTS = 4, READ_BODY_MAX = 64 << 20 };

/* How long one is tried. Zero-initialised it is fresh. */
struct patience {
    unsigned attempts; /* that ended without a usable answer */
};

/* When the read may be tried again: `now` after an answer about rate (the pacer holds), later after
 * another; -1: no more. `hold_until_us` is the pacer's hold, 0 for none; `most` the attempts;
 * `end_us` the end of all waiting. */
int64_t patience_again_us(struct patience *p, bool about_rate, int64_t hold_until_us, unsigned most,
                          int64_t end_us, struct rng *rng, int64_t now);

struct read {
    /* What is asked; filled by the owner, borrowed until the end. */
    const struct endpoint *endpoint;
    const struct request *request;
    const char *path; /* replaces the request's, a query included; NULL: its own */
    const char *id, *scope;
    const struct conditions *checks; /* that must hold in the body; NULL: none */
    bool whole;                      /* a page of a list: a body that was clipped is no good, and
                                        each that is good renews the wire's patience */
    bool keeps;                      /* the JSON of a good answer stays, in `body` */
    unsigned most;                   /* attempts */
    const char *what;                /* for words: "preflight", or NULL */
    /* What an answer means, where it was asked for more than JSON in which `checks` hold: a
     * VERDICT_END or VERDICT_STOP ends the read. NULL: just that. */
    void (*judge)(void *at, const struct answer *a, struct verdict *v);
    void (*done)(void *at, struct read *r);
    void *at;

    /* What came of it, for `done`. The answer is borrowed. */
    struct verdict verdict; /* RETRY, HOLD: it was given up */
    const struct http_answer *answer;
    struct json_t *body; /* of one that `keeps`, and is good: the owner's, for body_drop */

    /* Its way. */
    struct wire *wire; /* NULL: it is not under way */
    struct read *next;
    struct patience patience;
    int64_t due_us;
    bool retry, sent;
};

/* With which code an end that is not good ends what it was asked for. */
static inline enum exit_code read_code(const struct read *r)
{
    return r->verdict.kind == VERDICT_STOP ? r->verdict.stop : EXIT_STOPPED;
}

/* Begins it: zero the fields of its way and result before the first time; a read that ended may be
 * begun again. */
void read_begin(struct read *r, struct wire *w);
/* Takes it back: its answer, if one is on its way, is nobody's. Harmless where it is not under way.
 */
void read_drop(struct read *r);

/* Sends what may go of a wire's reads. */
void reads_send(struct wire *w, int64_t now);
/* When the next may go; INT64_MAX: none waits, or an answer must come first. */
int64_t reads_next_us(const struct wire *w, int64_t now);

#endif
