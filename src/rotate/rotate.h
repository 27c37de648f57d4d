#ifndef RESCIND_ROTATE_ROTATE_H
#define RESCIND_ROTATE_ROTATE_H

/* Rotates targets, several at a time: reads the old one's settings, creates a successor with them,
 * hands its secret over, and only then deletes the old one. What is on disk before each request is
 * what a resume needs to leave neither a lost secret nor a second successor:
 *
 *   try, rotate create     the marker that is in the successor's name
 *   rotate created         its id, before anything else happens
 *   rotate delivered       before the marker leaves its name, and before the old one is touched
 *   end rotated            */

#include "rotate/handover.h"
#include "wire/session.h"

/* What would be missing: EXIT_REFUSED for a provider that cannot rotate, a base URL, a credential
 * (of several each in a line to `tell`). */
int rotate_check(const struct settings *s, const struct targets *t, const struct row_set *listed,
                 struct credentials *c, void (*tell)(void *at, const char *line),
                 struct error *err);

/* As runner_run; `open` is written and synced, `close` is written here. */
int rotate_run(const struct work *work, const struct rotate_handover *handover,
               struct ending *ending, struct error *err);

#endif
