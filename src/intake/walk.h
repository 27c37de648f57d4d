#ifndef RESCIND_INTAKE_WALK_H
#define RESCIND_INTAKE_WALK_H

/* The files of a directory and those below it. */

#include "base/error.h"

/* Calls for each regular file, in the order of their names, with its path; links are not followed:
 * one that leads out of the directory is told to `passed`, and so is what is no regular file. What
 * cannot be read is told to `lost`, and the others go on. Ends where a call returns other than 0,
 * and returns that. */
struct walker {
    int (*file)(void *at, const char *path, struct error *err);
    void (*passed)(void *at, const char *path, const char *what); /* "a pipe" */
    void (*lost)(void *at, const char *path, int error_number);
    void *at;
};
int walk(const struct walker *w, const char *directory, struct error *err);

#endif
