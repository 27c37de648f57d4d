#ifndef RESCIND_REPORT_SUMMARY_H
#define RESCIND_REPORT_SUMMARY_H

#include "base/buf.h"
#include "report/report.h"

/* The summary for stdout: short, aligned, with what to do next. `dir` is where the files are, NULL
 * where they could not be written. `command` is the command line that
 * carries on, `proof` the one that verifies when all is done; each may be NULL. */
void report_summary(const struct report *r, const char *dir, const char *command, const char *proof,
                    bool colour, struct buf *out);

#endif
