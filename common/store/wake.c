/* wake: timers. They are rows of the due index, so a restart keeps them, a fold starts none, and
 * one fires once. */
#include "common/store/turn.h"

#include <errno.h>
#include <string.h>

/* The first row of the due index that is not aside: 0, -ENOENT, or an error of the store. */
static int first_due(struct partition *p, int64_t *ret_due, struct entity_key *ret)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    if (aside_full(p))
        return -ENOENT;
    int r = store_error(mdb_cursor_open(p->state_txn, p->state.due, &cursor));
    if (r < 0)
        return r;
    r = store_error(mdb_cursor_get(cursor, &key, &value, MDB_FIRST));
    for (; r == 0; r = store_error(mdb_cursor_get(cursor, &key, &value, MDB_NEXT))) {
        *ret_due = (int64_t)store_read_u64(key.mv_data);
        ret->length = (uint32_t)key.mv_size - 8;
        memcpy(ret->at, (const uint8_t *)key.mv_data + 8, ret->length);
        if (!aside_has(p, NULL, ret, *ret_due))
            break;
    }
    mdb_cursor_close(cursor);
    return r;
}

int64_t partition_due(struct partition *p)
{
    struct entity_key key;
    if (p->due_known || p->error || !p->state_txn)
        return p->due;
    int r = first_due(p, &p->due, &key);
    if (r == -ENOENT)
        p->due = 0;
    else if (r < 0)
        p->error = r;
    p->due_known = r == 0 || r == -ENOENT;
    return p->due;
}

static struct id wake_id(const struct entity_key *key, int64_t due)
{
    uint8_t bytes[8 + ENTITY_KEY_MAX];
    store_u64(bytes, (uint64_t)due);
    memcpy(bytes + 8, key->at, key->length);
    return id_derive_bytes("wake", due, bytes, 8 + key->length);
}

static void wake(struct partition *p, struct view *v, struct slot *s, int64_t due, int64_t time)
{
    static const struct msg_error stuck = { .rule = "the wake left its instant where it was" };
    int r = 0;
    char cause[ID_TEXT + 1];
    struct origin o = { .command = wake_id(&s->key, due),
                        .client = s->client,
                        .actor = text_from(p->actor),
                        .principal = text_from(p->actor) };
    id_print(&o.command, cause);
    o.causation = text_from(cause);
    struct decision d = { .view = v, .cause = o.command };
    const struct context ctx = {
        .now = time, .client = s->client, .actor = o.actor, .options = p->options
    };
    s->row->wake(&ctx, v, s->id, s->value, &d);
    if (!v->error && d.count)
        r = turn_accept(p, v, &d, &o, time);
    if (v->error || p->error)
        return;
    if (r < 0)
        aside_put(p, NULL, s, due, "timer", turn_unfit(p, r));
    else if (s->row->due(s->value) == due)
        aside_put(p, NULL, s, due, "timer", &stuck);
}

int partition_wake(struct partition *p, int64_t now)
{
    struct entity_key key = { 0 };
    struct view v;
    struct text client, id;
    int64_t due = 0;
    int kind;
    if (p->error || p->full)
        return 0;
    int64_t first = partition_due(p);
    if (first == 0 || first > now || p->error)
        return 0;
    int r = first_due(p, &due, &key);
    if (r < 0) {
        p->error = r;
        return 0;
    }
    arena_reset(&p->turn);
    entity_key_parts(key.at, key.length, &kind, &client, &id);
    turn_view(p, p->state_txn, &v, client);
    struct slot *s = view_slot(&v, service_entity(p->service, kind), client, id);
    if (s) {
        v.client = s->client;
        /* Virtual time is the timer's own instant; on a real clock it is now, for it may be late,
         * but never early. */
        wake(p, &v, s, due, turn_time(p, p->clock == CLOCK_VIRTUAL ? due : now));
    }
    if (v.error && !p->error)
        p->error = v.error;
    view_end(&v);
    p->due_known = false;
    return p->error ? 0 : 1;
}
