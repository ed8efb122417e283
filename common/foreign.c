/* foreign: events of other services: copies kept in the state, reactions that become commands
 * (DESIGN 6). */
#include "common/turn.h"

#include "common/plant.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* "c/escalation/003" for copies, "r/escalation/003" for reactions. */
static void cursor_name(char out[static CURSOR_NAME_MAX], bool copies, struct text service,
                        uint32_t partition)
{
    snprintf(out, CURSOR_NAME_MAX, "%c/%.*s/%03u", copies ? 'c' : 'r', TEXT_ARG(service),
             partition);
}

/* Cursors of copies live beside the copies, those of reactions beside the events that the reactions
 * wrote: what a cursor stands for is committed with it or not at all. */
static bool kept_in_state(bool copies)
{
    return copies || PLANTED(cursor_apart);
}

static uint64_t cursor_read(struct partition *p, MDB_txn *txn, bool copies, const char *name)
{
    MDB_val found;
    if (!kept_in_state(copies))
        return journal_number(&p->journal, txn, name);
    if (store_get(txn, p->state.meta, name, strlen(name), &found) < 0 || found.mv_size != 8)
        return 0;
    return store_read_u64(found.mv_data);
}

static int cursor_write(struct partition *p, const struct cursor *c)
{
    uint8_t out[8];
    char name[CURSOR_NAME_MAX];
    cursor_name(name, c->copies, text_from(c->service), c->partition);
    if (!kept_in_state(c->copies))
        return journal_set_number(&p->journal, p->log_txn, name, c->at);
    store_u64(out, c->at);
    return store_put(p->state_txn, p->state.meta, name, strlen(name), out, sizeof out);
}

int cursors_flush(struct partition *p)
{
    int r = 0;
    for (uint32_t i = 0; r == 0 && i < p->cursors.count; i++) {
        struct cursor *c = &p->cursors.at[i];
        if (c->ahead == 0)
            continue;
        r = cursor_write(p, c);
        c->ahead = 0;
    }
    return r;
}

void cursors_forget(struct partition *p)
{
    p->cursors.count = 0;
}

bool cursors_ahead(const struct partition *p)
{
    for (uint32_t i = 0; i < p->cursors.count; i++)
        if (p->cursors.at[i].ahead)
            return true;
    return false;
}

/* The cursor of an upstream partition, kept decoded: most upstream events are nobody's concern and
 * would cost a write and a read of the store each. */
static struct cursor *cursor_of(struct partition *p, bool copies, struct text service,
                                uint32_t partition)
{
    for (uint32_t i = 0; i < p->cursors.count; i++) {
        struct cursor *c = &p->cursors.at[i];
        if (c->copies == copies && c->partition == partition &&
            text_equal(text_from(c->service), service))
            return c;
    }
    char name[CURSOR_NAME_MAX];
    MDB_txn *txn = kept_in_state(copies) ? p->state_txn : p->log_txn, *own = NULL;
    assert(p->cursors.count < CURSORS_MAX && service.length < sizeof p->cursors.at->service);
    struct cursor *c = &p->cursors.at[p->cursors.count];
    *c = (struct cursor){ .copies = copies, .partition = partition };
    memcpy(c->service, service.at, service.length);
    cursor_name(name, copies, service, partition);
    if (!txn) {
        if (mdb_txn_begin(kept_in_state(copies) ? p->state.env : p->journal.env, NULL, MDB_RDONLY,
                          &own))
            return NULL;
        txn = own;
    }
    c->at = cursor_read(p, txn, copies, name);
    if (own)
        mdb_txn_abort(own);
    p->cursors.count++;
    return c;
}

uint64_t partition_cursor(struct partition *p, const char *source, uint32_t partition,
                          enum follow_how how)
{
    const struct cursor *c = cursor_of(p, how == COPY, text_from(source), partition);
    return c ? c->at : 0;
}

static bool follows(const struct service_type *s, struct text source, bool copies)
{
    for (size_t i = 0; i < s->follow_count; i++)
        if ((s->follows[i].how == COPY) == copies &&
            text_equal(source, text_from(s->follows[i].source)))
            return true;
    return false;
}

/* What an upstream event says of the fields a row reads, or NULL when it does not fit them. */
static void *read_event(struct partition *p, const struct follow_row *row, const struct envelope *e,
                        struct msg_error *reterr)
{
    void *data = arena_alloc(&p->turn, row->record->size);
    int r = msg_decode(row->record, e->data, e->data_size, &p->turn, data, reterr);
    return r < 0 ? NULL : data;
}

static int fold_into_copy(struct partition *p, const struct follow_row *row,
                          const struct envelope *e, struct text client, struct text id)
{
    struct view v;
    struct msg_error error;
    const void *data = read_event(p, row, e, &error);
    if (!data) /* the contract between the two services is broken: no copy can be right from here on
                */
        return -EBADMSG;
    turn_view(p, p->state_txn, &v, client);
    struct fold f = { .time = e->time,
                      .sequence = e->sequence,
                      .client = client,
                      .id = id,
                      .actor = e->actor,
                      .view = &v };
    row->copy(&f, data);
    int r = view_flush(&v);
    view_end(&v);
    return r;
}

