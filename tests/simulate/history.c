#include "history.h"

#include "base/clock.h"
#include "provider/definition.h"
#include "wire/looker.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct history h;

static struct catalog *catalog;

#define ID     "id.name = id\nid.class = word\nid.length = 1-40\n"
#define GONE   "gone.status = 404\ngone.form = /error/code is 404\n"
#define ANSWER "delete.confirm = /deleted is true\ndelete.absent = gone\n"

/* Two kinds of one pair, so that they share a lane; one of its own; and one that a job file made of
 * the first, with another name for the same credential: it shares the lane, too. Last, one whose
 * deletion succeeds whatever the id is. */
static const char definitions[] =
    "[provider alpha key]\n"
    "base = https://alpha.test/v1\ncredential = ALPHA_KEY\n"
    "header = Authorization: Bearer {secret}\n" ID "delete = DELETE /keys/{id}\n" ANSWER GONE
    "read = GET /keys/{id}\nread.confirm = /id is {id}\n"
    "preflight = GET /me\npreflight.check = /admin is true\n"
    "rate.limit = 50\n"
    "[provider alpha byok]\n"
    "base = https://alpha.test/v1\ncredential = ALPHA_KEY\n"
    "header = Authorization: Bearer {secret}\n" ID "delete = DELETE /byok/{id}\n" ANSWER GONE
    "list = GET /byok\nlist.items = /data\nlist.id = /id\n"
    "[provider beta key]\n"
    "base = https://beta.test\ncredential = BETA_KEY\n"
    "header = X-Key: {secret}\n" ID "delete = DELETE /keys/{id}\n" ANSWER GONE
    "read = GET /keys/{id}\nread.confirm = /id is {id}\n"
    "[provider gamma key]\n"
    "base = https://alpha.test/v2\ncredential = GAMMA_KEY\n"
    "header = Authorization: Bearer {secret}\n" ID "delete = DELETE /keys/{id}\n" ANSWER GONE
    "read = GET /keys/{id}\nread.confirm = /id is {id}\n"
    "[provider delta key]\n"
    "base = https://delta.test\ncredential = DELTA_KEY\n"
    "header = X-Key: {secret}\n" ID "delete = DELETE /keys/{id}\n"
    "delete.confirm = /ok is true\ndelete.absent = success\n" GONE
    "read = GET /keys/{id}\nread.confirm = /id is {id}\n";

static const struct {
    const char *provider, *kind;
} kinds[KINDS] = {
    {"alpha", "key"}, {"alpha", "byok"}, {"beta", "key"}, {"gamma", "key"}, {"delta", "key"}};

static int64_t mono_us(void)
{
    return h.now_us;
}

static int64_t wall_ms(void)
{
    return h.wall_offset_ms + h.now_us / 1000;
}

void history_setup(void)
{
    static const struct clock_source clock = {mono_us, wall_ms};
    struct error err;
    catalog = catalog_new();
    if (catalog_add(catalog, "simulate.ini", 1, definitions, &err) != 0) {
        fprintf(stderr, "simulate: %s\n", err.text);
        exit(2);
    }
    clock_set(&clock);
}

static const char stranger[] = "-stranger-";

static void put_secret(char out[60], const char *whose, unsigned eye)
{
    static const char *const sort[EYES] = {"-secret-", "-renewed-", stranger};
    snprintf(out, 60, "%s%s0123456789", whose, sort[eye]);
}

void history_credentials(unsigned eye)
{
    static const char *const names[][2] = {{"ALPHA_KEY", "alpha"},
                                           {"GAMMA_KEY", "alpha"},
                                           {"BETA_KEY", "beta"},
                                           {"DELTA_KEY", "delta"}};
    h.eye = eye;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char secret[60];
        put_secret(secret, names[i][1], eye);
        setenv(names[i][0], secret, 1);
    }
}

struct pair *pair_of_hold(const char *text, unsigned *eye)
{
    struct pair *p = h.pair;
    char whose[16], secret[60], account[ACCOUNT_DIGITS + 1];
    const char *const secrets[] = {secret, NULL};
    while (!strstr(text, p->host))
        p++;
    snprintf(whose, sizeof whose, "%.*s", (int)strcspn(p->host, "."), p->host);
    for (*eye = 0; *eye < EYES - 1; ++*eye) {
        put_secret(secret, whose, *eye);
        looker_account(secrets, account);
        if (strstr(text, account))
            break;
    }
    return p;
}

bool is_strangers(const char *line)
{
    return strstr(line, stranger) != NULL;
}

double chance(void)
{
    return rng_uniform(&h.rng, 0, 1);
}

