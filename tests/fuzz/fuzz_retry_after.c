/* The rate hints over arbitrary headers. The input is a header block, a line each, `Name: value`;
 * the first line's value is also read as a Retry-After by itself. */

#include "provider/hints.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW_MS INT64_C(1795239600123)

static void must(bool holds)
{
    if (!holds)
        abort();
}

static const char *line_value(void *at, const char *name)
{
    static char value[256];
    size_t len = strlen(name);
    for (const char *line = at; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        if (strncasecmp(line, name, len) != 0 || line[len] != ':')
            continue;
        const char *from = line + len + 1;
        snprintf(value, sizeof value, "%.*s", (int)strcspn(from, "\n"), from);
        return value;
    }
    return NULL;
}

/* A list is as long as its longest item, and a plain number is what it says. */
static void check_value(const char *value, const char *date)
{
    int64_t us = retry_after_us(value, date, NOW_MS);
    must(us >= -1);
    char list[600];
    snprintf(list, sizeof list, "%s\n86400", value);
    int64_t both = retry_after_us(list, date, NOW_MS);
    must(both >= us && both >= INT64_C(86400) * 1000000);
    size_t digits = strspn(value, "0123456789");
    if (digits > 0 && digits <= 9 && !value[digits])
        must(us == atoll(value) * 1000000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct catalog *catalog;
    if (!catalog)
        catalog = catalog_new();
    char text[512], first[256];
    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    snprintf(first, sizeof first, "%.*s", (int)strcspn(text, "\n"), text);
    check_value(first, NULL);
    check_value(first, "Sat, 21 Nov 2026 05:40:00 GMT");

    const struct header_source headers = {line_value, text};
    const struct definition *d = catalog_at(catalog, size % catalog_count(catalog));
    struct hint h = hint_read(d, &headers, text, size, NOW_MS);
    must(h.wait_us >= -1 && h.wait_us <= HINT_MAX_US);
    must(!h.clamped || h.wait_us == HINT_MAX_US);
    must(!h.nonsense || line_value(text, "Retry-After"));
    struct room room = hint_room(d, &headers, NOW_MS);
    must(room.remaining >= -1 && room.reset_us >= -1 && room.reset_us <= HINT_MAX_US);
    return 0;
}
