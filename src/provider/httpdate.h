#ifndef RESCIND_PROVIDER_HTTPDATE_H
#define RESCIND_PROVIDER_HTTPDATE_H

#include <stddef.h>
#include <stdint.h>

/* Reads an HTTP-date (RFC 9110, 5.6.7) at the beginning of text, in any of its three forms:
 *   Sun, 06 Nov 1994 08:49:37 GMT      Sunday, 06-Nov-94 08:49:37 GMT      Sun Nov  6 08:49:37 1994
 * Returns how many characters it has, 0 where there is none, and its Unix time in seconds. A year
 * of two digits is the one within 50 years of now_wall_ms. */
size_t http_date(const char *text, int64_t now_wall_ms, int64_t *unix_s);

#endif
