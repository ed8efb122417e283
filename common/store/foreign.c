/* foreign: events of other services: copies kept in the state, reactions that become commands
 * (DESIGN 6). */
#include "common/store/turn.h"

#include "common/suite/plant.h"

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

/* The log remembers how far copies ever were: a state that was lost, or is behind the log, has
 * older ones. */
static uint64_t cursor_ever(struct partition *p, const char *name)
{
    MDB_txn *own = NULL;
    if (p->log_txn)
        return journal_number(&p->journal, p->log_txn, name);
    if (mdb_txn_begin(p->journal.env, NULL, MDB_RDONLY, &own))
        return 0;
    uint64_t at = journal_number(&p->journal, own, name);
    mdb_txn_abort(own);
    return at;
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

static int cursor_write(struct partition *p, struct cursor *c)
{
    uint8_t out[8];
    char name[CURSOR_NAME_MAX];
    cursor_name(name, c->copies, text_from(c->service), c->partition);
    if (!kept_in_state(c->copies))
        return journal_set_number(&p->journal, p->log_txn, name, c->at);
    store_u64(out, c->at);
    int r = store_put(p->state_txn, p->state.meta, name, strlen(name), out, sizeof out);
    if (r < 0 || !c->copies || c->at <= c->ever)
        return r;
    c->ever = c->at;
    return journal_set_number(&p->journal, p->log_txn, name, c->at);
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
    c->ever = copies ? cursor_ever(p, name) : c->at;
    p->cursors.count++;
    return c;
}

static bool follows(const struct service_type *s, struct text source, bool copies)
{
    for (size_t i = 0; i < s->follow_count; i++)
        if ((s->follows[i].how == COPY) == copies &&
            text_equal(source, text_from(s->follows[i].source)))
            return true;
    return false;
}

bool partition_copies_behind(struct partition *p, const char *source, uint32_t partition)
{
    if (!follows(p->service, text_from(source), true))
        return false;
    const struct cursor *c = cursor_of(p, true, text_from(source), partition);
    return c && c->at < c->ever;
}

void partition_foreign_skip(struct partition *p, const char *source, uint32_t partition,
                            uint64_t through)
{
    for (int pass = 0; pass < 2; pass++) {
        if (!follows(p->service, text_from(source), pass == 0))
            continue;
        struct cursor *c = cursor_of(p, pass == 0, text_from(source), partition);
        if (!c || through <= c->at)
            continue;
        c->at = through;
        c->ahead++;
        p->wrote = true;
    }
}

uint64_t partition_cursor(struct partition *p, const char *source, uint32_t partition,
                          enum follow_how how)
{
    const struct cursor *c = cursor_of(p, how == COPY, text_from(source), partition);
    return c ? c->at : 0;
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
    if (!data)
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

/* An event that one row reacts to. */
struct heard {
    const struct follow_row *row;
    const struct envelope *e;
    struct text client, id; /* whom and what it is about */
    const void *data; /* as the row reads it; NULL when it cannot be read, */
    struct msg_error error; /* because of this */
    int64_t time;
    bool final;
};

/* A reaction that a rule refuses is told, never skipped silently, and never blocks. */
static int tell_refusal(struct partition *p, const struct heard *h, const struct origin *o,
                        const char *code, const char *message)
{
    char type[64];
    struct msg_buffer data = { .arena = &p->turn };
    snprintf(type, sizeof type, "%s.follow_refused", p->service->name);
    msg_put_map(&data, 4);
    msg_put_key(&data, "cause");
    msg_put_text(&data, h->e->id);
    msg_put_key(&data, "event");
    msg_put_key(&data, h->row->event);
    msg_put_key(&data, "code");
    msg_put_key(&data, code);
    msg_put_key(&data, "message");
    msg_put_key(&data, message);
    return turn_append_own(p, o, type, h->id, &data, h->time);
}

static int react(struct partition *p, const struct heard *h)
{
    struct view v;
    const struct envelope *e = h->e;
    struct origin o = { .command = id_derive_bytes(h->row->event, e->time, e->id.at, e->id.length),
                        .causation = e->id,
                        .client = h->client,
                        .actor = text_from(p->actor),
                        .principal = text_from(p->actor),
                        .traceparent = e->trace_parent };
    if (!h->data)
        return tell_refusal(p, h, &o, "unreadable", h->error.rule);
    turn_view(p, p->state_txn, &v, h->client);
    struct decision d = { .view = &v, .cause = o.command };
    const struct context ctx = { .now = h->time,
                                 .client = h->client,
                                 .actor = o.actor,
                                 .options = p->options,
                                 .cause = h->id,
                                 .cause_event = e->id,
                                 .cause_actor = e->actor,
                                 .cause_time = e->time,
                                 .final = h->final };
    h->row->react(&ctx, &v, h->data, &d);
    int r = v.error;
    if (r == 0 && d.wait && !h->final)
        r = -EAGAIN;
    else if (r == 0 && d.refusal)
        r = tell_refusal(p, h, &o, p->service->refusals[d.refusal].code,
                         p->service->refusals[d.refusal].sentence);
    else if (r == 0 && d.missing)
        r = tell_refusal(p, h, &o, "not_found", "There is nothing of that id.");
    else if (r == 0 && d.count)
        r = turn_accept(p, &v, &d, &o, h->time);
    if (r == -EMSGSIZE)
        r = tell_refusal(p, h, &o, "too_large", "It would make an event of more than 64 KiB.");
    if (r == -EPROTO)
        r = tell_refusal(p, h, &o, "unfit", p->unfit.rule);
    view_end(&v);
    return r;
}

/* Whom an event is about: its own client; but what a single-partition service says of one client,
 * in the field `client`, is about that one. */
static struct text client_of(const struct heard *h)
{
    struct field_rows rows = h->row->record->fields();
    struct text named;
    if (!h->data || !text_equal(h->client, PROVIDER_CLIENT))
        return h->client;
    for (size_t i = 0; i < rows.count; i++) {
        const struct field *f = &rows.at[i];
        if (strcmp(f->name, "client") != 0 || (f->kind != KIND_TEXT && f->kind != KIND_REFERENCE))
            continue;
        memcpy(&named, (const char *)h->data + f->offset, sizeof named);
        return text_empty(named) || named.length > CLIENT_MAX ? h->client : named;
    }
    return h->client;
}

/* What a service with a single partition says is heard by every partition of its followers: all
 * keep copies of it, and the one that the client belongs to reacts. 1 when it was this one's. */
static int hear(struct partition *p, struct heard *h)
{
    h->data = read_event(p, h->row, h->e, &h->error);
    h->client = client_of(h);
    if (partition_of(h->client, p->identity.count) != p->identity.number)
        return 0;
    int r = react(p, h);
    return r < 0 ? r : 1;
}

static bool is_about(const struct follow_row *row, const struct envelope *e, bool copies)
{
    return (row->how == COPY) == copies && text_equal(e->service, text_from(row->source)) &&
           text_equal(e->type, text_from(row->event));
}

/* Where the contract between two services is broken no copy can be right from here on, and nothing
 * of the event may be folded: several rows may copy it. */
static bool can_be_copied(struct partition *p, const struct envelope *e)
{
    struct msg_error error;
    arena_reset(&p->turn);
    for (size_t i = 0; i < p->service->follow_count; i++) {
        const struct follow_row *row = &p->service->follows[i];
        if (is_about(row, e, true) && !read_event(p, row, e, &error))
            return false;
    }
    return true;
}

static int take(struct partition *p, const struct envelope *e, struct cursor *cursor, int64_t time,
                bool final)
{
    struct text client, id;
    subject_split(e->subject, &client, &id);
    for (size_t i = 0; i < p->service->follow_count; i++) {
        const struct follow_row *row = &p->service->follows[i];
        if (!is_about(row, e, cursor->copies))
            continue;
        arena_reset(&p->turn);
        struct heard h = {
            .row = row, .e = e, .client = client, .id = id, .time = time, .final = final
        };
        int r = cursor->copies ? fold_into_copy(p, row, e, client, id) : hear(p, &h);
        if (r < 0)
            return r;
        p->wrote = p->wrote || cursor->copies || r > 0;
    }
    /* A cursor that passed only what is no concern of ours waits for the next commit with a reason:
     * after a crash that much is read again, and is no concern of ours again. */
    cursor->at = e->sequence;
    if (++cursor->ahead >= CURSOR_AHEAD_MAX)
        p->wrote = true;
    return 0;
}

int partition_foreign(struct partition *p, const struct envelope *e, int64_t now,
                      enum patience patience)
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
        if (e->sequence != cursor->at + 1 || (copies && !can_be_copied(p, e)))
            return -EBADMSG;
        if (!copies && patience == COPIES_ONLY)
            return -EAGAIN;
        int r = take(p, e, cursor, turn_time(p, now), patience == FINAL);
        p->due_known = false;
        if (r == -EAGAIN)
            return r;
        if (r < 0)
            return p->error = p->error ? p->error : r;
    }
    return 0;
}
