#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int error_set(struct error *err, enum exit_code code, const char *format, ...)
{
    if (!err)
        return -1;
    int saved = errno;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    err->code = code;
    size_t len = n < 0 ? 0 : (size_t)n;
    if (len >= sizeof err->text)
        len = sizeof err->text - 1;
    if (len > 0 && err->text[len - 1] == ':')
        snprintf(err->text + len, sizeof err->text - len, " %s", strerror(saved));
    return -1;
}

int error_prefix(struct error *err, const char *format, ...)
{
    if (!err)
        return -1;
    char prefix[256], old[sizeof err->text];
    va_list args;
    va_start(args, format);
    vsnprintf(prefix, sizeof prefix, format, args);
    va_end(args);
    memcpy(old, err->text, sizeof old);
    snprintf(err->text, sizeof err->text, "%s: %.*s", prefix, (int)(sizeof old - sizeof prefix - 2),
             old);
    return -1;
}
