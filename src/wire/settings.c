#include "wire/settings.h"

#include <string.h>

size_t settings_next_of(const char **at, const char **item)
{
    *at += strspn(*at, ",");
    size_t len = strcspn(*at, ",");
    *item = *at;
    *at += len;
    return len;
}

bool settings_expect_absent(const struct settings *s, const struct definition *d)
{
    const char *at = s->expect_absent_of, *item;
    size_t len, provider = strlen(d->provider);
    if (!at || !s->expect_absent)
        return s->expect_absent;
    while ((len = settings_next_of(&at, &item)) > 0)
        if (len >= provider && memcmp(item, d->provider, provider) == 0 &&
            (len == provider || (item[provider] == '/' && len - provider - 1 == strlen(d->kind) &&
                                 memcmp(item + provider + 1, d->kind, len - provider - 1) == 0)))
            return true;
    return false;
}
