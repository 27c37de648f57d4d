#include "sandbox/spec.h"

#include "base/text.h"

#include <string.h>

const char *spec_provider(const char *text, char provider[SPEC_PROVIDER])
{
    size_t len = strcspn(text, "=:");
    provider[0] = '\0';
    if (text[len] != '=' || len == 0 || len >= SPEC_PROVIDER)
        return text;
    memcpy(provider, text, len);
    provider[len] = '\0';
    return text + len + 1;
}

bool spec_span(const char *text, int64_t *us)
{
    char digits[32];
    double n = 0;
    size_t len = strspn(text, "0123456789.");
    if (len == 0 || len >= sizeof digits)
        return false;
    memcpy(digits, text, len);
    digits[len] = '\0';
    const char *unit = text + len;
    if (!strcmp(unit, "ms") && text_decimal(digits, 1e9, &n)) {
        *us = (int64_t)(n * 1e3);
        return true;
    }
    if ((!*unit || !strcmp(unit, "s")) && text_decimal(digits, 1e7, &n)) {
        *us = (int64_t)(n * 1e6);
        return true;
    }
    return text_duration(text, us);
}

bool spec_share(const char *text, double *out)
{
    char digits[32];
    size_t len = strlen(text);
    if (len && len < sizeof digits && text[len - 1] == '%') {
        memcpy(digits, text, len - 1);
        digits[len - 1] = '\0';
        if (!text_decimal(digits, 100, out))
            return false;
        *out /= 100;
        return true;
    }
    return text_decimal(text, 1, out);
}

bool spec_one_of(const char *text, const char *const *words, unsigned count, unsigned *out)
{
    for (unsigned i = 0; i < count; i++)
        if (!strcmp(text, words[i])) {
            *out = i;
            return true;
        }
    return false;
}

bool spec_setting(char *text, const char **name, const char **value)
{
    char *equals = strchr(text, '=');
    if (!equals)
        return false;
    *equals = '\0';
    *name = text;
    *value = equals + 1;
    return true;
}
