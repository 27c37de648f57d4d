#ifndef RESCIND_ROTATE_ROTATE_TURN_H
#define RESCIND_ROTATE_ROTATE_TURN_H

/* A rotation in memory, for this room's own files.
 *
 * The rotor has the loop, and what all targets of one definition share: one wire, one journal, one
 * place for the secrets. A turn is one target on its way. Its steps never wait: each makes a
 * request for the loop to send, or says what it waits for. */

#include "rotate/handover.h"
#include "rotate/rotate_steps.h"
#include "wire/firsts.h"
#include "wire/guards.h"
#include "wire/lister.h"
#include "wire/survey.h"

#include <jansson.h>

enum { SECRET_MAX = 4096, TURNS_MAX = 16 };

struct rotor;
struct turn;

/* What becomes of a request's answer. */
struct asking {
    /* The verdict, at once, with the body at hand. */
    void (*judge)(struct turn *t, const struct answer *a);
    /* After a retryable end: whether it is asked again. NULL: it is not. */
    bool (*again)(struct turn *t);
    /* After any other end: the next phase. */
    void (*go_on)(struct turn *t);
};

enum turn_phase {
    TURN_FREE,     /* no target has it */
    TURN_NEXT,     /* its next step is to be begun */
    TURN_WAITS,    /* its request goes once it is due, the journal is safe, the pacer lets it */
    TURN_SENT,     /* it is in flight */
    TURN_ANSWERED, /* the verdict is there */
    TURN_HOLDS,    /* a secret, which is to be handed over once the journal is safe */
    TURN_SWEEPS,   /* waits for a list */
    TURN_OVER      /* the target is finished, or left as it is for the next run */
};

struct turn {
    struct rotor *rotor;
    enum turn_phase phase;
    uint32_t row;
    char id[ID_MAX + 1];
    struct rotate_state state;
    char *secret; /* SECRET_MAX bytes of locked memory, the successor's */
    bool safe;    /* what the journal knows of this step is on disk */
    bool sent;    /* any request */
    bool fresh;   /* this process made its marker: whoever has it was there before, or is ours */
    json_t *settings; /* the members of a creation, the name as it will be in the end */
    char successor[ID_MAX + 1], marker[ROTATION_MARKER + 1];
    unsigned creations; /* that ended in a retryable way */
    unsigned creation_backoff_ms;
    int64_t creation_due_us;
    char fail[300]; /* why there will be no successor */

    /* the request, */
    const struct asking *asking;
    const struct request *request;
    char about[ID_MAX + 1];
    char *body; /* NULL: none */
    int64_t due_us;
    unsigned ended, backoff_ms; /* its attempts */

    /* its answer, */
    struct verdict verdict;
    unsigned status, ms;
    json_t *json;

    /* and what a list had of ours that must go */
    int64_t sweeps_since_us;
    char (*found)[ID_MAX + 1];
    size_t found_count;
    char foreign[ID_MAX + 1]; /* has its marker and is not ours */
};

struct rotor {
    struct session session;
    const struct rotate_handover *handover;
    struct row_set *unsent; /* announced, and no request was sent */
    struct row_set *taken;  /* their turn has begun */
    struct canary canary;
    struct turn turn[TURNS_MAX];
    unsigned turns; /* at once */

    /* of the definition whose turn it is */
    const struct definition *d;
    struct endpoint endpoint;
    struct wire wire;
    struct firsts firsts;
    struct lister lister;
    struct keylist *before; /* the keys that were there before anything was made; NULL: unknown */
    struct guard guard;
    struct gate gate;
    struct survey survey;
    struct tally tally;
    uint32_t next_row;
    bool ready;   /* the first reads are made */
    bool handing; /* a secret is being handed over */
    bool quiet;   /* nothing is sent, so that a list can be read */
    bool listing; /* it is being read */
};

void turn_begin(struct turn *t, uint32_t row);
void turn_send(struct turn *t, int64_t now);
bool turn_is_retry(const struct turn *t);
void turn_drop(struct turn *t);
/* Asks; `body` is freed with the request. */
void turn_ask(struct turn *t, const struct asking *asking, const struct request *request,
              const char *about, char *body);
/* --max-attempts times at most: for asking.again. */
bool turn_more(struct turn *t);
/* What the answer to its request means; the question's definition and request are filled in. */
void turn_judge(struct turn *t, struct question q, const struct answer *a);
int64_t turn_backoff(struct turn *t, unsigned *backoff_ms);
void turn_journal(struct turn *t, enum rotation_step step);
void turn_end(struct turn *t, enum outcome outcome, const char *why);
/* Of a successor, by the last answer: whether it is disabled; the setting that it does not have as
 * the old one had it, NULL where all are alike or the old one's are not known. */
bool turn_is_off(const struct turn *t);
const char *turn_differs(const struct turn *t);
/* Whether a key is to be rotated itself, is another's successor, or was there before: none that a
 * creation made. */
bool turn_knows(const struct turn *t, const char *id);
void turn_fail(struct turn *t, enum outcome outcome, const char *what, const char *why);
void turn_give_up(struct turn *t, const char *what, const char *why);
void turn_forget_secret(struct turn *t);

#endif
