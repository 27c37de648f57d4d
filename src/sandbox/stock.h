#ifndef RESCIND_SANDBOX_STOCK_H
#define RESCIND_SANDBOX_STOCK_H

/* The keys in stock, as lists tell of them: the truth says which exist, a profile what they are
 * like, and over it lies what an inventory file, a change or a creation said of single ones.
 *
 * A line of an inventory file, as JSON; account is one of --account, kind and it may be left out:
 *   {"provider":"openrouter","kind":"key","id":"9f..","account":"other",
 *    "fields":{"name":"x","usage_monthly":0}} */

#include "sandbox/forms.h"
#include "sandbox/listing.h"
#include "sandbox/owners.h"
#include "sandbox/raw.h"
#include "sandbox/routes.h"
#include "sandbox/standin.h"

struct stock_settings {
    unsigned workspaces;
    uint64_t seed;
    uint64_t appear,
        vanish; /* at this list request of keys that can be created, from 1; 0: never */
    struct account_names accounts;
};

struct stock {
    struct truth *truth;
    const struct forms *forms;
    struct stock_settings *settings;
    struct overlay overlay;
    struct stock_listing listing;
    uint64_t lists; /* of keys that can be created, so far */
    uint64_t made;  /* keys created, so far */
};

struct stock *stock_new(struct truth *truth, const struct forms *forms,
                        struct stock_settings *settings); /* borrows all */
void stock_free(struct stock *v);

/* EXIT_NOINPUT, EXIT_DATA naming the line. */
int stock_load(struct stock *v, const char *path, struct error *err);
/* Raw keys, a line each: the lists show of them what fits. EXIT_NOINPUT. */
int stock_load_raw(struct stock *v, const char *path, struct error *err);

/* One request for something that is no action on a target. */
struct inquiry {
    const struct place *place;
    const struct provider *p;
    const struct credential *who;
    const struct incoming *in;
    const char *origin; /* of our own address */
    uint32_t row; /* of the target that the path names, UINT32_MAX: none; of a created one after */
    bool effect;  /* off: answer as if, but change nothing */
    bool stuck;   /* a list that ignores its offset */
    bool more;    /* a list that says at its end that there is more */
    bool changed; /* out: whether anything was */
};

/* What a file, a change or a creation says of a key. Takes the fields. */
void stock_say(struct stock *v, uint32_t row, json_t *fields);

/* A new key, from the seed; its secret is told this once. */
uint32_t stock_make_key(struct stock *v, const struct definition *d, unsigned account,
                        char secret[RAW_MAX]);

/* What an answer tells, as JSON; NULL: nothing of the kind. */
struct telling {
    const char *json; /* the items of a list, or a key's object */
    const char *total, *more, *next;
    const char *secret; /* of a new key, a text */
};
void stock_tell(struct stock *v, const struct inquiry *q, enum form_of form,
                const struct telling *told, struct reply *out);
/* With a key's object, which is released, and the secret of a new one, or NULL. */
void stock_tell_object(struct stock *v, const struct inquiry *q, enum form_of form, json_t *object,
                       const char *secret, struct reply *out);

#endif
