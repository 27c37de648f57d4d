#include "wire/sockets.h"

#include "base/mem.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct one {
    void *user;
    bool open;
    uint16_t port; /* 0: not asked for yet */
};

struct sockets {
    struct one *one; /* by descriptor */
    int count;
    int unasked;                     /* how many are open whose port was not asked for */
    int32_t by_port[UINT16_MAX + 1]; /* descriptor + 1; 0: none */
};

struct sockets *sockets_new(void)
{
    return mem_zalloc(1, sizeof(struct sockets));
}

void sockets_free(struct sockets *s)
{
    if (!s)
        return;
    free(s->one);
    free(s);
}

void sockets_closed(struct sockets *s, int fd)
{
    if (fd < 0 || fd >= s->count || !s->one[fd].open)
        return;
    s->unasked -= s->one[fd].port == 0;
    s->one[fd] = (struct one){0};
}

void sockets_opened(struct sockets *s, int fd)
{
    sockets_closed(s, fd);
    if (fd >= s->count) {
        int more = fd + 64;
        s->one = mem_resize(s->one, (size_t)more, sizeof *s->one);
        memset(s->one + s->count, 0, (size_t)(more - s->count) * sizeof *s->one);
        s->count = more;
    }
    s->one[fd].open = true;
    s->unasked++;
}

static uint16_t port_of(int fd)
{
    struct sockaddr_storage a = {0};
    socklen_t len = sizeof a;
    in_port_t port = 0;
    if (getsockname(fd, (struct sockaddr *)&a, &len) == 0 && a.ss_family == AF_INET)
        memcpy(&port, (char *)&a + offsetof(struct sockaddr_in, sin_port), sizeof port);
    else if (a.ss_family == AF_INET6)
        memcpy(&port, (char *)&a + offsetof(struct sockaddr_in6, sin6_port), sizeof port);
    return ntohs(port);
}

static void ask_ports(struct sockets *s)
{
    for (int fd = 0; fd < s->count && s->unasked; fd++) {
        if (!s->one[fd].open || s->one[fd].port)
            continue;
        uint16_t port = port_of(fd);
        if (!port)
            continue; /* not connected yet */
        s->one[fd].port = port;
        s->unasked--;
        s->by_port[port] = fd + 1;
    }
}

static int known(const struct sockets *s, uint16_t port)
{
    int fd = s->by_port[port] - 1;
    return fd >= 0 && fd < s->count && s->one[fd].open && s->one[fd].port == port ? fd : -1;
}

int sockets_find(struct sockets *s, int local_port)
{
    if (local_port <= 0 || local_port > UINT16_MAX)
        return -1;
    int fd = known(s, (uint16_t)local_port);
    if (fd >= 0)
        return fd;
    ask_ports(s);
    return known(s, (uint16_t)local_port);
}

void *sockets_user(const struct sockets *s, int fd)
{
    return fd >= 0 && fd < s->count ? s->one[fd].user : NULL;
}

void sockets_use(struct sockets *s, int fd, void *user)
{
    if (fd >= 0 && fd < s->count)
        s->one[fd].user = user;
}

/* An alert's record: of its own type before TLS 1.3; there two bytes and their type under an
 * authentication tag of 16, within one that calls itself application data (RFC 8446, 5.2). */
static bool is_alert(const unsigned char record[5])
{
    unsigned len = (unsigned)record[3] << 8 | record[4];
    return record[0] == 21 || (record[0] == 23 && len == 19);
}

bool socket_stray(int fd, bool tls)
{
    unsigned char first[5];
    ssize_t n = recv(fd, first, sizeof first, MSG_PEEK | MSG_DONTWAIT);
    return n > 0 && !(tls && n == (ssize_t)sizeof first && is_alert(first));
}
