#include "base/stops.h"

#include <stddef.h>

void stops_set(sigset_t *set)
{
    struct sigaction now;
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    if (sigaction(SIGHUP, NULL, &now) == 0 && now.sa_handler != SIG_IGN)
        sigaddset(set, SIGHUP);
}

const char *stops_name(int signal)
{
    return signal == SIGTERM ? "SIGTERM" : signal == SIGHUP ? "SIGHUP" : "SIGINT";
}
