/* view: the entities a turn looks at, loaded once, and written back with their indexes and due rows
 * where edited. */
#include "common/store/image.h"
#include "common/store/state.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

void view_begin(struct view *v, const struct service_type *service, struct state *state,
                MDB_txn *txn, struct arena *a, struct text client)
{
    *v = (struct view){
        .service = service, .state = state, .txn = txn, .arena = a, .client = client
    };
}

void view_end(struct view *v)
{
    for (struct walk *w = v->walks; w; w = w->next)
        if (w->cursor)
            mdb_cursor_close(w->cursor);
    v->walks = NULL;
}

enum { VERSION_BYTES = 8 };

/* --- slots ---------------------------------------------------------------------------------- */

static void keep(struct view *v, struct slot *s)
{
    if (v->slot_count == v->slot_room) {
        uint32_t room = v->slot_room ? 2 * v->slot_room : 8;
        struct slot **grown = arena_alloc(v->arena, room * sizeof *grown);
        if (v->slot_count)
            memcpy(grown, v->slots, v->slot_count * sizeof *grown);
        v->slots = grown;
        v->slot_room = room;
    }
    assert(v->slot_count < SLOTS_MAX);
    v->slots[v->slot_count++] = s;
}

static struct slot *load(struct view *v, struct arena *arena, const struct entity_row *row,
                         const struct entity_key *key)
{
    struct slot *s = arena_alloc(arena, sizeof *s);
    int kind;
    MDB_val found;
    s->row = row;
    s->key.length = key->length;
    memcpy(s->key.at, key->at, key->length);
    entity_key_parts(s->key.at, key->length, &kind, &s->client, &s->id);
    s->value = arena_alloc(arena, row->record->size);
    int r = store_get(v->txn, v->state->entity, key->at, key->length, &found);
    if (r == -ENOENT)
        return s;
    if (r == 0) {
        const uint8_t *at = found.mv_data;
        s->version = store_read_u64(at);
        if (found.mv_size == VERSION_BYTES)
            return s;
        s->born = true;
        /* A write transaction may move the page at its next write; a reading one may not. */
        size_t size = found.mv_size - VERSION_BYTES;
        at += VERSION_BYTES;
        const void *bytes = v->reading ? at : arena_copy(v->arena, at, size);
        r = image_read(row->record, bytes, size, v->arena, s->value);
    }
    if (r < 0) {
        v->error = v->error ? v->error : r;
        return NULL;
    }
    return s;
}

static uint32_t hash_of(const struct entity_key *key)
{
    uint32_t h = 2166136261u; /* FNV-1a */
    for (uint32_t i = 0; i < key->length; i++)
        h = (h ^ key->at[i]) * 16777619u;
    return h;
}

/* Where it is kept, or would be. */
static struct slot **find_total(struct totals *t, const struct entity_key *key)
{
    uint32_t i = hash_of(key) % TOTALS_ROOM;
    for (; t->slots[i]; i = (i + 1) % TOTALS_ROOM) {
        const struct slot *s = t->slots[i];
        if (entity_key_equal(&s->key, key))
            break;
    }
    return &t->slots[i];
}

/* One that is going to be changed. */
static struct slot *keep_total(struct view *v, const struct entity_row *row,
                               const struct entity_key *key)
{
    struct totals *t = v->totals;
    struct slot **at = find_total(t, key), *s = *at;
    if (s)
        return s;
    assert(t->count < TOTALS_ROOM - 1);
    s = load(v, &t->arena, row, key);
    if (s) {
        *at = s;
        t->count++;
    }
    return s;
}

static const struct slot *look_at_total(struct view *v, const struct entity_row *row,
                                        const struct entity_key *key)
{
    const struct slot *s = v->totals ? *find_total(v->totals, key) : NULL;
    return s ? s : load(v, v->arena, row, key);
}

static struct slot *find_slot(struct view *v, const struct entity_key *key)
{
    for (uint32_t i = 0; i < v->slot_count; i++) {
        struct slot *s = v->slots[i];
        if (entity_key_equal(&s->key, key))
            return s;
    }
    return NULL;
}

