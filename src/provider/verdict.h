#ifndef RESCIND_PROVIDER_VERDICT_H
#define RESCIND_PROVIDER_VERDICT_H

/* What an answer means: a pure function of what was asked, of what came (transport, status,
 * headers, body) and of what was sent before. The only place that knows statuses. A success is
 * never inferred: status, transport and body agree, or it is none. */

#include "base/exits.h"
#include "provider/answer.h"
#include "provider/outcome.h"

enum verdict_kind {
    VERDICT_END,   /* outcome is final */
    VERDICT_RETRY, /* counts as an attempt; again after a backoff, and not before the hold's end */
    VERDICT_HOLD,  /* 429, 425, a fault of this machine: does not count as sent; again when the
                      pacer says */
    VERDICT_STOP,  /* no more to this provider with this credential; the target stays
                      not_attempted */
};

/* What an answer says about the rate, for the pacer. */
enum about_rate {
    ABOUT_RATE_OK,      /* the server took it: any answer that is not about rate, a 404 included */
    ABOUT_RATE_REFUSED, /* come back later */
    ABOUT_RATE_SICK,    /* it reached the server, which could not */
    ABOUT_RATE_LOST,    /* no whole answer */
    ABOUT_RATE_NOTHING, /* nobody was asked */
};

/* Which of a report's counts an answer belongs to. */
enum answer_count { COUNT_OTHER, COUNT_429, COUNT_5XX, COUNT_NETWORK };

struct verdict {
    enum verdict_kind kind;
    bool good;              /* what was asked for was granted, and nothing contradicts it */
    enum outcome outcome;   /* VERDICT_END only; OUTCOME_FAILED is what a RETRY ends in when no
                               attempt is left */
    enum verified verified; /* VERDICT_END of ASKED_TARGET and ASKED_LIST */
    enum exit_code stop;    /* VERDICT_STOP: EXIT_CREDENTIAL, or EXIT_STOPPED where it is not the
                               provider that refused */
    enum about_rate rate;
    struct hint hold;       /* ABOUT_RATE_REFUSED: how long; its wait_us is -1 where that is not
                               said or cannot be read */
    bool sick;              /* counts against the provider's health */
    bool may_have_applied;  /* this attempt may have taken effect: a later 404 is our own doing */
    bool closes_connection; /* something odd: do not reuse this connection */
    bool unseen;            /* an absence in the provider's own form, to eyes that saw nothing: set
                               by who knows the eyes (run/gate.h) */
    enum answer_count count;
    char reason[200]; /* one line for the report, "" for what is good and for an absence;
                         UTF-8, no secret */
};

/* Of what question.body gave; NULL is fine. */
void body_drop(struct json_t *body);

/* Never reads the clock. The first line of a status that fits counts:
 *
 * | what came                                   | verdict                     | rate    | applied |
 * |---------------------------------------------|-----------------------------|---------|---------|
 * | gone.status (and 410 where 404 is one),     | END already_absent, see     | ok      | no      |
 * |   whole, in gone.form                       |   below                     |         |         |
 * | 2xx, whole, promised, confirmed by its body | END revoked, disabled, ...  | ok      | yes     |
 * | 2xx, whole, otherwise                       | END unconfirmed             | ok      | yes     |
 * | 3xx                                         | END failed, never followed  | ok      | no      |
 * | 401 (whole or not)                          | STOP 77                     | ok      | no      |
 * | 425, 429 (whole or not)                     | HOLD                        | refused | no      |
 * | 408, 5xx with a Retry-After (whole or not)  | RETRY, held                 | refused | yes     |
 * | other 4xx with one (whole or not)           | RETRY, held                 | refused | no      |
 * | 403 in the provider's own form              | STOP 77                     | ok      | no      |
 * | 403 otherwise (whole or not)                | STOP 75                     | ok      | no      |
 * | 404, 410                                    | END unproven_absent         | ok      | no      |
 * | 408                                         | RETRY                       | sick    | yes     |
 * | 409, 423                                    | RETRY                       | ok      | no      |
 * | 421                                         | RETRY, another connection   | ok      | no      |
 * | other 4xx                                   | END failed                  | ok      | no      |
 * | 5xx                                         | RETRY                       | sick    | yes     |
 * | other statuses                              | RETRY                       | sick    | yes     |
 * | any other that is not whole; timeout, lost  | RETRY                       | lost    | yes     |
 * | not sent, TLS                               | RETRY                       | lost    | no      |
 * | nothing to connect with (local)             | HOLD, of this machine       | nothing | no      |
 * | untrusted, impossible                       | END failed                  | lost    | no      |
 *
 * stop.status takes the place of "401, 403": another status of it is as 403 here, and a 401 or 403
 * that it does not name is one of the other 4xx; read.stop does so in the read of one target. Where
 * there is a stop.form, what has it is as 401, and other JSON one of the other 4xx. For 503 and 529
 * the definition's own sources and the RateLimit fields of what is used up are as good as a
 * Retry-After. The provider's own form is JSON in which `error.text` finds a text.
 *
 * An absence is absent_after_retry where an earlier attempt, or an earlier send of this one, may
 * have applied; for `enable` it is failed. All of 5xx is retried, 501 and 505 too: a gateway says
 * them as lightly as 502, and a needless retry is harmless. Where libcurl sent the request more
 * often than the answer accounts for, it may have applied whatever the answer says, and a HOLD is
 * a RETRY: the send whose answer was lost was an attempt.
 *
 * ASKED_TARGET: a success that confirms is still_present, gone is confirmed_absent, everything else
 * that ends is unproven. ASKED_LIST: a success is VERIFIED_NONE, since the list itself tells, and
 * all else that ends is unproven. ASKED_CHECK: a check that does not hold is STOP 77. */
void verdict_of(const struct question *q, const struct answer *a, struct verdict *out);

/* What a definition leaves unsaid of the first gone.status (404) and of stop.status (401, 403). */
void verdict_defaults(struct definition *d);

/* Whether this status has a meaning that no definition changes. */
bool verdict_fixed(int status);

#endif
