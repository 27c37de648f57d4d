#ifndef RESCIND_PROVIDER_BUILTIN_H
#define RESCIND_PROVIDER_BUILTIN_H

/* The definitions that are compiled in: made by scripts/embed from provider/builtin. */

#include <stddef.h>

struct builtin_text {
    const char *name, *text;
};
extern const struct builtin_text builtin_texts[];
extern const size_t builtin_count;

#endif
