#include "sandbox/counts.h"

static void print_tally(const struct provider *p, struct buf *out)
{
    const struct stock_tally *t = &p->tally;
    const struct {
        const char *name;
        uint64_t n;
    } counts[] = {{"requests", t->requests},
                  {"actions", t->actions},
                  {"effective", t->effective},
                  {"repeated", t->repeated},
                  {"foreign", t->foreign},
                  {"unauthorised", t->unauthorised},
                  {"limited", t->limited},
                  {"overloaded", t->overloaded},
                  {"queued_us", p->workers.queued_us},
                  {"faults", t->faults},
                  {"own_deletes", t->own_deletes},
                  {"unlawful_ids", t->unlawful_ids},
                  {"unheard_ids", t->unheard_ids},
                  {"holds", t->holds},
                  {"in_hold", t->in_hold},
                  {"in_hold_grace", t->in_hold_grace},
                  {"sent", t->sent},
                  {"dropped", t->dropped},
                  {"reset", t->reset},
                  {"cut", t->cut},
                  {"aborted", t->aborted}};
    buf_puts(out, "{");
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        buf_printf(out, "\"%s\":%llu,", counts[i].name, (unsigned long long)counts[i].n);
    buf_puts(out, "\"status\":{");
    const char *comma = "";
    for (int i = 0; i < STATUS_MAX; i++)
        if (t->status[i]) {
            buf_printf(out, "%s\"%d\":%llu", comma, i, (unsigned long long)t->status[i]);
            comma = ",";
        }
    buf_printf(out, "},\"first_us\":%lld,\"last_us\":%lld,\"last_effect_us\":%lld}",
               (long long)t->first_us, (long long)t->last_us, (long long)t->last_effect_us);
}

void counts_print(const struct sandbox *s, uint64_t connections, struct buf *out)
{
    buf_printf(out,
               "{\"connections\":%llu,\"requests\":%llu,\"unknown_paths\":%llu,"
               "\"redirects_followed\":%llu,\"targets\":%u,\"exist\":%llu,\"providers\":{",
               (unsigned long long)connections, (unsigned long long)s->requests,
               (unsigned long long)s->unknown_paths, (unsigned long long)s->trapped,
               s->truth.entries, (unsigned long long)s->truth.exist);
    const char *comma = "";
    for (unsigned i = 0; i < s->providers; i++) {
        buf_printf(out, "%s\"%s\":", comma, s->provider[i].name);
        print_tally(&s->provider[i], out);
        comma = ",";
    }
    buf_puts(out, "}}\n");
}
