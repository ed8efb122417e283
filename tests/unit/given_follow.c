/* given_follow: services that follow others and send things, in the world of given.h: events of
 * other services are heard, what is due is sent into a list. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/given_words.h"
#include "tests/unit/given_world.h"

enum { SENT_MAX = 256 };

/* --- hearing --------------------------------------------------------------------------------- */

struct heard {
    struct text type, id, client, actor;
    int64_t since; /* when it was committed there */
    bool patient; /* it may wait for what copies lack */
};

/* The words that are about the event itself. */
static bool take_own_word(struct heard *h, struct text word)
{
    if (text_equal(word, text_from("patient"))) {
        h->patient = true;
    } else if (word.length > 10 && memcmp(word.at, "committed=", 10) == 0) {
        h->since = words_instant((struct text){ word.at + 10, word.length - 10 }, given.now);
    } else {
        return false;
    }
    return true;
}

/* A follower reads the fields that its row names, and ignores the others. */
static void *read_words(const struct follow_row *row, const char *line, struct heard *h,
                        struct arena *a)
{
    void *data = arena_alloc(a, row->record->size);
    struct text word;
    while (!text_empty(word = words_next(&line))) {
        const char *equals = memchr(word.at, '=', word.length);
        if (take_own_word(h, word))
            continue;
        if (!equals)
            fail_msg("not name=value: %.*s", TEXT_ARG(word));
        struct text name = { word.at, (uint32_t)(equals - word.at) };
        words_set(row->record, data, name,
                  (struct text){ equals + 1, word.length - name.length - 1 }, given.now, a);
    }
    words_set_id(row->record, data, h->id);
    struct msg_error error;
    if (msg_check(row->record, data, &error) < 0)
        fail_msg("%s: %s %s", row->event, error.field, error.rule);
    return data;
}

static void react(const struct follow_row *row, const struct heard *h, const void *data,
                  struct arena *a)
{
    char event[64], actor[64];
    struct view v = { .state = &given.state, .arena = a, .client = h->client };
    struct decision d = { .view = &v };
    snprintf(event, sizeof event, "%s/000/1/%zu", row->source, given.log_count);
    snprintf(actor, sizeof actor, "service:%s", given.book->service->name);
    const struct context ctx = { .now = given.now,
                                 .client = h->client,
                                 .actor = text_from(actor),
                                 .options = given.options,
                                 .cause = h->id,
                                 .cause_event = text_from(event),
                                 .cause_actor = h->actor,
                                 .cause_time = h->since,
                                 .final = !h->patient };
    row->react(&ctx, &v, data, &d);
    if (d.wait)
        fputs("waits\n", given.out);
    else if (d.count || d.refusal || d.missing)
        world_end_decision(&d, ctx.actor);
}

void world_hear(const char *line, struct text actor, struct text client)
{
    const struct service_type *s = given.book->service;
    struct heard h = { .actor = actor, .client = client, .since = given.now };
    bool any = false;
    h.type = words_next(&line);
    h.id = words_next(&line);
    for (int copies = 1; copies >= 0; copies--)
        for (size_t i = 0; i < s->follow_count; i++) {
            const struct follow_row *row = &s->follows[i];
            struct arena arena = { 0 };
            if ((row->how == COPY) != copies || !text_equal(h.type, text_from(row->event)))
                continue;
            void *data = read_words(row, line, &h, &arena);
            if (copies)
                world_copy(row, h.client, h.id, data, &arena);
            else
                react(row, &h, data, &arena);
            any = true;
            arena_free(&arena);
        }
    if (!any)
        fail_msg("nobody follows: %.*s", TEXT_ARG(h.type));
}

/* --- sending --------------------------------------------------------------------------------- */

struct effect_turn {
    struct arena *arena;
};

static struct sent {
    struct arena arena;
    struct effect_turn turn;
    struct effect effect;
} sent[SENT_MAX];
static size_t sent_count;

void *effect_alloc(struct effect *e, size_t size)
{
    return arena_alloc(e->turn->arena, size);
}

/* In the zone's name only: what zones mean is tested elsewhere. */
struct text effect_instant(struct effect *e, int64_t instant, struct text zone)
{
    char out[INSTANT_TEXT + 1];
    instant_print(instant, out);
    return arena_printf(e->turn->arena, "%.10s %.5s %.*s", out, out + 11,
                        TEXT_ARG(text_empty(zone) ? text_from("UTC") : zone));
}

struct text effect_link(struct effect *e, const char *purpose, struct text subject,
                        struct text actor, int64_t expires)
{
    char out[INSTANT_TEXT + 1];
    instant_print(expires, out);
    return arena_printf(e->turn->arena, "https://redress.example/a/%s?to=%.*s&by=%.*s&until=%.16s",
                        purpose, TEXT_ARG(subject), TEXT_ARG(actor), out);
}

struct effect *given_effect(void)
{
    assert_true(sent_count < SENT_MAX);
    struct sent *s = &sent[sent_count++];
    *s = (struct sent){ .turn = { .arena = &s->arena } };
    s->effect.turn = &s->turn;
    return &s->effect;
}

const struct effect *given_sent(size_t n)
{
    assert_true(n < sent_count);
    return &sent[n].effect;
}

