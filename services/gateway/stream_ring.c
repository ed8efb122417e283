/* stream_ring: a circle of pointers, ordered by sequence; see stream_ring.h. */
#include "services/gateway/stream_ring.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "services/gateway/stream_json.h"
#include "services/registry.h"

enum { ROOM_FIRST = 64 };

static size_t weight(const struct stream_event *e)
{
    size_t bytes = sizeof *e + sizeof e + e->size;
    for (int v = 0; v < VIEW_COUNT; v++)
        bytes += e->views[v].size;
    return bytes;
}

static void event_free(struct stream_event *e)
{
    for (int v = 0; v < VIEW_COUNT; v++)
        free(e->views[v].text);
    free(e);
}

struct stream_event *ring_at(const struct stream_ring *r, size_t index)
{
    assert(index < r->count);
    return r->at[(r->first + index) & (r->room - 1)];
}

static void drop_oldest(struct stream_ring *r)
{
    struct stream_event **slot = &r->at[r->first], *e = *slot;
    assert(e);
    *slot = NULL;
    r->low = e->sequence;
    r->bytes -= weight(e);
    r->first = (r->first + 1) & (r->room - 1);
    r->count--;
    event_free(e);
}

void ring_begin(struct stream_ring *r, size_t bytes_max, uint64_t sequence)
{
    while (r->count)
        drop_oldest(r);
    r->bytes_max = bytes_max;
    r->low = r->high = sequence;
}

void ring_free(struct stream_ring *r)
{
    ring_begin(r, 0, 0);
    free(r->at);
    *r = (struct stream_ring){ 0 };
}

static int grow(struct stream_ring *r)
{
    size_t room = r->room ? 2 * r->room : ROOM_FIRST;
    struct stream_event **at = calloc(room, sizeof *at);
    if (!at)
        return -ENOMEM;
    for (size_t i = 0; i < r->count; i++)
        at[i] = ring_at(r, i);
    free(r->at);
    r->at = at;
    r->room = room;
    r->first = 0;
    return 0;
}

static const struct event_row *row_of(struct text type)
{
    for (const struct service_type *const *s = services; *s; s++)
        for (size_t i = 0; i < (*s)->event_count; i++)
            if (text_equal(type, text_from((*s)->events[i].name)))
                return &(*s)->events[i];
    return NULL;
}

/* The same text in the copy of the bytes that it lies in. */
static struct text moved(struct text t, const void *from, const void *to)
{
    return (struct text){ (const char *)to + (t.at - (const char *)from), t.length };
}

int ring_push(struct stream_ring *r, const struct envelope *e, const void *bytes, size_t size)
{
    assert(e->sequence > r->high);
    int err = r->count == r->room ? grow(r) : 0;
    struct stream_event *event = err < 0 ? NULL : calloc(1, sizeof *event + size);
    if (!event)
        return -ENOMEM;
    memcpy(event->bytes, bytes, size);
    event->size = size;
    event->epoch = e->epoch;
    event->sequence = e->sequence;
    event->row = row_of(e->type);
    event->type = moved(e->type, bytes, event->bytes);
    event->client = moved(e->partition_key, bytes, event->bytes);
    r->at[(r->first + r->count++) & (r->room - 1)] = event;
    r->high = e->sequence;
    r->bytes += weight(event);
    while (r->bytes_max && r->bytes > r->bytes_max && r->count > 1)
        drop_oldest(r);
    return 0;
}

void ring_skip(struct stream_ring *r, uint64_t to)
{
    if (to > r->high)
        r->high = to;
}

bool ring_covers(const struct stream_ring *r, uint64_t sequence)
{
    return sequence >= r->low && sequence <= r->high;
}

size_t ring_find(const struct stream_ring *r, uint64_t sequence)
{
    size_t from = 0, to = r->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (ring_at(r, middle)->sequence > sequence)
            to = middle;
        else
            from = middle + 1;
    }
    return from;
}

struct text ring_text(struct stream_ring *r, struct stream_event *e, enum stream_view view)
{
    struct rendition *v = &e->views[view];
    if (!v->made) {
        v->made = true;
        v->text = stream_json(e->row, e->bytes, e->size, view == VIEW_CLIENT, &v->size);
        r->bytes += v->size;
    }
    return (struct text){ v->text, (uint32_t)v->size };
}
