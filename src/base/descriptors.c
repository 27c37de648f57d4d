#include "base/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/resource.h>
#include <unistd.h>

static struct rlimit before;
static bool raised;

void descriptors_raise(void)
{
    if (getrlimit(RLIMIT_NOFILE, &before) != 0 || before.rlim_cur >= before.rlim_max)
        return;
    raised = setrlimit(RLIMIT_NOFILE, &(struct rlimit){before.rlim_max, before.rlim_max}) == 0;
}

void descriptors_restore(void)
{
    if (raised)
        (void)setrlimit(RLIMIT_NOFILE, &before);
}

unsigned descriptors_left(void)
{
    struct rlimit now;
    int lowest = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    if (lowest < 0)
        return 0;
    close(lowest);
    if (getrlimit(RLIMIT_NOFILE, &now) != 0 || now.rlim_cur > INT_MAX)
        return INT_MAX;
    return (unsigned)lowest < now.rlim_cur ? (unsigned)now.rlim_cur - (unsigned)lowest : 0;
}

bool descriptors_lacking(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS ||
           error == EADDRNOTAVAIL;
}

const char *descriptors_remedy(int error)
{
    switch (error) {
    case EMFILE:
        return "this process has no file descriptor left: raise 'ulimit -n', or lower "
               "--concurrency";
    case ENFILE:
        return "this system has no file descriptor left: raise fs.file-max, or end what holds them";
    case EADDRNOTAVAIL:
        return "this system has no local port left: widen net.ipv4.ip_local_port_range, or lower "
               "--concurrency";
    default:
        return "this system has no memory left for a connection: lower --concurrency, or end what "
               "holds it";
    }
}
