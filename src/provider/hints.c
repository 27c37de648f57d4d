/* Rate hints. Every source yields a wait in microseconds or nothing, and the longest wait counts:
 * a provider that says two things is believed in the worse. Examples of what is read:
 *
 *   Retry-After: 37                             Retry-After: Sun, 06 Nov 1994 08:49:37 GMT
 *   Retry-After: 37s                            Retry-After: 1994-11-06T08:49:37Z
 *   Retry-After: PT37S                          Retry-After-Ms: 37000
 *   X-RateLimit-Reset: 1795239637000            {"error":"...","retry_after":37}
 *   RateLimit: "default";r=0;t=37               RateLimit: limit=100, remaining=0, reset=37 */

#include "provider/hints.h"
#include "provider/condition.h"
#include "provider/date.h"
#include "provider/span.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SECOND_US ((int64_t)1000000)

/* A Retry-After beyond these is a Unix time, in seconds and in milliseconds. */
#define EPOCH_FROM_US    (1000000000 * SECOND_US)
#define EPOCH_MS_FROM_US (100000000000 * SECOND_US)

/* How far behind Date's second the local clock may be read and still be taken to agree with it: the
 * answer's way to us. */
enum { DATE_SLACK_MS = 500 };

static const char separators[] = ",\n";

/* A header's value, copied: the source may reuse its memory. A longer one is cut, and then hardly
 * makes sense. */
struct hint_field {
    char text[512];
    bool there;
};

static struct hint_field get(const struct header_source *headers, const char *name)
{
    struct hint_field f;
    const char *value = headers->get ? headers->get(headers->at, name) : NULL;
    size_t len = value ? strlen(value) : 0;
    len = len < sizeof f.text ? len : sizeof f.text - 1;
    f.there = value != NULL;
    memcpy(f.text, value ? value : "", len);
    f.text[len] = '\0';
    return f;
}

static bool separator(char c)
{
    return c == ',' || c == '\n';
}

static size_t trimmed(const char **text, size_t len)
{
    while (len && (**text == ' ' || **text == '\t')) {
        (*text)++;
        len--;
    }
    while (len && ((*text)[len - 1] == ' ' || (*text)[len - 1] == '\t'))
        len--;
    return len;
}

/* What time it is for the provider, in milliseconds, by its answer's Date. */
static int64_t server_now_ms(const char *date, int64_t now_wall_ms)
{
    int64_t date_s;
    if (!date || date_read(date, now_wall_ms, &date_s) == 0)
        return now_wall_ms;
    int64_t ahead_ms = now_wall_ms - date_s * 1000;
    return ahead_ms >= 0 && ahead_ms < 1000 + DATE_SLACK_MS ? now_wall_ms : date_s * 1000;
}

/* A number of seconds, or where it is too large for that a Unix time; or a span with its units. */
static int64_t number_us(const char *text, size_t len, const char *date, int64_t now_wall_ms)
{
    int64_t us = span_decimal_us(text, len, SECOND_US);
    if (us < 0)
        return span_us(text, len);
    if (us <= EPOCH_FROM_US || us >= SPAN_FOREVER)
        return us;
    if (us > EPOCH_MS_FROM_US)
        us /= 1000;
    us -= server_now_ms(date, now_wall_ms) * 1000;
    return us < 0 ? 0 : us;
}

/* One item of Retry-After at *at, which is then behind it. -1 for nonsense. */
static int64_t retry_after_item(const char **at, const char *date, int64_t now_wall_ms)
{
    int64_t then_s, date_s, us = -1;
    const char *text = *at + strspn(*at, " \t");
    size_t len = date_read(text, now_wall_ms, &then_s);
    size_t after = len + strspn(text + len, " \t");
    if (len && (!text[after] || separator(text[after]))) {
        bool dated = date && date_read(date, now_wall_ms, &date_s) > 0;
        us = then_s * SECOND_US - (dated ? date_s * SECOND_US : now_wall_ms * 1000);
        us = us < 0 ? 0 : us;
        text += after;
    } else {
        const char *item = text;
        len = strcspn(text, separators);
        text += len;
        len = trimmed(&item, len);
        us = number_us(item, len, date, now_wall_ms);
    }
    *at = text + separator(*text);
    return us;
}

int64_t retry_after_us(const char *value, const char *date, int64_t now_wall_ms)
{
    int64_t longest = -1;
    while (*value) {
        int64_t us = retry_after_item(&value, date, now_wall_ms);
        longest = us > longest ? us : longest;
    }
    return longest;
}

