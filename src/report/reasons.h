#ifndef RESCIND_REPORT_REASONS_H
#define RESCIND_REPORT_REASONS_H

/* Why what is left is left. */

#include "provider/outcome.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Targets that are not done, grouped by why. Texts are normalised (see reasons.c), and so few. */
struct reason {
    const char *provider;
    enum outcome outcome;
    unsigned status; /* 0: no answer */
    char *text;      /* "" where nothing is known but the outcome */
    uint64_t targets;
    bool others; /* stands for the reasons beyond REASONS_KEPT */
};
enum { REASONS_KEPT = 256 };

struct reasons {
    struct reason *at;
    size_t count;
    uint32_t *slot; /* hash table of indexes + 1 */
};
void reasons_init(struct reasons *s);
void reasons_add(struct reasons *s, const char *provider, enum outcome o, unsigned status,
                 const char *error, const char *id);
void reasons_sort(struct reasons *s); /* most targets first; nothing is added after it */
void reasons_free(struct reasons *s);

#endif
