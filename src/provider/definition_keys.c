/* The keys of a definition: one table says where each goes and how its value is read. */

#include "provider/definition_keys.h"
#include "provider/definition_values.h"

#include <stddef.h>
#include <string.h>

#define AT(member) offsetof(struct definition, member)
static const struct key_spec {
    const char *name;
    take *take;
    size_t at;
    bool many;
} keys[] = {
    {"title", take_text, AT(title), false},
    {"column", take_text, AT(column), false},
    {"base", take_base, AT(base), false},
    {"credential", take_text, AT(credential), false},
    {"header", take_line, AT(headers), true},
    {"scope", take_scope, 0, true},
    {"id.name", take_text, AT(id.name), false},
    {"id.class", take_class, AT(id.class), false},
    {"id.length", take_length, AT(id), false},
    {"id.fold", take_fold, AT(id.lower), false},
    {"id.reserved", take_words, AT(id.reserved), true},
    {"id.secret", take_words, AT(id.secret), true},
    {"delete", take_request, AT(action[ACTION_DELETE]), false},
    {"delete.status", take_success, AT(action[ACTION_DELETE].status), false},
    {"delete.body", take_body, AT(action[ACTION_DELETE]), false},
    {"delete.form", take_form, AT(action[ACTION_DELETE]), false},
    {"delete.note", take_text, AT(note), false},
    {"delete.absent", take_absent, AT(absent), false},
    {"delete.confirm", take_condition, AT(action[ACTION_DELETE].confirm), true},
    {"disable", take_request, AT(action[ACTION_DISABLE]), false},
    {"disable.status", take_success, AT(action[ACTION_DISABLE].status), false},
    {"disable.body", take_body, AT(action[ACTION_DISABLE]), false},
    {"disable.form", take_form, AT(action[ACTION_DISABLE]), false},
    {"disable.confirm", take_condition, AT(action[ACTION_DISABLE].confirm), true},
    {"enable", take_request, AT(action[ACTION_ENABLE]), false},
    {"enable.status", take_success, AT(action[ACTION_ENABLE].status), false},
    {"enable.body", take_body, AT(action[ACTION_ENABLE]), false},
    {"enable.form", take_form, AT(action[ACTION_ENABLE]), false},
    {"enable.confirm", take_condition, AT(action[ACTION_ENABLE].confirm), true},
    {"create", take_request, AT(rotate.create), false},
    {"create.field", take_create_field, AT(rotate), true},
    {"create.name", take_text, AT(rotate.name), false},
    {"create.id", take_pointer, AT(rotate.id), false},
    {"create.secret", take_pointer, AT(rotate.secret), false},
    {"rename", take_request, AT(rotate.rename), false},
    {"read", take_request, AT(read), false},
    {"read.body", take_body, AT(read), false},
    {"read.form", take_form, AT(read), false},
    {"read.status", take_success, AT(read.status), false},
    {"read.confirm", take_condition, AT(read.confirm), true},
    {"read.stop", take_read_stop, 0, false},
    {"read.gone", take_condition, AT(read_gone), true},
    {"echo", take_pointers, AT(echo), true},
    {"gone.status", take_gone_status, 0, true},
    {"gone.form", take_gone_form, 0, true},
    {"stop.status", take_status, AT(stop), false},
    {"stop.form", take_condition, AT(stop_form), true},
    {"error.text", take_pointers, AT(error_text), true},
    {"rate.limit", take_limit, AT(rate_limit), false},
    {"rate.header", take_rate_header, 0, true},
    {"rate.body", take_rate_body, 0, true},
    {"preflight", take_request, AT(preflight), false},
    {"preflight.body", take_body, AT(preflight), false},
    {"preflight.form", take_form, AT(preflight), false},
    {"preflight.check", take_condition, AT(preflight.confirm), true},
    {"self", take_self, 0, false},
    {"self.body", take_body, AT(self_read), false},
    {"account", take_account, 0, false},
    {"account.body", take_body, AT(account_read), false},
    {"raw", take_raw, AT(raw), true},
    {"raw.loose", take_raw, AT(raw_loose), true},
    {"list", take_request, AT(list.request), false},
    {"list.body", take_body, AT(list.request), false},
    {"list.form", take_form, AT(list.request), false},
    {"list.items", take_place, AT(list.pages.items), false},
    {"list.id", take_place, AT(list.pages.id), false},
    {"list.page", take_offset, AT(list.pages), false},
    {"list.number", take_number, AT(list.pages), false},
    {"list.after", take_after, AT(list.pages), false},
    {"list.next", take_next, AT(list.pages), false},
    {"list.more", take_pointer, AT(list.pages.more), false},
    {"list.total", take_pointer, AT(list.pages.total), false},
    {"list.each", take_each, AT(list), false},
    {"list.each.body", take_body, AT(list.each_request), false},
    {"list.each.form", take_form, AT(list.each_request), false},
    {"list.each.items", take_place, AT(list.each_pages.items), false},
    {"list.each.id", take_place, AT(list.each_pages.id), false},
    {"list.each.page", take_offset, AT(list.each_pages), false},
    {"list.each.number", take_number, AT(list.each_pages), false},
    {"list.each.after", take_after, AT(list.each_pages), false},
    {"list.each.next", take_next, AT(list.each_pages), false},
    {"list.each.more", take_pointer, AT(list.each_pages.more), false},
    {"list.each.total", take_pointer, AT(list.each_pages.total), false},
    {"list.field", take_field, AT(list), true},
    {"list.hint", take_text, AT(list.hint), false},
    {"list.gone", take_condition, AT(list.gone), true},
    {"list.own", take_yes, AT(list.own), false},
    {"list.twice", take_yes, AT(list.twice), false},
    {"list.partial", take_yes, AT(list.partial), false},
    {"list.unused.day", take_pointers, AT(list.unused[WINDOW_DAY]), false},
    {"list.unused.week", take_pointers, AT(list.unused[WINDOW_WEEK]), false},
    {"list.unused.month", take_pointers, AT(list.unused[WINDOW_MONTH]), false},
};
enum { KEY_COUNT = sizeof keys / sizeof *keys };
_Static_assert((int)KEY_COUNT <= (int)DEFINITION_KEYS, "`lines` has a place for each key");

static size_t find(const char *name, size_t len)
{
    size_t i = 0;
    while (i < KEY_COUNT && (strncmp(keys[i].name, name, len) != 0 || keys[i].name[len]))
        i++;
    return i;
}

const char *definition_set(struct definition *d, struct definition_lines *lines, unsigned line,
                           const char *name, const char *value)
{
    size_t i = find(name, strlen(name));
    if (i == KEY_COUNT)
        return "no such key";
    if (lines->at[i] && !keys[i].many)
        return "given twice";
    lines->at[i] = line;
    if (keys[i].many && lines->repeats < DEFINITION_REPEATS) {
        lines->repeat[lines->repeats].key = (unsigned)i;
        lines->repeat[lines->repeats++].line = line;
    }
    if (!*value && keys[i].take != take_place)
        return "no value";
    return keys[i].take((char *)d + keys[i].at, value);
}

unsigned definition_line(const struct definition_lines *lines, const char *name, size_t len)
{
    size_t i = find(name, len);
    return i < KEY_COUNT ? lines->at[i] : 0;
}

unsigned definition_line_nth(const struct definition_lines *lines, const char *name, size_t len,
                             size_t nth)
{
    size_t key = find(name, len);
    for (size_t i = 0; i < lines->repeats; i++)
        if (lines->repeat[i].key == key && nth-- == 0)
            return lines->repeat[i].line;
    return definition_line(lines, name, len);
}
