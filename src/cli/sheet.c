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

void sheet_init(struct sheet *s, const struct catalog *catalog, enum manifest_format format,
                const char *output)
{
    if (format == FORMAT_AUTO && output)
        format = manifest_format_of(output);
    *s = (struct sheet){.catalog = catalog,
                        .jsonl = format == FORMAT_JSONL || format == FORMAT_JSON};
}

void sheet_free(struct sheet *s)
{
    buf_free(&s->text);
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

void sheet_end_row(struct sheet *s)
{
    if (s->jsonl && s->cells)
        buf_putc(&s->text, '}');
    if (s->cells)
        buf_putc(&s->text, '\n');
    s->cells = 0;
}

static bool is_stdout(const char *output)
{
    return !output || strcmp(output, "-") == 0;
}

/* To a device, a pipe: what has a name that must stay, and no "whole or not at all". */
static int write_through(const struct sheet *s, const char *output, struct error *err)
{
    FILE *f = fopen(output, "we");
    if (!f)
        return error_set(err, EXIT_CANTCREATE, "cannot open %s:", output);
    bool good = fwrite(buf_text(&s->text), 1, s->text.len, f) == s->text.len;
    if (fclose(f) == 0 && good)
        return 0;
    return error_set(err, EXIT_IO, "cannot write to %s:", output);
}

static int write_whole(const struct sheet *s, const char *output, struct error *err)
{
    struct durable_file *f = durable_begin(output, 0600, err);
    if (!f)
        return -1;
    if (durable_put(f, buf_text(&s->text), s->text.len, err) != 0) {
        durable_abort(f);
        return -1;
    }
    return durable_commit(f, err);
}

int sheet_write(const struct sheet *s, const char *output, struct error *err)
{
    struct stat st;
    if (is_stdout(output)) {
        bool put = fwrite(buf_text(&s->text), 1, s->text.len, stdout) == s->text.len;
        if (!output_flush() || (!put && !output_reader_gone()))
            return error_set(err, EXIT_IO, "cannot write to standard output:");
        return 0;
    }
    bool there = stat(output, &st) == 0;
    bool replaceable = there && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode));
    char *real =
        replaceable ? realpath(output, NULL) : NULL; /* a link stays; its file is replaced */
    int result =
        there && !real ? write_through(s, output, err) : write_whole(s, real ? real : output, err);
    free(real);
    return result;
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
