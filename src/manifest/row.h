#ifndef RESCIND_MANIFEST_ROW_H
#define RESCIND_MANIFEST_ROW_H

/* What the readers of the formats hand on, and what a row of it means. */

#include "manifest/columns.h"
#include "manifest/targets.h"

enum { ROW_REASON = 640 };
#define MANIFEST_NO_UTF8 "not UTF-8"

struct cell {
    const struct column *column;
    const char *text; /* UTF-8 without NUL */
    size_t len;       /* 0: absent */
    bool number;      /* it stood as a JSON number */
};

struct row {
    uint64_t line; /* where it starts */
    struct cell *cell;
    size_t count;
    char reason[ROW_REASON]; /* ROW_BAD and below: why */
};

enum row_state {
    ROW_GOOD,
    ROW_BAD,  /* the next row can be read all the same */
    ROW_LOST, /* where the next row starts, or what its fields are, cannot be known */
    ROW_END,
    ROW_FAILED, /* the file itself: unreadable, changed meanwhile */
};

/* Fills the reason and returns the state. */
enum row_state row_say(struct row *out, enum row_state state, const char *reason);

struct row_rules {
    const struct catalog *catalog;
    struct columns *columns;   /* that the cells are of; NULL in a file of our own */
    const char *provider;      /* of rows that name none, or NULL */
    bool others;               /* rows of other providers are no contradiction to it */
    const char *const *scopes; /* NULL-terminated pairs of name and value, or NULL */
    const char *identifiers;   /* columns_identifiers */
    bool trusted;              /* a file of our own: its free texts were checked when it was made */
};

struct row_target {
    const struct definition *definition;
    char id[ID_MAX + 1]; /* canonical */
    size_t id_len;
    char scope[SCOPE_TEXT_MAX + 1];
    const char *note; /* the cell's; not NUL-terminated */
    size_t note_len;
    int32_t priority;
    const struct cell *identifier;
    bool foreign; /* after false: nothing of this file is a row of a manifest */
};

/* The one target that a row's cells name; false with a reason that repeats nothing of the row. */
bool row_resolve(const struct row_rules *rules, const struct cell *cell, size_t count,
                 struct row_target *out, char reason[ROW_REASON]);

#endif
