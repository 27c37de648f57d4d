#include "report/sink.h"

#include "base/clock.h"
#include "base/text.h"

#include <string.h>

enum { SINK_FULL = 256 * 1024 };

static void hand_on(struct sink *s)
{
    if (!s->file)
        return;
    if (!s->failed && s->buf.len && durable_put(s->file, s->buf.data, s->buf.len, s->err))
        s->failed = true;
    buf_clear(&s->buf);
}

void sink_rest(struct sink *s)
{
    if (s->buf.len >= SINK_FULL)
        hand_on(s);
}

int sink_end(struct sink *s)
{
    hand_on(s);
    return s->failed ? -1 : 0;
}

void put_utf8(struct buf *b, const char *text)
{
    size_t len = strlen(text);
    if (text_is_utf8(text, len)) {
        buf_put(b, text, len);
        return;
    }
    while (*text) {
        size_t n = 1;
        while (n < 4 && text[n] && !text_is_utf8(text, n))
            n++;
        if (text_is_utf8(text, n)) {
            buf_put(b, text, n);
            text += n;
        } else {
            buf_puts(b, "\xef\xbf\xbd");
            text++;
        }
    }
}

void put_harmless(struct buf *b, const char *text)
{
    struct buf clean = {0};
    put_utf8(&clean, text);
    for (const char *at = buf_text(&clean); *at;) {
        size_t n = text_char_len(at);
        if (text_acts(at, n) && !strchr("\t\r\n", *at))
            buf_puts(b, "\xef\xbf\xbd");
        else
            buf_put(b, at, n);
        at += n;
    }
    buf_free(&clean);
}

void put_json_text(struct buf *b, const char *text)
{
    struct buf clean = {0};
    if (text)
        put_utf8(&clean, text);
    buf_put_json_string(b, text ? buf_text(&clean) : NULL);
    buf_free(&clean);
}

void put_json_time(struct buf *b, int64_t ms)
{
    char text[CLOCK_TEXT];
    buf_put_json_string(b, ms ? clock_text(ms, text) : NULL);
}
