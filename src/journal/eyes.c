#include "journal/eyes.h"

#include "base/mem.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

const char *const look_word[LOOK_COUNT] = {"", "read", "list", "delete"};

bool look_parse(const char *word, enum look *out)
{
    for (int i = LOOK_READ; i < LOOK_COUNT; i++) {
        if (strcmp(word, look_word[i]) == 0) {
            *out = (enum look)i;
            return true;
        }
    }
    return false;
}

static bool same_place(const struct eye *a, const struct eye *b)
{
    return strcmp(a->provider, b->provider) == 0 && strcmp(a->kind, b->kind) == 0 &&
           strcmp(a->endpoint, b->endpoint) == 0 && strcmp(a->means, b->means) == 0;
}

/* Texts are copied. */
static uint16_t add(struct eyes *e, const struct eye *what)
{
    if (e->count == EYES_MAX)
        return EYE_NONE;
    e->at = mem_resize(e->at, e->count + 1, sizeof *e->at);
    e->at[e->count++] = (struct eye){.provider = mem_string(what->provider),
                                     .kind = mem_string(what->kind),
                                     .account = mem_string(what->account),
                                     .endpoint = mem_string(what->endpoint),
                                     .means = mem_string(what->means),
                                     .id = mem_string(what->id)};
    return (uint16_t)e->count;
}

/* The last one of the same secrets: it knows best whose they are. A run without a secret sent
 * nothing and is no eye. */
static uint16_t known(struct eyes *e, const struct eye *what)
{
    for (size_t i = e->count; i-- > 0;)
        if (strcmp(e->at[i].account, what->account) == 0 && same_place(&e->at[i], what))
            return (uint16_t)(i + 1);
    return add(e, what);
}

static const char *member(json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

int eyes_open(struct eyes *e, const char *array, struct error *err)
{
    json_t *all = array ? json_loads(array, JSON_REJECT_DUPLICATES, NULL) : NULL, *one;
    size_t i;
    e->now_count = 0;
    if (array && !json_is_array(all)) {
        json_decref(all);
        return error_set(err, EXIT_DATA, "names its eyes in a way that this version does not know");
    }
    json_array_foreach(all, i, one)
    {
        struct eye what = {.provider = (char *)member(one, "provider"),
                           .kind = (char *)member(one, "kind"),
                           .account = (char *)member(one, "account"),
                           .endpoint = (char *)member(one, "endpoint"),
                           .means = (char *)member(one, "means"),
                           .id = (char *)""};
        if (!*what.account)
            continue;
        e->now = mem_resize(e->now, e->now_count + 1, sizeof *e->now);
        e->now[e->now_count++] = known(e, &what);
    }
    json_decref(all);
    return 0;
}

const struct eye *eyes_at(const struct eyes *e, uint16_t eye)
{
    return eye && eye <= e->count ? &e->at[eye - 1] : NULL;
}

uint16_t eyes_now(const struct eyes *e, const char *provider, const char *kind)
{
    for (size_t i = 0; i < e->now_count; i++) {
        const struct eye *at = eyes_at(e, e->now[i]);
        if (at && strcmp(at->provider, provider) == 0 && strcmp(at->kind, kind) == 0)
            return e->now[i];
    }
    return EYE_NONE;
}

uint16_t eyes_name(struct eyes *e, uint16_t eye, const char *id)
{
    if (!eyes_at(e, eye) || !*id || strcmp(e->at[eye - 1].id, id) == 0)
        return eye;
    uint16_t found = EYE_NONE;
    for (size_t i = e->count; i-- > 0 && !found;)
        if (strcmp(e->at[i].id, id) == 0 && same_place(&e->at[i], &e->at[eye - 1]))
            found = (uint16_t)(i + 1);
    if (!found && !*e->at[eye - 1].id) {
        free(e->at[eye - 1].id);
        e->at[eye - 1].id = mem_string(id);
        return eye;
    }
    if (!found) { /* these secrets are another account's by now */
        struct eye other = e->at[eye - 1];
        other.id = (char *)(uintptr_t)id;
        found = add(e, &other);
    }
    for (size_t i = 0; i < e->now_count; i++)
        if (e->now[i] == eye)
            e->now[i] = found;
    return found;
}

void eyes_saw(struct eyes *e, uint16_t eye, enum look look)
{
    if (eyes_at(e, eye))
        e->at[eye - 1].looks |= (uint8_t)(1u << look);
}

void eyes_free(struct eyes *e)
{
    for (size_t i = 0; i < e->count; i++) {
        char *texts[] = {e->at[i].provider, e->at[i].kind,  e->at[i].account,
                         e->at[i].endpoint, e->at[i].means, e->at[i].id};
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
            free(texts[t]);
    }
    free(e->at);
    free(e->now);
    *e = (struct eyes){0};
}

size_t eyes_memory(const struct eyes *e)
{
    return e->count * (sizeof *e->at + 256) + e->now_count * sizeof *e->now;
}
