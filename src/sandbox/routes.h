#ifndef RESCIND_SANDBOX_ROUTES_H
#define RESCIND_SANDBOX_ROUTES_H

/* From (method, path, body) to (definition, operation, id). The templates are those of the
 * catalog's definitions, with the path part of their base before them, so that every known provider
 * lives on one port. Where several make the same request, the one that tells most has it: a list
 * that is a preflight, too, is a list. */

#include "provider/definition.h"
#include "provider/identifier.h"
#include "sandbox/reply.h"

enum operation {
    OP_DELETE, /* the first three in the order of enum action */
    OP_DISABLE,
    OP_ENABLE,
    OP_UPDATE,
    OP_CREATE,
    OP_LIST,
    OP_GROUPS, /* what the keys are listed for each of */
    OP_READ,
    OP_PREFLIGHT,
    OP_SELF,
    OP_ACCOUNT,
    OP_COUNT
};

struct place {
    const struct definition *d;
    size_t index; /* of d in the catalog */
    enum operation op;
    char id[ID_MAX + 1]; /* decoded, as it came */
    bool lawful;         /* id is a canonical identifier */
    bool reserved;       /* id is one of the words that name the credential itself */
    char scope[ID_MAX + 1];
};

struct routes;
struct routes *routes_new(const struct catalog *catalog); /* borrows it */
void routes_free(struct routes *r);

/* The body counts where a template has one, and of the query what stands for a scope. */
bool routes_find(const struct routes *r, const struct incoming *in, struct place *out);

#endif
