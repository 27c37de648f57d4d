#ifndef RESCIND_BASE_LOCKED_H
#define RESCIND_BASE_LOCKED_H

/* Memory for secrets: pages of their own, locked where the limit allows it (a secret must not reach
 * the swap), left out of core dumps, absent from a forked child, and wiped before they go. */

#include <stddef.h>

void *locked_new(size_t size);           /* zeroed; NULL and errno */
void locked_free(void *at, size_t size); /* NULL is fine */

#endif
