#include "intake/reports.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool has(const char *text, size_t len, const char *word)
{
    return memmem(text, len, word, strlen(word)) != NULL;
}

/* The first character behind a byte order mark and blanks; '\0' for none. */
static char first_of(const char *text, size_t len)
{
    size_t at = len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (at < len && isspace((unsigned char)text[at]))
        at++;
    return at < len ? text[at] : '\0';
}

static bool is_json(const char *text, size_t len)
{
    char c = first_of(text, len);
    return c == '{' || c == '[';
}

static bool is_trufflehog(const char *text, size_t len)
{
    return is_json(text, len) && has(text, len, "\"SourceMetadata\"") &&
           (has(text, len, "\"DetectorName\"") || has(text, len, "\"DetectorType\""));
}

static bool is_sarif(const char *text, size_t len)
{
    return first_of(text, len) == '{' && has(text, len, "\"runs\"") &&
           (has(text, len, "\"$schema\"") || has(text, len, "\"version\"")) &&
           (has(text, len, "\"tool\"") || has(text, len, "\"results\""));
}

static bool is_gitleaks(const char *text, size_t len)
{
    return is_json(text, len) && has(text, len, "\"RuleID\"") && has(text, len, "\"Secret\"") &&
           has(text, len, "\"StartLine\"");
}

static bool is_gitleaks_7(const char *text, size_t len)
{
    return is_json(text, len) && has(text, len, "\"offender\"") && has(text, len, "\"lineNumber\"");
}

static bool is_trufflehog_2(const char *text, size_t len)
{
    return is_json(text, len) && has(text, len, "\"stringsFound\"") &&
           has(text, len, "\"commitHash\"");
}

static bool is_github(const char *text, size_t len)
{
    return is_json(text, len) && has(text, len, "\"secret_type\"") &&
           (has(text, len, "\"secret\"") || has(text, len, "\"html_url\""));
}

static bool is_ggshield(const char *text, size_t len)
{
    return first_of(text, len) == '{' &&
           (has(text, len, "\"entities_with_incidents\"") ||
            (has(text, len, "\"total_incidents\"") && has(text, len, "\"type\"")));
}

static bool is_detect_secrets(const char *text, size_t len)
{
    return first_of(text, len) == '{' && has(text, len, "\"results\"") &&
           (has(text, len, "\"hashed_secret\"") ||
            (has(text, len, "\"plugins_used\"") && has(text, len, "\"generated_at\"")));
}

/* Whether the first line has all these columns. */
static bool has_columns(const char *text, size_t len, const char *const *columns)
{
    const char *end = memchr(text, '\n', len);
    size_t line = end ? (size_t)(end - text) : len;
    for (; *columns; columns++) {
        size_t n = strlen(*columns);
        bool found = false;
        for (size_t i = 0; i + n <= line && !found; i++)
            found = strncasecmp(text + i, *columns, n) == 0 &&
                    (i == 0 || !isalnum((unsigned char)text[i - 1])) &&
                    (i + n == line || !isalnum((unsigned char)text[i + n]));
        if (!found)
            return false;
    }
    return true;
}

static bool is_gitleaks_csv(const char *text, size_t len)
{
    static const char *const columns[] = {"RuleID", "Commit", "File", "Secret", "StartLine", NULL};
    return has_columns(text, len, columns);
}

static bool is_gitleaks_7_csv(const char *text, size_t len)
{
    static const char *const columns[] = {"repo", "commit", "offender", "leakURL", NULL};
    return has_columns(text, len, columns);
}

static bool is_gitguardian(const char *text, size_t len)
{
    static const char *const columns[] = {"incident_id", "detector", NULL};
    return has_columns(text, len, columns);
}

#define DATA  "SourceMetadata/Data/*/"
#define PLACE "locations/0/physicalLocation/"

static const char *const at_top[] = {"", "*", "*/*", NULL};
static const char *const of_sarif[] = {"runs/*/results/*", NULL};
static const char *const of_ggshield[] = {"entities_with_incidents/*",
                                          "scans/*/entities_with_incidents/*", NULL};
static const char *const of_detect_secrets[] = {"results/*/*", NULL};

