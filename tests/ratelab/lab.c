#include "lab.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS = 2, SEEDS = 3 };

struct lab_options lab_options(int argc, char **argv, const struct client *client)
{
    struct lab_options o = {SEEDS, 0, client, -1, false, ""};
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "0";
        if (strcmp(argv[i], "--cases") == 0)
            o.cases = true;
        else if (strcmp(argv[i], "--seeds") == 0 && ++i)
            o.seeds = atoi(value);
        else if (strcmp(argv[i], "--turn") == 0 && ++i)
            o.turn_us = atoi(value);
        else if (strcmp(argv[i], "--only") == 0 && ++i)
            o.only = value;
        else if (strcmp(argv[i], "--class") == 0 && ++i)
            o.class = atoi(value);
        else if (strcmp(argv[i], "--client") == 0 && ++i)
            o.client = strcmp(value, "reference") == 0 ? &client_reference : &client_pacer;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    return o;
}

void *lab_shared(size_t size)
{
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        exit(2);
    return at;
}

void lab_work(int count, void (*one)(int i, void *shared), void *shared)
{
    atomic_int *next = lab_shared(sizeof *next);
    for (int worker = 0; worker < WORKERS; worker++)
        if (fork() == 0) {
            int i;
            while ((i = atomic_fetch_add(next, 1)) < count)
                one(i, shared);
            _exit(0);
        }
    int status;
    while (wait(&status) > 0)
        if (status != 0)
            abort();
}
