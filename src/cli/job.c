/* Job files: ini, read by inih, whose reader callback counts the lines.
 *
 *   [run]
 *   manifest = stale-%F.csv           a path is meant from where the job file is
 *   run-dir = runs/%F
 *   max = 500
 *   allow-empty = yes
 *   base-url = gateway=https://keys.example.com
 *   [scope]
 *   project = proj_1
 *   [provider gateway]                a definition, see provider/definition.h
 *   ...
 *
 * inih forgives much: it cuts a line that is longer than its buffer (200 bytes in Debian's), joins
 * an indented line to the one before, and ignores what follows a section's bracket. Each of these
 * could change what a job deletes, so the reader callback refuses such lines before inih sees them.
 */

#include "cli/job.h"
#include "cli/options_table.h"

#include "base/mem.h"
#include "base/text.h"
#include "provider/identifier.h"

#include <ini.h>
#include <stdlib.h>
#include <string.h>

struct job {
    struct reading *reading;
    const char *name, *next, *end;
    unsigned line;
    bool in_run, in_scope; /* a section that was seen */
    struct error *err;
    bool failed;
    struct scope {
        char *name, *value;
        unsigned line;
    } * scope;
    size_t scopes;
};

static bool starts(const char *text, size_t len, const char *word)
{
    size_t n = strlen(word);
    return len >= n && memcmp(text, word, n) == 0;
}

static bool blank_or_comment(const char *text, size_t len)
{
    while (len && (*text == ' ' || *text == '\t')) {
        text++;
        len--;
    }
    return !len || *text == ';' || *text == '#';
}

/* NULL, or what is wrong with a section's line. */
static const char *check_section(struct job *j, const char *line, size_t len)
{
    const char *close = memchr(line, ']', len);
    if (!close)
        return "a section's ']' is missing";
    size_t name_len = (size_t)(close - line) - 1;
    const char *name = line + 1;
    if (!blank_or_comment(close + 1, len - name_len - 2))
        return "something follows the section's ']'";
    if (name_len == 3 && starts(name, name_len, "run")) {
        if (j->in_run)
            return "section [run] for the second time";
        j->in_run = true;
        return NULL;
    }
    if (name_len == 5 && starts(name, name_len, "scope")) {
        if (j->in_scope)
            return "section [scope] for the second time";
        j->in_scope = true;
        return NULL;
    }
    return starts(name, name_len, "provider ")
               ? NULL
               : "unknown section: want [run], [scope] or [provider NAME KIND]";
}

static const char *check_line(struct job *j, const char *line, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (((unsigned char)line[i] < 0x20 && line[i] != '\t') || line[i] == 0x7f)
            return "a control character";
    if (!text_is_utf8(line, len))
        return "not UTF-8";
    if (blank_or_comment(line, len))
        return NULL;
    if (*line == ' ' || *line == '\t')
        return "begins with a blank: each section and key starts its line";
    return *line == '[' ? check_section(j, line, len) : NULL;
}

static void fail(struct job *j, unsigned line, const char *format, const char *what)
{
    char shown[SHOWN];
    if (j->failed)
        return;
    j->failed = true;
    error_set(j->err, EXIT_CONFIG, format,
              what ? value_shown(j->reading->catalog, what, shown) : "");
    error_prefix(j->err, "%s:%u", j->name, line);
}

/* inih's ini_reader: the next line, NULL at the end. */
static char *next_line(char *out, int size, void *at)
{
    struct job *j = at;
    if (j->failed || j->next == j->end)
        return NULL;
    const char *line = j->next, *newline = memchr(line, '\n', (size_t)(j->end - line));
    size_t len = (size_t)((newline ? newline : j->end) - line);
    j->next = newline ? newline + 1 : j->end;
    j->line++;
    if (len && line[len - 1] == '\r')
        len--;
    if (j->line == 1 && starts(line, len, "\xef\xbb\xbf")) {
        line += 3;
        len -= 3;
    }
    const char *wrong = check_line(j, line, len);
    if (!wrong && len + 3 > (size_t)size) {
        error_set(j->err, EXIT_CONFIG, "%s:%u: the line has %zu bytes, at most %d are read",
                  j->name, j->line, len, size - 3);
        j->failed = true;
    }
    if (wrong)
        fail(j, j->line, wrong, NULL);
    if (j->failed)
        return NULL;
    memcpy(out, line, len);
    memcpy(out + len, "\n", 2);
    return out;
}

