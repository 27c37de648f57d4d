#include "wire/recheck.h"

#include "base/clock.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

static const int64_t first_gap_us = 250000, most_gap_us = 10000000, tell_gap_us = 1000000;

int64_t recheck_gap_us(int64_t last_us)
{
    int64_t gap = last_us ? last_us * 2 : first_gap_us;
    return gap < most_gap_us ? gap : most_gap_us;
}

static void ask(struct recheck *r, int64_t due_us);

static void finish(struct recheck *r, bool gone)
{
    r->gone = gone;
    r->over(r->at, r);
}

/* It is there, or the answer was none: again, while there is patience. */
static void again(struct recheck *r, const char *what)
{
    int64_t now = clock_mono_us(), left = r->until_us - now;
    char span[TEXT_SPAN];
    snprintf(r->reason, sizeof r->reason, "%.160s, %s after %s", what,
             text_span(r->patience_us, span), r->absent ? "that" : "its deletion");
    if (left <= 0) {
        finish(r, false);
        return;
    }
    r->gap_us = recheck_gap_us(r->gap_us);
    if (r->gap_us >= tell_gap_us && !r->told) {
        const struct definition *d = r->endpoint->definition;
        r->told = true;
        session_tell(r->wire->session, "",
                     "%s %s: %s, and %.160s; it is looked at again for up to %s, and nothing else "
                     "of it is sent",
                     d->shown, d->kind,
                     r->absent ? "one was said to be absent" : "the first was deleted alone", what,
                     text_span(left, span));
    }
    ask(r, now + (r->gap_us < left ? r->gap_us : left));
}

static void judge(void *at, const struct answer *a, struct verdict *v)
{
    struct recheck *r = at;
    const struct definition *d = r->endpoint->definition;
    verdict_of(&(struct question){.d = d, .asked = ASKED_TARGET, .request = &d->read, .id = r->id},
               a, v);
    if (v->kind == VERDICT_STOP) {
        v->kind = VERDICT_END;
        v->verified = VERIFIED_UNPROVEN;
    }
}

static void on_read(void *at, struct read *read)
{
    struct recheck *r = at;
    if (read->verdict.kind == VERDICT_END && read->verdict.verified == VERIFIED_ABSENT)
        finish(r, true);
    else if (read->verdict.kind == VERDICT_END && read->verdict.verified == VERIFIED_PRESENT)
        again(r, "it is still there");
    else
        again(r, read->verdict.reason);
}

static void on_list(void *at, struct lister *l)
{
    struct recheck *r = at;
    char why[160];
    snprintf(why, sizeof why, "%.159s", l->error.text);
    if (l->failed)
        again(r, why);
    else if (keylist_find(l->keys, r->id) == SIZE_MAX)
        finish(r, true);
    else
        again(r, "it is still in the list");
}

static void ask(struct recheck *r, int64_t due_us)
{
    const struct work *w = &r->wire->session->work;
    const char *scope = targets_scope(w->targets, r->row);
    if (r->by_list) {
        lister_end(&r->lister);
        r->lister = (struct lister){.wire = r->wire,
                                    .endpoint = r->endpoint,
                                    .scope = scope,
                                    .done = on_list,
                                    .at = r,
                                    .not_before_us = due_us};
        lister_begin(&r->lister);
        return;
    }
    r->read = (struct read){.endpoint = r->endpoint,
                            .request = &r->endpoint->definition->read,
                            .id = r->id,
                            .scope = scope,
                            .most = READ_ATTEMPTS,
                            .what = "look after it",
                            .judge = judge,
                            .done = on_read,
                            .at = r};
    read_begin(&r->read, r->wire);
    r->read.due_us = due_us;
}

void recheck_begin(struct recheck *r)
{
    targets_id(r->wire->session->work.targets, r->row, r->id);
    r->until_us = clock_mono_us() + r->patience_us;
    ask(r, 0);
}

void recheck_end(struct recheck *r)
{
    read_drop(&r->read);
    lister_end(&r->lister);
    *r = (struct recheck){0};
}
