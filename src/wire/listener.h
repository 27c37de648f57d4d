#ifndef RESCIND_WIRE_LISTENER_H
#define RESCIND_WIRE_LISTENER_H

#include <stdint.h>

/* Which socket of this host listens on a TCP port, by its inode (proc(5), /proc/net/tcp): a server
 * that was started anew is another one. 0: none that can be seen. */
uint64_t listener_on(unsigned port);

#endif