struct slot *view_slot(struct view *v, const struct entity_row *row, struct text client,
                       struct text id)
{
    struct entity_key key;
    if (!entity_key_make(row->id, client, id, &key)) {
        v->error = v->error ? v->error : -EINVAL;
        return NULL;
    }
    if (v->totals && row->how == TOTAL)
        return keep_total(v, row, &key);
    struct slot *s = find_slot(v, &key);
    if (s)
        return s;
    s = load(v, v->arena, row, &key);
    if (s)
        keep(v, s);
    return s;
}

const void *view_get_of(struct view *v, int entity, struct text client, struct text id)
{
    const struct entity_row *row = service_entity(v->service, entity);
    assert(row);
    struct entity_key key;
    if (!entity_key_make(entity, client, id, &key))
        return NULL; /* nothing that long was ever born */
    const struct slot *s = row->how == TOTAL && (v->totals || v->reading)
                               ? look_at_total(v, row, &key)
                               : view_slot(v, row, client, id);
    return s && s->born ? s->value : NULL;
}

const void *view_get(struct view *v, int entity, struct text id)
{
    return view_get_of(v, entity, v->client, id);
}

void *view_alloc(struct view *v, size_t size)
{
    return arena_alloc(v->arena, size);
}

/* --- editing -------------------------------------------------------------------------------- */

static size_t indexes_of(const struct service_type *service, int entity)
{
    size_t n = 0;
    for (size_t i = 0; i < service->index_count; i++)
        n += service->indexes[i].entity == entity;
    return n;
}

bool slot_empty(const struct slot *s)
{
    const uint8_t *at = s->value;
    size_t size = s->row->record->size;
    return at[0] == 0 && memcmp(at, at + 1, size - 1) == 0;
}

/* The full key of an index row, or length 0. */
static void index_key(const struct index_row *row, const struct slot *s, uint8_t *out,
                      uint32_t *length)
{
    struct key key;
    key.length = 0;
    *length = 0;
    if (slot_empty(s) || !row->key(s->client, s->id, s->value, &key))
        return;
    out[0] = (uint8_t)(row->id >> 8);
    out[1] = (uint8_t)row->id;
    memcpy(out + 2, key.at, key.length);
    memcpy(out + 2 + key.length, s->key.at + 1, s->key.length - 1);
    *length = 2 + key.length + s->key.length - 1;
}

static int64_t due_of(const struct slot *s)
{
    return s->row->due && !slot_empty(s) ? s->row->due(s->value) : 0;
}

void view_edit(struct view *v, struct slot *s)
{
    if (s->edited)
        return;
    s->edited = true;
    if (v->totals && s->row->how == TOTAL) {
        v->totals->edited[v->totals->edited_count++] = s;
        s->born = true; /* later turns of the batch find it */
        return; /* written by totals_flush; totals have no timers and no indexes */
    }
    v->edited_count++;
    size_t n = indexes_of(v->service, s->row->id), at = 0;
    s->before = arena_alloc(v->arena, (n + 1) * sizeof *s->before);
    if (!s->born)
        return;
    s->due_before = due_of(s);
    for (size_t i = 0; i < v->service->index_count; i++) {
        uint8_t key[INDEX_ROW_KEY_MAX];
        const struct index_row *row = &v->service->indexes[i];
        if (row->entity != s->row->id)
            continue;
        struct index_value *b = &s->before[at++];
        index_key(row, s, key, &b->length);
        if (b->length)
            b->at = arena_copy(v->arena, key, b->length);
    }
}

static int flush_indexes(struct view *v, struct slot *s)
{
    size_t at = 0;
    for (size_t i = 0; i < v->service->index_count; i++) {
        uint8_t key[INDEX_ROW_KEY_MAX];
        uint32_t length;
        const struct index_row *row = &v->service->indexes[i];
        if (row->entity != s->row->id)
            continue;
        const struct index_value *b = &s->before[at++];
        index_key(row, s, key, &length);
        if (b->length == length && (length == 0 || memcmp(b->at, key, length) == 0))
            continue;
        int r = b->length ? store_delete(v->txn, v->state->index, b->at, b->length) : 0;
        if (r == 0 && length)
            r = store_put(v->txn, v->state->index, key, length, s->key.at, s->key.length);
        if (r < 0)
            return r;
    }
    return 0;
}

