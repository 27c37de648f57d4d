/* Heads, pieces of a body and trailers in any order and size: each byte says what comes next and
 * how much. Nothing goes beyond its bound, and what is broken off stays so small. */

#include "wire/arrival.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const lines[] = {"HTTP/1.1 200 OK\r\n",
                                        "HTTP/1.1 103 Early Hints\r\n",
                                        "\r\n",
                                        "X: y\r\n",
                                        "Transfer-Encoding: chunked\r\n",
                                        " goes on\r\n",
                                        "Content-Length: 5\r\n",
                                        "X"};
    static char many[1 << 16];
    struct arrival in = {0};
    size_t fed = 0, body = 0;
    memset(many, 'x', sizeof many);
    arrival_begin(&in, 4096);
    for (size_t i = 0; i < size; i++) {
        bool good = true;
        unsigned times = 1u << (data[i] >> 4);
        for (unsigned n = 0; n < times && good; n++) {
            if (data[i] & 8) {
                const char *line = lines[data[i] & 7];
                good = arrival_line(&in, line, strlen(line));
                fed += strlen(line);
            } else {
                size_t len = (size_t)1 << (2 * (data[i] & 7));
                good = arrival_piece(&in, many, len);
                body += len;
            }
        }
        if (!good)
            break;
        must(in.trailers <= ARRIVAL_TRAILERS_MOST && in.heads <= ARRIVAL_HEADS_MOST);
        must(in.lines <= ARRIVAL_LINES_MOST && fed <= ARRIVAL_HEAD_MOST);
        must(body <= 4096 + ARRIVAL_BEYOND_MOST);
        must(in.clipped == (body > 4096));
    }
    must(in.head.len <= ARRIVAL_HEAD_MOST && in.body.len <= 4096);
    arrival_free(&in);
    return 0;
}
