#ifndef RESCIND_ENGINE_HANDOVER_H
#define RESCIND_ENGINE_HANDOVER_H

/* Where the secrets of new keys go: a file, or a command. */

#include "base/error.h"
#include "provider/definition.h"

#include <stdbool.h>
#include <stdint.h>

/* A new secret, and whose. Borrowed for the call, which ends without success where it would take
 * time and `hurried` says so: a second signal. */
struct rotate_secret {
    const char *old_id, *new_id, *name, *key;
    bool (*hurried)(void *at);
    void *at;
};

/* Where secrets go. */
struct rotate_handover {
    void *at;
    /* 0 only once it is safe at its new place. */
    int (*give)(void *at, const struct rotate_secret *s, struct error *err);
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
int secrets_file_give(void *at, const struct rotate_secret *s, struct error *err);
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
enum { DELIVER_TIMEOUT_US = 60 * 1000 * 1000 };
int deliver_command_give(void *at, const struct rotate_secret *s, struct error *err);

#endif
