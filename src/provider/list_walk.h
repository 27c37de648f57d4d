#ifndef RESCIND_PROVIDER_LIST_WALK_H
#define RESCIND_PROVIDER_LIST_WALK_H

/* The way through the pages of a list: what to ask for next, and whether what came is all there is.
 *
 * A list shifts when a key comes or goes while its pages are read: one is then seen twice, or, what
 * nobody would notice, not at all. So by offset, each page is asked for from the last item of the
 * page before on, and must begin with that very item; by numbers of pages, without a total to hold
 * it against, the whole list is read again, and must be the same. A cursor does not shift. A list
 * that shows a sign of more than was read is not whole, whatever its definition says. */

#include "provider/pages_left.h"

#include <jansson.h>

enum { WALK_REASON = 200, WALK_PAGES_MAX = 16384 };

enum walk_step {
    WALK_MORE,    /* ask for the next page */
    WALK_END,     /* that was the last */
    WALK_CHANGED, /* what came does not fit what came before: begin anew */
    WALK_BROKEN,  /* it is no such list, or not shown whole */
};

/* Zero-initialised but for what the caller sets. */
struct walk {
    const struct list_pages *pages;
    const struct request *request;
    const char *each;  /* what the list is of (list.each), or NULL */
    const char *scope; /* as request.h has it, or NULL: the path names none, or `each` is the one */
    const char *base;  /* of the URLs asked for: PAGING_URL and LINK lead below it, or NULL */
    struct page_head head; /* of the last answer */

    size_t taken;  /* items so far */
    char *last;    /* the id of the last one */
    int64_t total; /* 1 + what list.total said; 0: nothing yet */
    size_t pages_read;
    size_t page_size; /* items of the first page */
    bool short_page;  /* the last one had fewer: the end is near */
    char *next;       /* of PAGING_TOKEN the token, of URL and LINK the path below the base */
    bool again;       /* the second reading of PAGING_NUMBER */
    uint64_t order;   /* a digest of the ids in their order, of this reading, */
    uint64_t first_order;
    size_t first_taken; /* and of the first */
};
void walk_free(struct walk *w);

/* The request of its next page: path and query into `out` (cleared first). A scope that has no
 * value stays as it stands in the definition, and request_url refuses it. */
void walk_request(const struct walk *w, const struct definition *d, struct buf *out);

/* The scope values of its requests, for their bodies and headers, into `out` (cleared first). */
void walk_scope(const struct walk *w, const struct definition *d, struct buf *out);

/* The same for the page `ahead` pages further on, where its place can be told before those between
 * are known: by offset, for pages that are as long as the first, and by number. False where it
 * cannot, or the total, or a reading before, says that there is no such page. */
bool walk_request_ahead(const struct walk *w, const struct definition *d, size_t ahead,
                        struct buf *out);

/* The items of a page: NULL and a reason where it has none. Borrowed from `body`. */
json_t *walk_items(const struct walk *w, json_t *body, char reason[WALK_REASON]);

/* How many items at the page's start were there before (the overlap of PAGING_OFFSET), or a step
 * that ends the page, negated. */
int walk_overlap(const struct walk *w, json_t *items, char reason[WALK_REASON]);

/* The text of an item's id, NUL-terminated, or NULL where it has none. */
const char *walk_id(const struct walk *w, json_t *item, char number[32]);

/* After each item, and after all of a page, `size` of them new. */
void walk_took(struct walk *w, const char *id);
enum walk_step walk_turn(struct walk *w, json_t *body, size_t size, char reason[WALK_REASON]);

#endif
