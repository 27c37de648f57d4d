#include "report/report_forms.h"

#include "base/mem.h"

#include <stdlib.h>

/* All files are written beside their old ones before the first of them is renamed, so that a
 * full disk leaves the old set; report.json comes last, so a new one says that the others are new.
 */

static const struct report_file {
    const char *name;
    void (*write)(const struct report *r, struct sink *s);
    bool verified; /* only where something was verified */
} forms[] = {
    {"report.csv", report_csv, false},       {"remaining.csv", report_remaining, false},
    {"verified.csv", report_verified, true}, {"still_present.csv", report_still_present, true},
    {"report.html", report_html, false},     {"report.json", report_json, false},
};
enum { FORMS = sizeof forms / sizeof *forms };

static int prepare(const struct report *r, const char *dir, const struct report_file *form,
                   struct durable_file **file, struct error *err)
{
    struct buf path = {0};
    buf_printf(&path, "%s/%s", dir, form->name);
    *file = durable_begin(buf_text(&path), 0600, err);
    buf_free(&path);
    if (!*file)
        return -1;
    struct sink s = {.file = *file, .err = err};
    form->write(r, &s);
    int rc = sink_end(&s);
    buf_free(&s.buf);
    return rc;
}

int report_write(const struct report *r, const char *dir, struct error *err)
{
    struct durable_file *file[FORMS] = {0};
    struct error own;
    int rc = 0;
    if (!err)
        err = &own;
    for (size_t i = 0; i < FORMS && !rc; i++)
        if (!forms[i].verified || report_was_verified(r))
            rc = prepare(r, dir, &forms[i], &file[i], err);
    for (size_t i = 0; i < FORMS; i++)
        if (rc)
            durable_abort(file[i]);
        else if (file[i])
            rc = durable_commit(file[i], err);
    if (rc)
        err->code = EXIT_CANTCREATE;
    return rc;
}
