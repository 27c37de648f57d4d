#ifndef RESCIND_WIRE_STREAM_END_H
#define RESCIND_WIRE_STREAM_END_H

/* Whether an HTTP/2 answer ended by END_STREAM. libcurl 7.88.1 takes a stream that was reset with
 * NO_ERROR behind its head for a whole answer, and does not tell the two apart. nghttp2 does, but
 * to libcurl alone; so the function by which libcurl asks to be told of frames is ours (a program's
 * own symbol goes before a shared library's, ld.so(8)), and passes each of them on. */

#include <stdbool.h>

/* Called for each stream that ended so, or (`reset`) by RST_STREAM of whatever code, with libcurl's
 * handle of its transfer. To be set before the first transfer. */
void stream_end_tell(void (*ended)(void *easy, bool reset));

/* Whether ours is the one that libcurl finds. Where it is not (a libcurl with nghttp2 inside), no
 * answer over HTTP/2 could ever be called whole: then HTTP/1.1 is spoken. */
bool stream_end_works(void);

#endif
