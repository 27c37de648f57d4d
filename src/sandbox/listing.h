#ifndef RESCIND_SANDBOX_LISTING_H
#define RESCIND_SANDBOX_LISTING_H

/* Walks what exists of one definition, the newest first, so that a key that appears shifts every
 * offset by one. Remembers where the last page's last object stands: a walk through all pages is
 * linear, also where each page begins with the last object of the one before. */

#include "sandbox/overlay.h"
#include "sandbox/profile.h"
#include "sandbox/query.h"
#include "sandbox/truth.h"

struct listing_filter {
    const struct definition *d;
    int workspace;              /* -1: all */
    bool disabled;              /* those too */
    char upstream[QUERY_VALUE]; /* of BYOK credentials; "": all */
};

struct listing {
    const struct truth *truth;
    const struct overlay *overlay;
    const struct profile_world *world;
    struct listing_filter filter;
    uint64_t version, offset;
    uint32_t next; /* one more than the row that stands at `offset` */
};

/* The object that a list or a read tells of a row; to be released. */
json_t *listing_object(const struct listing *l, uint32_t row);

/* Appends the objects [offset, offset + limit) to the text, separated by commas; limit 0: all. */
void listing_page(struct listing *l, const struct listing_filter *filter, uint64_t offset,
                  uint64_t limit, struct buf *out);
uint64_t listing_count(struct listing *l, const struct listing_filter *filter);

/* The row of the newest one, UINT32_MAX for none. */
uint32_t listing_newest(struct listing *l, const struct listing_filter *filter);

#endif
