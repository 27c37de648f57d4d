#ifndef RESCIND_SANDBOX_QUERY_H
#define RESCIND_SANDBOX_QUERY_H

/* The query of a URL: offset=100&workspace_id=... */

#include <stdbool.h>
#include <stdint.h>

enum { QUERY_VALUE = 256 };

/* The first value of that name, decoded; false where there is none, or one that is too long. */
bool query_value(const char *query, const char *name, char out[QUERY_VALUE]);
/* A number; `*out` stays where there is none. false where it is none, or out of [min, max]. */
bool query_number(const char *query, const char *name, uint64_t min, uint64_t max, uint64_t *out);
bool query_flag(const char *query, const char *name); /* true, 1, any */

#endif
