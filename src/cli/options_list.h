#ifndef RESCIND_CLI_OPTIONS_LIST_H
#define RESCIND_CLI_OPTIONS_LIST_H

/* The options of `list`: which keys are meant. */

#include "cli/options_values.h"

/* Each as option_spec.set. */
typedef bool option_set(struct reading *r, const char *value, struct error *err);
option_set option_set_kind, option_set_name, option_set_label, option_set_workspace,
    option_set_type, option_set_created_before, option_set_updated_before,
    option_set_last_used_before, option_set_creator, option_set_owner, option_set_not_in,
    option_set_unused, option_set_min_window, option_set_spend_below, option_set_expired,
    option_set_disabled, option_set_all_keys;

#endif
