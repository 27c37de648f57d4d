/* The options of `list`: which keys are meant. */

#include "cli/options_list.h"

#include "base/clock.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

static bool take_text(struct reading *r, const char *value, const char **out)
{
    *out = *value ? reading_keep(r, value) : NULL;
    return *value != '\0';
}

bool option_set_kind(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return take_text(r, value, &r->out->list.kind);
}

bool option_set_name(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return take_text(r, value, &r->out->list.filter.name);
}

bool option_set_label(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return take_text(r, value, &r->out->list.filter.label);
}

bool option_set_workspace(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return take_text(r, value, &r->out->list.filter.workspace);
}

bool option_set_type(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return take_text(r, value, &r->out->list.filter.type);
}

/* An age such as 90d or 36h, a date, which is meant from its beginning, or a moment; in UTC. */
static bool take_moment(const char *value, int64_t *ms)
{
    uint64_t days;
    int64_t us;
    char text[32];
    size_t len = strlen(value);
    if (len == 10 && value[4] == '-') {
        snprintf(text, sizeof text, "%sT00:00:00Z", value);
        value = text;
    }
    *ms = clock_parse(value);
    if (*ms >= 0)
        return true;
    if (len == 0 || len >= sizeof text || !strchr("dhms", value[len - 1]))
        return false;
    snprintf(text, sizeof text, "%.*s", (int)len - 1, value);
    if (value[len - 1] == 'd' && text_u64(text, 36500, &days))
        us = (int64_t)days * 86400 * 1000000;
    else if (!text_duration(value, &us))
        return false;
    *ms = clock_wall_ms() - us / 1000;
    return true;
}

bool option_set_created_before(struct reading *r, const char *value, struct error *err)
{
    struct filter *f = &r->out->list.filter;
    (void)err;
    return f->by_created = take_moment(value, &f->created_before_ms);
}

bool option_set_updated_before(struct reading *r, const char *value, struct error *err)
{
    struct filter *f = &r->out->list.filter;
    (void)err;
    return f->by_updated = take_moment(value, &f->updated_before_ms);
}

bool option_set_last_used_before(struct reading *r, const char *value, struct error *err)
{
    struct filter *f = &r->out->list.filter;
    (void)err;
    return f->by_used = take_moment(value, &f->used_before_ms);
}

bool option_set_creator(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return take_text(r, value, &r->out->list.filter.creator);
}

bool option_set_owner(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return take_text(r, value, &r->out->list.filter.owner);
}

bool option_set_not_in(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return take_text(r, value, &r->out->list.not_in);
}

bool option_set_unused(struct reading *r, const char *value, struct error *err)
{
    struct filter *f = &r->out->list.filter;
    unsigned n;
    (void)err;
    f->by_unused = option_word(value, window_word, WINDOW_COUNT, &n);
    if (f->by_unused)
        f->unused = (enum window)n;
    return f->by_unused;
}

bool option_set_min_window(struct reading *r, const char *value, struct error *err)
{
    struct list_options *l = &r->out->list;
    (void)err;
    return l->has_min_window = text_duration(value, &l->min_window_us);
}

bool option_set_spend_below(struct reading *r, const char *value, struct error *err)
{
    struct filter *f = &r->out->list.filter;
    (void)err;
    return f->by_spend = text_decimal(value, 1e12, &f->spend_below) && f->spend_below > 0;
}

bool option_set_expired(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return option_bool(value, &r->out->list.filter.expired);
}

bool option_set_disabled(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return option_bool(value, &r->out->list.filter.disabled);
}

bool option_set_all_keys(struct reading *r, const char *value, struct error *err)
{
    (void)err;
    return option_bool(value, &r->out->list.all);
}
