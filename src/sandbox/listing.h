#ifndef RESCIND_SANDBOX_LISTING_H
#define RESCIND_SANDBOX_LISTING_H

/* What a list shows of one definition, the newest first, so that a key that appears shifts every
 * offset by one; the credential itself, where it is a key like others, comes last. What was found
 * for a list is kept until what exists changes: pages may be asked for in any order, of several
 * lists side by side. */

#include "sandbox/overlay.h"
#include "sandbox/profile.h"
#include "sandbox/standin.h"
#include "sandbox/truth.h"

struct listing_filter {
    const struct definition *d;
    const struct provider *p;
    const struct credential *who;
    const char *scope; /* NULL: all */
    const char *query; /* members that must be so, by the names of parameters; "": none */
    int workspace;     /* -1: all */
    bool enabled_only, some_only;
    int64_t now_us;
};

/* The places of what one list shows, in its order; they fall. A place stays what it is when keys
 * come or go. */
struct listing_index {
    struct listing_filter filter;
    char *scope, *query; /* the filter's, kept */
    uint64_t version, used;
    uint32_t *place;
    size_t count, cap;
};

enum { LISTING_INDEXES = 16 };
struct stock_listing {
    const struct truth *truth;
    const struct overlay *overlay;
    int64_t epoch_ms;
    unsigned workspaces;
    struct listing_index index[LISTING_INDEXES];
    uint64_t uses;
};
void listing_free(struct stock_listing *l);

/* Whether a list or a read shows the key to an account: it exists, or lingers, or is told to be
 * gone
 * (`gone` of the list or the read: none where it is not). */
bool listing_shows(const struct stock_listing *l, const struct conditions *gone,
                   const struct provider *p, uint32_t row, unsigned account, int64_t now_us);

/* Whether the credential is a key like others, which reads and lists show: not so where its id is a
 * digest, which is how providers tell of keys that manage others. */
bool listing_has_own(const struct definition *d, const struct credential *who);

/* The object that a list or a read tells of a row; of the credential itself. To be released. */
json_t *listing_object(const struct stock_listing *l, uint32_t row);
json_t *listing_own(const struct stock_listing *l, const struct definition *d,
                    const struct credential *who);

/* Valid until the next call. */
const struct listing_index *listing_find(struct stock_listing *l, const struct listing_filter *f);

/* Where in it a page begins that begins at a place, or behind the key of an id. */
size_t listing_from(const struct listing_index *index, uint32_t place);
size_t listing_after(const struct stock_listing *l, const struct listing_index *index,
                     const char *id);

/* Appends the objects [from, end) to the text, separated by commas. */
void listing_put(const struct stock_listing *l, const struct listing_index *index, size_t from,
                 size_t end, struct buf *out);

/* The row of the newest one, UINT32_MAX for none. */
uint32_t listing_newest(struct stock_listing *l, const struct listing_filter *filter);

#endif
