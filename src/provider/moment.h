#ifndef RESCIND_PROVIDER_MOMENT_H
#define RESCIND_PROVIDER_MOMENT_H

#include <stdint.h>

/* A moment as some provider writes it, in Unix milliseconds; -1 where it is none. RFC 3339 with any
 * offset, or none, which is meant in UTC; a date alone, which is its
 * end, since nothing is to be called older than it may be; an RFC 5322 or HTTP
 * date; and a number since 1970: of seconds below 10^11, else of milliseconds, micro- or
 * nanoseconds. Before March 1973 it is no moment: some
 * write 0 for "never". */
int64_t moment_parse(const char *text);

#endif
