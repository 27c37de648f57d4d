#include "report/kinds.h"

#include "base/mem.h"
#include "journal/evidence.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static struct kind_totals *kind_of(struct kinds *f, const struct definition *d)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->at[i].provider, d->shown) == 0 && strcmp(f->at[i].kind, d->kind) == 0)
            return &f->at[i];
    f->at = mem_resize(f->at, f->count + 1, sizeof *f->at);
    struct kind_totals *k = &f->at[f->count++];
    *k = (struct kind_totals){.provider = d->shown, .kind = d->kind};
    return k;
}

/* Whether any run of a source was told to expect absence of this kind. */
static bool was_expected(const struct ledger *l, const struct definition *d)
{
    bool expected = false;
    for (size_t i = 0; i < ledger_runs(l) && !expected; i++) {
        const char *text = ledger_run(l, i)->open.options;
        json_t *options = json_loads(text ? text : "{}", 0, NULL);
        const char *value = json_string_value(json_object_get(options, "expect-absent"));
        expected = value && (strcmp(value, "yes") == 0 || evidence_named(value, d));
        json_decref(options);
    }
    return expected;
}

struct kind_totals *kinds_add(struct kinds *f, const struct ledger *l, const struct definition *d,
                              const struct target_state *state, struct kind_totals *last)
{
    struct kind_totals *k = last;
    if (!k || k->definition != d || k->ledger != l) {
        k = kind_of(f, d);
        if (k->ledger != l)
            k->expected |= was_expected(l, d);
        k->definition = d;
        k->ledger = l;
    }
    bool seen = state->seen_eye || (state->end_eye && (state->outcome == OUTCOME_REVOKED ||
                                                       state->outcome == OUTCOME_ROTATED));
    k->targets++;
    k->seen += seen;
    k->from_start += state->from_start;
    k->vanished += evidence_vanished(state);
    k->never_seen += !seen;
    return k;
}

const char *kinds_note(const struct kinds *f, size_t i, enum action action)
{
    const struct definition *d = f->at[i].definition;
    if (!d || !d->note || (action != ACTION_DELETE && action != ACTION_ROTATE))
        return NULL;
    for (size_t k = 0; k < i; k++) {
        const struct definition *before = f->at[k].definition;
        if (before && before->note && strcmp(before->note, d->note) == 0)
            return NULL;
    }
    return d->note;
}

const struct kind_totals *kinds_doubtful(const struct kinds *f, const struct kind_totals *at)
{
    for (at = at ? at + 1 : f->at; at && at < f->at + f->count; at++)
        if (!at->expected && evidence_too_many_absent(at->targets, at->from_start + at->vanished))
            return at;
    return NULL;
}

void kinds_free(struct kinds *f)
{
    free(f->at);
    *f = (struct kinds){0};
}
