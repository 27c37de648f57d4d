#ifndef RESCIND_BASE_DURABLE_H
#define RESCIND_BASE_DURABLE_H

/* The only file that makes durability calls, and the seam where tests put a failing disk: every
 * operation goes through a table that durable_set_ops replaces.
 *
 * What it relies on: a file's bytes are safe after fdatasync returned 0, a new or renamed name
 * after fsync of its directory (fsync(2)). A failed sync is final: Linux may have marked the pages
 * clean, so trying again can lie (PostgreSQL's lesson of 2018). */

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The calls, as in their manual pages; -1 and errno. */
struct durable_ops {
    int (*open)(const char *path, int flags, mode_t mode);
    ssize_t (*write)(int fd, const void *bytes, size_t len);
    ssize_t (*pwrite)(int fd, const void *bytes, size_t len, off_t at);
    void (*write_back)(int fd, off_t from, off_t len); /* begins; promises nothing */
    int (*reserve)(int fd, off_t from,
                   off_t len); /* fallocate(2), the size kept; NULL: not there */
    int (*fdatasync)(int fd);
    int (*fsync)(int fd); /* directories, and a file that was cut */
    int (*ftruncate)(int fd, off_t size);
    int (*rename)(const char *from, const char *to);
    int (*unlink)(const char *path);
    int (*close)(int fd);
};
void durable_set_ops(const struct durable_ops *ops); /* NULL: the real ones */

/* An append-only file, which can be read through the same descriptor. Opened with
 * O_RDWR|O_APPEND|O_CLOEXEC, mode 0600, created where it is missing. Its name is synced either way:
 * whoever created it may have been killed before doing so. Returns the descriptor, or -1 with
 * EXIT_CANTCREATE. `created` may be NULL. */
int durable_open_append(const char *path, bool *created, struct error *err);

/* Writes all of it, going on after short writes and EINTR. Where that fails (ENOSPC, EIO) the file
 * is cut back to `size`, its length before, and -1 with EXIT_IO comes back. */
int durable_append(int fd, const void *bytes, size_t len, off_t size, struct error *err);

/* fdatasync. -1, EXIT_IO: nothing that was written since the last success is known to be safe. */
int durable_sync(int fd, struct error *err);

/* Keeps so many bytes of the disk for what is going to be written from byte `from` of the file on;
 * its size stays. -1, EXIT_IO: there are not so many. Where the file system knows no such thing,
 * nothing is promised, and 0 comes back. */
int durable_reserve(int fd, off_t from, off_t len, struct error *err);

/* Gives back what was not needed of it. Nothing fails. */
void durable_unreserve(int fd, off_t from, off_t len);

/* The same for files that will be made later: a temporary file (path.tmp-PID) has the space until
 * it is let go. NULL: EXIT_CANTCREATE. */
struct durable_space;
struct durable_space *durable_space_keep(const char *path, off_t bytes, struct error *err);
void durable_space_release(struct durable_space *s); /* NULL is fine */

/* Writes the same bytes again over bytes `from` to `to` of the file `path`, which `fd` reads, and
 * syncs them. What reads well may still not be on the disk: its writer was killed before the sync,
 * or the sync failed and the pages count as clean since. Written again they are dirty, and this
 * sync speaks of them. A crash on the way does no harm: the bytes are the same. -1, EXIT_IO. */
int durable_rewrite(const char *path, int fd, off_t from, off_t to, struct error *err);

int durable_truncate(int fd, off_t size, struct error *err); /* and syncs; EXIT_IO */

int durable_close(int fd);

/* Makes a directory (0700) and its parents as needed, each name synced. EXIT_CANTCREATE. */
int durable_mkdir(const char *path, struct error *err);

/* A file that appears whole or not at all: written beside (path.tmp-PID), synced, renamed over
 * path, directory synced. begin returns NULL with EXIT_CANTCREATE; so do the others fail. A put
 * that failed makes the commit fail. Where a device or a pipe has the path, begin fails. commit
 * frees the handle either way; where it fails the old file is as it was and the temporary one is
 * gone (but where only the last step failed, the directory's sync, the new one is in its place and
 * may not outlive a crash). */
struct durable_file;
struct durable_file *durable_begin(const char *path, mode_t mode, struct error *err);
int durable_put(struct durable_file *f, const void *bytes, size_t len, struct error *err);
int durable_commit(struct durable_file *f, struct error *err);
void durable_abort(struct durable_file *f); /* NULL is fine */

/* Removes from a directory the temporary files (NAME.tmp-PID) of processes that were killed before
 * their commit. Those of the living are locked, and stay. Nothing fails. */
void durable_sweep(const char *dir);

/* Takes the open-file-description lock on fd (fcntl(2), F_OFD_SETLK: it goes with the descriptor
 * and with the process, and is not lost by another close of the same file). 0: ours; 1: somebody
 * else's; -1: EXIT_IO. */
int durable_lock(int fd, struct error *err);

#endif
