#include "wire/accounts.h"

#include "base/digest.h"
#include "base/mem.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { MARK = 8 };

static void put_mark(struct buf *out, const char *name, const char *secret)
{
    char digest[SHA256_HEX + 1];
    struct buf text = {0};
    size_t room = strlen(name) + strlen(secret) + 1;
    buf_room(&text, room); /* growing would leave copies of the secret behind */
    buf_printf(&text, "%s=%s", name, secret);
    sha256_of(buf_text(&text), text.len, digest);
    mem_wipe(text.data, text.cap);
    buf_free(&text);
    buf_printf(out, "%s=%.*s", name, MARK, digest);
}

/* What a run remembers of a credential, "NAME=mark" and what follows; NULL: nothing. */
static const char *remembered(const char *accounts, const char *start)
{
    for (const char *at = accounts; (at = strstr(at, start)) != NULL; at++)
        if (at == accounts || at[-1] == ' ')
            return at;
    return NULL;
}

void accounts_put(struct buf *out, const struct targets *t, const struct row_set *rows,
                  struct credentials *c)
{
    const struct catalog *catalog = targets_catalog(t);
    bool *seen = mem_zalloc(catalog_count(catalog), sizeof *seen);
    for (uint32_t row = 0; row < targets_count(t); row++) {
        const struct definition *d = targets_definition(t, row);
        size_t index = catalog_index(catalog, d);
        if (seen[index] || !row_set_has(rows, row))
            continue;
        seen[index] = true;
        struct buf start = {0};
        buf_printf(&start, "%s=", d->credential);
        const char *secret = remembered(buf_text(out), buf_text(&start))
                                 ? NULL
                                 : credentials_get(c, d->credential, NULL);
        if (secret && out->len)
            buf_putc(out, ' ');
        if (secret)
            put_mark(out, d->credential, secret);
        buf_free(&start);
    }
    free(seen);
}

bool *accounts_others(const struct ledger *l, const char *name, const char *secret)
{
    size_t runs = ledger_runs(l);
    bool *others = mem_zalloc(runs, sizeof *others);
    struct buf mine = {0}, start = {0};
    put_mark(&mine, name, secret);
    buf_printf(&start, "%s=", name);
    for (size_t i = 0; i < runs; i++) {
        const char *options = ledger_run(l, i)->open.options;
        json_t *all = json_loads(options ? options : "{}", 0, NULL);
        const char *accounts = json_string_value(json_object_get(all, "accounts"));
        const char *at = accounts ? remembered(accounts, buf_text(&start)) : NULL;
        others[i] = at ? strncmp(at, buf_text(&mine), mine.len) != 0 : i && others[i - 1];
        json_decref(all);
    }
    buf_free(&mine);
    buf_free(&start);
    return others;
}

bool accounts_other(const struct ledger *l, const bool *others, uint32_t row)
{
    struct target_state st = ledger_state(l, row);
    int64_t at_ms = (int64_t)st.finished_s * 1000 + st.finished_ms;
    for (size_t i = ledger_runs(l); st.finished_s && i-- > 0;)
        if (ledger_run(l, i)->opened_ms <= at_ms)
            return others[i];
    return false;
}
