#include "intake/intake.h"

#include "intake/recordings.h"
#include "intake/stream.h"
#include "intake/taker.h"
#include "intake/walk.h"

#include "base/mem.h"
#include "base/text.h"
#include "provider/identifier.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { HUSHED = 16, NAME_MOST = 300, TAR_BLOCK = 512, TAR_LOOK = 8 };

static const uint64_t NO_TAR = UINT64_MAX;

struct intake {
    struct intake_rules rules;
    struct shapes *shapes; /* NULL where the finder is borrowed */
    struct finder *finder;
    struct places *places;
    struct finds *finds;
    struct leftovers *leftovers;
    struct taker *taker;
    struct recordings *recordings;
    uint64_t files, unread;
    uint64_t last; /* line of a text that was read last, 0 for none */
};

struct intake *intake_new(const struct intake_rules *rules, struct error *err)
{
    struct intake *in = mem_zalloc(1, sizeof *in);
    in->rules = *rules;
    in->finder = rules->finder;
    if (!in->finder) {
        in->shapes = shapes_new(rules->catalog, rules->provider);
        in->finder = finder_new(in->shapes);
    }
    in->places = places_new();
    in->finds = finds_new(rules->catalog);
    in->leftovers = leftovers_new(in->places);
    const struct taker_rules taker = {.provider = rules->provider, .listed = rules->listed};
    in->taker = taker_new(&taker, in->places, in->finds, in->leftovers);
    if (in->finder && in->taker)
        return in;
    error_set(err, EXIT_NOINPUT, "no memory for raw keys:");
    intake_free(in);
    return NULL;
}

void intake_free(struct intake *in)
{
    if (!in)
        return;
    recordings_free(in->recordings);
    taker_free(in->taker);
    leftovers_free(in->leftovers);
    finds_free(in->finds);
    places_free(in->places);
    if (in->shapes)
        finder_free(in->finder);
    shapes_free(in->shapes);
    free(in);
}

/* The name of the file to come as a note may have it: one line, no key. */
static void put_name(const struct intake *in, const char *path, struct buf *out)
{
    buf_clear(out);
    for (const char *c = path; *c && out->len < NAME_MOST; c++)
        buf_putc(out, iscntrl((unsigned char)*c) ? '?' : *c);
    if (text_is_utf8(buf_text(out), out->len) && !intake_hides(in, path))
        return;
    buf_clear(out);
    buf_printf(out, "file %llu, whose name is not shown", (unsigned long long)in->files + 1);
}

static void name_file(struct intake *in, const char *path)
{
    struct buf name = {0};
    put_name(in, strcmp(path, "-") == 0 ? "standard input" : path, &name);
    places_file(in->places, buf_text(&name));
    buf_free(&name);
}

/* Up to where a text can be looked through: to the end of its last line, or, in the middle of a
 * long one, so far that whatever begins before is all there. */
static size_t settled(const char *text, size_t len, bool ended)
{
    if (ended)
        return len;
    size_t least = len > FINDER_AHEAD ? len - FINDER_AHEAD : 0;
    for (size_t at = len; at > least; at--)
        if (text[at - 1] == '\n')
            return at;
    return least;
}

/* What was looked through is kept a while for what names a key, but no key. */
static void hush(char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        size_t end = at;
        bool digits = false, upper = false, lower = false;
        while (end < len && (isalnum((unsigned char)text[end]) || strchr("_-+/=.", text[end]))) {
            unsigned char c = (unsigned char)text[end++];
            if (c == '\0')
                break;
            digits |= isdigit(c) != 0;
            upper |= isupper(c) != 0;
            lower |= islower(c) != 0;
        }
        if (end - at >= HUSHED && (digits || (upper && lower)))
            memset(text + at, 'x', end - at);
        at = end > at ? end : at + 1;
    }
}

static uint64_t lines_of(const char *text, size_t len)
{
    uint64_t lines = 0;
    const char *end = text + len;
    while (text < end && (text = memchr(text, '\n', (size_t)(end - text)))) {
        lines++;
        text++;
    }
    return lines;
}

/* The size that a tar's header tells; false where none stands there. */
static bool tar_size(const char *header, uint64_t *size)
{
    if (memcmp(header + 257, "ustar", 5) != 0)
        return false;
    *size = 0;
    for (const char *c = header + 124; c < header + 136 && *c && *c != ' '; c++) {
        if (*c < '0' || *c > '7')
            return false;
        *size = *size * 8 + (uint64_t)(*c - '0');
    }
    return true;
}

