#include "rotate/rotate_mark.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

static const char before[] = " [rescind ", after[] = "]";
enum { BEFORE = sizeof before - 1, MARK_LEN = BEFORE + ROTATION_MARKER + sizeof after - 1 };

int mark_new(char marker[ROTATION_MARKER + 1])
{
    unsigned char bytes[ROTATION_MARKER / 2];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return -1;
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(marker + 2 * i, 3, "%02x", bytes[i]);
    return 0;
}

void mark_put(struct buf *out, const char *marker)
{
    buf_printf(out, "%s%s%s", before, marker, after);
}

size_t mark_unmarked(const char *name)
{
    size_t len = strlen(name);
    while (len >= MARK_LEN) {
        const char *mark = name + len - MARK_LEN, *hex = mark + BEFORE;
        if (strncmp(mark, before, BEFORE) != 0 ||
            strspn(hex, "0123456789abcdef") != ROTATION_MARKER || hex[ROTATION_MARKER] != ']')
            break;
        len -= MARK_LEN;
    }
    return len;
}