size_t given_sent_count(void)
{
    return sent_count;
}

void world_forget_sent(void)
{
    while (sent_count)
        arena_free(&sent[--sent_count].arena);
}

static void print_effect(const struct effect *e)
{
    if (e->kind == EFFECT_MAIL)
        fprintf(given.out, "mail %.*s to=%.*s subject=", TEXT_ARG(e->id), TEXT_ARG(e->to));
    else
        fprintf(given.out, "hook %.*s to=%.*s type=", TEXT_ARG(e->id), TEXT_ARG(e->to));
    const struct text words = e->kind == EFFECT_MAIL ? e->subject : e->type;
    for (uint32_t i = 0; i < words.length; i++)
        fputc(words.at[i] == ' ' ? '_' : words.at[i], given.out);
    fputc('\n', given.out);
}

static struct decision decision_of(struct view *v, struct arena *a, struct name client)
{
    *v = (struct view){ .state = &given.state,
                        .arena = a,
                        .client = arena_text(a, text_from(client.at)) };
    return (struct decision){ .view = v };
}

static const void *entity_now(struct view *v, const struct effect_row *row, struct text id)
{
    return view_get(v, row->entity, id);
}

/* One row that is due: attempted, and the outcome told unless the process is to die in between. */
static void try_one(const struct effect_row *row, struct name client, struct name name,
                    const struct outcome *o)
{
    struct effect *effect = given_effect();
    struct arena *arena = effect->turn->arena;
    struct view v;
    struct decision d = decision_of(&v, arena, client);
    const struct text id = arena_text(arena, text_from(name.at));
    struct context ctx = { .now = given.now,
                           .client = v.client,
                           .actor = text_from("service"),
                           .options = given.options };
    row->attempt(&ctx, &v, id, entity_now(&v, row, id), &d, effect);
    world_end_decision(&d, ctx.actor);
    if (effect->kind == EFFECT_NONE)
        return;
    print_effect(effect);
    if (!o)
        return;
    struct outcome said = *o;
    if (said.kind == OUTCOME_SENT && effect->kind == EFFECT_HOOK)
        said.kind = OUTCOME_DELIVERED;
    d = decision_of(&v, arena, client);
    row->outcome(&ctx, &v, id, entity_now(&v, row, id), &said, &d);
    world_end_decision(&d, ctx.actor);
}

/* The instant that the key of an effect's row begins with. */
static bool is_due(const struct effect_row *row, const struct stored *s, struct arena *a)
{
    const struct service_type *service = given.book->service;
    struct view v = { .state = &given.state, .arena = a, .client = text_from(s->client.at) };
    struct key key = { .length = 0 }, now = { .length = 0 };
    for (size_t i = 0; i < service->index_count; i++)
        if (service->indexes[i].id == row->index &&
            service->indexes[i].key(v.client, text_from(s->id.at),
                                    view_get(&v, row->entity, text_from(s->id.at)), &key)) {
            key_integer(&now, given.now);
            return memcmp(key.at, now.at, now.length) <= 0;
        }
    return false;
}

static void try_due(const struct outcome *o, struct text only)
{
    const struct effect_row *row = &given.book->service->effects[0];
    struct name clients[SENT_MAX], ids[SENT_MAX];
    struct arena arena = { 0 };
    size_t count = 0;
    assert_int_equal(given.book->service->effect_count, 1);
    for (size_t i = 0; i < given.state.count && count < SENT_MAX; i++) {
        const struct stored *s = &given.state.at[i];
        if (s->row->id != row->entity || !is_due(row, s, &arena) ||
            (only.length && !text_equal(only, text_from(s->id.at))))
            continue;
        clients[count] = s->client;
        ids[count++] = s->id;
    }
    arena_free(&arena);
    for (size_t i = 0; i < count; i++)
        try_one(row, clients[i], ids[i], o);
}

static bool failure_named(struct text word, struct outcome *ret)
{
#define FAILURE(name, number, of_now, doc)                                                         \
    if (text_equal(word, text_from(#name))) {                                                      \
        ret->failure = EFFECT_##name;                                                              \
        ret->temporary = (of_now);                                                                 \
        return true;                                                                               \
    }
    EFFECT_FAILURES(FAILURE)
    return false;
}

void world_send(struct text how, const char *line)
{
    struct outcome o = { .kind = OUTCOME_SENT,
                         .digest = text_from("d1ge57"),
                         .detail = text_from("250 ok") };
    struct text word, only = { 0 };
    world_forget_sent();
    if (text_equal(how, text_from("fails"))) {
        o = (struct outcome){ .kind = OUTCOME_FAILED, .detail = text_from("said no") };
        word = words_next(&line);
        if (!failure_named(word, &o))
            fail_msg("no failure: %.*s", TEXT_ARG(word));
    }
    while (!text_empty(word = words_next(&line))) {
        if (word.length > 6 && memcmp(word.at, "after=", 6) == 0)
            o.retry_after = words_duration((struct text){ word.at + 6, word.length - 6 });
        else
            only = word;
    }
    try_due(text_equal(how, text_from("dies")) ? NULL : &o, only);
}
