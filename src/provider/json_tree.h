#ifndef RESCIND_PROVIDER_JSON_TREE_H
#define RESCIND_PROVIDER_JSON_TREE_H

/* jansson's tree of a text, without its lexer, which takes two thirds of the time. */

#include <jansson.h>
#include <stddef.h>

/* The same as json_loadb with JSON_REJECT_DUPLICATES and JSON_DECODE_ANY. */
json_t *json_tree(const char *text, size_t len);

#endif
