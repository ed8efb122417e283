/* fold: events into state, the first time and every time again. What it does depends on the log
 * alone. */
#include "common/store/turn.h"
#include "common/suite/plant.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

const char CLOCK_ADOPTED[] = "clock.adopted";

/* --- fold: the service's side --------------------------------------------------------------- */

static void *edit(struct fold *f, int entity, struct text client, struct text id,
                  enum entity_how how)
{
    const struct entity_row *row = service_entity(f->view->service, entity);
    assert(row && row->how == how);
    struct slot *s = view_slot(f->view, row, client, id);
    if (!s) /* the store failed: the batch is lost, the fold goes on in vain */
        return arena_alloc(f->view->arena, row->record->size);
    view_edit(f->view, s);
    s->version = f->sequence;
    return s->value;
}

void *fold_aggregate(struct fold *f, int aggregate, struct text key)
{
    return edit(f, aggregate, (struct text){ 0 }, key, TOTAL);
}

void *fold_aggregate_of(struct fold *f, int aggregate, struct text client, struct text key)
{
    return edit(f, aggregate, client, key, TOTAL);
}

void *fold_copy(struct fold *f, int entity, struct text id)
{
    return edit(f, entity, f->client, id, COPIED);
}

void fold_append(struct fold *f, void *list, const void *item, size_t size)
{
    struct list *l = list;
    uint8_t *grown = arena_alloc(f->view->arena, (l->count + (size_t)1) * size);
    if (l->count)
        memcpy(grown, l->at, l->count * size);
    memcpy(grown + l->count * size, item, size);
    l->at = grown;
    l->count++;
}

/* --- the runtime's side --------------------------------------------------------------------- */

struct slot *fold_subject(struct view *v, const struct event_row *row, struct text client,
                          struct text id)
{
    const struct entity_row *noun = service_entity_named(v->service, row->noun);
    assert(noun);
    return view_slot(v, noun, client, id);
}

int fold_apply(struct view *v, const struct event_row *row, struct slot *subject, struct text actor,
               const void *data, uint64_t sequence, int64_t time)
{
    struct fold f = { .time = time,
                      .sequence = sequence,
                      .client = subject->client,
                      .id = subject->id,
                      .actor = actor,
                      .view = v };
    view_edit(v, subject);
    subject->version = sequence;
    row->apply(&f, data, subject->value);
    subject->born = !slot_empty(subject); /* later events of the same command find it */
    return v->error;
}

/* Lapses the entity behind a key, whatever it wanted at or before `until`. */
static int lapse_one(struct view *v, const struct entity_key *key, int64_t until)
{
    struct text client, id;
    int kind;
    entity_key_parts(key->at, key->length, &kind, &client, &id);
    const struct entity_row *row = service_entity(v->service, kind);
    struct slot *s = view_slot(v, row, client, id);
    if (!s)
        return v->error;
    view_edit(v, s);
    row->lapse(s->value, until);
    int64_t due = row->due(s->value);
    assert(due == 0 || due > until);
    int r = view_flush(v);
    v->slot_count = 0; /* any number may lapse: none is kept */
    return r;
}

/* Entities that want to be woken at or before `until`, one at a time, until there are none. */
static int lapse_timers(struct view *v, int64_t until)
{
    MDB_cursor *cursor;
    int r = store_error(mdb_cursor_open(v->txn, v->state->due, &cursor));
    while (r == 0) {
        MDB_val key, value;
        r = store_error(mdb_cursor_get(cursor, &key, &value, MDB_FIRST));
        if (r < 0 || (int64_t)store_read_u64(key.mv_data) > until)
            break;
        struct entity_key copy = { .length = (uint32_t)key.mv_size - 8 };
        memcpy(copy.at, (const uint8_t *)key.mv_data + 8, copy.length);
        r = lapse_one(v, &copy, until);
    }
    mdb_cursor_close(cursor);
    return r == -ENOENT ? 0 : r;
}

/* Mail and hooks that were due by then: from history nothing is sent. */
static int lapse_effects(struct view *v, const struct effect_row *row, int64_t until)
{
    struct found found;
    struct entity_key key, last = { .length = 0 };
    for (;;) {
        struct walk *w = view_walk(v, row->index, NULL, 1);
        bool any = view_next(w, &found) && index_integer(w->last) <= until;
        if (any)
            entity_key_make(row->entity, found.client, found.id, &key);
        view_end(v); /* its cursor: there may be any number of rows */
        if (v->error || !any)
            return v->error;
        /* One that lapsed is not due any more, or this would never end. */
        assert(key.length != last.length || memcmp(key.at, last.at, key.length) != 0);
        last = key;
        int r = lapse_one(v, &key, until);
        if (r < 0)
            return r;
    }
}

int fold_clock_adopted(struct view *v, int64_t until)
{
    int r = lapse_timers(v, until);
    for (size_t i = 0; r == 0 && i < v->service->effect_count; i++)
        r = lapse_effects(v, &v->service->effects[i], until);
    return v->error ? v->error : r;
}

