#include "intake/places.h"

#include "base/mem.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>

enum { LINE_BITS = 40, RANGES_SHOWN = 20 };

struct places {
    char **name;
    size_t count;
};

struct places *places_new(void)
{
    return mem_zalloc(1, sizeof(struct places));
}

void places_free(struct places *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->count; i++)
        free(p->name[i]);
    free(p->name);
    free(p);
}

void places_file(struct places *p, const char *name)
{
    if ((p->count & (p->count - 1)) == 0)
        p->name = mem_resize(p->name, p->count ? p->count * 2 : 1, sizeof *p->name);
    p->name[p->count++] = mem_string(name);
}

uint64_t places_at(const struct places *p, uint64_t line)
{
    return (uint64_t)(p->count - 1) << LINE_BITS | line;
}

const char *places_name(const struct places *p, uint64_t place)
{
    return p->name[place >> LINE_BITS];
}

uint64_t place_line(uint64_t place)
{
    return place & (((uint64_t)1 << LINE_BITS) - 1);
}

void places_put(const struct places *p, uint64_t place, struct buf *out)
{
    buf_puts(out, places_name(p, place));
    buf_putc(out, ':');
    buf_put_u64(out, place_line(place));
}

static void close_range(struct place_list *l, const struct places *p)
{
    uint64_t file = (l->first >> LINE_BITS) + 1, size = l->last - l->first + 1;
    if (!l->first)
        return;
    if (l->ranges++ >= RANGES_SHOWN) {
        l->hidden += size;
    } else {
        buf_puts(&l->text, l->text.len ? ", " : "");
        if (file != l->file)
            buf_printf(&l->text, "%s:", places_name(p, l->first));
        buf_put_u64(&l->text, place_line(l->first));
        if (size > 1)
            buf_printf(&l->text, "-%" PRIu64, place_line(l->last));
        l->file = file;
    }
    l->first = 0;
}

void place_list_add(struct place_list *l, const struct places *p, uint64_t place)
{
    if (l->first && (place == l->last || place == l->last + 1)) {
        l->last = place;
        return;
    }
    close_range(l, p);
    l->first = l->last = place;
}

const char *place_list_text(struct place_list *l, const struct places *p)
{
    close_range(l, p);
    if (l->hidden)
        buf_printf(&l->text, " and %" PRIu64 " more", l->hidden);
    l->hidden = 0;
    return buf_text(&l->text);
}

void place_list_free(struct place_list *l)
{
    buf_free(&l->text);
}
