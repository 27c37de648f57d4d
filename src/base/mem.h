#ifndef RESCIND_BASE_MEM_H
#define RESCIND_BASE_MEM_H

/* Allocation that does not fail: where memory runs out the process says so and ends at once with
 * EXIT_STOPPED. That is a crash like any other, and the journal is made for crashes: the same
 * command carries on. It is the one exit outside main. Everything is freed with free(). */

#include <stddef.h>

void *mem_alloc(size_t size);
void *mem_zalloc(size_t count, size_t size);
void *mem_resize(void *old, size_t count, size_t size);
char *mem_string(const char *text); /* NULL gives NULL */
char *mem_string_n(const char *text, size_t len);

/* Overwrites memory that held a secret; not optimised away. */
void mem_wipe(void *at, size_t size);

#endif
