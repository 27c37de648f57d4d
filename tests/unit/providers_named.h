#ifndef RESCIND_TEST_PROVIDERS_NAMED_H
#define RESCIND_TEST_PROVIDERS_NAMED_H

/* Messages that name all providers, written without naming them. */

#include "base/buf.h"
#include "provider/definition.h"

#include <string.h>

/* The text, "{providers}" being those of the catalog, into `out` (cleared first). */
static inline const char *with_providers(const struct catalog *c, const char *text, struct buf *out)
{
    static const char mark[] = "{providers}";
    const char *at = strstr(text, mark), *last = "";
    size_t count = catalog_count(c), named = 0;
    buf_clear(out);
    if (!at) {
        buf_puts(out, text);
        return buf_text(out);
    }
    buf_put(out, text, (size_t)(at - text));
    for (size_t i = 0; i < count; i++) {
        const char *name = catalog_at(c, i)->provider;
        bool final = !strcmp(name, catalog_at(c, count - 1)->provider);
        if (strcmp(name, last) != 0)
            buf_printf(out, "%s%s", !named++ ? "" : final ? " or " : ", ", name);
        last = name;
    }
    buf_puts(out, at + sizeof mark - 1);
    return buf_text(out);
}

#endif