/* A reset's text in its unit as a wait; -1: nonsense, or past. */
static int64_t reset_us(const char *text, enum rate_unit unit, const struct header_source *headers,
                        int64_t now_wall_ms)
{
    int64_t unit_us = unit == RATE_S || unit == RATE_EPOCH_S ? SECOND_US : 1000;
    if (!*text)
        return -1;
    if (unit == RATE_S)
        return retry_after_us(text, get(headers, "Date").text, now_wall_ms);
    int64_t longest = -1;
    while (*text) {
        const char *item = text;
        size_t len = strcspn(text, separators);
        text += len + separator(text[len]);
        len = trimmed(&item, len);
        int64_t us = span_decimal_us(item, len, unit_us);
        if (us >= 0 && unit != RATE_MS)
            us -= server_now_ms(get(headers, "Date").text, now_wall_ms) *
                  1000; /* past: below -1, so it is none */
        longest = us > longest ? us : longest;
    }
    return longest;
}

/* A JSON value as the text that a header would have; false where it is neither. */
static bool json_text(const json_t *value, char out[64])
{
    if (json_is_string(value))
        return snprintf(out, 64, "%s", json_string_value(value)) < 64;
    if (json_is_integer(value))
        return snprintf(out, 64, "%lld", (long long)json_integer_value(value)) < 64;
    if (json_is_real(value) && json_real_value(value) >= 0)
        return snprintf(out, 64, "%.6f", json_real_value(value)) < 64;
    return false;
}

/* One quota of the RateLimit fields; -1: not said. */
struct quota {
    int64_t remaining, reset_us;
};
enum { QUOTAS_MAX = 8 };

/* The value of a parameter `name` of a structured item, in whole numbers; -1 where it has none. */
static int64_t parameter(const char *item, size_t len, const char *name)
{
    size_t name_len = strlen(name);
    for (const char *at = memchr(item, ';', len), *end = item + len; at;
         at = memchr(at, ';', (size_t)(end - at))) {
        at++;
        while (at < end && *at == ' ')
            at++;
        size_t n = 0;
        while (at + n < end && at[n] != ';')
            n++;
        if (n > name_len && memcmp(at, name, name_len) == 0 && at[name_len] == '=') {
            const char *value = at + name_len + 1;
            return span_decimal_us(value, trimmed(&value, n - name_len - 1), 1);
        }
    }
    return -1;
}

/* The next item of a structured list at *at (commas in quotes do not count); its length. */
static size_t next_item(const char **at, const char **item)
{
    bool quoted = false;
    const char *from = *at, *c = from;
    for (; *c && (quoted || !separator(*c)); c++)
        quoted ^= *c == '"';
    *at = c + separator(*c);
    *item = from;
    return trimmed(item, (size_t)(c - from));
}

static size_t name_length(const char *item, size_t len)
{
    const char *end = memchr(item, ';', len);
    return end ? (size_t)(end - item) : len;
}

/* The window of the policy of that name, microseconds. */
static int64_t policy_window(const struct header_source *headers, const char *name, size_t len)
{
    const struct hint_field policy = get(headers, "RateLimit-Policy");
    const char *at = policy.text, *item;
    while (*at) {
        size_t n = next_item(&at, &item);
        if (name_length(item, n) == len && memcmp(item, name, len) == 0) {
            int64_t window = parameter(item, n, "w");
            return window < 0 || window > SPAN_FOREVER / SECOND_US ? -1 : window * SECOND_US;
        }
    }
    return -1;
}

static int64_t seconds_us(int64_t seconds)
{
    return seconds < 0 || seconds > SPAN_FOREVER / SECOND_US ? -1 : seconds * SECOND_US;
}

/* `limit=100, remaining=0, reset=37` */
static void dictionary_member(const char *item, size_t len, struct quota *into)
{
    static const char remaining[] = "remaining=", reset[] = "reset=";
    if (len >= sizeof remaining && memcmp(item, remaining, sizeof remaining - 1) == 0)
        into->remaining =
            span_decimal_us(item + sizeof remaining - 1, len - sizeof remaining + 1, 1);
    else if (len >= sizeof reset && memcmp(item, reset, sizeof reset - 1) == 0)
        into->reset_us =
            seconds_us(span_decimal_us(item + sizeof reset - 1, len - sizeof reset + 1, 1));
}

static size_t ratelimit_field(const struct header_source *headers, struct quota out[QUOTAS_MAX])
{
    const struct hint_field field = get(headers, "RateLimit");
    const char *at = field.text, *item;
    struct quota dictionary = {-1, -1};
    size_t count = 0;
    while (*at && count < QUOTAS_MAX - 1) {
        size_t len = next_item(&at, &item), name = name_length(item, len);
        if (memchr(item, '=', name)) {
            dictionary_member(item, len, &dictionary);
            continue;
        }
        struct quota q = {parameter(item, len, "r"), seconds_us(parameter(item, len, "t"))};
        if (q.reset_us < 0)
            q.reset_us = policy_window(headers, item, name);
        if (q.remaining >= 0)
            out[count++] = q;
    }
    if (dictionary.remaining >= 0 || dictionary.reset_us >= 0)
        out[count++] = dictionary;
    return count;
}

