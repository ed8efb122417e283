/* answer: queries: parameters, the walk with its budget and cursor, rows, and the reply. */
#include "common/store/answer.h"
#include "common/base/monotonic.h"
#include "common/base/token.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <string.h>

struct answer {
    const struct query_row *row;
    const void *parameters;
    struct arena *arena;
    struct msg_buffer rows;
    uint32_t count, limit, looked_at, values; /* values: in the rows */
    uint8_t answered_last[INDEX_ROW_KEY_MAX]; /* the walk's key of the last row */
    uint32_t answered_last_length;
    struct text cursor; /* the request's, decoded */
    struct walk *walk;
    int64_t deadline_ms;
    bool cut; /* the budget ended the walk, not the data */
    bool full; /* the frame did: the row found last was not taken */
    bool placed; /* the query says where it is: answered_last is its place */
    struct text placed_first; /* the page's first place */
    uint64_t computed,
        passed_over; /* rows of a query that computes them, and those before the page */
    bool answered;
    int refusal; /* 0: none */
    const char *refused_field;
    uint64_t version; /* of the entity that is the answer, 0 when it is none */
};

void answer_one(struct answer *a, const void *result)
{
    assert(a->row->how != MANY && !a->answered);
    if (a->row->how == SETTLED) {
        void *settled = msg_copy(a->row->result, result, a->arena);
        a->row->settle(a->parameters, settled);
        result = settled;
    }
    msg_encode(a->row->result, result, &a->rows);
    a->answered = true;
}

void answer_refuse(struct answer *a, int refusal, const char *field)
{
    if (a->refusal)
        return;
    a->refusal = refusal;
    a->refused_field = field;
}

uint32_t answer_values(const void *encoded, size_t size)
{
    struct reader r = reader_over(encoded, size);
    struct token t;
    uint32_t n = 1;
    while (reader_next(&r, &t)) {
        if (t.kind == TOKEN_MAP)
            n += 2 * t.count;
        else if (t.kind == TOKEN_ARRAY)
            n += t.count;
    }
    return n;
}

/* Whether the row fits into the page; then it is in it. */
static bool take_row(struct answer *a, const void *row)
{
    size_t before = a->rows.size;
    msg_encode(a->row->result, row, &a->rows);
    uint32_t values = answer_values(a->rows.at + before, a->rows.size - before);
    a->full = (a->walk || a->computed || a->placed) && a->count &&
              (a->rows.size > MSG_FRAME_MAX - REPLY_BESIDE_BYTES - 2 * INDEX_ROW_KEY_MAX ||
               a->values + values > MSG_ELEMENTS_MAX - REPLY_BESIDE_ELEMENTS);
    if (a->full) {
        a->rows.size = before;
        return false;
    }
    a->values += values;
    a->count++;
    return true;
}

bool answer_row(struct answer *a, const void *row)
{
    assert(a->row->how == MANY && a->count < a->limit && !a->full);
    if (!take_row(a, row))
        return false;
    if (a->walk) {
        a->answered_last_length = a->walk->last_length;
        memcpy(a->answered_last, a->walk->last, a->walk->last_length);
    }
    return a->count < a->limit;
}

bool answer_computed(struct answer *a, const void *row)
{
    assert(a->row->how == MANY && !a->walk);
    if (a->cut || a->full)
        return false;
    if (a->computed == 0 && a->cursor.length == sizeof a->passed_over)
        memcpy(&a->passed_over, a->cursor.at, sizeof a->passed_over);
    if (a->computed++ < a->passed_over)
        return true;
    a->cut = a->count == a->limit;
    return !a->cut && take_row(a, row);
}

bool answer_at(struct answer *a, const void *place, size_t length)
{
    assert(!a->walk && !a->computed && length <= ANSWER_PLACE_MAX);
    if (a->cut || a->full)
        return false;
    if (!a->placed)
        a->placed_first = (struct text){ arena_copy(a->arena, place, length), (uint32_t)length };
    a->placed = true;
    memcpy(a->answered_last, place, length);
    a->answered_last_length = (uint32_t)length;
    /* A page that ended where it began would come again for ever. */
    bool moved = !text_equal(a->placed_first, (struct text){ place, (uint32_t)length });
    a->cut = a->count == a->limit || (moved && monotonic_ms() >= a->deadline_ms);
    return !a->cut;
}

struct text answer_place(const struct answer *a)
{
    return a->cursor;
}

void answer_found(struct answer *a, const struct found *f)
{
    a->version = f->version;
    answer_row(a, f->entity);
}

void answer_entity(struct answer *a, struct view *v, int entity, struct text client, struct text id)
{
    const struct entity_row *row = service_entity(v->service, entity);
    assert(row && row->record == a->row->result);
    if (client.length > CLIENT_MAX || id.length > ENTITY_ID_MAX)
        return; /* nothing that long was ever born */
    struct slot *s = view_slot(v, row, client, id);
    if (s && s->born)
        answer_found(a, &(struct found){ s->client, s->id, s->version, s->value });
}

static bool within_budget(struct walk *w, void *arg)
{
    struct answer *a = arg;
    (void)w;
    if (a->looked_at++ < SCAN_MAX && (a->looked_at % 64 || monotonic_ms() < a->deadline_ms))
        return true;
    a->cut = true;
    return false;
}

