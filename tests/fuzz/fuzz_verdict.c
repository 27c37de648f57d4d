/* The verdict over arbitrary answers. The input's first four bytes choose the definition and
 * the action, the transport and what was sent before, and the status; the rest is the body. */

#include "provider/identifier.h"
#include "provider/own_id.h"
#include "provider/verdict.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char secret[] = "hunter2.hunter2";
static const char *const secrets[] = {secret, NULL};

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* Something of each class that is a lawful id. */
static const char *id_for(const struct definition *d)
{
    switch (d->id.class) {
    case ID_UUID:
        return "11111111-2222-3333-4444-55555555555a";
    case ID_HEX:
        return d->id.min == 32 ? "f267e341f3dd4697bd3b9f71dd96247f"
                               : "f01d52606dc8f0a8303a7b5cc3fa07109c2e346cec7c0a16b40de462992ce943";
    default:
        return "12345678";
    }
}

static const char *retry_after(void *at, const char *name)
{
    static const char *const values[] = {"3", "0", "soon", "9999999999999"};
    return strcmp(name, "Retry-After") == 0 ? values[*(const uint8_t *)at % 4] : NULL;
}

static void check_reason(const char *reason)
{
    size_t len = strlen(reason);
    must(len < 200 && text_is_utf8(reason, len));
    for (size_t i = 0; i < len; i++)
        must((unsigned char)reason[i] >= 0x20 && reason[i] != 0x7f);
    must(!strstr(reason, secret));
}

static void check_verdict(const struct answer *a, bool applied_before, const struct verdict *v)
{
    bool whole = a->transport == TRANSPORT_WHOLE;
    bool success = whole && a->status >= 200 && a->status <= 299;
    check_reason(v->reason);
    must(v->kind == VERDICT_END || v->kind == VERDICT_RETRY ||
         (v->outcome == OUTCOME_NONE && v->reason[0]));
    must(v->kind != VERDICT_RETRY || v->outcome == OUTCOME_FAILED);
    if (v->kind == VERDICT_HOLD)
        must(v->rate == ABOUT_RATE_REFUSED && a->sends <= 1 &&
             (a->status == 429 || a->status == 425));
    if (v->kind != VERDICT_END)
        return;
    if (v->outcome == OUTCOME_REVOKED || v->outcome == OUTCOME_DISABLED ||
        v->outcome == OUTCOME_ENABLED)
        must(success && !a->body_clipped && v->may_have_applied);
    if (v->outcome == OUTCOME_UNCONFIRMED)
        must(success);
    if (v->outcome == OUTCOME_ALREADY_ABSENT)
        must(whole && !a->body_clipped && !applied_before && a->sends <= 1);
    if (v->outcome == OUTCOME_ABSENT_AFTER_RETRY)
        must(whole && !a->body_clipped && (applied_before || a->sends > 1));
    must(v->outcome != OUTCOME_NONE && v->outcome != OUTCOME_NOT_ATTEMPTED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct catalog *catalog;
    if (!catalog)
        catalog = catalog_new();
    if (size < 4)
        return 0;
    const struct definition *d = catalog_at(catalog, data[0] % catalog_count(catalog));
    enum action action = data[0] / 64 % ACTION_COUNT;
    bool applied_before = data[1] & 8;
    struct answer a = {
        .transport = (enum transport)(data[1] % 8),
        .status = (data[2] << 8 | data[3]) % 1000,
        .body = (const char *)data + 4,
        .body_len = size - 4,
        .body_clipped = data[1] & 16,
        .sends = data[1] >> 5 & 3,
        .headers = {data[1] & 128 ? retry_after : NULL, (void *)data},
        .detail = data[1] % 8 ? "hunter2.hunter2 \x1b[31m" : NULL,
        .secrets = secrets,
    };
    struct verdict v;
    char own[ID_MAX + 1], again[ID_MAX + 1], why[ID_REASON];
    verdict_of(&(struct question){.d = d,
                                  .action = action,
                                  .request = &d->action[action],
                                  .id = id_for(d),
                                  .applied_before = applied_before},
               &a, &v);
    check_verdict(&a, applied_before, &v);

    bool of_list = data[1] & 8;
    verdict_of(&(struct question){.d = d,
                                  .asked = of_list ? ASKED_LIST : ASKED_TARGET,
                                  .request = of_list ? &d->list.request : &d->read,
                                  .id = of_list ? NULL : id_for(d)},
               &a, &v);
    check_reason(v.reason);
    if (v.verified == VERIFIED_PRESENT || v.verified == VERIFIED_NONE)
        must(v.kind == VERDICT_END && a.transport == TRANSPORT_WHOLE && a.status / 100 == 2 &&
             !a.body_clipped && of_list == (v.verified == VERIFIED_NONE) && !v.reason[0]);
    if (v.verified == VERIFIED_ABSENT)
        must(v.kind == VERDICT_END && a.transport == TRANSPORT_WHOLE && a.status / 100 == 4 &&
             !a.body_clipped && !of_list && d->gone_count);

    verdict_of(&(struct question){.d = d,
                                  .asked = ASKED_CHECK,
                                  .request = &d->preflight,
                                  .checks = &d->preflight.confirm},
               &a, &v);
    check_reason(v.reason);
    must(v.good == (v.reason[0] == '\0'));
    must(!v.good || (a.transport == TRANSPORT_WHOLE && a.status / 100 == 2));

    int n = own_id_of_body(d, a.body, a.body_len, own);
    if (n > 0)
        must(identifier_canonical(d, own, (size_t)n, again, why) == n && !strcmp(own, again));
    return 0;
}