static int flush_due(struct view *v, struct slot *s)
{
    uint8_t key[8 + ENTITY_KEY_MAX];
    int64_t due = due_of(s);
    int r = 0;
    if (due == s->due_before)
        return 0;
    memcpy(key + 8, s->key.at, s->key.length);
    if (s->due_before) {
        store_u64(key, (uint64_t)s->due_before);
        r = store_delete(v->txn, v->state->due, key, 8 + s->key.length);
    }
    if (r == 0 && due) {
        store_u64(key, (uint64_t)due);
        r = store_put(v->txn, v->state->due, key, 8 + s->key.length, "", 0);
    }
    return r;
}

/* A total is decoded once in a while only, and a fold does it at other times: that a number which
 * is zero now was read from the state must leave no trace there. */
static void forget_presence(struct slot *s)
{
    struct field_rows rows = s->row->record->fields();
    for (size_t i = 0; i < rows.count; i++)
        *(bool *)((char *)s->value + rows.at[i].has_offset) = false;
}

/* Of what was removed the version stays: its next event follows its last one, and what happened to
 * it can still be told. */
static int put_slot(struct view *v, struct slot *s)
{
    struct msg_buffer b = { .arena = v->arena };
    uint8_t version[VERSION_BYTES];
    store_u64(version, s->version);
    msg_put_raw(&b, version, sizeof version);
    if (s->row->how == TOTAL)
        forget_presence(s);
    if (s->row->how == TOTAL || !slot_empty(s))
        image_write(s->row->record, s->value, &b);
    return store_put(v->txn, v->state->entity, s->key.at, s->key.length, b.at, b.size);
}

static int flush_slot(struct view *v, struct slot *s)
{
    bool removed = slot_empty(s);
    bool forgotten = removed && s->row->how == COPIED; /* its history is another service's */
    int r = forgotten ? store_delete(v->txn, v->state->entity, s->key.at, s->key.length)
                      : put_slot(v, s);
    if (forgotten && r == -ENOENT)
        r = 0; /* it was born and removed within the turn */
    if (r == 0)
        r = flush_indexes(v, s);
    if (r == 0)
        r = flush_due(v, s);
    /* Edited again in the same turn (lapses of one clock.adopted) it starts from here. */
    s->edited = false;
    s->born = !removed;
    s->due_before = due_of(s);
    return r;
}

int view_flush(struct view *v)
{
    for (uint32_t i = 0; v->edited_count && i < v->slot_count; i++) {
        if (!v->slots[i]->edited)
            continue;
        int r = flush_slot(v, v->slots[i]);
        if (r < 0 && !v->error)
            v->error = r;
        v->edited_count--;
    }
    return v->error;
}

void totals_forget(struct totals *t)
{
    if (t->count)
        memset(t->slots, 0, sizeof t->slots);
    t->count = t->edited_count = 0;
    arena_reset(&t->arena);
}

int totals_flush(struct totals *t, const struct service_type *service, struct state *state,
                 MDB_txn *txn, struct arena *scratch)
{
    struct view v;
    int r = 0;
    view_begin(&v, service, state, txn, scratch, (struct text){ 0 });
    for (uint32_t i = 0; r == 0 && i < t->edited_count; i++) {
        r = put_slot(&v, t->edited[i]);
        t->edited[i]->edited = false;
    }
    t->edited_count = 0;
    if (t->count > TOTALS_MAX)
        totals_forget(t);
    return r;
}

/* --- walks ---------------------------------------------------------------------------------- */

void key_text(struct key *k, struct text t)
{
    assert(k->length + t.length + 1 <= KEY_MAX);
    if (t.length)
        memcpy(k->at + k->length, t.at, t.length);
    k->length += t.length;
    k->at[k->length++] = 0;
}

