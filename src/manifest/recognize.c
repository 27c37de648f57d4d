#include "manifest/recognize.h"

#include "base/buf.h"
#include "provider/identifier.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { LINES_LOOKED_AT = 8 };

struct text_line {
    const char *text;
    size_t len;
};

/* The path as a word of a shell's, which is no option of the command before it. */
static const char *quoted(const char *path, struct buf *out)
{
    struct buf plain = {0};
    if (strcmp(path, "-") == 0) /* it was read: what it came from is to be given again */
        path = "FILE";
    buf_printf(&plain, "%s%s", *path == '-' && path[1] ? "./" : "", path);
    buf_clear(out);
    buf_put_shell(out, buf_text(&plain));
    buf_free(&plain);
    return buf_text(out);
}

static bool begins(const char *text, size_t len, const void *with, size_t n)
{
    return len >= n && memcmp(text, with, n) == 0;
}

/* Files that are no text. */
static const struct magic {
    const char *bytes;
    size_t len;
    const char *what; /* %s: the path */
} magics[] = {
    {"PK\3\4", 4,
     "a spreadsheet or an archive (xlsx, zip), no CSV: save it as CSV, or: libreoffice --headless "
     "--convert-to csv %s"},
    {"\xd0\xcf\x11\xe0", 4,
     "an old spreadsheet (xls), no CSV: save it as CSV, or: libreoffice --headless --convert-to "
     "csv %s"},
    {"\x1f\x8b", 2, "compressed by gzip: zcat %s | rescind plan - --run-dir DIR"},
    {"\x28\xb5\x2f\xfd", 4, "compressed by zstd: zstdcat %s | rescind plan - --run-dir DIR"},
    {"\xfd"
     "7zXZ",
     5, "compressed by xz: xzcat %s | rescind plan - --run-dir DIR"},
    {"BZh", 3, "compressed by bzip2: bzcat %s | rescind plan - --run-dir DIR"},
    {"SQLite format 3", 15,
     "an SQLite database: sqlite3 -header -csv %s 'select ...' makes a manifest"},
    {"%PDF-", 5, "a PDF: rescind match %s finds raw keys in a text, and this is none"},
};

static bool is_magic(const char *text, size_t len, const char *path, char reason[ROW_REASON])
{
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        if (!begins(text, len, magics[i].bytes, magics[i].len))
            continue;
        struct buf shell = {0};
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(reason, ROW_REASON, magics[i].what, quoted(path, &shell));
#pragma GCC diagnostic pop
        buf_free(&shell);
        return true;
    }
    return false;
}

/* The first lines, those that hold something. */
static size_t lines_of(const char *text, size_t len, struct text_line out[LINES_LOOKED_AT])
{
    const char *end = text + len;
    size_t n = 0;
    while (text < end && n < LINES_LOOKED_AT) {
        const char *lf = memchr(text, '\n', (size_t)(end - text));
        out[n] = (struct text_line){text, (size_t)((lf ? lf : end) - text)};
        while (out[n].len && strchr(" \t\r", out[n].text[out[n].len - 1]))
            out[n].len--;
        size_t some = 0;
        while (some < out[n].len && out[n].text[some] && strchr(",;\t| \"", out[n].text[some]))
            some++;
        n += some < out[n].len; /* a spreadsheet's blank row is none */
        text = lf ? lf + 1 : end;
    }
    return n;
}

static bool only(const struct text_line *l, const char *of)
{
    for (size_t i = 0; i < l->len; i++)
        if (!l->text[i] || !strchr(of, l->text[i]))
            return false;
    return l->len >= 3;
}

/* psql's own table, and Markdown's. */
static bool is_drawn(const struct text_line *line, size_t n, char reason[ROW_REASON])
{
    bool markdown = n >= 2 && line[0].text[0] == '|' && only(&line[1], "|-: ");
    bool psql = n >= 2 && !markdown && only(&line[1], "-+");
    psql |= n >= 1 && (begins(line[0].text, line[0].len, "-[ RECORD ", 10) ||
                       begins(line[0].text, line[0].len, "\u250c\u2500", 6) ||
                       begins(line[0].text, line[0].len, "\u2500[ RECORD ", 12));
    bool boxed = n >= 1 && line[0].text[0] == '+' && only(&line[0], "-+");
    if (!markdown && !psql && !boxed)
        return false;
    snprintf(reason, ROW_REASON, "%s",
             markdown ? "a Markdown table, drawn for people: the identifiers alone, one a line, "
                        "under a line `hash` (or what they are), are a manifest"
             : psql   ? "a table as psql draws it for people: psql --csv prints a manifest"
                      : "a table as mysql draws it for people: mysql --batch prints a manifest");
    return true;
}

