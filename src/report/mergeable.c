#include "report/mergeable.h"

#include "report/model.h"

#include <jansson.h>
#include <string.h>

/* What speaks against telling several run directories as one. */

enum { ROWS_MOST = 1 << 30 }; /* the merge's table holds them */

static int same_action(const struct report_source *a, const struct run_facts *x,
                       const struct report_source *b, const struct run_facts *y, struct error *err)
{
    if (strcmp(x->open.action, y->open.action) == 0)
        return 0;
    return error_set(err, EXIT_REFUSED,
                     "%s is of action %s and %s of action %s: one report cannot tell both",
                     a->run_dir, x->open.action, b->run_dir, y->open.action);
}

/* Of what one origin has under several paths; runs of the released format name no more. */
static int same_paths(const struct report_source *a, const struct run_facts *x,
                      const struct report_source *b, const struct run_facts *y,
                      const char *provider, struct error *err)
{
    const struct catalog *catalog = targets_catalog(a->targets);
    const char *base = NULL;
    struct buf one = {0}, other = {0};
    int rc = 0;
    for (size_t i = 0; i < catalog_count(catalog) && !base; i++)
        if (strcmp(catalog_at(catalog, i)->provider, provider) == 0)
            base = catalog_at(catalog, i)->base;
    run_base_path(x, provider, base, &one);
    run_base_path(y, provider, base, &other);
    if (strcmp(buf_text(&one), buf_text(&other)) != 0)
        rc = error_set(err, EXIT_REFUSED,
                       "%s went to the path %s/ for %s and %s to %s/: one report cannot tell both",
                       a->run_dir, buf_text(&one), provider, b->run_dir, buf_text(&other));
    buf_free(&one);
    buf_free(&other);
    return rc;
}

static int same_origins(const struct report_source *a, const struct run_facts *x,
                        const struct report_source *b, const struct run_facts *y, struct error *err)
{
    json_t *of_a = x->open.origins ? json_loads(x->open.origins, 0, NULL) : NULL;
    json_t *of_b = y->open.origins ? json_loads(y->open.origins, 0, NULL) : NULL;
    const char *provider;
    json_t *origin;
    int rc = 0;
    json_object_foreach(of_a, provider, origin)
    {
        const char *p = json_string_value(origin);
        const char *q = json_string_value(json_object_get(of_b, provider));
        if (!p || !q)
            continue;
        if (strcmp(p, q) != 0)
            rc = error_set(err, EXIT_REFUSED,
                           "%s went to %s for %s and %s to %s: one report cannot tell both",
                           a->run_dir, p, provider, b->run_dir, q);
        else
            rc = same_paths(a, x, b, y, provider, err);
        if (rc != 0)
            break;
    }
    json_decref(of_a);
    json_decref(of_b);
    return rc;
}

/* The whole base URL and what was sent there, of all runs that say it. */
static int same_endpoints(const struct report_source *a, const struct report_source *b,
                          struct error *err)
{
    for (uint16_t i = 1; i <= ledger_eyes(a->ledger); i++) {
        for (uint16_t j = 1; j <= ledger_eyes(b->ledger); j++) {
            const struct eye *x = ledger_eye(a->ledger, i), *y = ledger_eye(b->ledger, j);
            if (strcmp(x->provider, y->provider) == 0 && strcmp(x->kind, y->kind) == 0 &&
                strcmp(x->endpoint, y->endpoint) != 0)
                return error_set(
                    err, EXIT_REFUSED,
                    "%s went to %s for %s %s and %s to %s: one report cannot tell both", a->run_dir,
                    x->endpoint, x->provider, x->kind, b->run_dir, y->endpoint);
        }
    }
    return 0;
}

/* A manifest may have been cut down between two runs: what the last `open` does not name, an
 * earlier one does. */
static int same_runs(const struct report_source *a, const struct report_source *b,
                     struct error *err)
{
    for (size_t i = 0; i < ledger_runs(a->ledger); i++)
        for (size_t j = 0; j < ledger_runs(b->ledger); j++)
            if (same_action(a, ledger_run(a->ledger, i), b, ledger_run(b->ledger, j), err) != 0 ||
                same_origins(a, ledger_run(a->ledger, i), b, ledger_run(b->ledger, j), err) != 0)
                return -1;
    return same_endpoints(a, b, err);
}

int report_mergeable(const struct report_source *sources, size_t count, struct error *err)
{
    uint64_t rows = 0;
    for (size_t i = 0; i < count; i++) {
        rows += targets_count(sources[i].targets);
        for (size_t j = 0; j < i; j++)
            if (same_runs(&sources[j], &sources[i], err) != 0)
                return -1;
    }
    if (rows > ROWS_MOST)
        return error_set(err, EXIT_REFUSED, "more targets than one report can hold");
    return 0;
}
