/* JSONL through jansson, a line at a time. Lines are independent of each other, so a bad one, even
 * one that is too long, never hides the next.
 *
 *   {"provider":"requesty","id":"6f1c0f0e-...","note":"left the company"}
 * */

#include "manifest/read_jsonl.h"

#include "base/mem.h"
#include "manifest/json_cells.h"

#include <stdlib.h>

struct jsonl_rows {
    struct source *source;
    struct json_cells *cells;
};

struct jsonl_rows *jsonl_rows_new(struct source *s, struct columns *columns)
{
    struct jsonl_rows *j = mem_zalloc(1, sizeof *j);
    j->source = s;
    j->cells = json_cells_new(columns);
    return j;
}

void jsonl_rows_free(struct jsonl_rows *j)
{
    if (!j)
        return;
    json_cells_free(j->cells);
    free(j);
}

static bool is_blank_line(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r' && text[i] != '\n')
            return false;
    return true;
}

enum row_state jsonl_rows_next(struct jsonl_rows *j, struct row *out)
{
    const char *text;
    size_t len;
    for (;;) {
        enum source_state state = source_next(j->source, &text, &len);
        out->line = source_line(j->source);
        switch (state) {
        case SOURCE_END:
            return ROW_END;
        case SOURCE_FAILED:
            return row_say(out, ROW_FAILED, source_reason(j->source));
        case SOURCE_LONG:
            return row_say(out, ROW_BAD, "a line of more than 1 MiB");
        case SOURCE_LINE:
            if (!is_blank_line(text, len))
                return json_cells_read(j->cells, text, len - (text[len - 1] == '\n'), out);
        }
    }
}
