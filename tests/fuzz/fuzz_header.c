/* The heads of an answer, as libcurl hands them in: line by line. The input's first byte is the
 * status's and the protocol's choice, the second how long the body is; the rest is the lines. */

#include "wire/arrival.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* How many lines of the last head begin with this name and a colon, counted the plain way. */
static unsigned count_of(const char *text, size_t len, const char *name)
{
    unsigned count = 0;
    bool ended = false;
    for (size_t at = 0; at < len;) {
        const char *line = text + at, *end = memchr(line, '\n', len - at);
        size_t n = end ? (size_t)(end - line) + 1 : len - at;
        if (n >= 5 && memcmp(line, "HTTP/", 5) == 0) {
            count = 0;
            ended = false;
        } else if (line[0] == '\r' || line[0] == '\n') {
            ended = true;
        } else if (!ended && n > strlen(name) && line[strlen(name)] == ':') {
            count += strncasecmp(line, name, strlen(name)) == 0;
        }
        at += n;
    }
    return count;
}

static unsigned lines_of(const char *joined)
{
    unsigned lines = joined != NULL;
    for (; joined && *joined; joined++)
        lines += *joined == '\n';
    return lines;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int status[] = {200, 204, 404, 429};
    struct arrival in = {0};
    struct buf joined = {0};
    if (size < 2)
        return 0;
    const char *text = (const char *)data + 2;
    size_t len = size - 2;
    bool http2 = data[0] & 4, good = true;
    arrival_begin(&in, 64);
    for (size_t at = 0; at < len && good;) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t n = end ? (size_t)(end - text - (ptrdiff_t)at) + 1 : len - at;
        good = arrival_line(&in, text + at, n);
        at += n;
    }
    in.ended = data[0] & 8;
    in.reset = data[0] & 16;
    const char *doubt = arrival_doubt(&in, status[data[0] & 3], http2, data[1]);
    must(in.headed || doubt);
    must(!in.reset || !http2 || in.ended || doubt);
    if (good && !memchr(text, '\0', len)) {
        unsigned lengths = count_of(text, len, "Content-Length");
        must(lengths == in.lengths);
        must(lengths < 2 || doubt);
        must(lines_of(arrival_header(&in, "Content-Length", &joined)) == lengths);
        arrival_header(&in, "Retry-After", &joined);
    }
    if (!doubt && !http2 && (data[0] & 3) != 1)
        must(in.chunked || (in.lengths == 1 && in.length == data[1]));
    buf_free(&joined);
    arrival_free(&in);
    return 0;
}
