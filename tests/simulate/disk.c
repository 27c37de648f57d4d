#include "disk.h"

#include "history.h"

#include "sim_disk.h"

#include <sys/stat.h>

static char dir[200], run_dir[220];

/* How far the journal has been read. */
static struct {
    size_t at;
    uint64_t seq;
    uint32_t link;
    struct record_reader *reader;
} known;

static struct sim_inode *journal_inode(void)
{
    int n = sim_find(sim_now(), "journal.jsonl");
    return n < 0 ? NULL : &sim.inode[sim_now()->at[n].inode];
}

/* What has become safe since the last look. */
static void read_synced(void)
{
    const struct sim_inode *i = journal_inode();
    while (i && known.at < i->stored.len) {
        const char *line = i->stored.data + known.at;
        const char *end = memchr(line, '\n', i->stored.len - known.at);
        struct record r;
        if (!end)
            return;
        if (record_read(known.reader, line, (size_t)(end - line), known.seq + 1, &known.link, &r) !=
            LINE_GOOD) {
            broken("the journal has a line after a sync that is none: %.*s", (int)(end - line),
                   line);
            return;
        }
        known.seq++;
        known.at += (size_t)(end - line) + 1;
        told("disk   %.*s", (int)(end - line), line);
        judge_synced(&r);
    }
}

static int sync_and_read(int fd)
{
    int result = sim_fdatasync(fd);
    if (result == 0 && sim_is_journal(fd))
        read_synced();
    return result;
}

void disk_setup(void)
{
    static struct durable_ops ops;
    const char *tmp = getenv("TMPDIR");
    snprintf(dir, sizeof dir, "%s/rescind-simulate-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm"
             : tmp                         ? tmp
                                           : "/tmp");
    if (!mkdtemp(dir)) {
        perror(dir);
        exit(2);
    }
    snprintf(run_dir, sizeof run_dir, "%s/run", dir);
    if (mkdir(run_dir, 0700) != 0) {
        perror(run_dir);
        exit(2);
    }
    ops = sim_ops;
    ops.fdatasync = sync_and_read;
    durable_set_ops(&ops);
    known.reader = record_reader_new();
}

void disk_cleanup(void)
{
    record_reader_free(known.reader);
    rmdir(run_dir);
    rmdir(dir);
}

const char *disk_run_dir(void)
{
    return run_dir;
}

void disk_begin(uint64_t seed)
{
    sim_begin(run_dir, seed);
    known.at = 0;
    known.seq = 0;
    known.link = 0;
}

void disk_end(void)
{
    sim_end();
}

void disk_die_at(int call)
{
    sim.calls = 0;
    sim.die_at = call;
}

void disk_fail_at(int call)
{
    sim.fail_at = call;
}

bool disk_failed(void)
{
    return sim.failed;
}

bool disk_dead(void)
{
    return sim.dead;
}

void disk_after_death(bool power)
{
    if (power)
        sim_power_cut();
    else
        sim_kill();
}
