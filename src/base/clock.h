#ifndef RESCIND_BASE_CLOCK_H
#define RESCIND_BASE_CLOCK_H

/* The two clocks. Decisions take `now` as an argument; only the loop and the front ask here. Tests
 * put a clock of their own in. */

#include <stdint.h>

int64_t clock_mono_us(void); /* CLOCK_MONOTONIC, microseconds: intervals, pacing */
int64_t clock_wall_ms(void); /* Unix time, milliseconds: what is written down */

struct clock_source {
    int64_t (*mono_us)(void);
    int64_t (*wall_ms)(void);
};
void clock_set(const struct clock_source *source); /* NULL: the real ones */

/* RFC 3339 in UTC with milliseconds, "2026-11-21T05:40:00.123Z". */
enum { CLOCK_TEXT = 25 };
char *clock_text(int64_t wall_ms, char out[CLOCK_TEXT]);
/* The other way; also accepts no fraction, microseconds and +00:00. -1 where it is none. */
int64_t clock_parse(const char *text);

#endif
