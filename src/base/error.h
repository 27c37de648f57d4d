#ifndef RESCIND_BASE_ERROR_H
#define RESCIND_BASE_ERROR_H

/* Why something could not be done: an exit code and one line for a person, without the leading
 * "rescind: " and without a newline. Whoever can fail returns 0 or -1 and fills one of these. */

#include "base/exits.h"

struct error {
    enum exit_code code;
    char text[1024];
};

/* Fills *err and returns -1, so that `return error_set(...)` reads well. A format that ends in a
 * colon gets ": strerror(errno)" in its place. err may be NULL. */
int error_set(struct error *err, enum exit_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "prefix: " before the text that is there. Returns -1. */
int error_prefix(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
