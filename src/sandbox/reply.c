#include "sandbox/reply.h"

#include <stdarg.h>
#include <stdio.h>

void reply_reset(struct reply *r)
{
    r->status = 0;
    r->type = NULL;
    buf_clear(&r->body);
    r->headers = 0;
    r->how = DELIVER_WHOLE;
    r->delay_us = 0;
    r->tally = NULL;
    r->hold_until_us = 0;
    r->event = UINT32_MAX;
}

void reply_free(struct reply *r)
{
    buf_free(&r->body);
}

void reply_header(struct reply *r, const char *name, const char *format, ...)
{
    if (r->headers == REPLY_HEADERS)
        return;
    va_list args;
    va_start(args, format);
    snprintf(r->header[r->headers].name, sizeof r->header->name, "%s", name);
    vsnprintf(r->header[r->headers].value, sizeof r->header->value, format, args);
    va_end(args);
    r->headers++;
}
