#ifndef RESCIND_CLI_PROGRESS_H
#define RESCIND_CLI_PROGRESS_H

/* Live progress on stderr: on a terminal a line per provider, redrawn in place at most 10 times a
 * second, never wider than the terminal; without one a plain line every 10 s; or JSON lines. Events
 * are told above it as they happen, the same one again and again as one line that counts. */

#include "cli/options.h"
#include "wire/view.h"

struct progress;

/* PROGRESS_AUTO draws where fd is a terminal that can move its cursor, and else writes plain lines;
 * PROGRESS_ALWAYS draws whatever fd is; PROGRESS_NEVER tells events only. Colour is used where it
 * is wanted, fd is a terminal and NO_COLOR is unset. */
struct progress *progress_new(enum progress_mode mode, int fd, bool colour);
void progress_free(struct progress *p); /* takes the line off the screen, tells what was counted */

/* For struct observer; `at` is the struct progress. */
void progress_tick(void *at, const struct run_view *view);
void progress_tell(void *at, const char *key, const char *line);

/* The pure part: one provider's line of at most `columns` characters (20 and more), ASCII. What
 * matters least goes first where it is too narrow: the learned limit, the ETA, the rate, the
 * counts; the name, the percentage, a hold and failures stay. */
void progress_line(const struct lane_view *lane, unsigned columns, struct buf *out);

/* PROGRESS_JSON's object, without the newline:
 *
 *   {"type":"progress","time":"2026-11-21T05:40:00.123Z","elapsed_s":12.3,"deadline_left_s":null,
 *    "stopping":null,"providers":[{"provider":"openrouter","state":"running","targets":100,
 *    "finished":12,"done":12,"failed":0,"sent":15,"http_429":1,"retries":2,"in_flight":8,
 *    "rate":9.8,"pace":10.0,"limit":10.2,"hold_left_s":null,"eta_s":8.9}]}
 *
 * limit 0: none was met. The other kind of line is
 *
 *   {"type":"event","time":"...","key":"...","text":"openrouter: ..."} */
void progress_json(const struct run_view *view, int64_t wall_ms, struct buf *out);

#endif
