#ifndef RESCIND_WIRE_LIBRARY_H
#define RESCIND_WIRE_LIBRARY_H

/* libcurl as a whole: made ready once, with memory that is wiped. */

/* To be called before anything else of libcurl's; again as often as one likes. */
void library_start(void);

/* "7.88.1 OpenSSL/3.0.19 nghttp2/1.52.0": the libcurl in use. */
const char *http_library(void);

#endif
