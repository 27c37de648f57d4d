#include "sandbox/faults.h"

#include "base/mem.h"
#include "base/rng.h"
#include "base/text.h"
#include "sandbox/spec.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word;
    enum fault_kind kind;
    enum fault_effect effect;
} kinds[] = {
    {"drop", FAULT_DROP, EFFECT_EITHER},      {"drop-before", FAULT_DROP, EFFECT_NO},
    {"drop-after", FAULT_DROP, EFFECT_YES},   {"reset", FAULT_RESET, EFFECT_EITHER},
    {"reset-before", FAULT_RESET, EFFECT_NO}, {"reset-after", FAULT_RESET, EFFECT_YES},
    {"stall", FAULT_STALL, EFFECT_YES},       {"cut", FAULT_CUT, EFFECT_YES},
    {"stray", FAULT_STRAY, EFFECT_YES},       {"html404", FAULT_HTML_404, EFFECT_NO},
    {"redirect", FAULT_REDIRECT, EFFECT_NO},  {"deleted-false", FAULT_DELETED_FALSE, EFFECT_NO},
    {"other-id", FAULT_OTHER_ID, EFFECT_NO},  {"empty", FAULT_EMPTY, EFFECT_YES},
    {"html", FAULT_HTML, EFFECT_NO},          {"listed", FAULT_LISTED, EFFECT_NO},
    {"lie", FAULT_LISTED, EFFECT_NO},         {"stuck", FAULT_STUCK, EFFECT_YES},
    {"more", FAULT_MORE, EFFECT_YES},
};

double fault_dice(uint64_t seed, uint64_t a, uint64_t b, uint64_t c)
{
    struct rng r = rng_seed(seed);
    r.state = rng_next(&r) ^ a;
    r.state = rng_next(&r) ^ b;
    r.state = rng_next(&r) ^ c;
    return rng_uniform(&r, 0, 1);
}

static bool kind_of(const char *word, struct fault *f)
{
    uint64_t status = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(word, kinds[i].word)) {
            f->kind = kinds[i].kind;
            f->effect = kinds[i].effect;
            return true;
        }
    if (!text_u64(word, 599, &status) || status < 200)
        return false;
    f->kind = FAULT_STATUS;
    f->status = (int)status;
    f->effect = EFFECT_NO;
    return true;
}

static bool word_setting(const char *name, const char *value, struct fault *f)
{
    static const char *const effects[] = {"no", "yes", "either"};
    static const char *const ons[] = {"action", "read", "all"};
    unsigned n = 0;
    if (!strcmp(name, "effect") && spec_one_of(value, effects, 3, &n)) {
        f->effect = (enum fault_effect)n;
        return true;
    }
    if (!strcmp(name, "on") && spec_one_of(value, ons, 3, &n)) {
        f->on = (enum fault_on)n;
        return true;
    }
    char **text = !strcmp(name, "id")            ? &f->id
                  : !strcmp(name, "retry-after") ? &f->retry_after
                                                 : NULL;
    if (!text || !*value)
        return false;
    free(*text);
    *text = mem_string(value);
    return true;
}

static bool setting(char *part, struct fault *f)
{
    const struct {
        const char *name;
        uint64_t *at;
    } numbers[] = {{"tries", &f->tries}, {"from", &f->from}, {"to", &f->to}, {"times", &f->times}};
    const char *name = NULL, *value = NULL;
    if (!spec_setting(part, &name, &value))
        return false;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (!strcmp(name, numbers[i].name))
            return text_u64(value, UINT32_MAX, numbers[i].at);
    if (!strcmp(name, "for"))
        return spec_span(value, &f->for_us);
    return word_setting(name, value, f);
}

static void release(struct fault *f)
{
    free(f->provider);
    free(f->id);
    free(f->retry_after);
    *f = (struct fault){0};
}

static int parse(const char *spec, struct fault *f, struct error *err)
{
    char copy[SPEC_MAX], provider[SPEC_PROVIDER], *rest = copy;
    const char *body = spec_provider(spec, provider);
    if (strlen(body) >= sizeof copy)
        return error_set(err, EXIT_USAGE, "a fault of more than %d characters", SPEC_MAX - 1);
    memcpy(copy, body, strlen(body) + 1);
    f->provider = *provider ? mem_string(provider) : NULL;
    if (!kind_of(strsep(&rest, ":"), f))
        return error_set(err, EXIT_USAGE, "%s: not a fault: see --help", spec);
    if (!rest || !spec_share(strsep(&rest, ":"), &f->rate))
        return error_set(err, EXIT_USAGE, "%s: no rate such as 5%%", spec);
    while (rest) {
        char *part = strsep(&rest, ":");
        if (!setting(part, f))
            return error_set(err, EXIT_USAGE, "%s: cannot read \"%s\" of a fault", spec, part);
    }
    if (f->kind == FAULT_STALL && f->for_us == 0)
        return error_set(err, EXIT_USAGE, "%s: a stall needs its for=, such as for=2s", spec);
    return 0;
}

int faults_add(struct faults *f, const char *spec, struct error *err)
{
    struct fault one = {0};
    if (f->count == FAULTS_MAX)
        return error_set(err, EXIT_USAGE, "more than %d faults", FAULTS_MAX);
    if (parse(spec, &one, err) < 0) {
        release(&one);
        return -1;
    }
    f->at[f->count++] = one;
    return 0;
}

void faults_clear(struct faults *f)
{
    while (f->count)
        release(&f->at[--f->count]);
}

static bool concerns(const struct fault *f, const struct fault_case *c)
{
    if (f->provider && strcmp(f->provider, c->provider) != 0)
        return false;
    if (f->id && (!c->id || strcmp(f->id, c->id) != 0))
        return false;
    return f->on == ON_ALL || (f->on == ON_ACTION) == c->action;
}

static bool happens(struct fault *f, const struct fault_case *c, uint64_t seed, uint64_t index)
{
    uint64_t nth = ++f->seen;
    if ((f->tries && c->sight >= f->tries) || nth < f->from || (f->to && nth > f->to) ||
        (f->times && f->fired >= f->times))
        return false;
    return fault_dice(seed, 2 * index, c->identity, c->sight) < f->rate;
}

const struct fault *faults_pick(struct faults *f, const struct fault_case *c, bool *effect)
{
    for (unsigned i = 0; i < f->count; i++) {
        struct fault *one = &f->at[i];
        if (!concerns(one, c) || !happens(one, c, f->seed, i))
            continue;
        one->fired++;
        *effect = one->effect == EFFECT_EITHER
                      ? fault_dice(f->seed, 2 * i + 1, c->identity, c->sight) < 0.5
                      : one->effect == EFFECT_YES;
        return one;
    }
    *effect = true;
    return NULL;
}
