#include "base/locked.h"

#include "base/mem.h"

#include <sys/mman.h>

void *locked_new(size_t size)
{
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return NULL;
    /* Best effort all three: RLIMIT_MEMLOCK may be 0 in a container. */
    (void)mlock(at, size);
    (void)madvise(at, size, MADV_DONTDUMP);
    (void)madvise(at, size, MADV_WIPEONFORK);
    return at;
}

void locked_free(void *at, size_t size)
{
    if (!at)
        return;
    mem_wipe(at, size);
    munmap(at, size);
}