/* Names the packed ones among the files of a tar, up to the end of a text that begins at `base`.
 * *next is where the next header stands; NO_TAR where there is none. */
static void look_into_tar(struct intake *in, const char *text, size_t len, uint64_t base,
                          uint64_t line, uint64_t *next)
{
    uint64_t size;
    while (*next != NO_TAR && *next + TAR_BLOCK + TAR_LOOK <= base + len) {
        const char *header = text + (*next - base);
        if (*next < base || !tar_size(header, &size)) {
            *next = NO_TAR;
            return;
        }
        if (size >= TAR_LOOK && stream_begins_packed(header + TAR_BLOCK, TAR_LOOK))
            leftovers_add(in->leftovers, LEFT_PACKED, NULL, "packed, in a tar archive", NULL, 0,
                          places_at(in->places, line + lines_of(text, (size_t)(header - text))));
        *next += TAR_BLOCK + (size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
    }
}

static int read_text(struct intake *in, struct stream *s, struct error *err)
{
    uint64_t base = 0, next = 0; /* where the text begins in the file; look_into_tar's */
    uint64_t line = 1, seen;     /* of the first byte that is there */
    size_t from = 0, len;
    for (;;) {
        bool ended = stream_ended(s);
        const char *text = stream_text(s, &len);
        size_t to = settled(text, len, ended);
        look_into_tar(in, text, len, base, line, &next);
        if (to > from) {
            taker_text(in->taker, text, len, line, NULL);
            finder_run(in->finder, text, len, from, to, taker_see, in->taker);
            if (taker_end(in->taker, &seen, err) != 0)
                return -1;
            size_t keep = to < FINDER_BACK ? to : FINDER_BACK;
            if (text[to - 1] == '\n')
                hush(stream_bytes(s) + to - keep, keep);
            line += lines_of(text, to - keep);
            stream_drop(s, to - keep);
            base += to - keep;
            from = keep;
        }
        if (ended) {
            in->last = line + lines_of(text, len);
            return 0;
        }
        if (stream_more(s, err) != 0)
            return -1;
    }
}

static int read_report(struct intake *in, struct stream *s, const struct report_form *form,
                       struct error *err)
{
    size_t len;
    if (!in->recordings)
        in->recordings =
            recordings_new(in->finder, in->taker, in->leftovers, in->places, in->rules.catalog);
    if (!in->recordings)
        return error_set(err, EXIT_NOINPUT, "no memory for raw keys:");
    recordings_begin(in->recordings, form);
    for (;;) {
        bool ended = stream_ended(s);
        const char *text = stream_text(s, &len);
        if (recordings_take(in->recordings, text, len, err) != 0)
            return -1;
        stream_drop(s, len);
        if (ended)
            return recordings_end(in->recordings, err);
        if (stream_more(s, err) != 0)
            return -1;
    }
}

/* Reads so much of a file that its form can be told: JSON tells it late, CSV in its first line. */
static int read_beginning(struct stream *s, struct error *err)
{
    for (;;) {
        size_t len, at = 0;
        const char *text = stream_text(s, &len);
        if (len >= REPORT_BEGINNING || stream_full(s) || stream_ended(s))
            return 0;
        while (at < len && (isspace((unsigned char)text[at]) || (unsigned char)text[at] >= 0x80))
            at++;
        if (at < len && text[at] != '{' && text[at] != '[' && memchr(text, '\n', len))
            return 0;
        if (stream_more(s, err) != 0)
            return -1;
    }
}

/* What its cells hold stands side by side: a text of one ends where the next one's begins. */
static bool is_sqlite(const char *text, size_t len)
{
    static const char magic[16] = "SQLite format 3";
    return len >= sizeof magic && memcmp(text, magic, sizeof magic) == 0;
}

static void tell_sqlite(struct intake *in)
{
    struct buf line = {0};
    buf_printf(&line,
               "%s: an SQLite database, in which texts stand side by side: sqlite3 FILE .dump | "
               "rescind match - parts them",
               places_name(in->places, places_at(in->places, 1)));
    in->rules.tell(buf_text(&line));
    buf_free(&line);
}

static int read_stream(struct intake *in, struct stream *s, const char *path, struct error *err)
{
    size_t len;
    if (read_beginning(s, err) != 0)
        return -1;
    if (stream_packed(s)) {
        leftovers_add(in->leftovers, LEFT_PACKED, NULL, stream_packed(s), NULL, 0,
                      places_at(in->places, 1));
        return 0;
    }
    const char *text = stream_text(s, &len), *name = in->rules.form;
    bool is_text = name && strcmp(name, "text") == 0;
    const struct report_form *form = is_text ? NULL : report_form_of(text, len, name);
    if (name && !is_text && !form)
        return error_set(err, EXIT_DATA, "%s: no %s report, by its beginning", path, name);
    bool sqlite = is_sqlite(text, len);
    uint64_t stuck = leftovers_count(in->leftovers, LEFT_STUCK);
    int result = form ? read_report(in, s, form, err) : read_text(in, s, err);
    if (sqlite && leftovers_count(in->leftovers, LEFT_STUCK) > stuck)
        tell_sqlite(in);
    return result;
}

static bool is_output(const struct intake *in, const char *path)
{
    struct stat a, b;
    return in->rules.output && stat(in->rules.output, &a) == 0 && stat(path, &b) == 0 &&
           S_ISREG(a.st_mode) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* What stands before the break is as good as any other's. */
static void tell_broken(struct intake *in, const char *why)
{
    struct buf line = {0};
    buf_printf(&line, "%s: %s; what comes before ",
               places_name(in->places, places_at(in->places, 1)), why);
    if (in->last)
        buf_printf(&line, "(to line %llu) ", (unsigned long long)in->last);
    buf_puts(&line, "was looked through");
    in->rules.tell(buf_text(&line));
    buf_free(&line);
    in->unread++;
}

static int read_named(struct intake *in, const char *path, struct error *err)
{
    struct stream *s = stream_open(path, err);
    if (!s)
        return -1;
    uint64_t before =
        finds_count(in->finds) + finds_repeated(in->finds) + leftovers_whole(in->leftovers);
    name_file(in, path);
    in->files++;
    in->last = 0;
    int result = read_stream(in, s, path, err);
    if (result == 0 && stream_broken(s))
        tell_broken(in, stream_broken(s));
    if (stream_trailing(s))
        leftovers_add(in->leftovers, LEFT_PACKED, NULL,
                      "what stands behind the end of a packed one", NULL, 0,
                      places_at(in->places, 1));
    stream_free(s);
    uint64_t after =
        finds_count(in->finds) + finds_repeated(in->finds) + leftovers_whole(in->leftovers);
    if (result == 0 && after > before && is_output(in, path))
        return error_set(err, EXIT_USAGE, "--output %s is a file with raw keys: name another",
                         in->rules.output);
    return result;
}

/* What went wrong with a file whose name holds a key is told without it. */
static int read_file(struct intake *in, const char *path, struct error *err)
{
    struct buf name = {0};
    put_name(in, path, &name);
    int result = read_named(in, path, err);
    if (result != 0 && intake_hides(in, path))
        error_set(err, err->code, "%s: it cannot be read, or not to its end", buf_text(&name));
    buf_free(&name);
    return result;
}

static void lost(void *at, const char *path, int error_number)
{
    struct intake *in = at;
    struct buf line = {0};
    put_name(in, path, &line);
    buf_printf(&line, ": %s", strerror(error_number));
    in->rules.tell(buf_text(&line));
    buf_free(&line);
    in->unread++;
}

static void passed(void *at, const char *path, const char *what)
{
    struct intake *in = at;
    name_file(in, path);
    leftovers_add(in->leftovers, LEFT_PACKED, NULL, what, NULL, 0, places_at(in->places, 1));
}

/* A file below a directory: one that cannot be read stops nothing. */
static int read_below(void *at, const char *path, struct error *err)
{
    struct intake *in = at;
    int result = read_file(in, path, err);
    if (result == 0 || err->code != EXIT_NOINPUT)
        return result;
    in->rules.tell(err->text);
    in->unread++;
    return 0;
}

int intake_read(struct intake *in, const char *path, struct error *err)
{
    struct stat st;
    if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        const struct walker w = {.file = read_below, .passed = passed, .lost = lost, .at = in};
        return walk(&w, path, err);
    }
    return read_file(in, path, err);
}

const struct finds *intake_finds(const struct intake *in)
{
    return in->finds;
}

struct leftovers *intake_leftovers(struct intake *in)
{
    return in->leftovers;
}

const struct places *intake_places(const struct intake *in)
{
    return in->places;
}

bool intake_hides(const struct intake *in, const char *path)
{
    return identifier_is_secret(in->rules.catalog, path, strlen(path));
}

uint64_t intake_files(const struct intake *in)
{
    return in->files;
}

uint64_t intake_unread(const struct intake *in)
{
    return in->unread;
}
