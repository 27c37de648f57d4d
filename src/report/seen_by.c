#include "report/seen_by.h"

#include "base/text.h"
#include "journal/evidence.h"
#include "report/html_text.h"
#include "report/sink.h"

#include <stdio.h>
#include <string.h>

void seen_by_headline(const struct kind_totals *k, struct buf *out)
{
    char absent[TEXT_COUNT], all[TEXT_COUNT];
    if (k->vanished) {
        buf_printf(
            out,
            "%s of %s targets of %s %s WERE ABSENT BEFORE ANYTHING WAS SENT FOR THEM, %llu of "
            "them seen shortly before: deleted by somebody else, or not shown any more, and "
            "alive: check account, workspace, and one key that is known to live",
            text_count(k->from_start + k->vanished, absent), text_count(k->targets, all),
            k->provider, k->kind, (unsigned long long)k->vanished);
        return;
    }
    buf_printf(out,
               "%s of %s targets of %s %s WERE ABSENT FROM THE START: this account never saw them. "
               "They may be another account's, and alive: check account, workspace, URL, and one "
               "key that is known to live",
               text_count(k->from_start, absent), text_count(k->targets, all), k->provider,
               k->kind);
}

/* Who saw anything of a kind in a source. */
static void put_eyes(struct buf *b, const struct report *r, const struct kind_totals *k)
{
    const char *before = "";
    for (size_t s = 0; s < r->sources; s++) {
        const struct ledger *l = r->source[s].ledger;
        for (uint16_t n = 1; n <= ledger_eyes(l); n++) {
            const struct eye *eye = ledger_eye(l, n);
            if (!eye->looks || strcmp(eye->provider, k->provider) != 0 ||
                strcmp(eye->kind, k->kind) != 0)
                continue;
            buf_printf(b, "%s{\"account\": ", before);
            put_json_text(b, *eye->id ? eye->id : NULL);
            buf_puts(b, ", \"secrets\": ");
            put_json_text(b, eye->account);
            buf_puts(b, ", \"endpoint\": ");
            put_json_text(b, eye->endpoint);
            buf_puts(b, ", \"looks\": [");
            const char *between = "";
            for (int look = LOOK_READ; look < LOOK_COUNT; look++) {
                if (eye->looks & 1u << look) {
                    buf_printf(b, "%s\"%s\"", between, look_word[look]);
                    between = ", ";
                }
            }
            buf_puts(b, "]}");
            before = ", ";
        }
    }
}

void seen_by_json(const struct report *r, struct buf *b)
{
    buf_puts(b, "  \"evidence\": [");
    for (size_t i = 0; i < r->facts.kinds.count; i++) {
        const struct kind_totals *k = &r->facts.kinds.at[i];
        buf_puts(b, i ? ",\n    {\"provider\": " : "\n    {\"provider\": ");
        put_json_text(b, k->provider);
        buf_puts(b, ", \"kind\": ");
        put_json_text(b, k->kind);
        buf_printf(b,
                   ", \"targets\": %llu, \"seen\": %llu, \"absent_from_start\": %llu, "
                   "\"never_seen\": %llu, \"absence_expected\": %s, \"doubtful\": %s,\n"
                   "     \"seen_by\": [",
                   (unsigned long long)k->targets, (unsigned long long)k->seen,
                   (unsigned long long)k->from_start, (unsigned long long)k->never_seen,
                   k->expected ? "true" : "false",
                   !k->expected && evidence_too_many_absent(k->targets, k->from_start + k->vanished)
                       ? "true"
                       : "false");
        put_eyes(b, r, k);
        buf_puts(b, "]}");
    }
    buf_puts(b, r->facts.kinds.count ? "\n  ],\n" : "],\n");
}

void seen_by_html(const struct report *r, struct buf *b)
{
    const struct kind_totals *k = NULL;
    while ((k = kinds_doubtful(&r->facts.kinds, k)) != NULL) {
        struct buf words = {0};
        seen_by_headline(k, &words);
        buf_puts(b,
                 "<p class=\"verdict absent-from-start\" style=\"--tone:var(--failed)\"><strong>");
        html_count(b, k->from_start + k->vanished);
        buf_puts(b, " of ");
        html_count(b, k->targets);
        buf_printf(b, " were absent %s</strong><span>",
                   k->vanished ? "before anything was sent for them" : "from the start");
        html_text(b, buf_text(&words), 0);
        buf_puts(b, ".</span></p>\n");
        buf_free(&words);
    }
}
