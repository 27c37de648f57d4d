#ifndef RESCIND_CLI_CONDUCT_H
#define RESCIND_CLI_CONDUCT_H

/* What every command does alike that sends for a run directory: its files, an `open`, the run,
 * its reports. Codes are what the process is to end with. */

#include "cli/prepare.h"
#include "wire/session.h"

/* Until conduct_open takes them, the signals of base/stops end the process with EXIT_STOPPED:
 * nothing has been sent. */
void conduct_begin(void);

/* The run directory and its targets.csv, synced before the first request. */
int conduct_save_targets(struct prepared *p, struct error *err);

/* `open`, written and synced: of the manifest that was prepared, or, where there is none, as the
 * last run of the directory had it. Blocks the signals of base/stops, for good. `credentials`:
 * those that are used, NULL where none is. */
int conduct_open(struct prepared *p, struct credentials *credentials, struct error *err);
void conduct_close(struct prepared *p, int code, const char *reason);

/* A terminal that knows colours, and no NO_COLOR. */
bool conduct_colour(int fd);

/* Does the work that was prepared, in a loop of its own (as runner_run, which see), with progress
 * and with disk space kept for the reports, and writes them. */
typedef int conduct_loop_fn(void *at, const struct work *work, struct ending *ending,
                            struct error *err);
int conduct_loop(struct prepared *p, struct credentials *credentials, conduct_loop_fn *loop,
                 void *at);

/* The same in runner_run: what the settings say. */
int conduct_run(struct prepared *p, struct credentials *credentials);

/* Reports from the ledger in memory, which is what the journal on disk says. */
int conduct_report(struct prepared *p, int code);

/* Writes --metrics-file, of a command that was refused before it began. */
int conduct_metrics(const struct options *o, int code);

#endif
