#ifndef RESCIND_TEST_LIST_PAGE_H
#define RESCIND_TEST_LIST_PAGE_H

#include "provider/condition.h"
#include "provider/keylist.h"

#include <string.h>

/* Takes in what an answer's body has, as the lister does. */
static inline enum walk_step take_text(struct keylist *l, struct walk *w, const char *body,
                                       char reason[WALK_REASON])
{
    json_t *json = body_parse(body, strlen(body));
    enum walk_step step = keylist_page(l, w, json, reason);
    json_decref(json);
    return step;
}

#endif
