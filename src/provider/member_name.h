#ifndef RESCIND_PROVIDER_MEMBER_NAME_H
#define RESCIND_PROVIDER_MEMBER_NAME_H

/* Members by what they are called, whoever writes them: hasMore is has_more is has-more. */

enum { MEMBER_NAME = 24 };

/* A name in lower case, without `_` and `-`, into `out`, which is returned; "" where it is longer
 * than any that means something. */
const char *member_name(const char *name, char out[MEMBER_NAME]);

#endif
