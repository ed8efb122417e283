/* auth_failures: see auth_failures.h. */
#include "services/gateway/auth_failures.h"

#include <errno.h>
#include <stdlib.h>

enum { ADDRESS_MAX = 64, WINDOW_MS = AUTH_FAILURES_S * 1000 };

struct origin {
    char address[ADDRESS_MAX];
    uint32_t length, count;
    int64_t since_ms, last_ms; /* the window began; the last one in it */
};

struct failures {
    uint32_t count;
    struct origin at[AUTH_ADDRESSES_MAX];
};

int failures_open(struct failures **ret)
{
    *ret = calloc(1, sizeof **ret);
    return *ret ? 0 : -ENOMEM;
}

void failures_close(struct failures **f)
{
    free(*f);
    *f = NULL;
}

static struct text bounded(struct text address)
{
    address.length = address.length < ADDRESS_MAX ? address.length : ADDRESS_MAX;
    return address;
}

static uint32_t find(const struct failures *f, struct text address)
{
    uint32_t i = 0;
    while (i < f->count &&
           !text_equal((struct text){ f->at[i].address, f->at[i].length }, bounded(address)))
        i++;
    return i;
}

void failures_add(struct failures *f, struct text address, int64_t now_ms)
{
    uint32_t i = find(f, address);
    if (i == f->count && f->count == AUTH_ADDRESSES_MAX) {
        i = 0;
        for (uint32_t n = 1; n < f->count; n++)
            if (f->at[n].last_ms < f->at[i].last_ms)
                i = n;
        f->at[i] = (struct origin){ 0 };
    } else if (i == f->count) {
        f->at[f->count++] = (struct origin){ 0 };
    }
    struct origin *o = &f->at[i];
    if (o->count == 0 || now_ms - o->since_ms >= WINDOW_MS) {
        o->count = 0;
        o->since_ms = now_ms;
        o->length = bounded(address).length;
        memcpy(o->address, address.length ? address.at : "", o->length);
    }
    o->count++;
    o->last_ms = now_ms;
}

int64_t failures_wait(const struct failures *f, struct text address, int64_t now_ms)
{
    uint32_t i = find(f, address);
    if (i == f->count || f->at[i].count < AUTH_FAILURES_MAX)
        return 0;
    int64_t left_ms = f->at[i].since_ms + WINDOW_MS - now_ms;
    return left_ms > 0 ? (left_ms + 999) / 1000 : 0;
}