static void take_run_key(struct job *j, const char *name, const char *value)
{
    struct reading *r = j->reading;
    const struct option_spec *spec = option_find(name);
    if (!spec || !spec->in_job) {
        fail(j, j->line, "unknown key: %s", name);
        return;
    }
    for (size_t i = 0; i < r->given_count; i++) {
        if (r->given[i].of_job && r->given[i].spec == spec && !spec->repeatable) {
            fail(j, j->line, "%s: given twice", name);
            return;
        }
    }
    r->given = mem_resize(r->given, r->given_count + 1, sizeof *r->given);
    r->given[r->given_count++] = (struct given){
        .spec = spec, .value = reading_keep(r, value), .line = j->line, .of_job = true};
}

static void take_scope(struct job *j, const char *name, const char *value)
{
    for (size_t i = 0; i < j->scopes; i++) {
        if (strcmp(j->scope[i].name, name) == 0) {
            fail(j, j->line, "%s: given twice", name);
            return;
        }
    }
    char reason[ID_REASON];
    if (!scope_value_good(name, value, strlen(value), reason)) {
        fail(j, j->line, "%s", reason);
        return;
    }
    j->scope = mem_resize(j->scope, j->scopes + 1, sizeof *j->scope);
    j->scope[j->scopes++] =
        (struct scope){reading_keep(j->reading, name), reading_keep(j->reading, value), j->line};
}

/* inih's ini_handler: one key of one section. */
static int on_key(void *at, const char *section, const char *name, const char *value)
{
    struct job *j = at;
    if (j->failed)
        return 0;
    bool pattern = strcmp(section, "run") != 0 && strcmp(section, "scope") != 0 &&
                   strcmp(name, "header") != 0 && strcmp(name, "base") != 0;
    if (!pattern &&
        value_is_secret(j->reading->catalog, value)) /* else it may be of what keys are */
        fail(j, j->line, "%s: looks like a raw secret, which has no place here", name);
    else if (!*section)
        fail(j, j->line, "%s: stands before any section: want [run] first", name);
    else if (strcmp(section, "run") == 0)
        take_run_key(j, name, value);
    else if (strcmp(section, "scope") == 0)
        take_scope(j, name, value);
    return !j->failed;
}

/* Scope names can be checked only when the definitions are known. */
static void keep_scopes(struct job *j)
{
    char **pairs = mem_zalloc(2 * j->scopes + 1, sizeof *pairs);
    for (size_t i = 0; i < j->scopes; i++) {
        if (!catalog_has_scope(j->reading->catalog, j->scope[i].name))
            fail(j, j->scope[i].line, "%s: no definition has such a scope", j->scope[i].name);
        if (value_is_secret(j->reading->catalog, j->scope[i].value))
            fail(j, j->scope[i].line, "%s: looks like a raw secret, which has no place here",
                 j->scope[i].name);
        pairs[2 * i] = j->scope[i].name;
        pairs[2 * i + 1] = j->scope[i].value;
    }
    j->reading->out->scopes = pairs;
}

int reading_job(struct reading *r, const char *name, const char *text, size_t len,
                struct error *err)
{
    struct job j = {.reading = r, .name = name, .next = text, .end = text + len, .err = err};
    int wrong = ini_parse_stream(next_line, &j, on_key, &j);
    if (wrong > 0)
        fail(&j, (unsigned)wrong, "neither a [section] nor KEY = VALUE", NULL);
    if (!j.failed && catalog_add(r->catalog, name, 1, text, err) != 0)
        j.failed = true;
    if (!j.failed && j.scopes)
        keep_scopes(&j);
    free(j.scope);
    return j.failed ? -1 : 0;
}