/* RateLimit-Reset is a span in the draft, and a Unix time with some: no span has nine digits. */
static int64_t ratelimit_reset(const struct header_source *headers, int64_t now_wall_ms)
{
    const struct hint_field reset = get(headers, "RateLimit-Reset");
    bool epoch = strspn(reset.text, "0123456789") >= 9;
    return reset_us(reset.text, epoch ? RATE_EPOCH_S : RATE_S, headers, now_wall_ms);
}

/* A header's whole number; -1 where it is absent or none. */
static int64_t number(const struct header_source *headers, const char *name)
{
    const struct hint_field field = get(headers, name);
    const char *text = field.text;
    return span_decimal_us(text, trimmed(&text, strlen(text)), 1);
}

static size_t quotas(const struct header_source *headers, int64_t now_wall_ms,
                     struct quota out[QUOTAS_MAX + 1])
{
    size_t count = ratelimit_field(headers, out);
    struct quota three = {number(headers, "RateLimit-Remaining"),
                          ratelimit_reset(headers, now_wall_ms)};
    if (three.remaining >= 0 || three.reset_us >= 0)
        out[count++] = three;
    return count;
}

static void longer(struct hint *h, int64_t us)
{
    if (us > HINT_MAX_US) {
        h->clamped = true;
        us = HINT_MAX_US;
    }
    if (us > h->wait_us)
        h->wait_us = us;
}

/* Azure's APIs have these, and OpenAI's: milliseconds, of more precision than Retry-After's. */
static const char *const in_ms[] = {"Retry-After-Ms", "X-Ms-Retry-After-Ms"};

static int64_t retry_after_ms(const struct header_source *headers, const char *name,
                              struct hint *into)
{
    const struct hint_field field = get(headers, name);
    const char *text = field.text;
    size_t len = trimmed(&text, strlen(text));
    int64_t us = span_decimal_us(text, len, 1000);
    if (us < 0)
        us = span_us(text, len);
    into->retry_after |= field.there;
    return us;
}

struct hint hint_read(const struct definition *d, const struct header_source *headers,
                      const char *body, size_t body_len, int64_t now_wall_ms)
{
    struct hint h = {.wait_us = -1};
    const struct hint_field retry_after = get(headers, "Retry-After");
    if (retry_after.there) {
        int64_t us = retry_after_us(retry_after.text, get(headers, "Date").text, now_wall_ms);
        h.retry_after = true;
        h.nonsense = us < 0;
        longer(&h, us);
    }
    for (size_t i = 0; i < sizeof in_ms / sizeof *in_ms; i++)
        longer(&h, retry_after_ms(headers, in_ms[i], &h));
    bool room = number(headers, "X-RateLimit-Remaining") > 0;
    json_t *json = NULL;
    for (size_t i = 0; i < d->rate_count; i++) {
        const struct rate_source *source = &d->rate[i];
        struct hint_field value = {.there = false};
        if (!source->in_body) {
            if (!room)
                value = get(headers, source->where);
        } else {
            json = json ? json : body_parse(body, body_len);
            value.there = json && json_text(pointer_get(json, source->where), value.text);
        }
        if (value.there)
            longer(&h, reset_us(value.text, source->unit, headers, now_wall_ms));
    }
    json_decref(json);

    struct quota q[QUOTAS_MAX + 1];
    size_t count = quotas(headers, now_wall_ms, q);
    for (size_t i = 0; i < count; i++)
        if (q[i].remaining <= 0)
            longer(&h, q[i].reset_us);
    return h;
}

static void narrower(struct room *room, int64_t remaining, int64_t reset)
{
    if (remaining < 0 || (room->remaining >= 0 && remaining > room->remaining))
        return;
    if (remaining == room->remaining && reset < room->reset_us)
        return;
    *room = (struct room){remaining, reset > HINT_MAX_US ? HINT_MAX_US : reset};
}

struct room hint_room(const struct definition *d, const struct header_source *headers,
                      int64_t now_wall_ms)
{
    struct room room = {-1, -1};
    struct quota q[QUOTAS_MAX + 1];
    size_t count = quotas(headers, now_wall_ms, q);
    for (size_t i = 0; i < count; i++)
        narrower(&room, q[i].remaining, q[i].reset_us);
    int64_t remaining = number(headers, "X-RateLimit-Remaining"), reset = -1;
    for (size_t i = 0; remaining >= 0 && i < d->rate_count; i++) {
        if (d->rate[i].in_body)
            continue;
        const struct hint_field value = get(headers, d->rate[i].where);
        int64_t us = reset_us(value.text, d->rate[i].unit, headers, now_wall_ms);
        reset = us > reset ? us : reset;
    }
    narrower(&room, remaining, reset);
    return room;
}
