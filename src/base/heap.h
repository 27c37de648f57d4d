#ifndef RESCIND_BASE_HEAP_H
#define RESCIND_BASE_HEAP_H

/* Memory for a library that is given secrets, and asks for blocks of the same few sizes with each
 * request. What it frees or moves is overwritten first, but for what is too small to hold a secret.
 * Where memory runs out, as in base/mem. From any thread. */

#include <stddef.h>

/* From now on a block that this thread frees is kept for its next one of that size: malloc would
 * merge and split the greater ones with each request. Not with AddressSanitizer, which is to see
 * each block go. */
void heap_keep(void);

void *heap_alloc(size_t size);
void *heap_zalloc(size_t count, size_t size);
void *heap_resize(void *old, size_t size); /* NULL: a new one */
char *heap_string(const char *text);
void heap_free(void *at); /* NULL is fine */

#endif