static int fold_own(struct view *v, const struct envelope *env)
{
    const void *at;
    size_t size;
    struct text text;
    int64_t until;
    if (!text_equal(env->type, text_from(CLOCK_ADOPTED)))
        return 0; /* <service>.follow_refused is told, and changes nothing */
    if (msg_member(env->data, env->data_size, "until", &at, &size) < 0 ||
        msg_read_text(at, size, &text) < 0 || instant_parse(text, &until) < 0)
        return -EBADMSG;
    return fold_clock_adopted(v, until);
}

static void check_link(struct partition *p, const struct entry *e, uint64_t previous,
                       uint64_t sequence)
{
    if (e->previous != previous && !p->misled)
        p->misled = sequence;
}

static int fold_event(struct partition *p, struct view *v, const struct entry *e,
                      const struct envelope *env)
{
    struct text client, id;
    struct msg_error error;
    const struct event_row *row = service_event_named(p->service, env->type);
    subject_split(env->subject, &client, &id);
    v->client = client;
    if (!row) {
        check_link(p, e, 0, env->sequence);
        return fold_own(v, env);
    }
    if (PLANTED(effect_from_fold) && p->service->effect_count && strcmp(row->verb, "sent") == 0)
        return 0;
    void *data = arena_alloc(&p->turn, row->record->size);
    int r = msg_decode(row->record, env->data, env->data_size, &p->turn, data, &error);
    struct slot *subject = r == 0 ? fold_subject(v, row, client, id) : NULL;
    if (!subject)
        return r < 0 ? r : v->error;
    check_link(p, e, subject->version, env->sequence);
    return fold_apply(v, row, subject, env->actor, data, env->sequence, env->time);
}

static int fold_entry(struct partition *p, struct view *v, const struct entry *e)
{
    struct envelope env;
    struct msg_error error;
    int r = envelope_read(e->envelope, e->envelope_size, &env, &error);
    if (r == 0)
        r = fold_event(p, v, e, &env);
    if (r == 0 && (e->flags & ENTRY_REMEMBERED)) {
        struct text client, id;
        subject_split(env.subject, &client, &id);
        env.subject = id;
        r = fold_seen(p, v->txn, e, &env);
    }
    return r;
}

/* The events of one command, in one view as when they were decided: *sequence is its first event,
 * then the one behind its last. */
static int fold_command(struct partition *p, MDB_txn *log_txn, MDB_txn *txn, uint64_t *sequence)
{
    struct view v;
    struct entry e;
    int r;
    arena_reset(&p->turn);
    turn_view(p, txn, &v, (struct text){ 0 });
    do {
        r = journal_read(&p->journal, log_txn, (*sequence)++, &e);
        if (r == 0)
            r = fold_entry(p, &v, &e);
    } while (r == 0 && e.index + 1 < e.count);
    if (r == 0)
        r = view_flush(&v);
    view_end(&v);
    return r;
}

/* Folds from *sequence on, about FOLD_BATCH events, and leaves it behind the last. */
static int fold_batch(struct partition *p, MDB_txn *log_txn, uint64_t *sequence)
{
    MDB_txn *txn;
    uint64_t end = *sequence + FOLD_BATCH;
    int r = store_error(mdb_txn_begin(p->state.env, NULL, 0, &txn));
    if (r < 0)
        return r;
    while (r == 0 && *sequence < end && *sequence <= p->tip.sequence)
        r = fold_command(p, log_txn, txn, sequence);
    if (r == 0)
        r = totals_flush(&p->totals, p->service, &p->state, txn, &p->turn);
    if (r == 0)
        r = state_set_position(&p->state, txn, *sequence - 1, p->fingerprint);
    if (r < 0) {
        totals_forget(&p->totals);
        mdb_txn_abort(txn);
        return r;
    }
    return store_error(mdb_txn_commit(txn));
}

int fold_tail(struct partition *p, void (*progress)(void *arg, uint64_t folded, uint64_t head),
              void *arg, uint64_t *ret_folded)
{
    MDB_txn *log_txn;
    uint64_t at;
    uint64_t fold;
    MDB_txn *txn;
    int r = store_error(mdb_txn_begin(p->state.env, NULL, MDB_RDONLY, &txn));
    if (r < 0)
        return r;
    r = state_position(&p->state, txn, &at, &fold);
    mdb_txn_abort(txn);
    if (r < 0)
        return r;
    uint64_t first = at + 1, next = first;
    r = store_error(mdb_txn_begin(p->journal.env, NULL, MDB_RDONLY, &log_txn));
    if (r < 0)
        return r;
    while (r == 0 && next <= p->tip.sequence) {
        r = fold_batch(p, log_txn, &next);
        if (r == 0 && progress)
            progress(arg, next - 1, p->tip.sequence);
    }
    mdb_txn_abort(log_txn);
    *ret_folded = next - first;
    return r;
}
