#ifndef RESCIND_BASE_BASE64_H
#define RESCIND_BASE_BASE64_H

/* Base64 with padding (RFC 4648, 4). */

#include "base/buf.h"

#include <stdbool.h>

void base64_put(struct buf *out, const void *bytes, size_t len);

/* Appends what a text stands for; false, and nothing appended, where it is no base64. */
bool base64_read(struct buf *out, const char *text, size_t len);

#endif
