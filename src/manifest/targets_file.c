/* targets.csv, the table as a file of the run directory. Its rows are the table's rows, in order:
 *
 *   provider,kind,id,note
 *   openrouter,key,8f1b...64 digits,leaked in CI
 *   baseten,key,Ab3x,
 *
 * Behind the note stand account and priority, where any target has one.
 * It is a manifest too, but read back it must be exactly what was written: canonical, no row twice.
 */

#include "manifest/manifest.h"

#include "base/durable.h"
#include "base/mem.h"
#include "manifest/read_csv.h"
#include "provider/identifier.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH = 1 << 16, SCOPE_NAMES_MAX = 64 };

/* The scope names of the definitions that the table uses. */
static size_t scopes_in_use(const struct targets *t, const char *names[SCOPE_NAMES_MAX])
{
    const struct catalog *c = targets_catalog(t);
    bool *used = mem_zalloc(catalog_count(c) + 1, sizeof *used);
    size_t n = 0;
    for (uint32_t row = 0; row < targets_count(t); row++)
        used[catalog_index(c, targets_definition(t, row))] = true;
    for (size_t i = 0; i < catalog_count(c); i++) {
        const struct definition *d = catalog_at(c, i);
        for (size_t k = 0; used[i] && k < d->scope_count; k++) {
            bool known = false;
            for (size_t m = 0; m < n; m++)
                known = known || strcmp(names[m], d->scopes[k]) == 0;
            if (!known && n < SCOPE_NAMES_MAX)
                names[n++] = d->scopes[k];
        }
    }
    free(used);
    return n;
}

/* The value of scope `name` of a row, or nothing. */
static void scope_put(const struct definition *d, const char *scope, const char *name,
                      struct buf *out)
{
    for (size_t i = 0; i < d->scope_count; i++) {
        const char *end = strchr(scope, SCOPE_SEPARATOR);
        size_t len = end ? (size_t)(end - scope) : strlen(scope);
        if (strcmp(d->scopes[i], name) == 0)
            buf_put_csv(out, scope, len);
        scope = end ? end + 1 : scope + len;
    }
}

/* The columns behind the others, where any row has such a thing. */
static void extra_put(const struct targets *t, uint32_t row, bool accounts, bool priorities,
                      struct buf *out)
{
    const struct definition *d = targets_definition(t, row);
    if (accounts)
        buf_printf(out, ",%s", d->account ? d->account : "");
    if (priorities)
        buf_printf(out, ",%ld", (long)targets_priority(t, row));
    buf_putc(out, '\n');
}

static void row_put(const struct targets *t, uint32_t row, const char *const *scopes, size_t count,
                    struct buf *out)
{
    const struct definition *d = targets_definition(t, row);
    const char *note = targets_note(t, row);
    char id[ID_MAX + 1];
    size_t len = targets_id(t, row, id);
    buf_put_csv(out, d->provider, strlen(d->provider));
    buf_putc(out, ',');
    buf_put_csv(out, d->kind, strlen(d->kind));
    buf_putc(out, ',');
    buf_put_csv(out, id, len);
    buf_putc(out, ',');
    for (size_t i = 0; i < count; i++) {
        scope_put(d, targets_scope(t, row), scopes[i], out);
        buf_putc(out, ',');
    }
    buf_put_csv(out, note, strlen(note));
}

int targets_save(const struct targets *t, const char *path, struct error *err)
{
    const char *scopes[SCOPE_NAMES_MAX];
    size_t count = scopes_in_use(t, scopes);
    struct buf out = {0};
    int rc = 0;
    struct durable_file *f = durable_begin(path, 0600, err);
    if (!f)
        return -1;
    buf_puts(&out, "provider,kind,id,");
    for (size_t i = 0; i < count; i++)
        buf_printf(&out, "%s,", scopes[i]);
    bool accounts = targets_accounted(t), priorities = targets_prioritized(t);
    buf_printf(&out, "note%s%s\n", accounts ? ",account" : "", priorities ? ",priority" : "");
    for (uint32_t row = 0; row < targets_count(t) && rc == 0; row++) {
        row_put(t, row, scopes, count, &out);
        extra_put(t, row, accounts, priorities, &out);
        if (out.len >= BATCH) {
            rc = durable_put(f, out.data, out.len, err);
            buf_clear(&out);
        }
    }
    if (rc == 0)
        rc = durable_put(f, buf_text(&out), out.len, err);
    buf_free(&out);
    if (rc < 0) {
        durable_abort(f);
        return -1;
    }
    return durable_commit(f, err);
}

/* Adds a row that was read; a reason where it is not what targets_save writes. */
static const char *row_take(struct targets *t, const struct row_rules *rules, struct row *row)
{
    struct row_target target;
    struct error err;
    bool fresh;
    if (!row_resolve(rules, row->cell, row->count, &target, row->reason))
        return row->reason;
    if (target.identifier->len != target.id_len ||
        memcmp(target.identifier->text, target.id, target.id_len) != 0)
        return "an identifier that is not in its canonical form";
    if (targets_add(t, target.definition, target.id, target.id_len, target.scope, target.note,
                    target.note_len, 0, &fresh, &err) == UINT32_MAX) {
        row_say(row, ROW_BAD, err.text);
        return row->reason;
    }
    if (target.priority && targets_prioritize(t, targets_count(t) - 1, target.priority, &err) < 0)
        return "too many priorities";
    return fresh ? NULL : "a target that is there already";
}

static int load(struct targets *t, struct csv_rows *rows, struct columns *columns, const char *path,
                struct error *err)
{
    struct row_rules rules = {.catalog = targets_catalog(t), .identifiers = "id", .trusted = true};
    struct row row = {0};
    enum row_state state = csv_rows_header(rows, columns, &row);
    if (state == ROW_END)
        return error_set(err, EXIT_DATA, "%s:1: empty, not even a header", path);
    while (state == ROW_GOOD) {
        state = csv_rows_next(rows, &row);
        const char *wrong = state == ROW_GOOD ? row_take(t, &rules, &row) : NULL;
        if (wrong)
            return error_set(err, EXIT_DATA, "%s:%llu: %s", path, (unsigned long long)row.line,
                             wrong);
    }
    if (state != ROW_END)
        return error_set(err, EXIT_DATA, "%s:%llu: %s", path, (unsigned long long)row.line,
                         row.reason);
    return 0;
}

int targets_load(struct targets *t, const char *path, struct error *err)
{
    struct source *source = source_open(path, NULL, NULL, err);
    if (!source)
        return -1;
    struct csv_rows *rows = csv_rows_new(source);
    struct columns *columns = columns_new(targets_catalog(t));
    int rc = load(t, rows, columns, path, err);
    columns_free(columns);
    csv_rows_free(rows);
    source_free(source);
    return rc;
}
