#ifndef RESCIND_PROVIDER_PAGES_LEFT_H
#define RESCIND_PROVIDER_PAGES_LEFT_H

/* Signs that a list goes on where its definition believes it to end: the usual members for a next
 * page or for what is left out, a Link header, a count of more items or pages, and, where it has no
 * pages at all, an answer that is exactly as long as the limit that its query asks for. */

#include "provider/definition.h"

#include <jansson.h>

/* What was read when the list is at its end. */
struct pages_read {
    size_t taken; /* items */
    uint64_t pages;
};

/* Whether the last answer shows such a sign; what it is, for a person, goes to `reason` (200). */
bool pages_left(const struct list_pages *p, const char *path, json_t *body,
                const struct pages_read *r, const char *link, char reason[200]);

/* The target of rel="next" in a Link header (RFC 8288), or NULL. */
const char *link_next(const char *link, size_t *len);

#endif
