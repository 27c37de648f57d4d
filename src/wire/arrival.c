#include "wire/arrival.h"

#include <string.h>
#include <strings.h>

void arrival_begin(struct arrival *a, size_t body_max)
{
    struct buf head = a->head, body = a->body;
    decoding_free(a->decoding);
    *a = (struct arrival){.head = head, .body = body, .body_max = body_max};
    buf_clear(&a->head);
    buf_clear(&a->body);
}

void arrival_free(struct arrival *a)
{
    buf_free(&a->head);
    buf_free(&a->body);
    decoding_free(a->decoding);
    a->decoding = NULL;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The value of a line that has this name; NULL where it has another. A blank before the colon is no
 * part of any name (RFC 9112, 5.1). */
static const char *value_of(const char *line, size_t len, const char *name, size_t *value_len)
{
    size_t n = strlen(name);
    if (len <= n || line[n] != ':' || strncasecmp(line, name, n) != 0)
        return NULL;
    const char *from = line + n + 1, *to = line + len;
    while (from < to && is_blank(*from))
        from++;
    while (to > from && (is_blank(to[-1]) || to[-1] == '\r' || to[-1] == '\n'))
        to--;
    *value_len = (size_t)(to - from);
    return from;
}

/* Digits alone: neither a sign nor a list, not even one of the same number twice. */
static bool read_length(const char *text, size_t len, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *out = *out * 10 + (uint64_t)(text[i] - '0');
    }
    return len > 0 && len < 19;
}

static void read_framing(struct arrival *a, const char *line, size_t len)
{
    const char *value;
    size_t n;
    a->fatal |= memchr(line, '\0', len) != NULL;
    if (is_blank(line[0])) { /* goes on with the line before */
        a->fatal |= a->framed;
        return;
    }
    a->framed = false;
    if (!strchr("CcTt", line[0]))
        return;
    a->framed = true;
    if ((value = value_of(line, len, "Content-Length", &n))) {
        a->lengths++;
        a->fatal |= !read_length(value, n, &a->length);
    } else if ((value = value_of(line, len, "Transfer-Encoding", &n))) {
        a->fatal |= a->chunked || n != 7 || strncasecmp(value, "chunked", 7) != 0;
        a->chunked = true;
    } else {
        a->framed = false;
        value = value_of(line, len, "Content-Encoding", &n);
        a->coded |= value && n && !(n == 8 && strncasecmp(value, "identity", n) == 0);
    }
}

static void begin_head(struct arrival *a, const char *line, size_t len)
{
    buf_clear(&a->head);
    a->headed = a->chunked = a->fatal = a->framed = a->coded = false;
    a->http2 = len > 5 && line[5] == '2';
    a->lengths = 0;
    a->length = 0;
    a->heads++;
}

bool arrival_line(struct arrival *a, const char *line, size_t len)
{
    a->head_bytes += len;
    if (a->head_bytes > ARRIVAL_HEAD_MOST || ++a->lines > ARRIVAL_LINES_MOST)
        return false;
    if (len >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        begin_head(a, line, len);
    } else if (len > 0 && (line[0] == '\r' || line[0] == '\n')) {
        a->headed = true;
    } else if (a->headed) {
        a->trailers++;
    } else if (len > 0) {
        read_framing(a, line, len);
        buf_put(&a->head, line, len);
    }
    return a->heads <= ARRIVAL_HEADS_MOST && a->trailers <= ARRIVAL_TRAILERS_MOST;
}

/* What its head says of it, where there is any body. */
static bool begin_decoding(struct arrival *a)
{
    struct buf joined = {0};
    const char *name = arrival_header(a, "Content-Encoding", &joined);
    a->decoding = name ? decoding_new(name) : NULL;
    a->undecoded = !a->decoding;
    buf_free(&joined);
    return !a->undecoded;
}

static bool take_decoded(void *at, const char *bytes, size_t len)
{
    struct arrival *a = at;
    size_t room = a->body_max - a->body.len;
    if (++a->pieces > ARRIVAL_PIECES_FREE + (a->body.len + a->beyond) / ARRIVAL_PIECE_LEAST)
        return false;
    if (len <= room) {
        buf_put(&a->body, bytes, len);
        return true;
    }
    a->clipped = true;
    buf_put(&a->body, bytes, room);
    a->beyond += len - room;
    return a->beyond <= ARRIVAL_BEYOND_MOST;
}

bool arrival_piece(struct arrival *a, const char *bytes, size_t len)
{
    if (a->coded && !a->decoding && !a->undecoded && !begin_decoding(a))
        return false;
    if (!a->coded)
        return take_decoded(a, bytes, len);
    return !a->undecoded && decoding_feed(a->decoding, bytes, len, take_decoded, a);
}

bool arrival_filled(const struct arrival *a)
{
    return a->lengths == 1 && !a->chunked && !a->fatal && !a->coded &&
           a->body.len + a->beyond == a->length;
}

const char *arrival_header(const struct arrival *a, const char *name, struct buf *joined)
{
    const char *at = buf_text(&a->head), *end = at + a->head.len;
    bool found = false, goes_on = false;
    buf_clear(joined);
    while (at < end) {
        const char *next = memchr(at, '\n', (size_t)(end - at));
        next = next ? next + 1 : end;
        size_t len = (size_t)(next - at), n = 0;
        const char *value = value_of(at, len, name, &n);
        if (value) {
            if (found)
                buf_putc(joined, '\n');
            buf_put(joined, value, n);
            found = true;
        } else if (goes_on && is_blank(*at)) {
            value = at + 1;
            n = strcspn(value, "\r\n");
            buf_putc(joined, ' ');
            buf_put(joined, value, n);
        }
        goes_on = value != NULL;
        at = next;
    }
    return found ? buf_text(joined) : NULL;
}

static const char *framing_doubt(const struct arrival *a, int status, uint64_t got)
{
    if (a->fatal || a->lengths > 1 || (a->lengths && a->chunked))
        return "its framing contradicts itself";
    if (status == 204)
        return a->chunked || a->length ? "204 with a body" : NULL;
    if (a->chunked)
        return NULL; /* without its last chunk it is no whole one to the library */
    if (!a->lengths)
        return "it ended with its connection, and may have been cut";
    return got == a->length ? NULL : "cut off within its body";
}

/* An empty one has no coding only where there is to be none at all. */
static const char *coding_doubt(const struct arrival *a, int status)
{
    if (!a->coded || status == 204 || status == 304)
        return NULL;
    return a->decoding && decoding_ended(a->decoding) ? NULL : "cut off within its content coding";
}

const char *arrival_doubt(const struct arrival *a, int status, bool http2, uint64_t got)
{
    const char *doubt = coding_doubt(a, status);
    if (!a->headed)
        return "cut off within its head";
    if (a->stray)
        return "bytes that nobody asked for came behind it";
    if (doubt)
        return doubt;
    if (!http2)
        return framing_doubt(a, status, got);
    if (a->fatal || a->lengths > 1)
        return "its framing contradicts itself";
    if (a->lengths && got != a->length)
        return "cut off within its body";
    /* With the length that was promised the library takes it, and may never look at an empty frame
     * that ends the stream. */
    bool met = a->lengths && got > 0 && !a->reset;
    return a->ended || met ? NULL : "its stream was reset before its end";
}
