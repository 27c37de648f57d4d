#ifndef RESCIND_SANDBOX_SPEC_H
#define RESCIND_SANDBOX_SPEC_H

/* The small texts that options are made of: `openrouter=drop-after:5%:tries=2`. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SPEC_MAX = 256, SPEC_PROVIDER = 64 };

/* What follows `PROVIDER=`, and the provider; the whole text and "" where it names none. */
const char *spec_provider(const char *text, char provider[SPEC_PROVIDER]);

bool spec_span(const char *text, int64_t *us);  /* "250ms", "1.5s", "90s", "5m", "2" */
bool spec_share(const char *text, double *out); /* "5%", "0.05", "1": 0 to 1 */
bool spec_one_of(const char *text, const char *const *words, unsigned count, unsigned *out);

/* Splits "name=value" in place; false where there is no `=`. */
bool spec_setting(char *text, const char **name, const char **value);

#endif
