/* tell: see tell.h. */
#include "common/store/tell.h"

#include "common/store/turn.h"

#include <errno.h>

int partition_tell(struct partition *p, struct text event, struct text client, struct text id,
                   struct text actor, const void *data, size_t size, int64_t now)
{
    struct view v;
    struct msg_error error;
    const struct event_row *row = service_event_named(p->service, event);
    char cause[ID_TEXT + 1];
    int64_t time = turn_time(p, now);
    if (!row)
        return -ENOENT;
    struct origin o = { .command = id_derive_bytes(row->name, time, id.at, id.length),
                        .client = client,
                        .actor = actor };
    id_print(&o.command, cause);
    o.causation = text_from(cause);
    arena_reset(&p->turn);
    void *value = arena_alloc(&p->turn, row->record->size);
    int r = msg_decode(row->record, data, size, &p->turn, value, &error);
    if (r < 0)
        return r;
    turn_view(p, p->state_txn, &v, client);
    struct decision d = { .view = &v, .cause = o.command };
    decision_emit(&d, row->id, id, value, row->record->size);
    r = turn_accept(p, &v, &d, &o, time);
    view_end(&v);
    return r;
}
