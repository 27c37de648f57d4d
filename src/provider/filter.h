#ifndef RESCIND_PROVIDER_FILTER_H
#define RESCIND_PROVIDER_FILTER_H

/* Which keys of a list are meant: all that was asked must hold. Pure; times are Unix milliseconds.
 *
 * A key whose list does not tell what a filter asks (no such field, null, or nothing that can be
 * read) is never selected: it is UNTOLD, and counted for a person to see. Only a missing expiry is
 * an answer, namely that there is none, and a missing last use, of a key that was made before the
 * moment that is asked for, namely that it never was. */

#include "provider/keylist.h"

struct filter {
    bool by_created, by_updated, by_used, by_spend, by_unused;
    int64_t created_before_ms, updated_before_ms, used_before_ms;
    enum window unused;
    bool expired, disabled;
    const char *name, *label, *creator, *owner; /* globs (fnmatch(3)), NULL: not asked */
    const char *workspace, *type;               /* exactly */
    double spend_below;
};

bool filter_any(const struct filter *f); /* anything is asked */

/* The first option ("--unused") that no list of this definition can answer, or NULL. */
const char *filter_unanswerable(const struct filter *f, const struct definition *d);

enum filter_match { FILTER_PASSED, FILTER_SELECTED, FILTER_UNTOLD };
/* Of key i. UNTOLD: the other filters hold, and *untold is the first that cannot be answered. */
enum filter_match filter_match(const struct filter *f, const struct definition *d,
                               const struct keylist *l, size_t i, int64_t now_ms,
                               const char **untold);

extern const char *const window_word[WINDOW_COUNT]; /* "day", "week", "month" */
/* When the window that holds `now_ms` began, UTC. */
int64_t window_start_ms(enum window w, int64_t now_ms);
/* How old a window must be before its zeros say anything, unless told otherwise. */
int64_t window_least_us(enum window w);

#endif
