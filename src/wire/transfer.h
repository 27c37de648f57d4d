#ifndef RESCIND_WIRE_TRANSFER_H
#define RESCIND_WIRE_TRANSFER_H

/* One easy handle: what it is set to, and what came of it. For http.c, whose multi handle it goes
 * into; nobody else sees libcurl's types. */

#include "base/buf.h"
#include "wire/arrival.h"
#include "wire/messages.h"
#include "wire/sockets.h"

#include <curl/curl.h>

struct transfer;

/* What the transfers of one client share. */
struct transfers {
    struct sockets *sockets;
    bool tls;
    bool one_by_one; /* HTTP/1.1 is spoken for certain: what comes unasked belongs to nobody */
    bool local;      /* over a socket that is a file: each has a connection of its own, for none
                        could be told from another */
    int64_t not_before_us;              /* nothing goes out before */
    curl_opensocket_callback opening;   /* makes each socket; is given the transfer */
    curl_closesocket_callback closing;  /* called for each that is to be closed, closes it */
    bool (*silent)(void *at, int fd);   /* true: nothing waits there to be read */
    void (*headed)(struct transfer *t); /* has the head of an answer that is no success, or NULL */
    void *at;
};

struct transfer {
    CURL *easy;
    struct transfers *shared;
    bool busy; /* the multi handle has it */
    struct arrival in;
    struct buf joined; /* a header's values */
    unsigned sends;
    int fd;         /* the connection that it went out on; -1: not known */
    int opened;     /* the last socket that was made for it */
    bool first;     /* as the first one */
    bool unasked;   /* bytes waited on the connection that it was to go out on: it did not */
    bool notes;     /* libcurl tells what it notices */
    bool beyond;    /* its answer went beyond a bound */
    int refused;    /* why the last socket that it asked for was not made: an errno; 0: it was */
    bool held;      /* a hold was told before it had its connection: it did not go out */
    unsigned level; /* how many were in flight with it, when it was sent */
    int64_t sent_at, out_at;
    int64_t headed_at, headed_ms; /* mono and wall; 0: no head has come */
    char detail[CURL_ERROR_SIZE];
    /* what the handle was last set to */
    CURLU *url;        /* the origin, borrowed by the handle */
    struct buf origin; /* the same as a text */
    const char *method;
    const struct curl_slist *lines;
    bool with_body, fresh, wipe;
};

/* Into zeroed memory that does not move; `shared` is borrowed. False where libcurl lacks something.
 */
bool transfer_init(struct transfer *t, const struct http_config *config, struct transfers *shared);
void transfer_free(struct transfer *t);

/* Makes it ready for the multi handle. `fresh`: on a connection of its own. */
CURLcode transfer_aim(struct transfer *t, const struct http_request *r, bool fresh);

/* Says why one that took longer than `timeout_us` is given up; the caller then takes it from the
 * multi handle, as it would after CURLE_OPERATION_TIMEDOUT. */
void transfer_overdue(struct transfer *t, int64_t timeout_us);

/* What this machine lacked, where that is why it did not leave; 0: nothing. `others`: some went out
 * before. */
int transfer_lack(const struct transfer *t, bool others);

/* What is known once its head has come. */
struct http_answer transfer_head(struct transfer *t);

/* What came of it, as libcurl tells by `code`; borrowed from it until it is aimed again. */
struct http_answer transfer_answer(struct transfer *t, CURLcode code);

#endif
