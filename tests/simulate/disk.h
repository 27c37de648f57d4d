/* The disk of a history: it can lose what was not synced (tests/unit/sim_disk.h), and whatever a
 * sync has made safe is read back at once, so that the judge knows what has been promised. */

#ifndef RESCIND_SIMULATE_DISK_H
#define RESCIND_SIMULATE_DISK_H

#include "journal/record.h"

#include <stdbool.h>
#include <stdint.h>

/* Once a process: a directory of its own; and takes it away. */
void disk_setup(void);
void disk_cleanup(void);
const char *disk_run_dir(void);

void disk_begin(uint64_t seed); /* a history's */
void disk_end(void);

/* The process dies at that call of the disk from now on; 0: not by that. */
void disk_die_at(int call);
bool disk_dead(void);
/* That call fails, and the process lives on; 0: none does. Whether one has failed. */
void disk_fail_at(int call);
bool disk_failed(void);
/* After a death, and before the next life: the process was killed, or the power was cut. */
void disk_after_death(bool power);

/* Each record that a sync has made safe, once. */
void judge_synced(const struct record *r);

#endif