/* `<64 hex digits>  name`, as sha256sum prints. */
static bool is_checksum(const struct text_line *l)
{
    size_t n = 0;
    while (n < l->len && strchr("0123456789abcdefABCDEF", l->text[n]))
        n++;
    return n == 64 && l->len > 66 - 1 && l->text[n] == ' ' &&
           (l->text[n + 1] == ' ' || l->text[n + 1] == '*');
}

/* The first field of a line, without quotes; *more: others follow. */
static struct text_line first_field(const struct text_line *l, bool *more)
{
    struct text_line f = *l;
    size_t cut = 0;
    while (cut < f.len && !strchr(",;\t|", f.text[cut]))
        cut++;
    *more = cut < f.len;
    f.len = cut;
    while (f.len && strchr(" \"'=", f.text[f.len - 1]))
        f.len--;
    while (f.len && strchr(" \"'=", *f.text))
        f.text++, f.len--;
    return f;
}

/* The words of what a text can be an identifier of, those of a strict shape first: "hash", or
 * "byok_id or api_key_id". "" where it is none. */
static void words_for(const struct catalog *catalog, const struct text_line *f, struct buf *out)
{
    char id[ID_MAX + 1], why[ID_REASON];
    for (int loose = 0; loose < 2 && !out->len; loose++) {
        for (size_t i = 0; i < catalog_plain(catalog); i++) {
            const struct definition *d = catalog_at(catalog, i);
            bool strict = d->id.class == ID_HEX || d->id.class == ID_UUID;
            if (!d->column || d->id.class == ID_PRINTABLE || strict == (loose != 0) ||
                identifier_canonical(d, f->text, f->len, id, why) <= 0 ||
                strstr(buf_text(out), d->column))
                continue;
            buf_printf(out, "%s%s", out->len ? " or " : "", d->column);
        }
    }
}

/* Any field of the line is the name of a column, or its first is another thing than what stands
 * below it: it is a header, if none that says where the identifiers are. */
static bool is_header(const struct columns *columns, const struct catalog *catalog,
                      const struct text_line *line, size_t n, const struct buf *words)
{
    struct text_line rest = *line, f;
    bool more = true, header = false;
    while (more && !header) {
        f = first_field(&rest, &more);
        header = columns_knows(columns, f.text, f.len);
        while (rest.len && !strchr(",;\t|", *rest.text))
            rest.text++, rest.len--;
        if (rest.len)
            rest.text++, rest.len--;
    }
    if (header || n < 2)
        return header;
    struct buf below = {0};
    f = first_field(&line[1], &more);
    words_for(catalog, &f, &below);
    header = below.len && strcmp(buf_text(&below), buf_text(words)) != 0;
    buf_free(&below);
    return header;
}

static bool headerless(const struct columns *columns, const struct catalog *catalog,
                       const struct text_line *line, size_t n, char reason[ROW_REASON])
{
    bool more, digit = false;
    struct text_line f = first_field(line, &more);
    struct buf words = {0};
    for (size_t i = 0; i < f.len; i++)
        digit |= f.text[i] >= '0' && f.text[i] <= '9';
    if (digit && f.len >= 8)
        words_for(catalog, &f, &words);
    bool found = words.len > 0 && !is_header(columns, catalog, line, n, &words);
    if (found && more)
        snprintf(reason, ROW_REASON,
                 "no header: this line is a row itself; the columns' names belong above it, "
                 "such as %s,note",
                 buf_text(&words));
    else if (found)
        snprintf(
            reason, ROW_REASON,
            "no header: this line is an identifier itself; --column %s takes the list as it is",
            buf_text(&words));
    buf_free(&words);
    return found;
}

/* A title, a comment: the header stands further down. */
static bool is_late(const struct columns *columns, const struct text_line *line, size_t n,
                    const char *text, const char *path, char reason[ROW_REASON])
{
    for (size_t i = 1; i < n; i++) {
        bool header = false;
        for (const char *s = ",;\t|"; *s; s++)
            header |= columns_in_line(columns, line[i].text, line[i].len, *s);
        if (!header)
            continue;
        unsigned number = 1;
        for (const char *at = text; at < line[i].text; at++)
            number += *at == '\n';
        struct buf shell = {0};
        snprintf(reason, ROW_REASON,
                 "the header stands in line %u, and must be the first: tail -n +%u %s | rescind "
                 "plan - --run-dir DIR",
                 number, number, quoted(path, &shell));
        buf_free(&shell);
        return true;
    }
    return false;
}

static bool has_header(const struct columns *columns, const struct text_line *line)
{
    for (const char *s = ",;\t|"; *s; s++)
        if (columns_in_line(columns, line->text, line->len, *s))
            return true;
    return false;
}

