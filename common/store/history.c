/* history: the chains of the entities asked for, merged from their newest events backwards. */
#include "common/store/history.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/base/monotonic.h"
#include "common/store/answer.h"

enum {
    SUBJECTS_MAX = 1 + HISTORY_ALSO_MAX,
    NOUN_MAX = 64, /* bytes of a noun */
    LINK_BYTES = 8, /* of a cursor, one a chain */
    CURSOR_BYTES_MAX = HISTORY_CHAINS_MAX * LINK_BYTES,
    BESIDE_BYTES = REPLY_BESIDE_BYTES + CURSOR_BYTES_MAX * 4 / 3,
    LOOK_EVERY = 64, /* events between two looks at the clock */
};

/* --- the query as a row ----------------------------------------------------------------------- */

#define ROW_OF(s, of, n, needed, text)                                                             \
    .name = #n, .name_length = sizeof #n - 1, .kind = KIND_##of, .need = (needed),                 \
    .audience = CLIENT, .offset = offsetof(s, n), .has_offset = offsetof(s, has.n), .doc = (text)
#define NOUN_ROW(s)                                                                                \
    {                                                                                              \
        ROW_OF(s, TEXT, noun, OPTIONAL, "What it is; else whatever has this id."), .max = NOUN_MAX \
    }
#define ID_ROW(s, text)                                                                            \
    {                                                                                              \
        ROW_OF(s, TEXT, id, REQUIRED, text), .max = ENTITY_ID_MAX                                  \
    }

static struct field_rows subject_fields(void)
{
    static const struct field rows[] = { NOUN_ROW(struct history_subject),
                                         ID_ROW(struct history_subject, "Its id.") };
    return (struct field_rows){ rows, sizeof rows / sizeof *rows };
}

static const struct record subject_record = { "history_subject", "One thing with a history.",
                                              sizeof(struct history_subject), subject_fields };

static struct field_rows history_fields(void)
{
    static const struct field rows[] = {
        NOUN_ROW(struct history),
        ID_ROW(struct history, "The id of the thing whose history is asked for."),
        { ROW_OF(struct history, LIST, also, OPTIONAL, "Others whose events are told with it."),
          .max = HISTORY_ALSO_MAX, .record = &subject_record },
    };
    return (struct field_rows){ rows, sizeof rows / sizeof *rows };
}

static const struct record history_record = { "history", "", sizeof(struct history),
                                              history_fields };

/* Members that every envelope has; only their names and kinds are used. */
struct event_columns {
    struct {
        bool sequence, time, type, subject, actor;
    } has;
    int64_t sequence, time;
    struct text type, subject, actor;
};

static struct field_rows event_fields(void)
{
    static const struct field rows[] = {
        { ROW_OF(struct event_columns, INTEGER, sequence, REQUIRED, "Its place in the log."),
          .min = 1, .max = INT64_MAX },
        { ROW_OF(struct event_columns, INSTANT, time, REQUIRED, "When it was told.") },
        { ROW_OF(struct event_columns, TEXT, type, REQUIRED, "What happened."), .max = 128 },
        { ROW_OF(struct event_columns, TEXT, subject, REQUIRED, "To what, as client/id."),
          .max = CLIENT_MAX + 1 + ENTITY_ID_MAX },
        { ROW_OF(struct event_columns, TEXT, actor, REQUIRED, "Who did it."), .max = ACTOR_MAX },
    };
    return (struct field_rows){ rows, sizeof rows / sizeof *rows };
}

static const struct record event_record = { "event", "", sizeof(struct event_columns),
                                            event_fields };

struct query_row history_row(const struct service_type *s, char name[static HISTORY_NAME_MAX])
{
    snprintf(name, HISTORY_NAME_MAX, "%s.history", s->name);
    return (struct query_row){
        .name = name,
        .how = MANY,
        .parameters = &history_record,
        .result = &event_record,
        .doc = "Everything that happened to a thing of one client, and to others told with it: the "
               "envelopes of the events, the newest first.",
    };
}

bool history_asked(const struct service_type *s, struct text type)
{
    char name[HISTORY_NAME_MAX];
    return text_equal(type, text_from(history_row(s, name).name));
}

/* --- chains ----------------------------------------------------------------------------------- */

/* The events of one entity that are not told yet. */
struct chain {
    const struct entity_row *noun; /* NULL until its event is read: it came from a cursor */
    struct text id;
    uint64_t sequence; /* of the newest of them, 0 for none */
};

struct telling {
    const struct service_type *service;
    struct journal *journal;
    MDB_txn *log_txn;
    struct text client;
    struct history_subject subjects[SUBJECTS_MAX];
    uint32_t subject_count;
    struct chain *chains;
    uint32_t chain_count;
    struct msg_buffer events;
    uint32_t count, values; /* told, and in them */
};

