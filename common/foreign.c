/* foreign: events of other services: copies kept in the state, reactions that become commands
 * (DESIGN 6). */
#include "common/turn.h"

#include "common/plant.h"

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

static uint64_t cursor_get(struct partition *p, MDB_txn *txn, bool copies, const char *name)
{
    MDB_val found;
    if (!kept_in_state(copies))
        return journal_number(&p->journal, txn, name);
    if (store_get(txn, p->state.meta, name, strlen(name), &found) < 0 || found.mv_size != 8)
        return 0;
    return store_read_u64(found.mv_data);
}

static int cursor_set(struct partition *p, bool copies, const char *name, uint64_t sequence)
{
    uint8_t out[8];
    if (!kept_in_state(copies))
        return journal_set_number(&p->journal, p->log_txn, name, sequence);
    store_u64(out, sequence);
    return store_put(p->state_txn, p->state.meta, name, strlen(name), out, sizeof out);
}

uint64_t partition_cursor(struct partition *p, const char *source, uint32_t partition,
                          enum follow_how how)
{
    char name[CURSOR_NAME_MAX];
    bool copies = how == COPY, in_state = kept_in_state(copies);
    MDB_txn *txn = in_state ? p->state_txn : p->log_txn, *own = NULL;
    cursor_name(name, copies, text_from(source), partition);
    if (!txn) {
        if (mdb_txn_begin(in_state ? p->state.env : p->journal.env, NULL, MDB_RDONLY, &own))
            return 0;
        txn = own;
    }
    uint64_t at = cursor_get(p, txn, copies, name);
    if (own)
        mdb_txn_abort(own);
    return at;
}

static bool follows(const struct service *s, struct text source, bool copies)
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

static int take(struct partition *p, const struct envelope *e, bool copies, const char *name,
                int64_t time, bool final)
{
    struct text client, id;
    subject_split(e->subject, &client, &id);
    for (size_t i = 0; i < p->service->follow_count; i++) {
        const struct follow_row *row = &p->service->follows[i];
        if ((row->how == COPY) != copies || !text_equal(e->service, text_from(row->source)) ||
            !text_equal(e->type, text_from(row->event)))
            continue;
        arena_reset(&p->turn);
        int r = copies ? fold_into_copy(p, row, e, client, id)
                       : react(p, row, e, client, id, time, final);
        if (r < 0)
            return r;
    }
    p->wrote = true;
    return cursor_set(p, copies, name, e->sequence);
}

int partition_foreign(struct partition *p, const struct envelope *e, int64_t now, bool final)
{
    char name[CURSOR_NAME_MAX];
    if (p->error)
        return p->error;
    if (p->full)
        return -EAGAIN;
    for (int pass = 0; pass < 2; pass++) {
        bool copies = pass == 0; /* a reaction sees what the event did to the copies */
        if (!follows(p->service, e->service, copies))
            continue;
        cursor_name(name, copies, e->service, e->partition);
        uint64_t at =
            cursor_get(p, kept_in_state(copies) ? p->state_txn : p->log_txn, copies, name);
        if (e->sequence <= at)
            continue;
        if (e->sequence != at + 1)
            return -EBADMSG;
        int r = take(p, e, copies, name, turn_time(p, now), final);
        p->due_known = false;
        if (r == -EAGAIN)
            return r;
        if (r < 0)
            return p->error = p->error ? p->error : r;
    }
    return 0;
}