static bool is_no_csv(const struct columns *columns, const struct catalog *catalog,
                      const char *text, size_t len, const char *path, char reason[ROW_REASON])
{
    struct text_line line[LINES_LOOKED_AT];
    size_t n = lines_of(text, len, line);
    struct buf shell = {0};
    bool found = true;
    if (n == 0)
        return false;
    if (is_drawn(line, n, reason))
        return true;
    size_t quote = line[0].text[0] == '"';
    if ((line[0].len >= 4 + quote && strncasecmp(line[0].text + quote, "sep=", 4) == 0) ||
        has_header(columns, &line[0]))
        return false;
    if (line[0].text[0] == '{' || line[0].text[0] == '[')
        snprintf(reason, ROW_REASON, "JSON, and CSV is meant: --format json (or jsonl) takes it");
    else if (line[0].text[0] == '<')
        snprintf(reason, ROW_REASON,
                 "HTML or XML, and no manifest: rescind match %s finds raw keys in any text",
                 quoted(path, &shell));
    else if (identifier_is_secret(catalog, line[0].text, line[0].len))
        snprintf(
            reason, ROW_REASON,
            "this line holds what looks like a raw secret, which is not shown: rescind match %s "
            "--output leaked.csv makes a manifest of raw keys",
            quoted(path, &shell));
    else if (is_checksum(&line[0]))
        snprintf(reason, ROW_REASON,
                 "checksums as sha256sum prints them: (echo hash; cut -c 1-64 %s) | rescind plan - "
                 "--run-dir DIR",
                 quoted(path, &shell));
    else
        found = (!columns_chosen(columns) && headerless(columns, catalog, line, n, reason)) ||
                is_late(columns, line, n, text, path, reason);
    buf_free(&shell);
    return found;
}

/* UTF-16 without its mark, told by the zeros in the first two characters. */
static bool is_wide(const char *text, size_t len, const char *path, char reason[ROW_REASON])
{
    if (len < 4)
        return false;
    bool little = text[0] && !text[1] && text[2] && !text[3];
    bool big = !text[0] && text[1] && !text[2] && text[3];
    struct buf shell = {0};
    if (little || big)
        snprintf(reason, ROW_REASON,
                 "UTF-16 without a byte order mark: iconv -f UTF-16%s -t UTF-8 %s | rescind plan - "
                 "--run-dir DIR",
                 little ? "LE" : "BE", quoted(path, &shell));
    buf_free(&shell);
    return little || big;
}

/* As `curl -i` prints an answer. */
static bool is_answer_with_headers(const char *text, size_t len, const char *path,
                                   char reason[ROW_REASON])
{
    struct buf shell = {0};
    if (!begins(text, len, "HTTP/", 5))
        return false;
    snprintf(
        reason, ROW_REASON,
        "an answer with its headers, as curl -i prints it: sed '1,/^\\r*$/d' %s | rescind plan - "
        "--run-dir DIR",
        quoted(path, &shell));
    buf_free(&shell);
    return true;
}

/* As old Macs end lines, and Excel's "CSV (Macintosh)". */
static bool is_cr_alone(const char *text, size_t len, const char *path, char reason[ROW_REASON])
{
    const char *cr = memchr(text, '\r', len);
    if (!cr || cr + 1 == text + len || memchr(text, '\n', len))
        return false;
    struct buf shell = {0};
    snprintf(reason, ROW_REASON,
             "lines end in CR alone, LF or CRLF is needed: tr '\\r' '\\n' < %s | rescind plan - "
             "--run-dir DIR",
             quoted(path, &shell));
    buf_free(&shell);
    return true;
}

bool recognize(const struct columns *columns, const struct catalog *catalog, const char *text,
               size_t len, const char *path, bool csv, char reason[ROW_REASON])
{
    if (is_magic(text, len, path, reason) || is_wide(text, len, path, reason) ||
        is_answer_with_headers(text, len, path, reason))
        return true;
    if (csv && is_cr_alone(text, len, path, reason))
        return true;
    return csv && is_no_csv(columns, catalog, text, len, path, reason);
}

void recognize_encoding(const char *text, size_t len, const char *path, char reason[ROW_REASON])
{
    static const char undefined[] =
        "\x81\x8d\x8f\x90\x9d"; /* in Windows-1252; DOS has letters there */
    const char *encoding = "WINDOWS-1252";
    for (size_t i = 0; i < len; i++)
        if (text[i] && strchr(undefined, text[i]))
            encoding = "CP850";
    struct buf shell = {0};
    snprintf(reason, ROW_REASON,
             "%s, it seems: iconv -f %s -t UTF-8 %s | rescind plan - --run-dir DIR", encoding,
             encoding, quoted(path, &shell));
    buf_free(&shell);
}
