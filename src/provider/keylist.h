#ifndef RESCIND_PROVIDER_KEYLIST_H
#define RESCIND_PROVIDER_KEYLIST_H

/* What a provider's list tells, page by page, out of bodies alone. */

#include "provider/list_walk.h"

struct keylist;
struct keylist *keylist_new(const struct definition *d); /* borrows the definition */
void keylist_free(struct keylist *l);                    /* NULL is fine */

/* Takes a page of keys in: a body as body_parse has it, borrowed; NULL where it is no JSON. */
enum walk_step keylist_page(struct keylist *l, struct walk *w, struct json_t *body,
                            char reason[WALK_REASON]);
/* Takes a page of what the keys are listed for each of. */
enum walk_step keylist_each_page(struct keylist *l, struct walk *w, struct json_t *body,
                                 char reason[WALK_REASON]);

size_t keylist_each_count(const struct keylist *l);
const char *keylist_each(const struct keylist *l, size_t i);

size_t keylist_count(const struct keylist *l);
/* Forgets all keys but the first `count`, for a walk that begins anew. */
void keylist_cut(struct keylist *l, size_t count);

/* How many items list.gone calls dead; they are no keys. */
size_t keylist_dead(const struct keylist *l);

/* The number of a key, its id being canonical; SIZE_MAX where there is none. */
size_t keylist_find(const struct keylist *l, const char *id);

const char *keylist_id(const struct keylist *l, size_t i);
/* A field's text: "true" and "false", numbers in decimal, an object's members as "name=value", and
 * an array's items, with KEYLIST_PART between; without what acts on a terminal. NULL where there is
 * none, or null. */
#define KEYLIST_PART '\x1f'
const char *keylist_field(const struct keylist *l, size_t i, size_t field);

/* What it is listed for: the item of list.each; NULL where there is one list. */
const char *keylist_of(const struct keylist *l, size_t i);

/* Whether all that list.unused.WINDOW names is zero. */
enum usage { USAGE_UNTOLD, USAGE_ZERO, USAGE_SOME };
enum usage keylist_usage(const struct keylist *l, size_t i, enum window w);

#endif
