#ifndef RESCIND_WIRE_HEADER_LISTS_H
#define RESCIND_WIRE_HEADER_LISTS_H

/* Header lines as libcurl reads them: those of messages.h and ours, in one list for each form of
 * body. For transfer.c. */

#include "wire/messages.h"

#include <curl/curl.h>

enum body_form { BODY_NONE, BODY_JSON, BODY_FORM, BODY_FORMS };

/* Lives as long as the headers, and is not libcurl's to free. */
const struct curl_slist *header_list(const struct http_headers *h, enum body_form form);

#endif
