#include "cli/scopes.h"

#include "base/mem.h"
#include "provider/request.h"

#include <string.h>

char *scopes_given(const struct options *o, const struct definition *d)
{
    struct buf out = {0};
    for (size_t i = 0; i < d->scope_count; i++) {
        const char *value = NULL;
        for (char **pair = o->scopes; pair && pair[0]; pair += 2)
            if (strcmp(pair[0], d->scopes[i]) == 0)
                value = pair[1];
        if (!value) {
            buf_free(&out);
            return NULL;
        }
        if (i)
            buf_putc(&out, SCOPE_SEPARATOR);
        buf_puts(&out, value);
    }
    char *all = d->scope_count ? mem_string(buf_text(&out)) : NULL;
    buf_free(&out);
    return all;
}