int64_t pick(int64_t least, int64_t most)
{
    return least + (int64_t)(rng_next(&h.rng) % (uint64_t)(most - least + 1));
}

static void draw_settings(void)
{
    h.settings = (struct settings){
        .action = ACTION_DELETE,
        .act = true,
        .verify = chance() < .3,
        .concurrency = (unsigned)pick(1, 8),
        .max_rate = chance() < .2 ? (double)pick(1, 20) : -1,
        .max_attempts = (unsigned)pick(1, 5),
        .timeout_us = 10000000,
        .connect_timeout_us = 5000000,
        .deadline_us = chance() < .1 ? pick(1, 120) * 1000000 : 0,
        .canary = chance() < .3 ? (uint32_t)pick(1, 4) : 0,
        .halt_count = chance() < .2 ? (uint32_t)pick(1, 10) : 0,
        .halt_percent = chance() < .5 ? 20 : 100,
        .expect_absent = chance() < .15,
        .preflight = chance() < .7,
        .verify_patience_us = chance() < .5 ? 5000000 : 0,
        .verify_delay_us = chance() < .2 ? 2000000 : 0,
    };
}

static void draw_weather(void)
{
    static const double shares[] = {0, 0, .03, .15, .4, .9};
    h.faults = shares[pick(0, 5)];
    h.limits = shares[pick(0, 4)];
    h.hints = chance();
    h.hold_most_us = chance() < .3 ? 600000000 : 5000000;
    h.weather_left = (unsigned)pick(10, 300);
    h.strangers = chance() < .3;
    h.hides = chance() < .2;
    h.split = h.strangers && chance() < .5;
}

static void draw_rows(void)
{
    static const double shares[] = {1, 1, 1, .9, .5, 0};
    struct error err;
    unsigned only = chance() < .5 ? (unsigned)pick(0, KINDS - 1) : KINDS;
    double alive = shares[pick(0, 5)];
    h.targets = targets_new(catalog);
    h.listed = row_set_new();
    h.rows = (uint32_t)(chance() < .7 ? pick(1, 16) : pick(17, ROWS_MAX));
    for (uint32_t i = 0; i < h.rows; i++) {
        bool fresh;
        unsigned kind = only < KINDS ? only : (unsigned)pick(0, KINDS - 1);
        h.row[i] = (struct row){.kind = kind, .alive = chance() < alive};
        const struct definition *d = catalog_find(catalog, kinds[kind].provider, kinds[kind].kind);
        targets_add(h.targets, d, row_id(i), strlen(row_id(i)), "", "", 0, i + 2, &fresh, &err);
        row_set_add(h.listed, i);
    }
}

void history_begin(uint64_t seed, bool tells)
{
    h = (struct history){
        .seed = seed,
        .rng = rng_seed(seed * 0x9e3779b97f4a7c15u + 1),
        .tells = tells,
        .now_us = 1000000000,
        .wall_offset_ms = 1795239600000,
        .pair = {{.host = "alpha.test"}, {.host = "beta.test"}, {.host = "delta.test"}}};
    draw_settings();
    draw_weather();
    draw_rows();
    told("%u targets, %u at once, %u attempts, canary %u, faults %.2f, limits %.2f%s%s", h.rows,
         h.settings.concurrency, h.settings.max_attempts, h.settings.canary, h.faults, h.limits,
         h.settings.verify ? ", verify" : "", h.settings.expect_absent ? ", absence expected" : "");
}

void history_end(void)
{
    targets_free(h.targets);
    row_set_free(h.listed);
}

const char *row_id(uint32_t row)
{
    static char id[16];
    snprintf(id, sizeof id, "id_%u", (unsigned)row);
    return id;
}

uint32_t row_of(const char *id, size_t len)
{
    for (uint32_t i = 0; i < h.rows; i++)
        if (strlen(row_id(i)) == len && memcmp(row_id(i), id, len) == 0)
            return i;
    return ROWS_MAX;
}

bool is_seen_by(uint32_t row, bool by_other)
{
    return by_other == (h.split && row % 4 == 1);
}

unsigned kind_of_list(void)
{
    return 1;
}

bool is_idempotent(unsigned kind)
{
    return kind < KINDS && strcmp(kinds[kind].provider, "delta") == 0;
}

void told(const char *format, ...)
{
    va_list args;
    if (!h.tells)
        return;
    printf("%12.3f  ", (double)(h.now_us - 1000000000) / 1e6);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

void broken(const char *format, ...)
{
    va_list args;
    if (h.broken)
        return;
    h.broken = true;
    va_start(args, format);
    vsnprintf(h.why, sizeof h.why, format, args);
    va_end(args);
    told("BROKEN: %s", h.why);
}
