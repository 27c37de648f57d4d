#ifndef RESCIND_BASE_RUNTIME_DIR_H
#define RESCIND_BASE_RUNTIME_DIR_H

/* Where processes of one user on one host meet: a directory of mode 0700 that is ours,
 * $XDG_RUNTIME_DIR/rescind, /run/user/UID/rescind, or rescind-UID in $TMPDIR or /tmp, whichever is
 * the first that can be had. What another user has put there under that name is passed over. */

/* A regular file of mode 0600 in it, ours alone, for reading and writing; both are made where they
 * are missing. -1: it cannot be had, or is not such a file. */
int runtime_file_open(const char *name);

#endif
