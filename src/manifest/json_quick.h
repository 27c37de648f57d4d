#ifndef RESCIND_MANIFEST_JSON_QUICK_H
#define RESCIND_MANIFEST_JSON_QUICK_H

/* A JSON object as nearly all are (base/json_scan.h; a key once, not too many and not too deep),
 * read where it stands, without a tree of it. */

#include "base/json_scan.h"
#include "manifest/row.h"

enum { QUICK_MEMBERS = 32 };

enum quick_kind { QUICK_TEXT, QUICK_INTEGER, QUICK_NULL, QUICK_OTHER };

struct quick_member {
    const char *key;
    size_t key_len;
    enum quick_kind kind;
    size_t cells; /* of json_quick.cell, up to the end of this member's */
};

/* Zero-initialised it is empty. */
struct json_quick {
    /* Of each member its text or integer; of nested values every text and every key. Columns are
     * the caller's to set. They point into what was read, and into the scan. */
    struct cell *cell;
    size_t count, room;
    struct quick_member member[QUICK_MEMBERS];
    size_t members;
    struct json_scan scan; /* of what was read last: its lines, and its texts without escapes */
};

/* Reads the object that `text` begins with: where it ends, or NULL. */
const char *json_quick(struct json_quick *q, const char *text, size_t len);
/* One cell more. */
struct cell *json_quick_add(struct json_quick *q, const char *text, size_t len);
void json_quick_free(struct json_quick *q);

#endif
