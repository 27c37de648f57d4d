#ifndef RESCIND_WIRE_KEPT_POLLS_H
#define RESCIND_WIRE_KEPT_POLLS_H

/* What libcurl's own polls have told. It looks at a connection just before it uses it again, and
 * throws away what it saw: bytes that wait there are the answer to the next request, to 7.88.1. To
 * look again would be a system call for each request. So the function by which it looks is ours (as
 * in wire/stream_end.h), which asks the system and remembers the answer. */

#include <stdbool.h>

/* Whether the last poll of this thread was of fd alone, waited for nothing, and found nothing to
 * read. Told once: a second look must be a new one. */
bool polled_silent(int fd);

/* The next poll of fd alone that would not wait finds nothing, without a look: of a connection
 * whose request has just gone out, which the caller waits for in another way. Any other poll
 * ends that. */
void poll_spare(int fd);

/* Neither of these holds any longer. */
void polls_forget(void);

#endif
