#ifndef RESCIND_WIRE_TRANSFER_H
#define RESCIND_WIRE_TRANSFER_H

/* One easy handle: what it is set to, and what came of it. For http.c, whose multi handle it goes
 * into; nobody else sees libcurl's types. */

#include "base/buf.h"
#include "wire/exchange.h"

#include <curl/curl.h>

struct transfer {
    CURL *easy;
    bool busy; /* the multi handle has it */
    struct buf body;
    struct buf joined; /* a repeated header's values */
    size_t body_max;
    bool clipped;
    bool headed; /* the last head that began has ended */
    unsigned sends;
    int64_t sent_at;
    char detail[CURL_ERROR_SIZE];
    /* what the handle was last set to */
    CURLU *url;        /* the origin, borrowed by the handle */
    struct buf origin; /* the same as a text */
    const char *method;
    const struct http_headers *headers;
    bool with_body, fresh, wipe;
};

/* Into zeroed memory that does not move; `opening` makes each socket, and `closing` is called for
 * each that is to be closed, and closes it. False where libcurl lacks something. */
bool transfer_init(struct transfer *t, const struct http_config *config,
                   curl_opensocket_callback opening, curl_closesocket_callback closing, void *at);
void transfer_free(struct transfer *t);

/* Makes it ready for the multi handle. `fresh`: on a connection of its own. */
CURLcode transfer_aim(struct transfer *t, const struct http_request *r, bool fresh);

/* Says why one that took longer than `timeout_us` is given up; the caller then takes it from the
 * multi handle, as it would after CURLE_OPERATION_TIMEDOUT. */
void transfer_overdue(struct transfer *t, int64_t timeout_us);

/* What came of it, as libcurl tells by `code`; borrowed from it until it is aimed again. */
struct http_answer transfer_answer(struct transfer *t, CURLcode code);

#endif
