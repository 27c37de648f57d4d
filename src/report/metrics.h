#ifndef RESCIND_REPORT_METRICS_H
#define RESCIND_REPORT_METRICS_H

#include "report/report.h"

/* What a command that ended tells a monitor: also one that was refused before a run began. Texts
 * are labels; manifest, action and shard tell several jobs of one machine apart. */
struct metrics_facts {
    const char *manifest, *action, *shard; /* shard: "K/N" */
    int exit_code;
    int64_t at_ms; /* when it ended */
};

/* Writes `path`, mode 0644 less the umask (another user collects it), in Prometheus' text format
 * for node_exporter's textfile collector; whole or not at all. `r` is NULL where no run began.
 * EXIT_CANTCREATE. */
int report_metrics(const struct report *r, const struct metrics_facts *m, const char *path,
                   struct error *err);

/* Its text. */
void metrics_text(const struct report *r, const struct metrics_facts *m, struct buf *b);

#endif
