#include "report/html_text.h"

#include "base/clock.h"
#include "base/text.h"
#include "report/sink.h"

static void put_char(struct buf *b, const char *at, size_t n)
{
    unsigned char c = (unsigned char)*at;
    if (c == '&')
        buf_puts(b, "&amp;");
    else if (c == '<')
        buf_puts(b, "&lt;");
    else if (c == '>')
        buf_puts(b, "&gt;");
    else if (c == '"')
        buf_puts(b, "&quot;");
    else if (c == '\'')
        buf_puts(b, "&#39;");
    else
        buf_put(b, at, n);
}

void html_text(struct buf *b, const char *text, size_t width)
{
    struct buf clean = {0};
    put_harmless(&clean, text);
    const char *at = buf_text(&clean);
    for (size_t column = 0; *at; column++) {
        size_t n = 1;
        while (((unsigned char)at[n] & 0xc0) == 0x80)
            n++;
        if (width && column == width) {
            buf_puts(b, "\xe2\x80\xa6");
            break;
        }
        put_char(b, at, n);
        at += n;
    }
    buf_free(&clean);
}

void html_count(struct buf *b, uint64_t n)
{
    char text[TEXT_COUNT];
    buf_puts(b, text_count(n, text));
}

void html_time(struct buf *b, int64_t ms)
{
    char text[CLOCK_TEXT];
    if (!ms) {
        buf_puts(b, "\xe2\x80\x93");
        return;
    }
    clock_text(ms, text);
    buf_printf(b, "<time datetime=\"%s\">%.10s %.8s UTC</time>", text, text, text + 11);
}

void html_section(struct buf *b, const char *id, const char *title)
{
    buf_printf(b, "<section id=\"%s\" aria-labelledby=\"h-%s\">\n<h2 id=\"h-%s\">%s</h2>\n", id, id,
               id, title);
}

void html_section_end(struct buf *b)
{
    buf_puts(b, "</section>\n");
}