static int fail(struct msg_error *reterr, const char *field, const char *rule)
{
    snprintf(reterr->field, sizeof reterr->field, "%s", field);
    snprintf(reterr->rule, sizeof reterr->rule, "%s", rule);
    return -EINVAL;
}

static int bad_cursor(struct msg_error *reterr)
{
    return fail(reterr, "cursor", "is not one that this query gave");
}

/* Entities of other kinds have no events of their own in this log. */
static bool has_history(const struct entity_row *row)
{
    return row->how == PLAIN || row->how == TIMED;
}

static bool wants(const struct history_subject *s, const struct entity_row *noun)
{
    return has_history(noun) && (text_empty(s->noun) || text_equal(s->noun, text_from(noun->name)));
}

static const struct chain *find_chain(const struct telling *t, const struct entity_row *noun,
                                      struct text id)
{
    for (uint32_t i = 0; i < t->chain_count; i++)
        if (t->chains[i].noun == noun && text_equal(t->chains[i].id, id))
            return &t->chains[i];
    return NULL;
}

/* Who is asked for; nouns are those of the service. */
static int read_subjects(struct telling *t, const struct history *h, struct msg_error *reterr)
{
    t->subjects[t->subject_count++] = (struct history_subject){ .noun = h->noun, .id = h->id };
    for (uint32_t i = 0; i < h->also.count; i++)
        t->subjects[t->subject_count++] = h->also.at[i];
    for (uint32_t i = 0; i < t->subject_count; i++) {
        const struct text noun = t->subjects[i].noun;
        const struct entity_row *row = NULL;
        for (size_t k = 0; k < t->service->entity_count && !row; k++)
            if (text_equal(noun, text_from(t->service->entities[k].name)))
                row = &t->service->entities[k];
        if (!text_empty(noun) && (!row || !has_history(row)))
            return fail(reterr, i ? "also" : "noun", "must be what this service has events about");
    }
    return 0;
}

/* A chain for each entity of each id, at its version. */
static int begin_at_state(struct telling *t, struct state *state, MDB_txn *txn,
                          struct msg_error *reterr)
{
    for (uint32_t i = 0; i < t->subject_count; i++) {
        const struct history_subject *s = &t->subjects[i];
        for (size_t k = 0; k < t->service->entity_count; k++) {
            const struct entity_row *noun = &t->service->entities[k];
            struct entity_key key;
            MDB_val found;
            if (!wants(s, noun) || find_chain(t, noun, s->id) ||
                !entity_key_make(noun->id, t->client, s->id, &key))
                continue;
            int r = store_get(txn, state->entity, key.at, key.length, &found);
            if (r == -ENOENT)
                continue;
            if (r < 0)
                return r;
            if (t->chain_count == HISTORY_CHAINS_MAX)
                return fail(reterr, "also", "stands for more than 1024 things: name their nouns");
            t->chains[t->chain_count++] =
                (struct chain){ noun, s->id, store_read_u64(found.mv_data) };
        }
    }
    return 0;
}

/* An event of the log and the entity it is about. */
struct told {
    struct entry entry;
    const struct entity_row *noun;
    struct text client, id;
};

static int read_event(struct telling *t, uint64_t sequence, struct told *ret)
{
    struct envelope env = { 0 };
    struct msg_error error;
    int r = journal_read(t->journal, t->log_txn, sequence, &ret->entry);
    if (r == 0)
        r = envelope_read(ret->entry.envelope, ret->entry.envelope_size, &env, &error);
    if (r < 0)
        return r;
    const struct event_row *row = service_event_named(t->service, env.type);
    ret->noun = row ? service_entity_named(t->service, row->noun) : NULL;
    subject_split(env.subject, &ret->client, &ret->id);
    return 0;
}

static bool is_asked(const struct telling *t, const struct told *e)
{
    if (!e->noun || !text_equal(e->client, t->client))
        return false;
    for (uint32_t i = 0; i < t->subject_count; i++)
        if (text_equal(t->subjects[i].id, e->id) && wants(&t->subjects[i], e->noun))
            return true;
    return false;
}

/* A cursor is the base64url of where each chain goes on. It may be forged, so each link is looked
 * at: it must be an event of somebody asked for, and of everybody at most one. */
static int begin_at_cursor(struct telling *t, struct text cursor, struct arena *a,
                           struct msg_error *reterr)
{
    size_t size;
    unsigned char *bytes = arena_alloc(a, CURSOR_BYTES_MAX);
    if (sodium_base642bin(bytes, CURSOR_BYTES_MAX, cursor.at, cursor.length, NULL, &size, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) ||
        size == 0 || size % LINK_BYTES)
        return bad_cursor(reterr);
    for (size_t at = 0; at < size; at += LINK_BYTES) {
        struct told e = { 0 };
        uint64_t sequence = store_read_u64(bytes + at);
        int r = read_event(t, sequence, &e);
        if (r < 0 && r != -ENOENT)
            return r;
        if (r < 0 || !is_asked(t, &e) || find_chain(t, e.noun, e.id))
            return bad_cursor(reterr);
        t->chains[t->chain_count++] = (struct chain){ e.noun, arena_text(a, e.id), sequence };
    }
    return 0;
}

