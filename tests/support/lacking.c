/* Preloaded: from call number FROM on until TO, socket(2) or connect(2) over the internet fails.
 * LACKING="CALL ERROR FROM TO", as in "socket EMFILE 2 12". */

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int lacking(const char *call)
{
    static const struct {
        const char *name;
        int number;
    } errors[] = {{"EMFILE", EMFILE},
                  {"ENFILE", ENFILE},
                  {"ENOBUFS", ENOBUFS},
                  {"EADDRNOTAVAIL", EADDRNOTAVAIL}};
    static int count;
    char which[16], error[16];
    int from, to;
    const char *what = getenv("LACKING");
    if (!what || sscanf(what, "%15s %15s %d %d", which, error, &from, &to) != 4 ||
        strcmp(which, call) != 0)
        return 0;
    count++;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (count >= from && count < to && strcmp(error, errors[i].name) == 0)
            return errors[i].number;
    return 0;
}

int socket(int domain, int type, int protocol)
{
    static int (*real)(int, int, int);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "socket");
    errno = domain == AF_INET ? lacking("socket") : 0;
    return errno ? -1 : real(domain, type, protocol);
}

int connect(int fd, const struct sockaddr *address, socklen_t len)
{
    static int (*real)(int, const struct sockaddr *, socklen_t);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "connect");
    errno = address->sa_family == AF_INET ? lacking("connect") : 0;
    return errno ? -1 : real(fd, address, len);
}
