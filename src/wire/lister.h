#ifndef RESCIND_WIRE_LISTER_H
#define RESCIND_WIRE_LISTER_H

/* Everything that a provider's list tells, read whole before any of it is used: what the keys are
 * listed for each of, and the pages of each. A list that changes underneath is read anew,
 * LISTER_WALKS times at most. A state machine over a wire's reads, which the owner of the loop
 * drives. */

#include "provider/keylist.h"
#include "wire/read.h"

enum { LISTER_WALKS = 5, LISTER_AHEAD = 32 };

/* A whole list that is being walked, page by page. */
struct lister_walk {
    struct walk walk;
    enum walk_step (*take)(struct keylist *l, struct walk *w, struct json_t *body,
                           char reason[WALK_REASON]);
    unsigned readings; /* of it that were begun */
    size_t before;     /* keys that there were before it */
};

/* A page that was asked for. Where its place can be told, the next ones are asked for while it is
 * on its way; they are taken in one after the other all the same, and one that turns out to be
 * another page than the next is asked for again. */
struct lister_page {
    struct lister *lister;
    struct read read;
    struct buf path, scope, link;
    struct page_head head; /* its link is in `link` */
    size_t len;            /* of its body */
    bool there;            /* it came: `read` says how, and what */
};

struct lister {
    struct wire *wire;
    const struct endpoint *endpoint;
    const char *scope; /* of its path, as request.h has it; NULL: it has none */
    /* All is read: `keys` are whole; or `error` says why not. From within an answer. */
    void (*done)(void *at, struct lister *l);
    void *at;
    int64_t not_before_us; /* its first request */
    /* So many pages are worth it; 0: any number. A list that its total says to be longer, or that
     * does not tell and is not over after `worth_untold`, is given up. */
    size_t worth, worth_untold;

    struct keylist *keys; /* freed by lister_end */
    struct read own;      /* list.own, where only a read tells the credential's id */
    char own_id[ID_MAX + 1];
    unsigned again;              /* how often a list was read anew */
    bool over, failed, given_up; /* given up: failed, since it is longer than it is worth */
    struct error error; /* EXIT_CREDENTIAL where the credential is refused; else EXIT_STOPPED */

    struct lister_walk part;
    size_t parts_done;
    bool in_parts; /* what the keys are listed for each of is known */
    struct buf path;
    struct lister_page page[LISTER_AHEAD]; /* those asked for: `asked` from `first` on, round */
    unsigned first, asked;
    int64_t tell_at_us;
    int64_t began_us;
    uint64_t bytes, pages; /* read so far, of all readings */
};

/* Begins to read the list of an endpoint that has one; zero-initialised but for what stands before
 * `keys`. */
void lister_begin(struct lister *l);
/* Breaks off what is under way, and frees what was read. */
void lister_end(struct lister *l);

#endif
