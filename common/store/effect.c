/* effect: see effect.h. */
#include "common/store/effect.h"

#include "common/store/turn.h"
#include "common/time/zone.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* --- building ------------------------------------------------------------------------------- */

void *effect_alloc(struct effect *e, size_t size)
{
    return arena_alloc(e->turn->arena, size);
}

struct text effect_instant(struct effect *e, int64_t instant, struct text zone)
{
    const struct zone *z = zone_find(zone);
    return zone_print(z ? z : zone_find((struct text){ 0 }), instant, e->turn->arena);
}

struct text effect_link(struct effect *e, const char *purpose, struct text subject,
                        struct text actor, int64_t expires)
{
    struct text token;
    const struct text url = e->turn->tools->public_url;
    const struct link l = { .purpose = text_from(purpose),
                            .subject = subject,
                            .actor = actor,
                            .issued = e->turn->now,
                            .expires = expires };
    if (text_empty(url) || link_sign(e->turn->tools->key, &l, e->turn->arena, &token) < 0)
        return (struct text){ 0 };
    const char *path = strcmp(purpose, "ack") == 0 ? "a" : purpose;
    return arena_printf(e->turn->arena, "%.*s/%s/%.*s", TEXT_ARG(url), path, TEXT_ARG(token));
}

/* --- what is due ---------------------------------------------------------------------------- */

struct text effect_due_client(const struct effect_due *d)
{
    return (struct text){ d->client, d->client_length };
}

struct text effect_due_id(const struct effect_due *d)
{
    return (struct text){ d->id, d->id_length };
}

/* The key of an index begins with its number, those of effects go on with the instant. */
enum { INSTANT_AT = 2, INSTANT_END = INSTANT_AT + 8 };

static void take_row(const MDB_val *key, const MDB_val *value, struct effect_due *ret)
{
    struct text client, id;
    int kind;
    *ret = (struct effect_due){ .due = index_integer(key->mv_data) };
    entity_key_parts(value->mv_data, (uint32_t)value->mv_size, &kind, &client, &id);
    ret->client_length = client.length;
    ret->id_length = id.length;
    memcpy(ret->client, client.at, client.length);
    memcpy(ret->id, id.at, id.length);
}

static bool same_row(const struct effect_due *a, const struct effect_due *b)
{
    return text_equal(effect_due_client(a), effect_due_client(b)) &&
           text_equal(effect_due_id(a), effect_due_id(b));
}

/* Walks the rows of an index from an instant on. */
struct rows {
    MDB_cursor *cursor;
    MDB_val key, value;
    uint8_t prefix[INSTANT_AT];
    int error;
};

static void rows_begin(struct partition *p, const struct effect_row *row, int64_t from,
                       struct rows *ret)
{
    uint8_t first[INSTANT_END];
    *ret = (struct rows){ .prefix = { (uint8_t)(row->index >> 8), (uint8_t)row->index } };
    struct key instant = { .length = 0 };
    key_integer(&instant, from);
    memcpy(first, ret->prefix, INSTANT_AT);
    memcpy(first + INSTANT_AT, instant.at, INSTANT_END - INSTANT_AT);
    ret->key = store_val(first, sizeof first);
    ret->error = store_error(mdb_cursor_open(p->state_txn, p->state.index, &ret->cursor));
    if (ret->error == 0)
        ret->error =
            store_error(mdb_cursor_get(ret->cursor, &ret->key, &ret->value, MDB_SET_RANGE));
}

static bool rows_here(const struct rows *r)
{
    return r->error == 0 && r->key.mv_size > INSTANT_END &&
           memcmp(r->key.mv_data, r->prefix, INSTANT_AT) == 0;
}

static void rows_next(struct rows *r)
{
    r->error = store_error(mdb_cursor_get(r->cursor, &r->key, &r->value, MDB_NEXT));
}

