#ifndef RESCIND_PROVIDER_DATE_H
#define RESCIND_PROVIDER_DATE_H

#include <stddef.h>
#include <stdint.h>

/* Reads a date and time at the beginning of text, names in any case:
 *   HTTP-date (RFC 9110, 5.6.7), in any of its three forms
 *     Sun, 06 Nov 1994 08:49:37 GMT     Sunday, 06-Nov-94 08:49:37 GMT     Sun Nov  6 08:49:37 1994
 *   the other dates of RFC 5322
 *     Sun, 6 Nov 1994 08:49:37 +0000    6 Nov 1994 09:49 +0100
 *   ISO 8601 with a time of day, in UTC where it names no zone; a fraction is rounded up
 *     1994-11-06T08:49:37Z              1994-11-06 09:49:36.5+01:00        19941106T084937Z
 * Returns how many characters it has, 0 where there is none, and its Unix time in seconds. A year
 * of two digits is the one within 50 years of now_wall_ms. */
size_t date_read(const char *text, int64_t now_wall_ms, int64_t *unix_s);

#endif
