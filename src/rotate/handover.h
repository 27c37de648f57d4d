#ifndef RESCIND_ROTATE_HANDOVER_H
#define RESCIND_ROTATE_HANDOVER_H

/* Where the secrets of new keys go: a file, or a command. */

#include "base/error.h"
#include "provider/definition.h"

#include <stdbool.h>
#include <stdint.h>

/* A new secret, and whose; borrowed for the call. */
struct rotate_secret {
    const char *old_id, *new_id, *name, *key;
};

enum handover_wait {
    HANDOVER_READY,  /* the descriptor can be read */
    HANDOVER_LATE,   /* the time has passed */
    HANDOVER_HURRIED /* a second signal: what still takes time is to be broken off */
};

/* How to wait for something: the rotation goes on meanwhile, but nothing is handed over. */
struct handover_clerk {
    enum handover_wait (*wait)(void *at, int fd, int64_t until_us);
    void *at;
};

/* Where secrets go. */
struct rotate_handover {
    void *at;
    /* 0: it takes any number of secrets in one call, and no time. Otherwise it takes one a call,
     * and no more than this many are made before it took them, so that a stop has few to wait for.
     */
    unsigned ahead;
    /* 0 only once all of them are safe at their new place. */
    int (*give)(void *at, const struct rotate_secret *s, size_t count,
                const struct handover_clerk *clerk, struct error *err);
    /* Whether the secret of this successor was handed over, by an earlier process that could not
     * say so; NULL: that cannot be told. */
    bool (*given)(void *at, const char *new_id);
};

/* A file of mode 0600 that a secret is appended to, and synced, with this header once:
 *
 *   old_hash,new_hash,name,key
 *   5f0e3c...,91ab77...,ci runner,sk-or-v1-...
 *
 * Opened before anything is sent, and locked until it is closed. An unfinished row at its end (a
 * crash in the write; its key was never counted as handed over) is cut off; where only its newline
 * is missing, that is added. Nothing is given to a file that was moved, deleted or changed since.
 * EXIT_REFUSED for a file that is not ours alone, is no such CSV, or is in use; EXIT_CANTCREATE. */
struct secrets_file;
struct secrets_file *secrets_file_open(const char *path, const struct catalog *c,
                                       struct error *err);
void secrets_file_close(struct secrets_file *f); /* NULL is fine */
int secrets_file_give(void *at, const struct rotate_secret *s, size_t count,
                      const struct handover_clerk *clerk, struct error *err);
bool secrets_file_given(void *at, const char *new_id);

/* `sh -c COMMAND`, once a key, with one line of JSON on its standard input:
 *
 *   {"old_hash":"...","new_hash":"...","name":"...","key":"..."}
 *
 * Its exit status 0 means that the secret is safe, if it took its input. What it prints is thrown
 * away, as it may hold the secret. It is killed with its process group after `timeout_us`. */
struct deliver_command {
    const char *command;
    const struct catalog *catalog; /* credentials of its providers are not in its environment */
    int64_t timeout_us;
};
enum { DELIVER_TIMEOUT_US = 60 * 1000 * 1000, DELIVER_AHEAD = 2 };
int deliver_command_give(void *at, const struct rotate_secret *s, size_t count,
                         const struct handover_clerk *clerk, struct error *err);

#endif
