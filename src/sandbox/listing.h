#ifndef RESCIND_SANDBOX_LISTING_H
#define RESCIND_SANDBOX_LISTING_H

/* Walks what a list shows of one definition, the newest first, so that a key that appears shifts
 * every offset by one; the credential itself, where it is a key like others, comes last. Remembers
 * where the last page's last object stands: a walk through all pages is linear, also where each
 * page begins with the last object of the one before. */

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

struct listing {
    const struct truth *truth;
    const struct overlay *overlay;
    int64_t epoch_ms;
    unsigned workspaces;
    struct listing_filter filter; /* of the last page: all but its texts */
    uint64_t version, offset;
    uint32_t next; /* the place that stands at `offset`, see listing.c */
};

/* Whether a list or a read shows the key to an account: it exists, or lingers, or is told to be
 * gone
 * (`gone` of the list or the read: none where it is not). */
bool listing_shows(const struct listing *l, const struct conditions *gone, const struct provider *p,
                   uint32_t row, unsigned account, int64_t now_us);

/* Whether the credential is a key like others, which reads and lists show: not so where its id is a
 * digest, which is how providers tell of keys that manage others. */
bool listing_has_own(const struct definition *d, const struct credential *who);

/* The object that a list or a read tells of a row; of the credential itself. To be released. */
json_t *listing_object(const struct listing *l, uint32_t row);
json_t *listing_own(const struct listing *l, const struct definition *d,
                    const struct credential *who);

/* Where a page begins: at first, at an offset, or behind the key of an id (PLACE_END where there
 * is none such). A place stays what it is when keys come or go. */
enum { PLACE_END = 0 };
uint32_t listing_first(const struct listing *l);
uint32_t listing_seek(struct listing *l, const struct listing_filter *f, uint64_t offset);
uint32_t listing_after(const struct listing *l, const struct listing_filter *f, const char *id);

/* Appends `limit` objects from the place on to the text, separated by commas; limit 0: all. Where
 * the next page begins, PLACE_END where there is none. `offset`: of the place, for those that are
 * read by offsets. */
uint32_t listing_page(struct listing *l, const struct listing_filter *filter, uint32_t place,
                      uint64_t offset, uint64_t limit, struct buf *out);
uint64_t listing_count(struct listing *l, const struct listing_filter *filter);

/* The row of the newest one, UINT32_MAX for none. */
uint32_t listing_newest(struct listing *l, const struct listing_filter *filter);

#endif
