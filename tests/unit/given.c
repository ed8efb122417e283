/* given: see given.h. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/given_words.h"
#include "tests/unit/given_world.h"

enum { WAKES_MAX = 1000 };

struct world given;

/* --- view ------------------------------------------------------------------------------------- */

static struct name name_of(struct text t)
{
    struct name n = { 0 };
    assert_true(t.length < sizeof n.at);
    if (t.length)
        memcpy(n.at, t.at, t.length);
    return n;
}

static void *decoded(const struct record *r, const void *bytes, size_t size, struct arena *a)
{
    struct msg_error error;
    void *value = arena_alloc(a, r->size);
    bytes = arena_copy(a, bytes, size); /* what is stored may be replaced within the turn */
    if (msg_scan(bytes, size, MSG_FRAME_MAX, &error) < 0 ||
        msg_decode(r, bytes, size, a, value, &error) < 0)
        fail_msg("%s is not as its rows say: %s %s", r->name, error.field, error.rule);
    return value;
}

static void *encoded(const struct record *r, const void *value, struct arena *a, size_t *ret_size)
{
    struct msg_buffer b = { .arena = a };
    msg_encode(r, value, &b);
    void *bytes = malloc(b.size);
    assert_non_null(bytes);
    memcpy(bytes, b.at, b.size);
    *ret_size = b.size;
    return bytes;
}

const void *view_get_of(struct view *v, int entity, struct text client, struct text id)
{
    const struct stored *s = world_find(v->state, world_entity(entity), client, id);
    return s ? decoded(s->row->record, s->bytes, s->size, v->arena) : NULL;
}

const void *view_get(struct view *v, int entity, struct text id)
{
    return view_get_of(v, entity, v->client, id);
}

void key_text(struct key *k, struct text t)
{
    assert_true(k->length + t.length + 1 <= KEY_MAX);
    memcpy(k->at + k->length, t.length ? t.at : "", t.length);
    k->length += t.length;
    k->at[k->length++] = 0;
}

void key_integer(struct key *k, int64_t v)
{
    assert_true(k->length + 8 <= KEY_MAX);
    for (int shift = 56; shift >= 0; shift -= 8)
        k->at[k->length++] = (uint8_t)(((uint64_t)v ^ UINT64_C(1) << 63) >> shift);
}

struct walk {
    struct view *view;
    struct walked {
        struct key key;
        const struct stored *stored;
    } * rows;
    uint32_t count, at, max;
};

static int compare_walked(const void *a, const void *b)
{
    const struct walked *x = a, *y = b;
    uint32_t n = x->key.length < y->key.length ? x->key.length : y->key.length;
    int r = memcmp(x->key.at, y->key.at, n);
    if (!r)
        r = (x->key.length > y->key.length) - (x->key.length < y->key.length);
    return r ? r : strcmp(x->stored->id.at, y->stored->id.at);
}

struct walk *view_walk(struct view *v, int index, const struct key *prefix, uint32_t max)
{
    const struct service_type *service = given.book->service;
    const struct index_row *row = NULL;
    for (size_t i = 0; i < service->index_count; i++)
        if (service->indexes[i].id == index)
            row = &service->indexes[i];
    assert_non_null(row);
    struct walk *w = arena_alloc(v->arena, sizeof *w);
    *w = (struct walk){ .view = v, .max = max };
    w->rows = arena_alloc(v->arena, v->state->count * sizeof *w->rows);
    for (size_t i = 0; i < v->state->count; i++) {
        const struct stored *s = &v->state->at[i];
        struct key key = { .length = 0 };
        if (s->row->id != row->entity)
            continue;
        const void *value = decoded(s->row->record, s->bytes, s->size, v->arena);
        if (row->key(text_from(s->client.at), text_from(s->id.at), value, &key) &&
            (!prefix ||
             (key.length >= prefix->length && memcmp(key.at, prefix->at, prefix->length) == 0)))
            w->rows[w->count++] = (struct walked){ key, s };
    }
    qsort(w->rows, w->count, sizeof *w->rows, compare_walked);
    return w;
}

