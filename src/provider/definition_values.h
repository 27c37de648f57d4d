#ifndef RESCIND_PROVIDER_DEFINITION_VALUES_H
#define RESCIND_PROVIDER_DEFINITION_VALUES_H

/* How the values of a definition's keys are read. For definition_keys.c, whose table says which
 * goes where. */

#include "provider/definition.h"

/* Each of these reads one value into its place, which is zero before, or holds what the same key
 * said before. NULL, or what is wrong with it; what was read until then is freed with the
 * definition. */
typedef const char *take(void *at, const char *value);

/* Into a `char *`. */
take take_text;
take take_base;
take take_pointer;
take take_place;
/* Into lists of texts. */
take take_line;
take take_words;
take take_pointers;
take take_raw;
/* Into a struct id_rule, or a member of one. */
take take_class;
take take_length;
take take_fold;
/* Into a struct request. */
take take_request;
take take_body;
take take_form;
/* Into struct conditions. */
take take_condition;
/* Into a struct status_set. */
take take_success;
take take_status;
/* Into a number, a bool, an enum absent_rule. */
take take_limit;
take take_yes;
take take_absent;
/* Into a struct list_pages. */
take take_offset;
take take_number;
take take_after;
take take_next;
/* Into a struct list_rule. */
take take_each;
take take_field;
/* Into a struct rotate_rule. */
take take_create_field;
/* Into a definition. */
take take_read_stop;
take take_gone_status;
take take_gone_form;
take take_rate_header;
take take_rate_body;
take take_scope;
take take_self;
take take_account;

#endif
