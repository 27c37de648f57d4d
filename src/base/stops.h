#ifndef RESCIND_BASE_STOPS_H
#define RESCIND_BASE_STOPS_H

/* The signals that ask a run to stop: SIGINT, SIGTERM, and the SIGHUP of a terminal that went away,
 * but where it is ignored, as nohup(1) makes it. */

#include <signal.h>

void stops_set(sigset_t *set);

const char *stops_name(int signal); /* "SIGHUP" */

#endif
