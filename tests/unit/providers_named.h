#ifndef RESCIND_TEST_PROVIDERS_NAMED_H
#define RESCIND_TEST_PROVIDERS_NAMED_H

/* Messages that name all providers, written without naming them. */

#include "base/buf.h"
#include "provider/definition.h"

#include <string.h>

static inline void put_providers(const struct catalog *c, struct buf *out)
{
    const char *last = "", *final = catalog_at(c, catalog_count(c) - 1)->provider;
    for (size_t i = 0, named = 0; i < catalog_count(c); i++) {
        const char *name = catalog_at(c, i)->provider;
        if (strcmp(name, last) != 0)
            buf_printf(out, "%s%s", !named++ ? "" : strcmp(name, final) ? ", " : " or ", name);
        last = name;
    }
}

/* The text, "{providers}" being those of the catalog, into `out` (cleared first). */
static inline const char *with_providers(const struct catalog *c, const char *text, struct buf *out)
{
    static const char mark[] = "{providers}";
    buf_clear(out);
    for (const char *at; (at = strstr(text, mark)); text = at + sizeof mark - 1) {
        buf_put(out, text, (size_t)(at - text));
        put_providers(c, out);
    }
    buf_puts(out, text);
    return buf_text(out);
}

#endif
