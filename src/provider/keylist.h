#ifndef RESCIND_PROVIDER_KEYLIST_H
#define RESCIND_PROVIDER_KEYLIST_H

/* What a provider's list tells, page by page, out of bodies alone.
 *
 * A list shifts when a key comes or goes while its pages are read: one is then seen twice, or, what
 * nobody would notice, not at all. So each page is asked for from the last item of the page before
 * on, and must begin with that very item; a shift in between, a list that ignores its offset and an
 * order that is not kept all break this, and the list is read anew from its beginning. */

#include "provider/definition.h"

struct keylist;
struct keylist *keylist_new(const struct definition *d); /* borrows the definition */
void keylist_free(struct keylist *l);                    /* NULL is fine */

/* One walk through the pages of a list: the keys themselves, or what they are listed for each
 * of. Zero-initialised but for the first three. */
struct walk {
    const struct list_pages *pages;
    const struct request *request;
    const char *each; /* the value of the query parameter `list.each`, or NULL */
    size_t taken;     /* items so far */
    char *last;       /* the id of the last one */
    int64_t total;    /* 1 + what list.total said; 0: nothing yet */
};
void walk_free(struct walk *w);

/* The request of its next page: path and query into `out` (cleared first). */
void walk_request(const struct walk *w, const struct definition *d, struct buf *out);

enum walk_step {
    WALK_MORE,    /* ask for the next page */
    WALK_END,     /* that was the last */
    WALK_CHANGED, /* what came does not fit what came before: begin anew */
    WALK_BROKEN,  /* it is no such list */
};
enum { WALK_REASON = 200 };

/* Takes a page of keys in. */
enum walk_step keylist_page(struct keylist *l, struct walk *w, const char *body, size_t len,
                            char reason[WALK_REASON]);
/* Takes a page of what the keys are listed for each of. */
enum walk_step keylist_each_page(struct keylist *l, struct walk *w, const char *body, size_t len,
                                 char reason[WALK_REASON]);

size_t keylist_each_count(const struct keylist *l);
const char *keylist_each(const struct keylist *l, size_t i);

size_t keylist_count(const struct keylist *l);
/* Forgets all keys but the first `count`, for a walk that begins anew. */
void keylist_cut(struct keylist *l, size_t count);

const char *keylist_id(const struct keylist *l, size_t i);
/* A field's text: "true" and "false", numbers in decimal, an object's members as "name=value" with
 * KEYLIST_PART between; without what acts on a terminal. NULL where there is none, or null. */
#define KEYLIST_PART '\x1f'
const char *keylist_field(const struct keylist *l, size_t i, size_t field);

/* Whether all that list.unused.WINDOW names is zero. */
enum usage { USAGE_UNTOLD, USAGE_ZERO, USAGE_SOME };
enum usage keylist_usage(const struct keylist *l, size_t i, enum window w);

#endif
