#ifndef RESCIND_PROVIDER_DEFINITION_REQUESTS_H
#define RESCIND_PROVIDER_DEFINITION_REQUESTS_H

/* Whether the requests of a definition, and the headers that go with all of them, can be made, and
 * made only as they are meant. For definition_check.c: each of these is one of its rules, or a part
 * of several. False: `why` (DEFINITION_WHY) says what is wrong; it begins with `what`, the key,
 * and, of one that repeats, [which] of them. */

#include "provider/definition.h"

#include <stdio.h>

#define WHY(...) (snprintf(why, DEFINITION_WHY, __VA_ARGS__), false)

/* The uses that a request's templates make of {id} and the scopes; false for any other name. */
struct uses {
    bool id, scope[SCOPES_MAX];
};

/* RFC 9110, 5.6.2 */
bool is_token(const char *text, size_t len);

/* Notes the scopes that they name in `uses`; and one of them carries the secret. */
bool headers_good(const struct definition *d, struct uses *uses, char *why);

/* What a path and a body name is noted in `uses`. */
bool path_good(const struct definition *d, const char *what, const char *path, struct uses *uses,
               char *why);
bool body_good(const struct definition *d, const char *what, const struct request *r,
               struct uses *uses, char *why);

/* Nothing is said of a request that there is not. */
bool confirm_good(const char *what, const struct request *r, char *why);

/* A read that is made once for a credential, before there is a target; a list's may name scopes. */
bool once_good(const struct definition *d, const char *what, const struct request *r, bool scopes,
               char *why);
bool read_good(const struct definition *d, const char *what, const struct request *r, char *why);

/* The read of one target. */
bool target_read_good(const struct definition *d, char *why);

#endif
