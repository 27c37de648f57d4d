#ifndef RESCIND_CLI_EVENTS_H
#define RESCIND_CLI_EVENTS_H

/* Events of a run, grouped: the first of a key is told at once, those that follow are counted, and
 * told with their count when EVENTS_PAUSE has gone by since the key was last told, and at the end.
 * An event without a key ("") is told at once and in full, however many there are.
 * Pure: it appends what is to be told, a line each, to a buffer. `now` is microseconds. */

#include "base/buf.h"

#include <stdint.h>

#define EVENTS_PAUSE_US (5 * (int64_t)1000000)
enum {
    EVENTS_KEYS = 64, /* kinds that are told apart; what comes later is counted together */
    EVENT_MAX = 400,  /* bytes of a line */
};

struct events;
struct events *events_new(void);
void events_free(struct events *e);

void events_add(struct events *e, const char *key, const char *line, int64_t now, struct buf *out);
void events_due(struct events *e, int64_t now, struct buf *out);
void events_end(struct events *e, struct buf *out);

/* A line as it may go to a terminal: controls (an answer's text may hold escape sequences) become
 * '?', and so does what is not UTF-8; cut at EVENT_MAX. */
void event_clean(const char *line, struct buf *out);

#endif
