#ifndef RESCIND_SANDBOX_STOCK_H
#define RESCIND_SANDBOX_STOCK_H

/* The keys in stock, as lists tell of them: the truth says which exist, a profile what they are
 * like, and over it lies what an inventory file, a change or a creation said of single ones.
 *
 * A line of an inventory file, as JSON:
 *   {"provider":"openrouter","kind":"key","id":"9f..","fields":{"name":"x","usage_monthly":0}} */

#include "sandbox/forms.h"
#include "sandbox/listing.h"
#include "sandbox/routes.h"
#include "sandbox/standin.h"

struct stock_settings {
    unsigned workspaces;
    uint64_t seed;
    uint64_t appear, vanish; /* at this list request of OpenRouter keys, from 1; 0: never */
};

struct stock {
    struct truth *truth;
    const struct forms *forms;
    const struct stock_settings *settings;
    struct overlay overlay;
    struct profile_world world;
    struct listing listing;
    uint64_t lists; /* of OpenRouter keys, so far */
    uint64_t made;  /* keys created, so far */
};

struct stock *stock_new(struct truth *truth, const struct forms *forms,
                        const struct stock_settings *settings); /* borrows all */
void stock_free(struct stock *v);

/* EXIT_NOINPUT, EXIT_DATA naming the line. */
int stock_load(struct stock *v, const char *path, struct error *err);

/* One request for something that is no action on a target. */
struct inquiry {
    const struct place *place;
    const struct provider *p;
    const struct incoming *in;
    uint32_t row; /* of the target that the path names, UINT32_MAX: none; of a created one after */
    bool effect;  /* off: answer as if, but change nothing */
    bool stuck;   /* a list that ignores its offset */
    bool changed; /* out: whether anything was */
};

/* What a file, a change or a creation says of a key. Borrows the fields. */
void stock_say(struct stock *v, uint32_t row, json_t *fields);
bool stock_present(const struct stock *v, uint32_t row);

enum { STOCK_SECRET = 80 };
/* A new OpenRouter key, from the seed; its secret is told this once. */
uint32_t stock_make_key(struct stock *v, const struct definition *d, char secret[STOCK_SECRET]);
/* Random enough to be told apart, the same for the same seed. */
void stock_draw_hex(struct stock *v, size_t digits, char *out);

/* Answers: a JSON body follows; an error; {"data": object}, and the secret of a new key beside it
 * (takes the object). */
void stock_start(struct reply *out, int status);
void stock_refuse(struct stock *v, const struct place *place, int status, const char *why,
                  struct reply *out);
void stock_put_data(json_t *object, const char *secret, struct reply *out);

#endif
