#include "wire/library.h"

#include "base/heap.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* With the keys of its TLS sessions, which libcurl writes where SSLKEYLOGFILE says, whoever has
 * recorded the wire has the credential. */
static void start(void)
{
    unsetenv("SSLKEYLOGFILE");
    heap_keep();
    curl_global_init_mem(CURL_GLOBAL_DEFAULT, heap_alloc, heap_free, heap_resize, heap_string,
                         heap_zalloc);
}

void library_start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start);
}

const char *http_library(void)
{
    static char text[128];
    if (!*text) {
        const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);
        snprintf(text, sizeof text, "%s %s nghttp2/%s", v->version,
                 v->ssl_version ? v->ssl_version : "without TLS",
                 v->nghttp2_version ? v->nghttp2_version : "none");
    }
    return text;
}
