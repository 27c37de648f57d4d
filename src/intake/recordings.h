#ifndef RESCIND_INTAKE_RECORDINGS_H
#define RESCIND_INTAKE_RECORDINGS_H

/* A scanner's report, record by record, as its bytes come: each record's text is looked through,
 * and what is taken from it has the report's words; what stands between records is looked through
 * as any other text. */

#include "intake/reports.h"
#include "intake/taker.h"

struct recordings;
struct recordings *recordings_new(struct finder *finder, struct taker *taker,
                                  struct leftovers *leftovers, struct places *places,
                                  const struct catalog *catalog); /* borrows all; NULL and errno */
void recordings_free(struct recordings *r);                       /* NULL is fine */

void recordings_begin(struct recordings *r, const struct report_form *form);
/* -1: EXIT_DATA. */
int recordings_take(struct recordings *r, const char *text, size_t len, struct error *err);
int recordings_end(struct recordings *r, struct error *err);

#endif
