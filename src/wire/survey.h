#ifndef RESCIND_WIRE_SURVEY_H
#define RESCIND_WIRE_SURVEY_H

/* The look before the first cut, of one definition's targets: whose keys the credential sees, and
 * whether it sees any of these. A state machine over a wire's reads, which the owner of the loop
 * drives.
 *
 * Up to SURVEY_SPREAD targets, spread evenly over what is left, are read until one is seen; where
 * the answers are no look (refused, a page, another key) or none was seen, the list is. Where a
 * success says nothing (delete.absent is not gone) each target must be seen: by the whole list, or
 * by a read each, whichever is fewer requests. More than SURVEY_SPREAD are looked for in the list,
 * until its total says that it has more pages than there are targets; one that does not tell its
 * length gets half as many pages as there are targets, and a single one up to SURVEY_ONE_PAGE. What
 * was seen is in the journal before anything is sent.
 *
 * What another account called absent from the start is looked for as well, each of it: what is
 * there was not done, and the journal says so. */

#include "wire/lister.h"

enum { SURVEY_SPREAD = 20, SURVEY_ONE_PAGE = 100, SURVEY_AT_ONCE = 8 };

enum survey_found {
    SURVEY_SEEN,  /* something of it, now or before */
    SURVEY_NONE,  /* these eyes saw nothing: the wrong account, workspace or URL? */
    SURVEY_BLIND, /* there is no way to look, or none that gave an answer */
};

struct survey;
struct survey_read {
    struct survey *survey;
    struct read read;
    uint32_t row;
    char id[ID_MAX + 1];
};

/* Zero-initialised but for what its owner fills. */
struct survey {
    struct wire *wire;
    const struct endpoint *endpoint;
    bool act; /* the targets that are left are going to be acted upon; else only the account is
                 asked for */
    /* It is over, `found` says how, and `reason` why where nothing was seen. From within an answer,
     * or from survey_begin. */
    void (*over)(void *at, struct survey *s);
    void *at;
    struct survey *like; /* another that was begun and asks for the account alike; NULL: none */

    enum survey_found found;
    char reason[300];

    uint32_t foreign, refuted; /* absences of another account, and so many that are none */

    bool each; /* each target must be seen, not one of them */
    bool all;  /* and so all rows are looked at, or since they are foreign */
    uint32_t *row;
    uint32_t rows, row_cap, next, absent; /* to read, from which on, and absent to a read */
    unsigned under_way;
    bool blind, listed; /* an answer was no look; the list was asked for */
    bool lengthy;       /* that was longer than a read each */
    size_t pages;       /* of its lists */
    const char **scope;
    size_t scopes, scope_at;
    struct row_set *seen, *missing; /* what a look told to be there, and not to be */
    enum look look;
    struct survey_read slot[SURVEY_AT_ONCE];
    struct read account;
    bool told; /* the account's read was answered: its id, or "" */
    char account_id[ID_MAX + 1];
    struct survey *first_like, *next_like; /* that wait for that answer */
    struct lister lister;
};

/* Whether two definitions' endpoints of one wire tell the account by the same read. */
bool survey_alike(const struct endpoint *a, const struct endpoint *b);

void survey_begin(struct survey *s);
/* Whether some of what another account called absent could not be looked for. */
bool survey_left_open(const struct survey *s);
/* Whether a look told that this target is not there. */
bool survey_missed(const struct survey *s, uint32_t row);
/* Breaks off what is under way, and frees. */
void survey_end(struct survey *s);

/* What `plan` says of it: "looks at up to 20, then deletes"; "" where it makes none. */
const char *survey_words(const struct settings *s, const struct definition *d);

#endif
