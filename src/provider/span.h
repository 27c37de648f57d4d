#ifndef RESCIND_PROVIDER_SPAN_H
#define RESCIND_PROVIDER_SPAN_H

/* Spans of time as answers write them, in microseconds: a fraction is rounded up to a millisecond.
 * Pure. */

#include <stddef.h>
#include <stdint.h>

#define SPAN_FOREVER (INT64_MAX / 4) /* larger than any wait or epoch; what is beyond reason */

/* "12.5" of a unit of so many microseconds; -1 where it is no such number. */
int64_t span_decimal_us(const char *text, size_t len, int64_t unit_us);

/* Numbers with their units, the larger ones first ("37s", "1m30s", "1 hour 5 minutes", "3000ms"),
 * or an ISO 8601 duration of days and less ("PT1M30S"); -1 where it is neither. */
int64_t span_us(const char *text, size_t len);

#endif
