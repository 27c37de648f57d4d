#ifndef RESCIND_PROVIDER_PAGES_LEFT_H
#define RESCIND_PROVIDER_PAGES_LEFT_H

/* Signs that a list goes on where its definition believes it to end: the usual members and headers
 * for a next page or for what is left out, a count of more items or pages, and, where it has no
 * pages at all, an answer that is as long as the limit that its query asks for or that it names. */

#include "provider/answer.h"
#include "provider/definition.h"

#include <jansson.h>

/* What was read when the list is at its end. */
struct pages_read {
    size_t taken; /* items */
    uint64_t pages;
};

/* What the head of an answer says of its list: Link (RFC 8288), Content-Range (RFC 9110, 14.4, of
 * any unit but bytes), and the headers that GitLab, Rails and Express have made usual. */
struct page_head {
    const char *link;             /* NULL: none; borrowed from the answer's headers */
    const char *next;             /* the header that names a next page, or NULL */
    uint64_t items, pages, limit; /* of the whole list, and items of a page at most; 0: not told */
};
struct page_head page_head_of(const struct header_source *h);

/* Whether the last answer shows such a sign; what it is, for a person, goes to `reason` (200). */
bool pages_left(const struct list_pages *p, const char *path, json_t *body,
                const struct pages_read *r, const struct page_head *head, char reason[200]);

/* The target of rel="next" in a Link header (RFC 8288), or NULL. */
const char *link_next(const char *link, size_t *len);

#endif
