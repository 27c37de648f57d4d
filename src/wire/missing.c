#include "wire/missing.h"

#include "base/mem.h"
#include "wire/headers.h"

#include <stdlib.h>
#include <string.h>

/* What was missing so far: a reason each, of every name once. */
struct missing {
    char **name, **reason;
    size_t count;
};

static bool known(const struct missing *m, const char *name)
{
    for (size_t i = 0; i < m->count; i++)
        if (strcmp(m->name[i], name) == 0)
            return true;
    return false;
}

static void note(struct missing *m, const char *name, const char *reason)
{
    m->name = mem_resize(m->name, m->count + 1, sizeof *m->name);
    m->reason = mem_resize(m->reason, m->count + 1, sizeof *m->reason);
    m->name[m->count] = mem_string(name);
    m->reason[m->count++] = mem_string(reason);
}

static void look_at(struct missing *m, const struct definition *d, struct credentials *c)
{
    struct buf name = {0};
    struct error why;
    for (size_t i = 0; headers_variable(d, i, &name); i++)
        if (!credentials_get(c, buf_text(&name), &why) && !known(m, buf_text(&name)))
            note(m, buf_text(&name), why.text);
    buf_free(&name);
}

static int tell_all(const struct missing *m, void (*tell)(void *at, const char *line),
                    struct error *err)
{
    if (m->count == 1)
        return error_set(err, EXIT_CREDENTIAL, "%s", m->reason[0]);
    for (size_t i = 0; i < m->count; i++)
        tell(NULL, m->reason[i]);
    return m->count
               ? error_set(err, EXIT_CREDENTIAL,
                           "%zu credentials are missing or unreadable; nothing was sent", m->count)
               : 0;
}

int missing_credentials(const struct targets *t, const struct row_set *rows, struct credentials *c,
                        void (*tell)(void *at, const char *line), struct error *err)
{
    const struct catalog *catalog = targets_catalog(t);
    bool *looked = mem_zalloc(catalog_count(catalog) + 1, sizeof *looked);
    struct missing missing = {0};
    for (uint32_t row = 0; row < targets_count(t); row++) {
        const struct definition *d = targets_definition(t, row);
        size_t index = catalog_index(catalog, d);
        if (looked[index] || !row_set_has(rows, row))
            continue;
        looked[index] = true;
        look_at(&missing, d, c);
    }
    int result = tell_all(&missing, tell, err);
    for (size_t i = 0; i < missing.count; i++) {
        free(missing.name[i]);
        free(missing.reason[i]);
    }
    free(missing.name);
    free(missing.reason);
    free(looked);
    return result;
}
