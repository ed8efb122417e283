/* turn: what a decision becomes: events, encoded, applied, written and appended, in one open batch.
 */
#include "common/store/turn.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* --- decision: the service's side ----------------------------------------------------------- */

void decision_emit(struct decision *d, int event, struct text id, const void *data, size_t size)
{
    assert(d->count < DECISION_EVENTS_MAX && id.length <= ENTITY_ID_MAX);
    struct emitted *e = &d->events[d->count++];
    e->row = service_event(d->view->service, event);
    assert(e->row && e->row->record->size == size);
    e->id = arena_text(d->view->arena, id);
    e->data = arena_copy(d->view->arena, data, size);
}

void decision_refuse(struct decision *d, int refusal, const char *field)
{
    if (d->refusal)
        return;
    d->refusal = refusal;
    d->field = field;
}

void decision_known(struct decision *d)
{
    d->known = true;
}

void decision_wait(struct decision *d)
{
    d->wait = true;
}

void decision_missing(struct decision *d, const char *field)
{
    d->missing = true;
    d->field = field;
}

struct text decision_id(struct decision *d, const char *prefix, uint32_t n)
{
    char text[ID_TEXT + 1];
    struct id id = id_derive(prefix, &d->cause, n);
    id_print(&id, text);
    return arena_printf(d->view->arena, "%s-%s", prefix, text);
}

void *decision_alloc(struct decision *d, size_t size)
{
    return arena_alloc(d->view->arena, size);
}

/* --- the runtime's side --------------------------------------------------------------------- */

void turn_view(struct partition *p, MDB_txn *txn, struct view *ret, struct text client)
{
    if (p->totals.count > TOTALS_MAX) {
        int r = totals_flush(&p->totals, p->service, &p->state, txn, &p->turn);
        p->error = p->error ? p->error : r;
    }
    view_begin(ret, p->service, &p->state, txn, &p->turn, client);
    ret->totals = &p->totals;
}

int64_t turn_time(const struct partition *p, int64_t now)
{
    return now > p->tip.time ? now : p->tip.time;
}

struct encoded {
    struct msg_buffer data, envelope;
    void *event; /* read back from data */
};

/* printf would be a twentieth of a whole turn. */
static struct text join(struct arena *a, struct text before, const char *between, struct text after)
{
    uint32_t middle = (uint32_t)strlen(between);
    char *at = arena_alloc(a, (size_t)before.length + middle + after.length + 1);
    if (before.length)
        memcpy(at, before.at, before.length);
    memcpy(at + before.length, between, middle);
    if (after.length)
        memcpy(at + before.length + middle, after.at, after.length);
    return (struct text){ at, before.length + middle + after.length };
}

/* "<service>/<ppp>/<epoch>/<sequence>" */
static struct text event_id(struct partition *p, uint64_t sequence)
{
    char digits[20];
    uint32_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + sequence % 10);
    while (sequence /= 10);
    const struct text number = { digits + at, (uint32_t)sizeof digits - at };
    return join(&p->turn, text_from(p->id_prefix), "", number);
}

/* The envelope's bytes live as long as the batch: they are published after the commit. */
static void encode_envelope(struct partition *p, const struct origin *o, const char *type,
                            struct text subject_id, uint64_t sequence, int64_t time,
                            struct encoded *e)
{
    struct envelope env = {
        .id = event_id(p, sequence),
        .source = text_from(p->source),
        .type = text_from(type),
        .subject = join(&p->turn, o->client, "/", subject_id),
        .partition_key = o->client,
        .causation_id = o->causation,
        .actor = o->actor,
        .trace_parent = o->traceparent,
        .epoch = p->epoch,
        .sequence = sequence,
        .time = time,
        .data_version = 1,
        .data = e->data.at,
        .data_size = e->data.size,
    };
    e->envelope = (struct msg_buffer){ .arena = &p->batch };
    envelope_write(&env, &e->envelope);
}

