#ifndef RESCIND_CLI_PROGRESS_H
#define RESCIND_CLI_PROGRESS_H

/* Live progress on stderr: on a terminal a line per provider, redrawn in place at most 10 times a
 * second, never wider than the terminal; without one a plain line every 10 s; or JSON lines. Events
 * are told above it as they happen, the same one again and again as one line that counts. */

#include "cli/options.h"
#include "engine/runner.h"

struct progress;
struct progress *progress_new(enum progress_mode mode, int fd, bool colour);
void progress_free(struct progress *p); /* takes the line off the screen, tells what was counted */

/* For struct observer; `at` is the struct progress. */
void progress_tick(void *at, const struct run_view *view);
void progress_tell(void *at, const char *key, const char *line);

/* The pure part: one provider's line of at most `columns` characters. */
void progress_line(const struct lane_view *lane, unsigned columns, struct buf *out);

#endif
