#ifndef RESCIND_INTAKE_INTAKE_H
#define RESCIND_INTAKE_INTAKE_H

/* Keys out of anything: files, directories, standard input; plain texts and scanners' reports. What
 * leaves here is ids and places, never a key. */

#include "intake/finder.h"
#include "intake/finds.h"
#include "intake/leftovers.h"
#include "intake/listed.h"

struct intake_rules {
    const struct catalog *catalog;
    const char *provider;        /* nothing of another is taken; NULL: all */
    const struct listed *listed; /* only what is in it; NULL: all */
    struct finder *finder; /* made for this catalog and provider, borrowed; NULL: one is made */
    const char *form;      /* "text", or the report that each file must be; NULL: by its shape */
    const char *output;    /* written to afterwards: it must hold no key now; or NULL */
    void (*tell)(const char *line); /* of what is passed over as it is met */
};

struct intake;
struct intake *intake_new(const struct intake_rules *rules, struct error *err); /* EXIT_NOINPUT */
void intake_free(struct intake *in);                                            /* NULL is fine */

/* Reads a file, "-", or all files of a directory and those below it, in the order of their names;
 * there links are not followed, and a file that cannot be read is told and counted; so is a packed
 * one that breaks off, whose beginning is looked through. EXIT_NOINPUT
 * where it is the operand itself, EXIT_DATA where it is no report of the form that was asked for,
 * EXIT_USAGE where it is the output and has keys. */
int intake_read(struct intake *in, const char *path, struct error *err);

const struct finds *intake_finds(const struct intake *in);
struct leftovers *intake_leftovers(struct intake *in);
const struct places *intake_places(const struct intake *in);
bool intake_hides(const struct intake *in, const char *path); /* it looks like a secret */
uint64_t intake_files(const struct intake *in);
uint64_t intake_unread(const struct intake *in); /* files of directories that could not be read,
                                                    and packed ones that break off */

#endif