static struct chain *newest(const struct telling *t)
{
    struct chain *best = NULL;
    for (uint32_t i = 0; i < t->chain_count; i++)
        if (t->chains[i].sequence > (best ? best->sequence : 0))
            best = &t->chains[i];
    return best;
}

/* --- pages ------------------------------------------------------------------------------------ */

/* Tells the newest event of a chain: 1, or 0 when the reply has no room for it. */
static int tell(struct telling *t, struct chain *c)
{
    struct told e;
    int r = read_event(t, c->sequence, &e);
    if (r < 0)
        return r == -ENOENT ? -EBADMSG : r;
    if (e.noun != c->noun || !text_equal(e.id, c->id) || !text_equal(e.client, t->client) ||
        e.entry.previous >= c->sequence)
        return -EBADMSG; /* another's events are not shown, whatever the chain says */
    uint32_t values = answer_values(e.entry.envelope, e.entry.envelope_size);
    if (t->count && (t->events.size + e.entry.envelope_size > MSG_FRAME_MAX - BESIDE_BYTES ||
                     t->values + values > MSG_ELEMENTS_MAX - REPLY_BESIDE_ELEMENTS))
        return 0;
    msg_put_raw(&t->events, e.entry.envelope, e.entry.envelope_size);
    t->values += values;
    t->count++;
    c->sequence = e.entry.previous;
    return 1;
}

static int tell_page(struct telling *t, uint32_t limit, int64_t deadline_ms)
{
    struct chain *c;
    while (t->count < limit && (c = newest(t))) {
        int r = tell(t, c);
        if (r <= 0)
            return r;
        if (t->count % LOOK_EVERY == 0 && monotonic_ms() >= deadline_ms)
            return 0;
    }
    return 0;
}

static struct text write_cursor(const struct telling *t, struct arena *a)
{
    size_t n = 0;
    uint8_t *bytes = arena_alloc(a, (size_t)t->chain_count * LINK_BYTES);
    for (uint32_t i = 0; i < t->chain_count; i++) {
        if (t->chains[i].sequence == 0)
            continue;
        store_u64(bytes + n, t->chains[i].sequence);
        n += LINK_BYTES;
    }
    if (n == 0)
        return (struct text){ 0 };
    size_t room = sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *out = arena_alloc(a, room);
    sodium_bin2base64(out, room, bytes, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return text_from(out);
}

static void answer(struct telling *t, int r, const struct msg_error *error, struct arena *a,
                   struct reply *reply)
{
    *reply = (struct reply){ .status = STATUS_ok };
    if (r == 0) {
        struct msg_buffer all = { .arena = a };
        msg_put_array(&all, t->count);
        msg_put_raw(&all, t->events.at, t->events.size);
        reply->result = all.at;
        reply->result_size = all.size;
        reply->cursor = write_cursor(t, a);
    } else if (r == -EINVAL) {
        reply->status = STATUS_invalid;
        reply->field = arena_text(a, text_from(error->field));
        reply->message = arena_text(a, text_from(error->rule));
    } else {
        reply->status = STATUS_busy;
        reply->message = arena_text(a, text_from("The log could not be read."));
    }
}

void history_answer(const struct service_type *s, struct state *state, MDB_txn *state_txn,
                    struct journal *j, MDB_txn *log_txn, const struct request *q,
                    int64_t deadline_ms, struct arena *a, struct reply *reply)
{
    struct history h = { 0 };
    struct msg_error error = { 0 };
    struct telling t = { .service = s, .journal = j, .log_txn = log_txn, .client = q->client };
    t.events.arena = a;
    t.chains = arena_alloc(a, HISTORY_CHAINS_MAX * sizeof *t.chains);
    uint32_t limit = q->limit ? q->limit : ROWS_DEFAULT;
    int r = text_empty(q->client) ? fail(&error, "client", "is required") : 0;
    if (r == 0 && msg_decode(&history_record, q->data, q->data_size, a, &h, &error) < 0)
        r = -EINVAL;
    if (r == 0)
        r = read_subjects(&t, &h, &error);
    if (r == 0 && text_empty(q->cursor))
        r = begin_at_state(&t, state, state_txn, &error);
    else if (r == 0)
        r = begin_at_cursor(&t, q->cursor, a, &error);
    if (r == 0)
        r = tell_page(&t, limit < ROWS_MAX ? limit : ROWS_MAX, deadline_ms);
    answer(&t, r, &error, a, reply);
}
