#ifndef RESCIND_JOURNAL_EYES_H
#define RESCIND_JOURNAL_EYES_H

/* Who looked: an account at an endpoint, of one definition, as the `open` of each run names it.
 *
 *   "eyes":[{"provider":"openrouter","kind":"key","account":"1f0c9a3e",
 *            "endpoint":"https://openrouter.ai/api/v1","means":"77b2d4100c1d2e3f"}]
 *
 * `account` is a digest of all secrets in the request's headers. Where the provider tells whose
 * they are, a `seen` record adds the account's id: another secret of the same id is the same eye.
 * `means` is a digest of what the definition believes: one that believes otherwise starts blind.
 * A run of the released format names none, and what it found is of nobody known.
 *
 * What an eye saw through one look (a read, a list, a deletion that only an existing target gets)
 * is no control for another look: so each remembers which of its looks saw anything. Part of the
 * ledger. */

#include "base/error.h"
#include "provider/definition.h"

enum look { LOOK_NONE, LOOK_READ, LOOK_LIST, LOOK_DELETE, LOOK_COUNT };
extern const char *const look_word[LOOK_COUNT];    /* "", "read", "list", "delete" */
bool look_parse(const char *word, enum look *out); /* the three that are one */

struct eye {
    char *provider, *kind;
    char *account, *endpoint, *means;
    char *id;      /* the account's, by its provider's word; "" unknown */
    uint8_t looks; /* a bit per enum look that saw a target */
};

enum { EYE_NONE = 0, EYES_MAX = UINT16_MAX }; /* an eye's number counts from 1 */

struct eyes {
    struct eye *at;
    size_t count;
    uint16_t *now; /* those of the run that was opened last */
    size_t now_count;
};

/* A run begins with those that the JSON array names; NULL: with none. -1 with EXIT_DATA where it is
 * no such array. */
int eyes_open(struct eyes *e, const char *array, struct error *err);
/* The one of the run that was opened last, or EYE_NONE. */
uint16_t eyes_now(const struct eyes *e, const char *provider, const char *kind);
/* The provider said whose account this is: from now on this is the eye of that id, the number of
 * which is returned: an earlier run's where it was the same account at the same endpoint. */
uint16_t eyes_name(struct eyes *e, uint16_t eye, const char *id);
/* NULL for EYE_NONE. */
const struct eye *eyes_at(const struct eyes *e, uint16_t eye);
void eyes_saw(struct eyes *e, uint16_t eye, enum look look);
void eyes_free(struct eyes *e);
size_t eyes_memory(const struct eyes *e);

#endif
