#include "cli/options_values.h"

#include "base/mem.h"
#include "provider/identifier.h"
#include "provider/mask.h"

#include <stdio.h>
#include <string.h>

char *reading_keep(struct reading *r, const char *text)
{
    r->texts = mem_resize(r->texts, r->text_count + 1, sizeof *r->texts);
    return r->texts[r->text_count++] = mem_string(text);
}

bool value_is_secret(const struct catalog *c, const char *text)
{
    return identifier_is_secret(c, text, strlen(text)) || mask_knows(text, strlen(text));
}

const char *value_shown(const struct catalog *c, const char *value, char out[SHOWN])
{
    size_t len = strlen(value);
    if (value_is_secret(c, value))
        return "(looks like a secret, not shown)";
    if (!len)
        return "(empty)";
    snprintf(out, SHOWN, "%s", value);
    for (char *p = out; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?';
    if (len >= SHOWN)
        memcpy(out + SHOWN - 4, "...", 4);
    return out;
}

bool option_bool(const char *value, bool *out)
{
    *out = strcmp(value, "yes") == 0;
    return *out || strcmp(value, "no") == 0;
}

bool option_word(const char *value, const char *const *words, size_t count, unsigned *out)
{
    for (unsigned i = 0; i < count; i++) {
        if (words[i] && strcmp(value, words[i]) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}
