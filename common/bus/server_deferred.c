/* server_deferred: requests that wait: for sequences they name, for a copy, or behind such a one
 * of the same connection. */
#include <string.h>

#include "common/bus/server.h"

static bool same_route(struct asked *a, struct asked *b)
{
    size_t size = zmq_msg_size(&a->route);
    return size == zmq_msg_size(&b->route) &&
           memcmp(zmq_msg_data(&a->route), zmq_msg_data(&b->route), size) == 0;
}

void deferred_add(struct server *s, struct asked *a, int waits)
{
    if (s->deferred_count == DEFERRED_MAX) {
        requests_busy(s, a);
        return;
    }
    int64_t longest = waits == WAITS_COPY ? WAIT_MS : waits == WAITS_AFTER ? AFTER_MS : INT64_MAX;
    a->waits = waits == WAITS_COPY ? WAITS_COPY : waits == WAITS_AFTER ? WAITS_AFTER : WAITS_ORDER;
    a->deadline_ms = waits == WAITS_ORDER ? INT64_MAX : s->now_ms + longest;
    a->next = NULL;
    *s->deferred_end = a;
    s->deferred_end = &a->next;
    s->deferred_count++;
    series_set(s->metrics.deferred, s->deferred_count);
}

bool deferred_blocks(const struct server *s, struct asked *a, bool *ret_same)
{
    bool blocks = false;
    *ret_same = false;
    for (struct asked *d = s->deferred; d; d = d->next) {
        if (d->request.query || !same_route(d, a))
            continue;
        blocks = true;
        if (memcmp(&d->request.id, &a->request.id, sizeof d->request.id) == 0)
            *ret_same = true;
    }
    return blocks;
}

static const struct follow *follow_of(const struct server *s, struct text source,
                                      uint32_t partition)
{
    for (size_t i = 0; i < s->follow_count; i++)
        if (s->follows[i].partition == partition &&
            text_equal(source, text_from(s->follows[i].source)))
            return &s->follows[i];
    return NULL;
}

/* What another partition reached is nothing that this one could wait for. */
bool deferred_after(const struct server *s, const struct request *r)
{
    for (uint32_t i = 0; i < r->after_count; i++) {
        const struct after *after = &r->after[i];
        const struct follow *f = follow_of(s, after->service, after->partition);
        if (f && f->taken < after->sequence)
            return false;
        if (after->partition == s->number &&
            text_equal(after->service, text_from(s->service->name)) &&
            s->position.head < after->sequence)
            return false;
    }
    return true;
}

static void take_off(struct server *s, struct asked **at)
{
    struct asked *a = *at;
    *at = a->next;
    if (s->deferred_end == &a->next)
        s->deferred_end = at;
    s->deferred_count--;
    series_set(s->metrics.deferred, s->deferred_count);
}

/* Whether a command in front of this one, from the same connection, still waits. */
static bool is_behind(struct server *s, struct asked *a)
{
    for (struct asked *d = s->deferred; d != a; d = d->next)
        if (!d->request.query && same_route(d, a))
            return true;
    return false;
}

/* The lists of a request lie in the arena of the turn that read it. */
static void read_again(struct server *s, struct asked *a)
{
    struct request fresh;
    struct msg_error error;
    if (a->request.after_count && request_read(zmq_msg_data(&a->body), zmq_msg_size(&a->body),
                                               &s->arena, &fresh, &error) == 0)
        a->request.after = fresh.after;
}

/* Tries one that is in nobody's way. True when it was taken off the list. */
static bool try_again(struct server *s, struct asked **at)
{
    struct asked *a = *at;
    bool owes =
        !a->request.query && busy_order_check(&s->busy, zmq_msg_data(&a->route),
                                              zmq_msg_size(&a->route), &a->request.id, s->now_ms);
    if (owes || s->now_ms >= a->deadline_ms) {
        take_off(s, at);
        requests_busy(s, a);
        return true;
    }
    if (a->waits == WAITS_COPY && !s->copies_changed)
        return false;
    read_again(s, a);
    if (!deferred_after(s, &a->request)) {
        if (a->waits == WAITS_ORDER) {
            a->waits = WAITS_AFTER; /* its own time begins when it is first in line */
            a->deadline_ms = s->now_ms + AFTER_MS;
        }
        return false;
    }
    if (a->request.query) {
        take_off(s, at);
        requests_query(s, a);
        return true;
    }
    if (!requests_try(s, a)) {
        if (a->waits != WAITS_COPY)
            a->deadline_ms = s->now_ms + WAIT_MS;
        a->waits = WAITS_COPY;
        return false;
    }
    take_off(s, at);
    s->batch[s->batch_count++] = a;
    return true;
}

void deferred_retry(struct server *s)
{
    struct asked **at = &s->deferred;
    while (*at) {
        bool late = !(*at)->request.query && is_behind(s, *at);
        if (late || !try_again(s, at))
            at = &(*at)->next;
    }
}

void deferred_give_up(struct server *s)
{
    while (s->deferred) {
        struct asked *a = s->deferred;
        take_off(s, &s->deferred);
        requests_busy(s, a);
    }
}

int64_t deferred_deadline_ms(const struct server *s)
{
    int64_t earliest = 0;
    for (const struct asked *a = s->deferred; a; a = a->next)
        if (a->waits != WAITS_ORDER && (!earliest || a->deadline_ms < earliest))
            earliest = a->deadline_ms;
    return earliest;
}
