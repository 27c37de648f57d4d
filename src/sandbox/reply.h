#ifndef RESCIND_SANDBOX_REPLY_H
#define RESCIND_SANDBOX_REPLY_H

/* A request and its answer, without sockets. */

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* Texts are borrowed for the call. */
struct incoming {
    const char *method, *path, *query; /* query: "" or what follows the ? */
    const char *body;
    size_t body_len;
    const char *(*header)(void *at, const char *name); /* NULL: absent */
    void *at;
    int64_t now_us, wall_ms;
};

enum delivery {
    DELIVER_WHOLE,
    DELIVER_DROP,  /* the connection is closed, nothing is sent */
    DELIVER_RESET, /* likewise, by a reset */
    DELIVER_CUT,   /* more bytes are announced than sent, then the connection closes */
    DELIVER_STRAY, /* whole, and a second answer after it */
};

enum { REPLY_HEADERS = 10 };

struct reply {
    int status;
    const char *type; /* Content-Type; NULL: none */
    struct buf body;
    struct {
        char name[40], value[1024];
    } header[REPLY_HEADERS];
    unsigned headers;
    enum delivery how;
    int64_t delay_us; /* from the arrival to the answer */

    /* What is to be noted once it is out. */
    void *tally;
    int64_t hold_until_us; /* 0: no hold was announced */
    uint32_t event;        /* of the truth; UINT32_MAX: none */
};

void reply_reset(struct reply *r); /* keeps the body's memory */
void reply_free(struct reply *r);
void reply_header(struct reply *r, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
