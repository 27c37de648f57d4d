#include "sandbox/query.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static bool decode(const char *text, size_t len, char out[QUERY_VALUE])
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        char c = text[i] == '+' ? ' ' : text[i];
        if (c == '%' && i + 2 < len) {
            char digits[3] = {text[i + 1], text[i + 2], '\0'};
            c = (char)strtol(digits, NULL, 16);
            i += 2;
        }
        if (n + 1 == QUERY_VALUE)
            return false;
        out[n++] = c;
    }
    out[n] = '\0';
    return true;
}

bool query_value(const char *query, const char *name, char out[QUERY_VALUE])
{
    size_t len = strlen(name);
    while (*query) {
        size_t part = strcspn(query, "&");
        if (part > len && !strncmp(query, name, len) && query[len] == '=')
            return decode(query + len + 1, part - len - 1, out);
        query += part + (query[part] == '&');
    }
    return false;
}

bool query_number(const char *query, const char *name, uint64_t min, uint64_t max, uint64_t *out)
{
    char text[QUERY_VALUE];
    uint64_t n = 0;
    if (!query_value(query, name, text))
        return true;
    if (!text_u64(text, max, &n) || n < min)
        return false;
    *out = n;
    return true;
}

bool query_flag(const char *query, const char *name)
{
    char text[QUERY_VALUE];
    return query_value(query, name, text) &&
           (!strcmp(text, "true") || !strcmp(text, "1") || !strcmp(text, "any"));
}
