#ifndef RESCIND_WIRE_SOCKETS_H
#define RESCIND_WIRE_SOCKETS_H

/* Which connection a request goes out on, and whether it is quiet. libcurl names it by its local
 * port only, and takes what waits on one for the answer to the next request. */

#include <stdbool.h>
#include <stdint.h>

struct sockets;

struct sockets *sockets_new(void);
void sockets_free(struct sockets *s);

void sockets_opened(struct sockets *s, int fd); /* its number may have been another's before */
void sockets_closed(struct sockets *s, int fd);

/* The descriptor of the connection with this local port; -1 where none is known. */
int sockets_find(struct sockets *s, int local_port);

/* Whoever used it last, borrowed; NULL: nobody yet. */
void *sockets_user(const struct sockets *s, int fd);
void sockets_use(struct sockets *s, int fd, void *user);

/* Whether bytes wait on it that can be no part of what is going on. Behind TLS an alert (the other
 * side's good-bye) is none. */
bool socket_stray(int fd, bool tls);

#endif
