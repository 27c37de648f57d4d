#include "report/extra.h"

/* Of any source. */
static bool any(const struct report *r, bool (*has)(const struct targets *t))
{
    for (size_t i = 0; i < r->sources; i++)
        if (has(r->source[i].targets))
            return true;
    return false;
}

void extra_names(const struct report *r, struct buf *out)
{
    if (any(r, targets_accounted))
        buf_puts(out, ",account");
    if (any(r, targets_prioritized))
        buf_puts(out, ",priority");
    buf_putc(out, '\n');
}

void extra_values(const struct report *r, const struct entry *e, struct buf *out)
{
    if (any(r, targets_accounted))
        buf_printf(out, ",%s", e->definition->account ? e->definition->account : "");
    if (any(r, targets_prioritized))
        buf_printf(out, ",%ld", (long)targets_priority(e->source->targets, e->row));
    buf_putc(out, '\n');
}
