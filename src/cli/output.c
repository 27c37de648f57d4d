#include "cli/output.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

bool output_reader_gone(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP));
}

bool output_flush(void)
{
    bool good = fflush(stdout) == 0 && !ferror(stdout);
    return good || output_reader_gone();
}