static int rows_end(struct rows *r)
{
    if (r->cursor)
        mdb_cursor_close(r->cursor);
    return r->error == -ENOENT ? 0 : r->error;
}

int partition_effects(struct partition *p, const struct effect_row *row, int64_t now,
                      const struct effect_due *after, struct effect_due *ret, int max)
{
    int n = 0;
    struct rows r;
    /* Rows of one instant stand in the order of their entities: those up to `after` were seen. */
    bool seen = after != NULL;
    rows_begin(p, row, after ? after->due : INT64_MIN, &r);
    for (; n < max && rows_here(&r) && index_integer(r.key.mv_data) <= now; rows_next(&r)) {
        take_row(&r.key, &r.value, &ret[n]);
        if (seen && ret[n].due != after->due)
            seen = false;
        if (!seen)
            n++;
        else if (same_row(&ret[n], after))
            seen = false;
    }
    int error = rows_end(&r);
    return error < 0 ? error : n;
}

int64_t partition_effect_next(struct partition *p, const struct effect_row *row, int64_t now)
{
    struct rows r;
    int64_t next = 0;
    rows_begin(p, row, now + 1, &r);
    if (rows_here(&r))
        next = index_integer(r.key.mv_data);
    rows_end(&r);
    return next;
}

/* --- trying --------------------------------------------------------------------------------- */

/* The id that the events of a try, or of its outcome, derive from: the entity's version makes it
 * another one each time. */
static void set_origin(struct partition *p, struct origin *o, const char *what,
                       const struct slot *s, int64_t time, char cause[static ID_TEXT + 1])
{
    uint8_t bytes[8 + ENTITY_KEY_MAX];
    store_u64(bytes, s->version);
    memcpy(bytes + 8, s->key.at, s->key.length);
    *o = (struct origin){ .command = id_derive_bytes(what, time, bytes, 8 + s->key.length),
                          .client = s->client,
                          .actor = text_from(p->actor),
                          .principal = text_from(p->actor) };
    id_print(&o->command, cause);
    o->causation = text_from(cause);
}

/* Where the row stands in its index; length 0 where it does not. */
static struct key place_of(struct partition *p, const struct effect_row *row, const struct slot *s)
{
    struct key k = { .length = 0 };
    if (slot_empty(s) ||
        !service_index(p->service, row->index)->key(s->client, s->id, s->value, &k))
        k.length = 0;
    return k;
}

static bool same_place(const struct key *a, const struct key *b)
{
    return a->length == b->length && memcmp(a->at, b->at, a->length) == 0;
}

static struct text keep_text(struct arena *a, struct text t)
{
    if (text_empty(t))
        return (struct text){ 0 };
    return arena_text(a, t);
}

/* Out of the turn's arena, which the next command resets. */
static void keep_effect(const struct effect *e, struct arena *a, struct effect *ret)
{
    struct text *const texts[] = { &ret->id,     &ret->to,     &ret->to_name,
                                   &ret->secret, &ret->thread, &ret->subject,
                                   &ret->plain,  &ret->html,   &ret->type };
    *ret = *e;
    ret->turn = NULL;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = keep_text(a, *texts[i]);
    struct text_pair *pairs = arena_alloc(a, (e->data.count + (size_t)1) * sizeof *pairs);
    for (uint32_t i = 0; i < e->data.count; i++)
        pairs[i] = (struct text_pair){ keep_text(a, e->data.at[i].key),
                                       keep_text(a, e->data.at[i].value) };
    ret->data.at = pairs;
}

static struct slot *open_slot(struct partition *p, const struct effect_row *row, struct text client,
                              struct text id, struct view *v)
{
    arena_reset(&p->turn);
    turn_view(p, p->state_txn, v, client);
    struct slot *s = view_slot(v, service_entity(p->service, row->entity), client, id);
    if (s)
        v->client = s->client;
    return s && s->born ? s : NULL;
}

