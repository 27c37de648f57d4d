#ifndef RESCIND_REPORT_SINK_H
#define RESCIND_REPORT_SINK_H

/* Where bytes go, and texts of any origin among them. */

#include "base/buf.h"
#include "base/durable.h"

/* Where a form's bytes go: through `buf` into a file, or, without one, they stay in `buf`. After a
 * failure everything is swallowed; sink_end tells. */
struct sink {
    struct durable_file *file;
    struct buf buf;
    struct error *err;
    bool failed;
};
void sink_rest(struct sink *s); /* to be called now and then: hands a full buf on */
int sink_end(struct sink *s);   /* hands the rest on; -1 where anything failed */

/* Text of any origin (a file name) as UTF-8: what is none becomes U+FFFD. */
void put_utf8(struct buf *b, const char *text);
/* The same, and what would act on a terminal or turn the direction of writing is U+FFFD, too; tabs
 * and line ends stay. */
void put_harmless(struct buf *b, const char *text);
void put_json_text(struct buf *b, const char *text); /* with quotes; NULL: null */
void put_json_time(struct buf *b, int64_t ms);       /* 0: null */

#endif
