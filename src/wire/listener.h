#ifndef RESCIND_WIRE_LISTENER_H
#define RESCIND_WIRE_LISTENER_H

#include <stdint.h>

/* Who listened when it was first asked: the kernel's tables have a line for each connection, and of
 * hundreds of wires to one server only the first reads them. Zero-initialised. */
struct listener {
    unsigned port; /* 0: not asked yet */
    uint64_t inode;
};

/* Which socket of this host listens on a TCP port, by its inode (proc(5), /proc/net/tcp): a server
 * that was started anew is another one. 0: none that can be seen. */
uint64_t listener_on(struct listener *known, unsigned port);

#endif
