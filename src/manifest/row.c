/* A row of cells becomes a target, or a reason why not. Pure. No reason ever repeats what stood in
 * a cell: it may be a secret that slipped into the wrong column. */

#include "manifest/row.h"

#include "provider/identifier.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WORD_MAX = 64 };

enum row_state row_say(struct row *out, enum row_state state, const char *reason)
{
    snprintf(out->reason, sizeof out->reason, "%s", reason);
    return state;
}

static bool bad(char reason[ROW_REASON], const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static bool bad(char reason[ROW_REASON], const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(reason, ROW_REASON, format, args);
    va_end(args);
    return false;
}

/* The cells of a row by what they are; NULL where there is none or an empty one. */
struct sorted {
    const struct cell *provider, *kind, *note, *identifier, *account, *priority;
    const struct definition *own; /* what the identifier's column says; NULL: nothing */
};

/* A provider's own list, whose `id` is what --column says. What the list calls `provider` is then
 * none of a manifest's. */
static void take_answer(const struct row_rules *rules, const struct cell *cell, size_t count,
                        struct sorted *by)
{
    for (size_t i = 0; i < count && rules->columns && !by->identifier; i++) {
        if (!cell[i].len || !columns_answers_chosen(rules->columns, cell[i].column))
            continue;
        by->identifier = &cell[i];
        by->own = columns_chosen(rules->columns)->definition;
        if (columns_answer_with(rules->columns, "provider") == by->own)
            by->provider = NULL;
    }
}

static bool sort_cells(const struct row_rules *rules, const struct cell *cell, size_t count,
                       struct sorted *by, char reason[ROW_REASON])
{
    for (size_t i = 0; i < count; i++) {
        const struct cell **place = NULL;
        if (cell[i].len == 0)
            continue;
        switch (cell[i].column->role) {
        case COLUMN_PROVIDER:
            place = &by->provider;
            break;
        case COLUMN_KIND:
            place = &by->kind;
            break;
        case COLUMN_NOTE:
            place = &by->note;
            break;
        case COLUMN_ACCOUNT:
            place = &by->account;
            break;
        case COLUMN_PRIORITY:
            place = &by->priority;
            break;
        case COLUMN_ID:
        case COLUMN_WORD:
            if (by->identifier && cell[i].column->role == COLUMN_ID)
                continue; /* beside a provider's own word it is no second one */
            if (by->identifier && by->identifier->column->role == COLUMN_ID)
                by->identifier = NULL;
            if (by->identifier && by->identifier->column != cell[i].column)
                return bad(reason, "two identifiers, in %s and %s: a row has exactly one",
                           by->identifier->column->name, cell[i].column->name);
            place = &by->identifier;
            break;
        case COLUMN_SCOPE:
        case COLUMN_IGNORED:
            break;
        }
        if (place && *place) /* JSON keys that differ in case only */
            return bad(reason, "%s is there twice", cell[i].column->name);
        if (place)
            *place = &cell[i];
    }
    take_answer(rules, cell, count, by);
    if (by->identifier && !by->own)
        by->own = by->identifier->column->definition;
    if (!by->identifier)
        return bad(reason, "no identifier: one of %s is needed", rules->identifiers);
    return true;
}

/* Whatever is shown or stored later, and the other columns too: who has raw secrets in a file wants
 * to know it. The identifier's own check tells more, so it comes later where it can. */
static bool secrets_refused(const struct row_rules *rules, const struct cell *cell, size_t count,
                            const struct cell *identifier, char reason[ROW_REASON])
{
    for (size_t i = 0; i < count && !rules->trusted; i++) {
        if (&cell[i] == identifier || cell[i].len == 0 ||
            !identifier_is_secret(rules->catalog, cell[i].text, cell[i].len))
            continue;
        bool ignored = cell[i].column->role == COLUMN_IGNORED;
        return bad(
            reason,
            "the %s holds what looks like a raw secret, which is not shown here: take it out, or "
            "let rescind match make a manifest of raw keys",
            ignored ? "row" : cell[i].column->name);
    }
    return true;
}

/* The cell's text as a lower-case word; false where it is too long to be one. */
static bool word_of(const struct cell *cell, char out[WORD_MAX])
{
    if (cell->len >= WORD_MAX)
        return false;
    for (size_t i = 0; i < cell->len; i++) {
        char c = cell->text[i];
        out[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    out[cell->len] = '\0';
    return true;
}

/* "openrouter, requesty or baseten": the providers, or one provider's kinds. */
static const char *known_words(const struct catalog *c, const char *provider, char out[200])
{
    const char *seen[256];
    size_t n = 0, len = 0;
    for (size_t i = 0; i < catalog_plain(c); i++) {
        const struct definition *d = catalog_at(c, i);
        const char *word = provider ? d->kind : d->provider;
        bool told = provider && strcmp(d->provider, provider) != 0;
        for (size_t k = 0; k < n && !told; k++)
            told = strcmp(seen[k], word) == 0;
        if (!told && n < sizeof seen / sizeof *seen)
            seen[n++] = word;
    }
    out[0] = '\0';
    for (size_t i = 0; i < n && len < 199; i++) {
        const char *between = i == 0 ? "" : i + 1 < n ? ", " : " or ";
        int more = snprintf(out + len, 200 - len, "%s%s", between, seen[i]);
        len += more > 0 ? (size_t)more : 0;
    }
    return out;
}

/* A provider's own list with a member `provider` that is another's: taken for a manifest's, the
 * rows would name targets of that one. Whoever has written such a row says a kind or this provider.
 */
static bool is_foreign(const struct row_rules *rules, const struct sorted *by,
                       char reason[ROW_REASON])
{
    char word[WORD_MAX], id[ID_MAX + 1], why[ID_REASON];
    const struct definition *d = rules->columns && by->provider && !by->kind
                                     ? columns_answer_with(rules->columns, "provider")
                                     : NULL;
    if (!d || (word_of(by->provider, word) && strcmp(word, d->provider) == 0) ||
        identifier_canonical(d, by->identifier->text, by->identifier->len, id, why) <= 0)
        return false;
    char column[80] = "";
    if (d->column)
        snprintf(column, sizeof column, "rescind plan FILE --column %s takes it, and ", d->column);
    bad(reason,
        "a saved list of %s, whose provider member does not say whose they are: %srescind list %s "
        "--kind %s makes a manifest",
        d->title ? d->title : d->provider, column, d->provider, d->kind);
    return true;
}

/* The definition that the row's provider, kind and identifier column agree on. */
static const struct definition *definition_of(const struct row_rules *rules,
                                              const struct sorted *by, char reason[ROW_REASON])
{
    const struct definition *own = by->own;
    char provider_word[WORD_MAX] = "", kind_word[WORD_MAX] = "", words[200];
    const char *provider = own ? own->provider : rules->provider;
    if (by->provider) {
        if (!word_of(by->provider, provider_word) ||
            !catalog_has_provider(rules->catalog, provider_word)) {
            bad(reason, "unknown provider: %s is needed, or one that a --job FILE defines",
                known_words(rules->catalog, NULL, words));
            return NULL;
        }
        provider = provider_word;
    }
    if (rules->provider && !rules->others && strcmp(provider, rules->provider) != 0) {
        bad(reason, "%s is %s %s, and --provider says %s",
            by->provider ? "the provider" : own->column,
            by->provider ? "here" : "the identifier of", provider, rules->provider);
        return NULL;
    }
    if (!provider) {
        bad(reason, "no provider for this id: say %s in a provider column or with --provider",
            known_words(rules->catalog, NULL, words));
        return NULL;
    }
    const char *kind = own ? own->kind : NULL;
    if (by->kind)
        kind = word_of(by->kind, kind_word) ? kind_word : "?";
    const struct definition *d = catalog_find(rules->catalog, provider, kind);
    const char *column = own ? own->column : NULL;
    if (own && d != own && (!d || !d->column || strcmp(d->column, column) != 0)) {
        bad(reason, "%s is the identifier of %s %s, and the row says another provider or kind",
            column, own->provider, own->kind);
        return NULL;
    }
    if (!d)
        bad(reason, "unknown kind for %s: %s is needed", provider,
            known_words(rules->catalog, provider, words));
    return d;
}

/* A scope's value: the row's, or the rules'. */
static const char *scope_value(const struct row_rules *rules, const struct cell *cell, size_t count,
                               const char *name, size_t *len)
{
    for (size_t i = 0; i < count; i++) {
        if (cell[i].len > 0 && cell[i].column->role == COLUMN_SCOPE &&
            strcmp(cell[i].column->name, name) == 0) {
            *len = cell[i].len;
            return cell[i].text;
        }
    }
    for (const char *const *pair = rules->scopes; pair && pair[0]; pair += 2) {
        if (strcmp(pair[0], name) == 0) {
            *len = strlen(pair[1]);
            return pair[1];
        }
    }
    return NULL;
}

static bool scopes_of(const struct row_rules *rules, const struct cell *cell, size_t count,
                      struct row_target *out, char reason[ROW_REASON])
{
    const struct definition *d = out->definition;
    char *end = out->scope, why[ID_REASON];
    for (size_t i = 0; i < d->scope_count; i++) {
        size_t len = 0;
        const char *value = scope_value(rules, cell, count, d->scopes[i], &len);
        if (!value)
            return bad(reason, "no %s: %s %s needs one", d->scopes[i], d->provider, d->kind);
        if (!scope_value_good(d->scopes[i], value, len, why))
            return bad(reason, "%s", why);
        if (i > 0)
            *end++ = SCOPE_SEPARATOR;
        memcpy(end, value, len);
        end += len;
    }
    *end = '\0';
    return true;
}

static bool is_wrapped(const char *text, size_t len, const char *open, const char *close)
{
    size_t before = strlen(open), behind = strlen(close);
    return len > before + behind && strncasecmp(text, open, before) == 0 &&
           memcmp(text + len - behind, close, behind) == 0;
}

/* What spreadsheets and other tools put around an identifier, where that has one meaning only. */
static const char *unwrapped(const struct definition *d, const char *text, size_t *len)
{
    static const struct {
        const char *open, *close;
        int class; /* -1: any */
    } table[] = {
        {"=\"", "\"", -1},          {"'", "'", -1},     {"'", "", -1}, {"sha256:", "", ID_HEX},
        {"urn:uuid:", "", ID_UUID}, {"{", "}", ID_UUID}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if ((table[i].class >= 0 && (enum id_class)table[i].class != d->id.class) ||
            (d->id.class == ID_PRINTABLE) || !is_wrapped(text, *len, table[i].open, table[i].close))
            continue;
        text += strlen(table[i].open);
        *len -= strlen(table[i].open) + strlen(table[i].close);
    }
    return text;
}

/* 2.04891E+63: a spreadsheet took the identifier for a number, and its digits are gone. */
static bool is_scientific(const char *text, size_t len)
{
    size_t digits = 0, at = 0;
    for (; at < len && strchr("0123456789.,", text[at]); at++)
        digits++;
    if (!digits || at + 2 >= len || (text[at] != 'E' && text[at] != 'e') ||
        !strchr("+-", text[at + 1]))
        return false;
    for (at += 2; at < len; at++)
        if (text[at] < '0' || text[at] > '9')
            return false;
    return true;
}

/* The canonical identifier of a cell; false with the reason. */
static bool identify(const struct row_rules *rules, const struct cell *cell, struct row_target *out,
                     char reason[ROW_REASON])
{
    const struct definition *d = out->definition;
    char why[ID_REASON];
    size_t len = cell->len;
    const char *text = rules->trusted ? cell->text : unwrapped(d, cell->text, &len);
    if (cell->number && d->id.class != ID_DIGITS)
        return bad(reason, "%s is a number, and a string is needed", cell->column->name);
    if (is_scientific(text, len) && d->id.class != ID_PRINTABLE)
        return bad(reason,
                   "not a %s: a number as a spreadsheet wrote it (E+), its digits are lost: export "
                   "the column as text",
                   d->id.name);
    int n = identifier_canonical(d, text, len, out->id, why);
    if (n <= 0)
        return bad(reason, "%s", why);
    out->id_len = (size_t)n;
    return true;
}

static bool take_account(const struct row_rules *rules, const struct cell *cell,
                         struct row_target *out, char reason[ROW_REASON])
{
    struct error err;
    if (!cell)
        return true;
    out->definition = catalog_account(rules->catalog, out->definition, cell->text, cell->len, &err);
    return out->definition || bad(reason, "%s", err.text);
}

static bool take_priority(const struct cell *cell, int32_t *out, char reason[ROW_REASON])
{
    char text[16], *end;
    *out = 0;
    if (!cell)
        return true;
    snprintf(text, sizeof text, "%.*s", cell->len < sizeof text ? (int)cell->len : 15, cell->text);
    long n = strtol(text, &end, 10);
    if (cell->len >= sizeof text || *end || end == text || !strchr("-0123456789", *text) ||
        n < PRIORITY_MIN || n > PRIORITY_MAX)
        return bad(reason, "not a priority: an integer from %d to %d is needed", PRIORITY_MIN,
                   PRIORITY_MAX);
    *out = (int32_t)n;
    return true;
}

bool row_resolve(const struct row_rules *rules, const struct cell *cell, size_t count,
                 struct row_target *out, char reason[ROW_REASON])
{
    struct sorted by = {0};
    out->definition = NULL;
    out->foreign = false;
    if (sort_cells(rules, cell, count, &by, reason)) {
        if (!secrets_refused(rules, cell, count, by.identifier, reason))
            return false;
        out->foreign = is_foreign(rules, &by, reason);
        if (out->foreign)
            return false;
        out->definition = definition_of(rules, &by, reason);
    }
    if (!out->definition) { /* that it is a secret matters more than that it is out of place */
        secrets_refused(rules, cell, count, NULL, reason);
        return false;
    }
    if (!identify(rules, by.identifier, out, reason))
        return false;
    if (!take_account(rules, by.account, out, reason) ||
        !take_priority(by.priority, &out->priority, reason))
        return false;
    out->identifier = by.identifier;
    out->note = by.note ? by.note->text : "";
    out->note_len = by.note ? by.note->len : 0;
    if (out->note_len > NOTE_MAX)
        return bad(reason, "a note of %zu bytes: at most %d can be kept", out->note_len, NOTE_MAX);
    return scopes_of(rules, cell, count, out, reason);
}