bool view_step(struct walk *w, struct key *ret)
{
    if (w->at == w->count || w->at == w->max)
        return false;
    *ret = w->rows[w->at++].key;
    return true;
}

void view_here(struct walk *w, struct found *ret)
{
    const struct stored *s = w->rows[w->at - 1].stored;
    *ret = (struct found){ .client = text_from(s->client.at),
                           .id = text_from(s->id.at),
                           .version = s->version,
                           .entity = decoded(s->row->record, s->bytes, s->size, w->view->arena) };
}

bool view_next(struct walk *w, struct found *ret)
{
    struct key key;
    if (!view_step(w, &key))
        return false;
    view_here(w, ret);
    return true;
}

/* --- decisions -------------------------------------------------------------------------------- */

void decision_emit(struct decision *d, int event, struct text id, const void *data, size_t size)
{
    const struct service_type *s = given.book->service;
    assert_true(d->count < DECISION_EVENTS_MAX);
    for (size_t i = 0; i < s->event_count; i++)
        if (s->events[i].id == event) {
            assert_int_equal(size, s->events[i].record->size);
            d->events[d->count++] =
                (struct emitted){ .row = &s->events[i],
                                  .id = name_of(id),
                                  .data = arena_copy(d->view->arena, data, size) };
            return;
        }
    fail_msg("the service has no event %d", event);
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

/* esc-1, esc-2: numbered as they are born, so that a script can name them. */
struct text decision_id(struct decision *d, const char *prefix, uint32_t n)
{
    uint32_t number = n + 1;
    size_t length = strlen(prefix);
    for (size_t i = 0; i < given.state.count; i++)
        number += strncmp(given.state.at[i].id.at, prefix, length) == 0 &&
                  given.state.at[i].id.at[length] == '-';
    return arena_printf(d->view->arena, "%s-%" PRIu32, prefix, number);
}

void *view_alloc(struct view *v, size_t size)
{
    return arena_alloc(v->arena, size);
}

void *decision_alloc(struct decision *d, size_t size)
{
    return arena_alloc(d->view->arena, size);
}

/* --- folds ------------------------------------------------------------------------------------ */

static struct stored *born(struct state *state, const struct entity_row *row, struct text client,
                           struct text id)
{
    struct stored *s = world_find(state, row, client, id);
    if (s)
        return s;
    assert_true(state->count < STORED_MAX);
    s = &state->at[state->count++];
    *s = (struct stored){ .row = row, .client = name_of(client), .id = name_of(id) };
    return s;
}

static void *edit(struct view *v, const struct entity_row *row, struct text client, struct text id)
{
    struct stored *s = born(v->state, row, client, id);
    for (size_t i = 0; i < v->edit_count; i++)
        if (v->edits[i].stored == s)
            return v->edits[i].value;
    assert_true(v->edit_count < EDITS_MAX);
    struct edit *e = &v->edits[v->edit_count++];
    e->stored = s;
    e->value = s->bytes ? decoded(row->record, s->bytes, s->size, v->arena)
                        : arena_alloc(v->arena, row->record->size);
    return e->value;
}

void *fold_aggregate(struct fold *f, int aggregate, struct text key)
{
    return edit(f->view, world_entity(aggregate), (struct text){ 0 }, key);
}

void *fold_aggregate_of(struct fold *f, int aggregate, struct text client, struct text key)
{
    return edit(f->view, world_entity(aggregate), client, key);
}

void *fold_copy(struct fold *f, int entity, struct text id)
{
    return edit(f->view, world_entity(entity), f->client, id);
}

void fold_append(struct fold *f, void *at, const void *item, size_t size)
{
    struct list *list = at;
    uint8_t *grown = arena_alloc(f->view->arena, (list->count + 1) * size);
    if (list->count)
        memcpy(grown, list->at, list->count * size);
    memcpy(grown + list->count * size, item, size);
    *list = (struct list){ grown, list->count + 1 };
}

static bool is_all_zero(const void *value, size_t size)
{
    const uint8_t *at = value;
    while (size && *at == 0) {
        at++;
        size--;
    }
    return size == 0;
}

/* Those that were left all zero, whose bytes are gone, leave the state. */
static void sweep(struct state *state)
{
    size_t kept = 0;
    for (size_t i = 0; i < state->count; i++)
        if (state->at[i].bytes)
            state->at[kept++] = state->at[i];
    state->count = kept;
}

void world_write_edits(struct view *v, uint64_t version)
{
    for (size_t i = 0; i < v->edit_count; i++) {
        struct stored *s = v->edits[i].stored;
        free(s->bytes);
        s->bytes = NULL;
        s->version = version;
        if (s->row->how != TOTAL && is_all_zero(v->edits[i].value, s->row->record->size))
            continue;
        s->bytes = encoded(s->row->record, v->edits[i].value, v->arena, &s->size);
        decoded(s->row->record, s->bytes, s->size, v->arena);
    }
    sweep(v->state);
}

static int64_t due_of(const struct stored *s, struct arena *a)
{
    return s->row->due ? s->row->due(decoded(s->row->record, s->bytes, s->size, a)) : 0;
}

static void fold_lapse(struct state *state, const struct entry *e)
{
    for (size_t i = 0; i < state->count; i++) {
        struct arena arena = { 0 };
        struct view v = { .state = state, .arena = &arena };
        struct stored *s = &state->at[i];
        int64_t due = due_of(s, &arena);
        if (due && due <= e->time) {
            void *value = edit(&v, s->row, text_from(s->client.at), text_from(s->id.at));
            s->row->lapse(value, e->time);
            due = s->row->due(value);
            assert_true(!due || due > e->time);
            world_write_edits(&v, s->version);
        }
        arena_free(&arena);
    }
}

static void fold_entry(struct state *state, const struct entry *e, uint64_t sequence)
{
    struct arena arena = { 0 };
    struct view v = { .state = state, .arena = &arena, .client = text_from(e->client.at) };
    struct fold f = { .time = e->time,
                      .sequence = sequence,
                      .client = v.client,
                      .id = text_from(e->id.at),
                      .actor = text_from(e->actor.at),
                      .view = &v };
    if (e->follow) {
        e->follow->copy(&f, decoded(e->follow->record, e->bytes, e->size, &arena));
    } else if (e->row) {
        void *entity = edit(&v, world_entity_named(e->row->noun), f.client, f.id);
        e->row->apply(&f, decoded(e->row->record, e->bytes, e->size, &arena), entity);
    } else {
        fold_lapse(state, e);
    }
    world_write_edits(&v, sequence);
    arena_free(&arena);
}

void world_forget(struct state *state)
{
    for (size_t i = 0; i < state->count; i++)
        free(state->at[i].bytes);
    state->count = 0;
}

/* Folding the log again gives the same state. */
void world_fold_again(void)
{
    for (size_t i = 0; i < given.log_count; i++)
        fold_entry(&given.again, &given.log[i], i + 1);
    assert_int_equal(given.again.count, given.state.count);
    for (size_t i = 0; i < given.state.count; i++) {
        assert_int_equal(given.again.at[i].size, given.state.at[i].size);
        assert_memory_equal(given.again.at[i].bytes, given.state.at[i].bytes,
                            given.state.at[i].size);
    }
    world_forget(&given.again);
}

/* --- turns ------------------------------------------------------------------------------------ */

static bool is_quiet(const char *type)
{
    for (const char *const *q = given.book->quiet; *q; q++)
        if (strcmp(*q, type) == 0)
            return true;
    return false;
}

static void append(const struct emitted *m, struct text client, struct text actor, struct arena *a)
{
    assert_true(given.log_count < LOG_MAX);
    struct entry *e = &given.log[given.log_count++];
    *e = (struct entry){ .row = m->row,
                         .client = name_of(client),
                         .id = m->id,
                         .actor = name_of(actor),
                         .time = given.now };
    e->bytes = encoded(m->row->record, m->data, a, &e->size);
    assert_true(e->size < MSG_EVENT_MAX - 1024);
    fold_entry(&given.state, e, given.log_count);
    if (is_quiet(m->row->name))
        return;
    words_print_instant(given.out, given.now);
    fprintf(given.out, " %s %s", m->row->name, m->id.at);
    words_print(given.out, m->row->record, decoded(m->row->record, e->bytes, e->size, a));
    fputc('\n', given.out);
}

void world_end_decision(struct decision *d, struct text actor)
{
    if (d->refusal) {
        assert_true(d->refusal < REFUSALS_MAX);
        given.refused[d->refusal] = true;
        fprintf(given.out, "refused %s %s\n", given.book->service->refusals[d->refusal].code,
                d->field);
    } else if (d->missing) {
        fprintf(given.out, "missing %s\n", d->field);
    } else if (d->known) {
        fprintf(given.out, "known\n");
    } else {
        assert_true(d->count > 0 && !d->wait);
        for (size_t i = 0; i < d->count; i++)
            append(&d->events[i], d->view->client, actor, d->view->arena);
    }
}

static void wake(struct stored *s)
{
    struct arena arena = { 0 };
    struct name client = s->client, id = s->id;
    const struct entity_row *row = s->row;
    int64_t due = due_of(s, &arena);
    struct view v = { .state = &given.state, .arena = &arena, .client = text_from(client.at) };
    struct decision d = { .view = &v };
    struct context ctx = { .now = given.now,
                           .client = v.client,
                           .actor = text_from("service:escalation"),
                           .options = given.options };
    s->row->wake(&ctx, &v, text_from(id.at), decoded(s->row->record, s->bytes, s->size, &arena),
                 &d);
    assert_int_equal(d.refusal, 0);
    world_end_decision(&d, ctx.actor);
    s = world_find(&given.state, row, v.client, text_from(id.at)); /* NULL: it has gone */
    assert_true(!s || due_of(s, &arena) != due);
    arena_free(&arena);
}

/* Fires what is due until then, in the order of (due, id): when it is due, or all of it at once. */
void world_pass(int64_t until, bool when_due)
{
    for (int n = 0; n < WAKES_MAX; n++) {
        struct arena arena = { 0 };
        struct stored *first = NULL;
        int64_t earliest = 0;
        for (size_t i = 0; i < given.state.count; i++) {
            struct stored *s = &given.state.at[i];
            int64_t due = due_of(s, &arena);
            bool sooner = due && (!first || due < earliest ||
                                  (due == earliest && strcmp(s->id.at, first->id.at) < 0));
            if (!sooner || due > until)
                continue;
            first = s;
            earliest = due;
        }
        arena_free(&arena);
        if (!first || !when_due)
            given.now = until;
        else if (earliest > given.now)
            given.now = earliest;
        if (!first)
            return;
        wake(first);
    }
    fail_msg("timers never end");
}

void world_copy(const struct follow_row *row, struct text client, struct text id, const void *data,
                struct arena *a)
{
    assert_true(given.log_count < LOG_MAX);
    struct entry *e = &given.log[given.log_count++];
    *e = (struct entry){
        .follow = row, .client = name_of(client), .id = name_of(id), .time = given.now
    };
    e->bytes = encoded(row->record, data, a, &e->size);
    fold_entry(&given.state, e, given.log_count);
}

void world_adopt_clock(int64_t now)
{
    given.now = now; /* what was due meanwhile had no clock to be due by */
    assert_true(given.log_count < LOG_MAX);
    struct entry *e = &given.log[given.log_count++];
    *e = (struct entry){ .time = given.now };
    fold_entry(&given.state, e, given.log_count);
}
