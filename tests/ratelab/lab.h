#ifndef RATELAB_LAB_H
#define RATELAB_LAB_H

/* What the labs' programs share: their options, and both of the machine's cores. */

#include "play.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lab_options {
    int seeds;
    int64_t turn_us;
    const struct client *client; /* NULL: all of them */
    int class;                   /* negative: all of them */
    bool cases;                  /* one by one */
    const char *only;            /* cases whose name holds that */
};

/* --seeds N, --turn MICROSECONDS, --client pacer|reference, --class N, --only TEXT, --cases;
 * `client` where none is named. */
struct lab_options lab_options(int argc, char **argv, const struct client *client);

/* Zeroed memory that lab_work's processes share; never given back. Ends the program with 2 where
 * there is none. */
void *lab_shared(size_t size);

/* Calls one(i, shared) for each i below `count` once, in some process; `shared` is lab_shared's. */
void lab_work(int count, void (*one)(int i, void *shared), void *shared);

#endif
