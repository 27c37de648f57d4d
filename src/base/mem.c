#include "base/mem.h"

#include "base/exits.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *checked(void *got)
{
    static const char words[] = "rescind: out of memory; the run can be resumed\n";
    if (got)
        return got;
    ssize_t ignored = write(STDERR_FILENO, words, sizeof words - 1);
    (void)ignored;
    _exit(EXIT_STOPPED);
}

void *mem_alloc(size_t size)
{
    return checked(malloc(size ? size : 1));
}

void *mem_zalloc(size_t count, size_t size)
{
    return checked(calloc(count ? count : 1, size ? size : 1));
}

void *mem_resize(void *old, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        return checked(NULL);
    size_t bytes = count * size;
    return checked(realloc(old, bytes ? bytes : 1));
}

char *mem_string_n(const char *text, size_t len)
{
    char *copy = mem_alloc(len + 1);
    if (len)
        memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

char *mem_string(const char *text)
{
    return text ? mem_string_n(text, strlen(text)) : NULL;
}

void mem_wipe(void *at, size_t size)
{
    if (at)
        explicit_bzero(at, size);
}
