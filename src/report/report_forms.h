#ifndef RESCIND_REPORT_REPORT_FORMS_H
#define RESCIND_REPORT_REPORT_FORMS_H

/* The forms of the report, each in the file of its name (write_json.c, ...). */

#include "report/model.h"
#include "report/sink.h"

void report_json(const struct report *r, struct sink *s);
void report_csv(const struct report *r, struct sink *s);
void report_remaining(const struct report *r, struct sink *s);
/* verified.csv: what was found of each target that is done. */
void report_verified(const struct report *r, struct sink *s);
/* still_present.csv: a manifest, as remaining.csv is, of what is done and was found still there. */
void report_still_present(const struct report *r, struct sink *s);
void report_html(const struct report *r, struct sink *s);

#endif