static const struct report_form forms[] = {
    {.name = "trufflehog",
     .tool = "TruffleHog",
     .records = at_top,
     .is = is_trufflehog,
     .file = {DATA "file", DATA "filename", DATA "path", DATA "bucket", DATA "image"},
     .line = {DATA "line"},
     .commit = {DATA "commit"},
     .rule = {"ExtraData/name", "DetectorName"},
     .state = {"Verified"},
     .link = {DATA "link", DATA "repository"}},
    {.name = "sarif",
     .tool = "SARIF",
     .records = of_sarif,
     .is = is_sarif,
     .file = {PLACE "artifactLocation/uri"},
     .line = {PLACE "region/startLine"},
     .commit = {"partialFingerprints/commitSha", "properties/commit"},
     .rule = {"ruleId"},
     .link = {"hostedViewerUri"}},
    {.name = "gitleaks",
     .tool = "gitleaks",
     .records = at_top,
     .is = is_gitleaks,
     .file = {"File"},
     .line = {"StartLine"},
     .commit = {"Commit"},
     .rule = {"RuleID"},
     .link = {"Link"}},
    {.name = "gitleaks",
     .tool = "gitleaks",
     .is = is_gitleaks_csv,
     .file = {"File"},
     .line = {"StartLine"},
     .commit = {"Commit"},
     .rule = {"RuleID"},
     .link = {"Link"}},
    {.name = "gitleaks",
     .tool = "gitleaks",
     .records = at_top,
     .is = is_gitleaks_7,
     .file = {"file"},
     .line = {"lineNumber"},
     .commit = {"commit"},
     .rule = {"rule"},
     .link = {"leakURL", "repoURL"}},
    {.name = "gitleaks",
     .tool = "gitleaks",
     .is = is_gitleaks_7_csv,
     .file = {"file"},
     .commit = {"commit"},
     .rule = {"rule"},
     .link = {"leakURL"}},
    {.name = "trufflehog",
     .tool = "TruffleHog",
     .records = at_top,
     .is = is_trufflehog_2,
     .file = {"path"},
     .commit = {"commitHash"},
     .rule = {"reason"}},
    {.name = "ggshield",
     .tool = "ggshield",
     .records = of_ggshield,
     .is = is_ggshield,
     .file = {"filename"},
     .line = {"line_start"},
     .commit = {"sha", "^id"},
     .rule = {"../detector", "../type"},
     .state = {"validity"},
     .link = {"incident_url"},
     .nested = "incidents/occurrences"},
    {.name = "detect-secrets",
     .tool = "detect-secrets",
     .records = of_detect_secrets,
     .hashed = true,
     .is = is_detect_secrets,
     .file = {"filename"},
     .line = {"line_number"},
     .rule = {"type"},
     .state = {"is_verified"}},
    {.name = "github",
     .tool = "GitHub",
     .records = at_top,
     .is = is_github,
     .file = {"first_location_detected/path"},
     .line = {"first_location_detected/start_line"},
     .commit = {"first_location_detected/commit_sha"},
     .rule = {"secret_type_display_name", "secret_type"},
     .state = {"validity", "state"},
     .link = {"html_url"}},
    {.name = "gitguardian",
     .tool = "GitGuardian",
     .is = is_gitguardian,
     .file = {"filepath", "file_path", "filename", "file"},
     .line = {"line_start", "line"},
     .commit = {"commit_sha", "sha", "commit"},
     .rule = {"detector", "detector_name"},
     .state = {"validity"},
     .link = {"url", "incident_url", "gitguardian_url"}},
};

const struct report_form *report_form_of(const char *text, size_t len, const char *name)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if ((!name || strcmp(name, forms[i].name) == 0) && forms[i].is(text, len))
            return &forms[i];
    return NULL;
}

bool report_form_known(const char *name)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(name, forms[i].name) == 0)
            return true;
    return strcmp(name, "text") == 0;
}

static bool first(const char *const *paths, size_t most, report_pick *pick, void *at,
                  struct buf *out)
{
    for (size_t i = 0; i < most && paths[i]; i++)
        if (pick(at, paths[i], out))
            return true;
    return false;
}

/* One line of what may be shown; a URL's user and password left out. */
static void put_clean(struct buf *out, const struct buf *text)
{
    enum { MOST = 400 };
    const char *from = buf_text(text), *end = from + (text->len < MOST ? text->len : MOST);
    const char *scheme = strstr(from, "://"), *rest = scheme ? scheme + 3 : end;
    const char *at = scheme ? memchr(rest, '@', strcspn(rest, "/?#")) : NULL;
    for (const char *c = from; c < end; c++) {
        if (at && c == rest)
            c = at + 1;
        if (c < end)
            buf_putc(out, iscntrl((unsigned char)*c) ? '?' : *c);
    }
}

/* "true" and "false" say whether the scanner saw it work. */
static const char *state_word(const char *state)
{
    return strcasecmp(state, "true") == 0    ? "verified"
           : strcasecmp(state, "false") == 0 ? "not verified"
                                             : state;
}

bool report_words(const struct report_form *form, report_pick *pick, void *at, const char *fallback,
                  struct buf *out, struct buf *rule)
{
    enum { MOST = 6 };
    struct buf text = {0};
    bool found = first(form->file, MOST, pick, at, &text);
    if (found) {
        put_clean(out, &text);
        buf_clear(&text);
        if (first(form->line, 4, pick, at, &text)) {
            buf_putc(out, ':');
            put_clean(out, &text);
        }
    } else {
        buf_puts(out, fallback);
    }
    buf_clear(&text);
    if (first(form->commit, 3, pick, at, &text)) {
        buf_puts(out, ", commit ");
        put_clean(out, &text);
    }
    buf_clear(rule);
    if (first(form->rule, 4, pick, at, rule)) {
        buf_puts(out, ", ");
        put_clean(out, rule);
    }
    buf_clear(&text);
    if (first(form->state, 3, pick, at, &text)) {
        struct buf word = {0};
        buf_puts(&word, state_word(buf_text(&text)));
        buf_puts(out, ", ");
        put_clean(out, &word);
        buf_free(&word);
    }
    buf_clear(&text);
    if (first(form->link, 4, pick, at, &text)) {
        buf_puts(out, ", ");
        put_clean(out, &text);
    }
    buf_free(&text);
    return found;
}