static void publish_later(struct partition *p, uint64_t sequence, const struct msg_buffer *envelope)
{
    if (p->published_count == p->published_room) {
        size_t room = p->published_room ? 2 * p->published_room : 64;
        struct published *grown = arena_alloc(&p->batch, room * sizeof *grown);
        if (p->published_count)
            memcpy(grown, p->published, p->published_count * sizeof *grown);
        p->published = grown;
        p->published_room = room;
    }
    p->published[p->published_count++] =
        (struct published){ sequence, envelope->at, envelope->size };
}

static int append(struct partition *p, const struct origin *o, const struct encoded *e,
                  uint64_t previous, uint32_t index, uint32_t count, int64_t time,
                  struct entry *ret)
{
    *ret = (struct entry){
        .flags = o->remember ? ENTRY_REMEMBERED : 0,
        .previous = previous,
        .command = o->command,
        .index = (uint16_t)index,
        .count = (uint16_t)count,
        .principal = o->principal,
        .envelope = e->envelope.at,
        .envelope_size = e->envelope.size,
    };
    memcpy(ret->request_hash, o->request_hash, sizeof ret->request_hash);
    p->tip.time = time;
    p->wrote = true;
    int r = journal_append(&p->journal, p->log_txn, &p->tip, ret, &p->turn);
    if (r < 0)
        p->error = p->error ? p->error : r;
    else
        publish_later(p, p->tip.sequence, &e->envelope);
    return r;
}

/* Everything a fold or a consumer will do with an event is tried on its bytes before they are kept.
 * It is then applied as it was read back, so that the first time is like every other time. */
static int prepare(struct partition *p, const struct origin *o, const struct emitted *m,
                   uint64_t sequence, int64_t time, struct encoded *e)
{
    const struct record *r = m->row->record;
    e->data = (struct msg_buffer){ .arena = &p->turn };
    msg_encode(r, m->data, &e->data);
    encode_envelope(p, o, m->row->name, m->id, sequence, time, e);
    if (e->envelope.size > MSG_EVENT_MAX)
        return -EMSGSIZE;
    e->event = arena_alloc(&p->turn, r->size);
    if (msg_scan(e->envelope.at, e->envelope.size, MSG_EVENT_MAX, &p->unfit) < 0 ||
        msg_decode(r, e->data.at, e->data.size, &p->turn, e->event, &p->unfit) < 0)
        return -EPROTO;
    return 0;
}

int turn_accept(struct partition *p, struct view *v, struct decision *d, const struct origin *o,
                int64_t time)
{
    struct encoded encoded[DECISION_EVENTS_MAX];
    for (uint32_t i = 0; i < d->count; i++) {
        int r = prepare(p, o, &d->events[i], p->tip.sequence + 1 + i, time, &encoded[i]);
        if (r < 0)
            return r;
    }
    for (uint32_t i = 0; i < d->count; i++) {
        struct entry entry;
        const struct emitted *m = &d->events[i];
        struct slot *s = fold_subject(v, m->row, o->client, m->id);
        int r = s ? append(p, o, &encoded[i], s->version, i, d->count, time, &entry) : v->error;
        if (r == 0)
            r = fold_apply(v, m->row, s, o->actor, encoded[i].event, p->tip.sequence, time);
        if (r == 0)
            aside_forget(p, &s->key);
        if (r == 0 && o->remember) {
            struct envelope env = { .subject = m->id, .sequence = p->tip.sequence };
            r = fold_seen(p, p->state_txn, &entry, &env);
        }
        if (r < 0)
            return p->error = p->error ? p->error : r;
    }
    int r = view_flush(v);
    if (r < 0)
        p->error = p->error ? p->error : r;
    p->due_known = false;
    return r;
}

const struct msg_error *turn_unfit(const struct partition *p, int error)
{
    static const struct msg_error large = { .rule = "would make an event of more than 64 KiB" };
    return error == -EMSGSIZE ? &large : &p->unfit;
}

int turn_append_own(struct partition *p, const struct origin *o, const char *type,
                    struct text subject, struct msg_buffer *data, int64_t time)
{
    struct encoded e = { .data = *data };
    struct entry entry;
    encode_envelope(p, o, type, subject, p->tip.sequence + 1, time, &e);
    return append(p, o, &e, 0, 0, 1, time, &entry);
}
