#include "sandbox/inventory.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct inventory {
    struct truth *truth;
    const struct forms *forms;
};

struct inventory *inventory_new(struct truth *truth, const struct forms *forms)
{
    struct inventory *v = mem_zalloc(1, sizeof *v);
    v->truth = truth;
    v->forms = forms;
    return v;
}

void inventory_free(struct inventory *v)
{
    free(v);
}

static void answer_list(struct inventory *v, const struct place *place, struct reply *out)
{
    const struct truth *t = v->truth;
    char id[ID_MAX + 1];
    const char *comma = "";
    out->status = 200;
    out->type = "application/json";
    buf_puts(&out->body, "{\"keys\":[");
    for (uint32_t row = 0; row < t->entries; row++) {
        if (!t->entry[row].exists || targets_definition(t->targets, row) != place->d)
            continue;
        targets_id(t->targets, row, id);
        buf_printf(&out->body, "%s{\"prefix\":\"%s\",\"type\":\"PERSONAL\",\"name\":null}", comma,
                   id);
        comma = ",";
    }
    buf_puts(&out->body, "]}");
}

void inventory_answer(struct inventory *v, const struct place *place, const struct provider *p,
                      const struct incoming *in, uint32_t row, struct reply *out)
{
    (void)in;
    (void)row;
    if (place->op == OP_LIST) {
        answer_list(v, place, out);
        return;
    }
    out->status = 200;
    out->type = "application/json";
    if (!strcmp(p->name, "openrouter"))
        buf_printf(&out->body,
                   "{\"data\":{\"label\":\"sk-or-v1-san...key\",\"usage\":0,"
                   "\"limit\":null,\"is_management_key\":%s}}",
                   p->weak ? "false" : "true");
    else if (!strcmp(p->name, "requesty"))
        buf_printf(&out->body,
                   "{\"id\":\"%s\",\"name\":\"sandbox\",\"permissions\":"
                   "{\"manage\":\"%s\",\"completions\":\"none\"}}",
                   p->own_id, p->weak ? "read" : "write");
    else
        forms_checked(v->forms, place->index, out);
}
