#include "cli/sheet.h"

#include "cli/options.h"
#include "cli/output.h"

#include "base/durable.h"
#include "base/text.h"
#include "provider/identifier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FLUSH = 1 << 20 }; /* bytes of text that are held at most, and a row more */

void sheet_init(struct sheet *s, const struct catalog *catalog, enum manifest_format format,
                const char *output)
{
    if (format == FORMAT_AUTO && output)
        format = manifest_format_of(output);
    *s = (struct sheet){.catalog = catalog,
                        .output = output,
                        .jsonl = format == FORMAT_JSONL || format == FORMAT_JSON};
}

void sheet_free(struct sheet *s)
{
    buf_free(&s->text);
    if (s->whole)
        durable_abort(s->whole);
    if (s->through)
        fclose(s->through);
}

void sheet_column(struct sheet *s, const char *name)
{
    if (!s->jsonl)
        sheet_word(s, name, name);
}

static void put_cell(struct sheet *s, const char *name, const char *text, size_t len)
{
    if (!s->jsonl) {
        if (s->cells++)
            buf_putc(&s->text, ',');
        buf_put_csv(&s->text, text, len);
        return;
    }
    buf_putc(&s->text, s->cells++ ? ',' : '{');
    buf_put_json_string(&s->text, name);
    buf_puts(&s->text, ":\"");
    buf_put_json(&s->text, text, len);
    buf_putc(&s->text, '"');
}

void sheet_word(struct sheet *s, const char *name, const char *text)
{
    if (text || !s->jsonl)
        put_cell(s, name, text ? text : "", text ? strlen(text) : 0);
}

void sheet_own(struct sheet *s, const char *name, const char *text)
{
    struct buf shown = {0};
    if (s->jsonl || !text_begins_formula(text)) {
        sheet_word(s, name, *text ? text : NULL);
        return;
    }
    buf_printf(&shown, "'%s", text);
    put_cell(s, name, buf_text(&shown), shown.len);
    buf_free(&shown);
}

void sheet_text(struct sheet *s, const char *name, const char *text)
{
    if (!text || !*text)
        sheet_word(s, name, NULL);
    else if (identifier_is_secret(s->catalog, text, strlen(text)))
        sheet_word(s, name, "(looks like a secret, not written)");
    else
        sheet_own(s, name, text);
}

static bool is_stdout(const char *output)
{
    return !output || strcmp(output, "-") == 0;
}

/* To a device, a pipe: what has a name that must stay, and no "whole or not at all". */
static int begin_file(struct sheet *s, struct error *err)
{
    struct stat st;
    bool there = stat(s->output, &st) == 0;
    bool replaceable = there && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode));
    char *real =
        replaceable ? realpath(s->output, NULL) : NULL; /* a link stays; its file is replaced */
    if (there && !real) {
        s->through = fopen(s->output, "we");
        return s->through ? 0 : error_set(err, EXIT_CANTCREATE, "cannot open %s:", s->output);
    }
    s->whole = durable_begin(real ? real : s->output, 0600, err);
    free(real);
    return s->whole ? 0 : -1;
}

static int put_text(struct sheet *s, struct error *err)
{
    const char *text = buf_text(&s->text);
    if (is_stdout(s->output)) {
        if (fwrite(text, 1, s->text.len, stdout) != s->text.len && !output_reader_gone())
            return error_set(err, EXIT_IO, "cannot write to standard output:");
        return 0;
    }
    if (!s->through && !s->whole && begin_file(s, err) != 0)
        return -1;
    if (s->whole)
        return durable_put(s->whole, text, s->text.len, err);
    if (fwrite(text, 1, s->text.len, s->through) != s->text.len)
        return error_set(err, EXIT_IO, "cannot write to %s:", s->output);
    return 0;
}

/* What failed once is told by sheet_write. */
static void flush(struct sheet *s)
{
    if (!s->failed.code && put_text(s, &s->failed) == 0)
        s->failed.code = EXIT_DONE;
    buf_clear(&s->text);
}

void sheet_end_row(struct sheet *s)
{
    if (s->jsonl && s->cells)
        buf_putc(&s->text, '}');
    if (s->cells)
        buf_putc(&s->text, '\n');
    s->cells = 0;
    if (s->text.len >= FLUSH)
        flush(s);
}

int sheet_write(struct sheet *s, struct error *err)
{
    flush(s);
    if (s->failed.code) {
        *err = s->failed;
        return -1;
    }
    if (s->whole) {
        struct durable_file *whole = s->whole;
        s->whole = NULL;
        return durable_commit(whole, err);
    }
    if (s->through) {
        FILE *through = s->through;
        s->through = NULL;
        return fclose(through) == 0 ? 0 : error_set(err, EXIT_IO, "cannot write to %s:", s->output);
    }
    return output_flush() ? 0 : error_set(err, EXIT_IO, "cannot write to standard output:");
}

void sheet_tell(const char *output, const char *job, bool next, struct buf *out)
{
    if (is_stdout(output))
        return;
    buf_printf(out, " to %s", output);
    if (!next)
        return;
    buf_puts(out, "; review it, then: rescind plan ");
    if (job) {
        buf_puts(out, "--job ");
        buf_put_shell(out, job);
        buf_puts(out, " ");
    }
    if (*output == '-')
        buf_puts(out, "-- ");
    buf_put_shell(out, output);
}
