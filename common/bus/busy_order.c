/* busy_order: a small table of who owes what; see busy_order.h. */
#include "common/bus/busy_order.h"

#include <string.h>

/* FNV-1a. */
static uint64_t hash(const void *route, size_t size)
{
    const uint8_t *at = route;
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < size; i++)
        h = (h ^ at[i]) * UINT64_C(0x100000001b3);
    return h;
}

static uint32_t find(const struct busy_order *b, uint64_t route)
{
    uint32_t i = 0;
    while (i < b->count && b->routes[i] != route)
        i++;
    return i;
}

static void forget(struct busy_order *b, uint32_t i)
{
    uint32_t last = --b->count;
    b->routes[i] = b->routes[last];
    b->owed[i] = b->owed[last];
    b->since_ms[i] = b->since_ms[last];
}

static void forget_oldest(struct busy_order *b)
{
    uint32_t oldest = 0;
    for (uint32_t i = 1; i < b->count; i++)
        if (b->since_ms[i] < b->since_ms[oldest])
            oldest = i;
    forget(b, oldest);
}

void busy_order_mark(struct busy_order *b, const void *route, size_t size, const struct id *id,
                     int64_t now_ms)
{
    uint64_t h = hash(route, size);
    if (find(b, h) < b->count)
        return;
    if (b->count == BUSY_ORDER_MAX)
        forget_oldest(b);
    b->routes[b->count] = h;
    b->owed[b->count] = *id;
    b->since_ms[b->count] = now_ms;
    b->count++;
}

bool busy_order_check(struct busy_order *b, const void *route, size_t size, const struct id *id,
                      int64_t now_ms)
{
    if (b->count == 0)
        return false;
    uint32_t i = find(b, hash(route, size));
    if (i == b->count)
        return false;
    if (memcmp(&b->owed[i], id, sizeof *id) != 0 && now_ms - b->since_ms[i] < BUSY_ORDER_MS)
        return true;
    forget(b, i);
    return false;
}
