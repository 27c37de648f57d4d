#include "provider.h"

#include "history.h"

#include <stdio.h>
#include <string.h>

struct asked provider_asked(const char *method, const char *url, bool stranger)
{
    struct asked a = {.kind = KINDS,
                      .row = ROWS_MAX,
                      .stranger = stranger,
                      .deletes = strcmp(method, "DELETE") == 0};
    const char *last = strrchr(url, '/') + 1;
    while (a.pair < PAIRS - 1 && !strstr(url, h.pair[a.pair].host))
        a.pair++;
    a.lists = strcmp(last, "byok") == 0;
    a.row = row_of(last, strlen(last));
    if (a.row < ROWS_MAX)
        a.kind = h.row[a.row].kind;
    return a;
}

static void say(struct reply *r, int status, const char *body)
{
    r->status = status;
    snprintf(r->body, sizeof r->body, "%s", body);
}

static void die(struct row *row)
{
    row->alive = false;
    row->deleted = true;
    row->dies_us = 0;
}

void provider_move(void)
{
    for (uint32_t i = 0; i < h.rows; i++)
        if (h.row[i].dies_us && h.row[i].dies_us <= h.now_us) {
            told("       a request that was lost arrives: %s", row_id(i));
            if (h.row[i].alive)
                die(&h.row[i]);
            h.row[i].dies_us = 0;
        }
}

static void list(struct reply *r, bool stranger)
{
    size_t len = (size_t)snprintf(r->body, sizeof r->body, "{\"data\":[");
    bool first = true;
    r->status = 200;
    for (uint32_t i = 0; i < h.rows; i++) {
        if (!is_seen_by(i, stranger) || !h.row[i].alive || (h.hides && i % 3 == 0) ||
            h.row[i].kind != kind_of_list())
            continue;
        len += (size_t)snprintf(r->body + len, sizeof r->body - len, "%s{\"id\":\"%s\"}",
                                first ? "" : ",", row_id(i));
        first = false;
    }
    snprintf(r->body + len, sizeof r->body - len, "]}");
}

/* As its documentation has it. */
static void properly(const struct asked *what, struct reply *r)
{
    static const char gone[] = "{\"error\":{\"code\":404,\"message\":\"not found\"}}";
    struct row *row = &h.row[what->row];
    const bool sees = what->row < ROWS_MAX && is_seen_by(what->row, what->stranger);
    if (what->lists) {
        list(r, what->stranger);
    } else if (what->row == ROWS_MAX) {
        say(r, 200,
            what->stranger ? "{\"admin\":true,\"account\":\"another\"}"
                           : "{\"admin\":true,\"account\":\"ours\"}");
    } else if (what->deletes && is_idempotent(what->kind)) {
        if (row->alive && sees)
            die(row);
        say(r, 200, "{\"ok\":true}");
    } else if (!row->alive || !sees) {
        say(r, 404, gone);
    } else if (what->deletes) {
        die(row);
        say(r, 200, "{\"deleted\":true}");
    } else {
        r->status = 200;
        snprintf(r->body, sizeof r->body, "{\"id\":\"%s\"}", row_id(what->row));
    }
}

static void ask_to_wait(struct reply *r)
{
    int64_t ms = pick(0, h.hold_most_us / 1000);
    if (chance() >= h.hints)
        return;
    r->wait_us = (ms + 999) / 1000 * 1000000;
    snprintf(r->retry_after, sizeof r->retry_after, "%lld", (long long)(r->wait_us / 1000000));
}

static void limited(struct reply *r)
{
    say(r, chance() < .9 ? 429 : 425, "{\"error\":{\"message\":\"slow down\"}}");
    ask_to_wait(r);
}

/* It got there, or not; it may also get there when nobody waits any more. */
static void lost(const struct asked *what, struct reply *r)
{
    double where = chance();
    bool late = r->transport == TRANSPORT_TIMEOUT;
    if (where < .4)
        properly(what, r);
    else if (late && where < .6 && what->deletes && what->row < ROWS_MAX &&
             is_seen_by(what->row, what->stranger))
        h.row[what->row].dies_us = h.now_us + r->takes_us + pick(0, 30000000);
    r->status = 0;
    r->body[0] = '\0';
}

static void fail(const struct asked *what, struct reply *r)
{
    static const int sick[] = {500, 502, 504, 408, 503, 529, 501, 409, 423};
    static const enum transport never_left[] = {TRANSPORT_NOT_SENT, TRANSPORT_TLS, TRANSPORT_LOCAL};
    int status;
    switch (pick(0, 5)) {
    case 0:
        r->transport = never_left[pick(0, 2)];
        r->sends = 0;
        break;
    case 1:
        r->transport = TRANSPORT_TIMEOUT;
        r->takes_us = h.settings.timeout_us;
        lost(what, r);
        break;
    case 2:
        r->transport = TRANSPORT_LOST;
        lost(what, r);
        break;
    default:
        status = sick[pick(0, 8)];
        if ((status >= 500 || status == 408) && chance() < .3)
            properly(what, r); /* it did it, and then its gateway failed */
        say(r, status, "<html>bad gateway</html>");
        if (chance() < .3)
            ask_to_wait(r);
    }
}

static void be_odd(const struct asked *what, struct reply *r)
{
    switch (pick(0, 7)) {
    case 0:
        say(r, chance() < .5 ? 401 : 403, "{\"error\":{\"message\":\"no\"}}");
        break;
    case 1:
        say(r, 301, "");
        break;
    case 2:
        say(r, 400, "{\"error\":{\"message\":\"what?\"}}");
        if (chance() < .5)
            ask_to_wait(r);
        break;
    case 3:
        say(r, 404, "<html>not here</html>");
        break;
    case 4:
        say(r, 200, "<html>welcome</html>");
        break;
    case 5:
        say(r, 200, "{\"deleted\":false}");
        break;
    case 6:
        say(r, 421, "");
        break;
    default: /* libcurl sends it again on a new connection: the first one had got there */
        properly(what, r);
        r->sends = 2;
        properly(what, r);
    }
}

void provider_answer(const struct asked *what, struct reply *r)
{
    *r = (struct reply){.wait_us = -1, .sends = 1, .takes_us = pick(2000, 250000)};
    bool stormy = h.weather_left > 0;
    h.weather_left -= stormy;
    if (stormy && chance() < h.limits)
        limited(r);
    else if (stormy && chance() < h.faults)
        fail(what, r);
    else if (stormy && chance() < .03)
        be_odd(what, r);
    else
        properly(what, r);
}