/* A reaction that a rule refuses is told, never skipped silently, and never blocks. */
static int tell_refusal(struct partition *p, const struct follow_row *row, const struct envelope *e,
                        const struct origin *o, const char *code, const char *message, int64_t time)
{
    char type[64];
    struct msg_buffer data = { .arena = &p->turn };
    struct text client, id;
    subject_split(e->subject, &client, &id);
    snprintf(type, sizeof type, "%s.follow_refused", p->service->name);
    msg_put_map(&data, 4);
    msg_put_key(&data, "cause");
    msg_put_text(&data, e->id);
    msg_put_key(&data, "event");
    msg_put_key(&data, row->event);
    msg_put_key(&data, "code");
    msg_put_key(&data, code);
    msg_put_key(&data, "message");
    msg_put_key(&data, message);
    return turn_append_own(p, o, type, id, &data, time);
}

static int react(struct partition *p, const struct follow_row *row, const struct envelope *e,
                 struct text client, struct text id, int64_t time, bool final)
{
    struct view v;
    struct msg_error error;
    struct origin o = { .command = id_derive_bytes(row->event, e->time, e->id.at, e->id.length),
                        .causation = e->id,
                        .client = client,
                        .actor = text_from(p->actor),
                        .principal = text_from(p->actor),
                        .traceparent = e->trace_parent };
    const void *data = read_event(p, row, e, &error);
    if (!data)
        return tell_refusal(p, row, e, &o, "unreadable", error.rule, time);
    turn_view(p, p->state_txn, &v, client);
    struct decision d = { .view = &v, .cause = o.command };
    const struct context ctx = { .now = time,
                                 .client = client,
                                 .actor = o.actor,
                                 .options = p->options,
                                 .cause = id,
                                 .cause_event = e->id,
                                 .cause_actor = e->actor,
                                 .cause_time = e->time,
                                 .final = final };
    row->react(&ctx, &v, data, &d);
    int r = v.error;
    if (r == 0 && d.wait && !final)
        r = -EAGAIN;
    else if (r == 0 && d.refusal)
        r = tell_refusal(p, row, e, &o, p->service->refusals[d.refusal].code,
                         p->service->refusals[d.refusal].sentence, time);
    else if (r == 0 && d.missing)
        r = tell_refusal(p, row, e, &o, "not_found", "There is nothing of that id.", time);
    else if (r == 0 && d.count)
        r = turn_accept(p, &v, &d, &o, time);
    if (r == -EMSGSIZE)
        r = tell_refusal(p, row, e, &o, "too_large", "It would make an event of more than 64 KiB.",
                         time);
    if (r == -EPROTO)
        r = tell_refusal(p, row, e, &o, "unfit", p->unfit.rule, time);
    view_end(&v);
    return r;
}

/* What a service with a single partition says is heard by every partition of its followers: all
 * keep copies of it, and the one that the event's client belongs to reacts. */
static bool reacts(const struct partition *p, struct text client)
{
    return partition_of(client, p->identity.count) == p->identity.number;
}

static int take(struct partition *p, const struct envelope *e, struct cursor *cursor, int64_t time,
                bool final)
{
    struct text client, id;
    subject_split(e->subject, &client, &id);
    for (size_t i = 0; i < p->service->follow_count; i++) {
        const struct follow_row *row = &p->service->follows[i];
        if ((row->how == COPY) != cursor->copies ||
            !text_equal(e->service, text_from(row->source)) ||
            !text_equal(e->type, text_from(row->event)) || (!cursor->copies && !reacts(p, client)))
            continue;
        arena_reset(&p->turn);
        int r = cursor->copies ? fold_into_copy(p, row, e, client, id)
                               : react(p, row, e, client, id, time, final);
        if (r < 0)
            return r;
        p->wrote = true;
    }
    /* A cursor that passed only what is no concern of ours waits for the next commit with a reason:
     * after a crash that much is read again, and is no concern of ours again. */
    cursor->at = e->sequence;
    if (++cursor->ahead >= CURSOR_AHEAD_MAX)
        p->wrote = true;
    return 0;
}

int partition_foreign(struct partition *p, const struct envelope *e, int64_t now, bool final)
{
    if (p->error)
        return p->error;
    if (p->full)
        return -EAGAIN;
    for (int pass = 0; pass < 2; pass++) {
        bool copies = pass == 0; /* a reaction sees what the event did to the copies */
        if (!follows(p->service, e->service, copies))
            continue;
        struct cursor *cursor = cursor_of(p, copies, e->service, e->partition);
        if (e->sequence <= cursor->at)
            continue;
        if (e->sequence != cursor->at + 1)
            return -EBADMSG;
        int r = take(p, e, cursor, turn_time(p, now), final);
        p->due_known = false;
        if (r == -EAGAIN)
            return r;
        if (r < 0)
            return p->error = p->error ? p->error : r;
    }
    return 0;
}