struct walk *answer_walk(struct answer *a, struct view *v, int index, const struct key *prefix)
{
    assert(!a->walk);
    struct walk *w = view_walk(v, index, prefix, UINT32_MAX);
    if (a->cursor.length) {
        memcpy(w->last, a->cursor.at, a->cursor.length);
        w->last_length = a->cursor.length;
    }
    w->may_go_on = within_budget;
    w->arg = a;
    return a->walk = w;
}

/* The request's cursor is the base64url of the index key that was answered last. */
static int read_cursor(struct answer *a, struct text cursor)
{
    unsigned char bytes[INDEX_ROW_KEY_MAX];
    size_t n;
    if (text_empty(cursor))
        return 0;
    if (sodium_base642bin(bytes, sizeof bytes, cursor.at, cursor.length, NULL, &n, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) ||
        n < 2)
        return -EBADMSG;
    a->cursor = (struct text){ arena_copy(a->arena, bytes, n), (uint32_t)n };
    return 0;
}

static void put_cursor(struct answer *a, const void *last, size_t length, struct reply *reply)
{
    size_t room = sodium_base64_ENCODED_LEN(length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *out = arena_alloc(a->arena, room);
    sodium_bin2base64(out, room, last, length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    reply->cursor = text_from(out);
}

static void write_cursor(struct answer *a, struct reply *reply)
{
    struct walk *w = a->walk;
    struct found more;
    uint64_t next = a->passed_over + a->count;
    if (a->computed && (a->cut || a->full))
        put_cursor(a, &next, sizeof next, reply);
    if (a->placed && (a->cut || a->full))
        put_cursor(a, a->answered_last, a->answered_last_length, reply);
    if (!w || !w->last_length)
        return;
    uint8_t last[INDEX_ROW_KEY_MAX];
    uint32_t length = a->full ? a->answered_last_length : w->last_length;
    memcpy(last, a->full ? a->answered_last : w->last, length);
    w->may_go_on = NULL;
    if (a->cut || a->full || view_next(w, &more))
        put_cursor(a, last, length, reply);
}

static void say_invalid(struct arena *a, struct reply *reply, const char *field, const char *rule)
{
    reply->status = STATUS_invalid;
    reply->field = arena_text(a, text_from(field));
    reply->message = arena_text(a, text_from(rule));
}

static void say_refused(const struct service_type *s, const struct answer *answer,
                        struct reply *reply)
{
    const struct refusal_row *row = &s->refusals[answer->refusal];
    *reply = (struct reply){ .status = STATUS_refused,
                             .code = arena_text(answer->arena, text_from(row->code)),
                             .field = arena_text(answer->arena, text_from(answer->refused_field)),
                             .message = arena_text(answer->arena, text_from(row->sentence)) };
}

static void run(const void *options, struct view *v, const struct request *q, int64_t now,
                struct answer *answer, struct reply *reply)
{
    const struct context ctx = {
        .now = now, .client = q->client, .actor = q->actor, .options = options
    };
    answer->row->query(&ctx, v, answer->parameters, answer);
    if (answer->row->how == MANY && !answer->refusal) {
        struct msg_buffer all = { .arena = answer->arena };
        write_cursor(answer, reply);
        msg_put_array(&all, answer->count);
        msg_put_raw(&all, answer->rows.at, answer->rows.size);
        answer->rows = all;
        answer->answered = true;
    }
    if (v->error) {
        reply->status = STATUS_busy;
        reply->message = arena_text(answer->arena, text_from("The state could not be read."));
    } else if (answer->refusal) {
        say_refused(v->service, answer, reply);
    } else if (!answer->answered) {
        reply->status = STATUS_not_found;
        reply->message = arena_text(answer->arena, text_from("There is nothing of that id."));
    } else {
        reply->status = STATUS_ok;
        reply->version = answer->version;
        reply->result = answer->rows.at;
        reply->result_size = answer->rows.size;
    }
}

void answer_query(const struct service_type *s, const void *options, struct state *state,
                  MDB_txn *txn, const struct request *q, int64_t now, int64_t deadline_ms,
                  struct arena *a, struct reply *reply)
{
    struct view v;
    struct msg_error error;
    *reply = (struct reply){ 0 };
    const struct query_row *row = service_query(s, q->type);
    if (!row) {
        say_invalid(a, reply, "type", "is not a query of this service");
        return;
    }
    uint32_t limit = q->limit ? q->limit : ROWS_DEFAULT;
    struct answer answer = { .row = row,
                             .arena = a,
                             .rows = { .arena = a },
                             .limit = limit < ROWS_MAX ? limit : ROWS_MAX,
                             .deadline_ms = deadline_ms };
    void *parameters = arena_alloc(a, row->parameters->size);
    if (msg_decode(row->parameters, q->data, q->data_size, a, parameters, &error) < 0) {
        say_invalid(a, reply, error.field, error.rule);
        return;
    }
    if (read_cursor(&answer, q->cursor) < 0) {
        say_invalid(a, reply, "cursor", "is not one that this query gave");
        return;
    }
    answer.parameters = parameters;
    view_begin(&v, s, state, txn, a, q->client);
    v.reading = true;
    run(options, &v, q, now, &answer, reply);
    view_end(&v);
}
