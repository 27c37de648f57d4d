#include "wire/settings.h"

#include "journal/evidence.h"

bool settings_expect_absent(const struct settings *s, const struct definition *d)
{
    return s->expect_absent && (!s->expect_absent_of || evidence_named(s->expect_absent_of, d));
}
