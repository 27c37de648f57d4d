#ifndef RESCIND_INTAKE_EDGES_H
#define RESCIND_INTAKE_EDGES_H

/* What stands around a key in a text: whether it begins there, and whose the text says it is. */

#include "provider/definition.h"

/* Whether a key may begin at `at`: nothing that could belong to one stands before it. An escape of
 * JSON, a URL, quoted-printable or a terminal, and the sign of a diff's line, are no part of it.
 * `dotted`: a dot could belong to it, too. */
bool edge_left(const char *text, size_t at, bool dotted);

/* The character that an escape at `at` stands for, where that may stand in a key (and its length);
 * -1 where there is none: %2F %252F \/ \u002f \\u002f \x2f &#47; &#x2f; */
int edge_escape(const char *text, size_t len, size_t at, size_t *size);

/* The length of what a highlighter puts into a text at `at`, and that is none of it: a colour of a
 * terminal (ESC [ 01;31 m, ESC [ K, with ESC, \u001b or \x1b), a tag of b, em, i, mark, span,
 * strong or wbr, with attributes or without, and their ends; 0 for none. */
size_t edge_highlight(const char *text, size_t len, size_t at);
/* Likewise of one that ends before `at`; ESC may be written \033, \e, ^[ or #033, too. */
size_t edge_highlight_before(const char *text, size_t at);

/* Whether what stands before `at` names the provider: its name or a variable of its headers, in any
 * case, in the same part of the line (BASETEN_API_KEY=, "baseten": ", https://x.baseten.co/?key=),
 * or in the part before that where this one is called value (name: BASETEN_API_KEY, value: ...). */
bool edge_names(const char *text, size_t at, const struct definition *d);
/* Whether that part says of what it names that it is a key, a token or a secret. */
bool edge_is_key(const char *text, size_t at);
/* The i-th name of the provider, its variables among them; NULL behind the last. In `room`. */
enum { EDGE_NAME = 72, EDGE_PART = 160 };
const char *edge_name(const struct definition *d, size_t i, char room[EDGE_NAME]);
/* Whether a text does anywhere. */
bool edge_says(const char *text, size_t len, const struct definition *d);

#endif
