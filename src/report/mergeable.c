#include "report/mergeable.h"

#include "report/model.h"

#include <jansson.h>
#include <string.h>

/* What speaks against telling several run directories as one. The origins are those of each
 * directory's last `open`: a directory never changes them. */

enum { ROWS_MOST = 1 << 30 }; /* the merge's table holds them */

static int same_action(const struct report_source *a, const struct report_source *b,
                       struct error *err)
{
    const struct run_facts *x = report_last_run(a), *y = report_last_run(b);
    if (!x || !y || strcmp(x->open.action, y->open.action) == 0)
        return 0;
    return error_set(err, EXIT_REFUSED,
                     "%s is of action %s and %s of action %s: one report cannot tell both",
                     a->run_dir, x->open.action, b->run_dir, y->open.action);
}

static int same_origins(const struct report_source *a, const struct report_source *b,
                        struct error *err)
{
    const struct run_facts *x = report_last_run(a), *y = report_last_run(b);
    json_t *of_a = x && x->open.origins ? json_loads(x->open.origins, 0, NULL) : NULL;
    json_t *of_b = y && y->open.origins ? json_loads(y->open.origins, 0, NULL) : NULL;
    const char *provider;
    json_t *origin;
    int rc = 0;
    json_object_foreach(of_a, provider, origin)
    {
        const char *p = json_string_value(origin);
        const char *q = json_string_value(json_object_get(of_b, provider));
        if (!p || !q || strcmp(p, q) == 0)
            continue;
        rc = error_set(err, EXIT_REFUSED,
                       "%s went to %s for %s and %s to %s: one report cannot tell both", a->run_dir,
                       p, provider, b->run_dir, q);
        break;
    }
    json_decref(of_a);
    json_decref(of_b);
    return rc;
}

int report_mergeable(const struct report_source *sources, size_t count, struct error *err)
{
    uint64_t rows = 0;
    for (size_t i = 0; i < count; i++) {
        rows += targets_count(sources[i].targets);
        for (size_t j = 0; j < i; j++)
            if (same_action(&sources[j], &sources[i], err) ||
                same_origins(&sources[j], &sources[i], err))
                return -1;
    }
    if (rows > ROWS_MOST)
        return error_set(err, EXIT_REFUSED, "more targets than one report can hold");
    return 0;
}
