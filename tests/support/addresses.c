/* A preloaded library: `two.test` has the two addresses that ADDRESSES names, in that order. */

#include <dlfcn.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **out)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    if (!name || strcmp(name, "two.test") != 0)
        return real(name, service, hints, out);
    char *both = strdup(getenv("ADDRESSES")), *second = strchr(both, ' ');
    struct addrinfo *more;
    *second++ = '\0';
    int bad = real(both, service, hints, out);
    if (bad == 0 && (bad = real(second, service, hints, &more)) == 0) {
        struct addrinfo *last = *out;
        while (last->ai_next)
            last = last->ai_next;
        last->ai_next = more;
    }
    free(both);
    return bad;
}
