#include "wire/listener.h"

#include <stdio.h>
#include <string.h>

static const char listening[] = " 0A "; /* the state; of thousands of lines few are taken apart */

/* The least inode of those that listen there. */
static void look_into(const char *table, unsigned port, uint64_t *least)
{
    char line[512];
    FILE *file = fopen(table, "re");
    while (file && fgets(line, sizeof line, file)) {
        unsigned local;
        unsigned long long inode;
        if (strstr(line, listening) &&
            sscanf(line, "%*d: %*[0-9A-F]:%x %*[0-9A-F]:%*x 0A %*s %*s %*s %*u %*u %llu", &local,
                   &inode) == 2 &&
            local == port && (!*least || inode < *least))
            *least = inode;
    }
    if (file)
        fclose(file);
}

uint64_t listener_on(struct listener *known, unsigned port)
{
    if (!known->inode || known->port != port) {
        *known = (struct listener){.port = port};
        look_into("/proc/net/tcp", port, &known->inode);
        look_into("/proc/net/tcp6", port, &known->inode);
    }
    return known->inode;
}
