#include "provider/member_name.h"

#include <ctype.h>
#include <stddef.h>

const char *member_name(const char *name, char out[MEMBER_NAME])
{
    size_t len = 0;
    for (; *name; name++) {
        if (*name == '_' || *name == '-')
            continue;
        if (len == MEMBER_NAME - 1)
            return "";
        out[len++] = (char)tolower((unsigned char)*name);
    }
    out[len] = '\0';
    return out;
}