void key_integer(struct key *k, int64_t value)
{
    assert(k->length + 8 <= KEY_MAX);
    /* The sign bit turned over, negative numbers sort before positive ones byte by byte. */
    store_u64(k->at + k->length, (uint64_t)value ^ UINT64_C(1) << 63);
    k->length += 8;
}

int64_t index_integer(const void *index_key)
{
    return (int64_t)(store_read_u64((const uint8_t *)index_key + 2) ^ UINT64_C(1) << 63);
}

struct walk *view_walk(struct view *v, int index, const struct key *prefix, uint32_t max)
{
    struct walk *w = arena_alloc(v->arena, sizeof *w);
    w->view = v;
    w->index = service_index(v->service, index);
    assert(w->index && v->edited_count == 0);
    w->row = service_entity(v->service, w->index->entity);
    w->prefix[0] = (uint8_t)(index >> 8);
    w->prefix[1] = (uint8_t)index;
    w->prefix_length = 2;
    if (prefix) {
        memcpy(w->prefix + 2, prefix->at, prefix->length);
        w->prefix_length += prefix->length;
    }
    w->max = max;
    int r = store_error(mdb_cursor_open(v->txn, v->state->index, &w->cursor));
    if (r < 0) {
        v->error = v->error ? v->error : r;
        w->done = true;
    }
    w->next = v->walks;
    v->walks = w;
    return w;
}

/* Moves the cursor to the first key behind `last`, or to the first of the prefix. */
static int step(struct walk *w, MDB_val *key, MDB_val *value)
{
    int r;
    if (w->begun) {
        r = mdb_cursor_get(w->cursor, key, value, MDB_NEXT);
    } else if (w->last_length) {
        *key = store_val(w->last, w->last_length);
        r = mdb_cursor_get(w->cursor, key, value, MDB_SET_RANGE);
        if (r == 0 && key->mv_size == w->last_length &&
            memcmp(key->mv_data, w->last, w->last_length) == 0)
            r = mdb_cursor_get(w->cursor, key, value, MDB_NEXT);
    } else {
        *key = store_val(w->prefix, w->prefix_length);
        r = mdb_cursor_get(w->cursor, key, value, MDB_SET_RANGE);
    }
    w->begun = true;
    return store_error(r);
}

bool view_step(struct walk *w, struct key *ret)
{
    struct view *v = w->view;
    MDB_val key, value;
    if (w->done || w->count == w->max || (w->may_go_on && !w->may_go_on(w, w->arg)))
        return false;
    int r = step(w, &key, &value);
    if (r < 0 || key.mv_size < w->prefix_length ||
        memcmp(key.mv_data, w->prefix, w->prefix_length) != 0) {
        if (r < 0 && r != -ENOENT && !v->error)
            v->error = r;
        w->done = true;
        return false;
    }
    w->count++;
    w->last_length = (uint32_t)key.mv_size;
    memcpy(w->last, key.mv_data, key.mv_size);
    w->here.length = (uint32_t)value.mv_size;
    memcpy(w->here.at, value.mv_data, value.mv_size);
    /* Between the number of the index and whose row it is, without its kind. */
    ret->length = w->last_length - 2 - (w->here.length - 1);
    memcpy(ret->at, w->last + 2, ret->length);
    return true;
}

static bool read_here(struct walk *w, struct found *ret)
{
    struct view *v = w->view;
    /* Of what is not edited there is no need for one image only, and there may be any number. */
    struct slot *s = v->reading ? NULL : find_slot(v, &w->here);
    if (!s)
        s = load(v, v->arena, w->row, &w->here);
    if (!s) {
        w->done = true;
        return false;
    }
    *ret = (struct found){ s->client, s->id, s->version, s->value };
    return true;
}

void view_here(struct walk *w, struct found *ret)
{
    if (!read_here(w, ret))
        *ret = (struct found){ .entity = arena_alloc(w->view->arena, w->row->record->size) };
}

bool view_next(struct walk *w, struct found *ret)
{
    struct key key;
    return view_step(w, &key) && read_here(w, ret);
}