static bool is_aside(const struct partition *p, const struct effect_row *row, struct text client,
                     struct text id)
{
    struct entity_key key;
    return aside_full(p) ||
           (entity_key_make(row->entity, client, id, &key) && aside_has(p, row, &key, 0));
}

static int close_slot(struct partition *p, struct view *v)
{
    if (v->error && !p->error)
        p->error = v->error;
    view_end(v);
    return p->error;
}

/* What the decision comes to. An attempted row stays due; of what is not sent, or was, the row has
 * to go: it would be tried again at once, for ever, and what was sent would be sent again because
 * the word of it does not fit. Whether it is in the batch. */
enum stage { ATTEMPT, NO_TRY, OUTCOME };
static bool settle(struct partition *p, const struct effect_row *row, struct view *v,
                   struct slot *s, struct decision *d, const struct origin *o, enum stage stage,
                   int64_t time)
{
    static const struct msg_error silent = { .rule = "the attempt said nothing" },
                                  stuck = { .rule = "its row was left where it was" };
    const char *what = stage == OUTCOME ? "outcome" : "attempt";
    const struct key before = place_of(p, row, s);
    int r = d->count ? turn_accept(p, v, d, o, time) : 0;
    if (v->error || p->error)
        return false;
    const struct key after = place_of(p, row, s);
    bool stays = after.length && same_place(&before, &after);
    if (r < 0)
        aside_put(p, row, s, 0, what, turn_unfit(p, r));
    else if (stage == ATTEMPT && d->count == 0)
        aside_put(p, row, s, 0, what, &silent);
    else if (stage != ATTEMPT && stays)
        aside_put(p, row, s, 0, what, &stuck);
    return r == 0 && d->count;
}

int partition_attempt(struct partition *p, const struct effect_row *row, struct text client,
                      struct text id, int64_t now, const struct effect_tools *tools,
                      struct arena *keep, effect_may *may, void *arg, struct effect *ret)
{
    struct view v;
    struct origin o;
    char cause[ID_TEXT + 1];
    bool tried = false;
    if (p->error || p->full || is_aside(p, row, client, id))
        return p->error;
    int64_t time = turn_time(p, now);
    struct slot *s = open_slot(p, row, client, id, &v);
    if (s) {
        set_origin(p, &o, "attempt", s, time, cause);
        struct decision d = { .view = &v, .cause = o.command };
        struct effect_turn turn = { .arena = &p->turn, .tools = tools, .now = time };
        struct effect e = { .turn = &turn };
        const struct context ctx = {
            .now = time, .client = s->client, .actor = o.actor, .options = p->options
        };
        row->attempt(&ctx, &v, s->id, s->value, &d, &e);
        if (!v.error && (e.kind == EFFECT_NONE || !may || may(arg, &e))) {
            keep_effect(&e, keep, ret);
            tried = settle(p, row, &v, s, &d, &o, e.kind ? ATTEMPT : NO_TRY, time) && e.kind;
        }
    }
    int r = close_slot(p, &v);
    return r < 0 ? r : tried;
}

int partition_outcome(struct partition *p, const struct effect_row *row, struct text client,
                      struct text id, const struct outcome *outcome, int64_t now)
{
    struct view v;
    struct origin o;
    char cause[ID_TEXT + 1];
    if (p->error)
        return p->error;
    if (p->full)
        return -EAGAIN;
    int64_t time = turn_time(p, now);
    struct slot *s = open_slot(p, row, client, id, &v);
    if (s) {
        set_origin(p, &o, "outcome", s, time, cause);
        struct decision d = { .view = &v, .cause = o.command };
        const struct context ctx = {
            .now = time, .client = s->client, .actor = o.actor, .options = p->options
        };
        row->outcome(&ctx, &v, s->id, s->value, outcome, &d);
        if (!v.error)
            settle(p, row, &v, s, &d, &o, OUTCOME, time);
    }
    return close_slot(p, &v);
}
