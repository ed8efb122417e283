/* history_nouns_test: things of two nouns may bear one id: their histories are two; and the history
 * of what was removed is told. The service has the test service's counters, and shadows that are
 * cast under the same ids, and go when they are cast again. */
#include "tests/unit/rig.h"

#include "common/store/partition_reader.h"

enum { SHADOW = 50, SHADOW_CAST = 250, CAST = 150, ROWS = 16 };

struct cast { /* command, event and entity alike */
    struct {
        bool name;
    } has;
    struct text name;
};

static struct field_rows cast_fields(void)
{
    static const struct field rows[] = { { .name = "name",
                                           .name_length = 4,
                                           .kind = KIND_TEXT,
                                           .need = REQUIRED,
                                           .max = 40,
                                           .offset = offsetof(struct cast, name),
                                           .has_offset = offsetof(struct cast, has.name) } };
    return (struct field_rows){ rows, 1 };
}

static const struct record cast_record = { "cast", "", sizeof(struct cast), cast_fields };

static void decide_cast(const struct context *ctx, struct view *v, const void *command,
                        struct decision *d)
{
    const struct cast *c = command;
    (void)ctx, (void)v;
    decision_emit(d, SHADOW_CAST, c->name, c, sizeof *c);
}

static void apply_cast(struct fold *f, const void *event, void *entity)
{
    struct cast *shadow = entity;
    (void)f;
    if (text_empty(shadow->name))
        memcpy(shadow, event, sizeof *shadow);
    else
        *shadow = (struct cast){ 0 };
}

static void target_cast(const void *command, struct entity_id *ret)
{
    const struct cast *c = command;
    ret->length = c->name.length;
    memcpy(ret->at, c->name.at, c->name.length);
}

static struct entity_row entities[ROWS];
static struct command_row commands[ROWS];
static struct event_row events[ROWS];
static struct service_type twins;

/* tally and one row more of each kind. */
static void make_twins(void)
{
    twins = tally_service;
    assert_true(twins.entity_count < ROWS && twins.command_count < ROWS &&
                twins.event_count < ROWS);
    memcpy(entities, twins.entities, twins.entity_count * sizeof *entities);
    memcpy(commands, twins.commands, twins.command_count * sizeof *commands);
    memcpy(events, twins.events, twins.event_count * sizeof *events);
    entities[twins.entity_count++] = (struct entity_row){
        .id = SHADOW, .name = "shadow", .plural = "shadows", .record = &cast_record
    };
    commands[twins.command_count++] = (struct command_row){ .id = CAST,
                                                            .noun = "shadow",
                                                            .verb = "cast",
                                                            .name = "shadow.cast",
                                                            .how = NATURAL,
                                                            .record = &cast_record,
                                                            .decide = decide_cast,
                                                            .target = target_cast };
    events[twins.event_count++] = (struct event_row){ .id = SHADOW_CAST,
                                                      .noun = "shadow",
                                                      .verb = "cast",
                                                      .name = "shadow.cast",
                                                      .record = &cast_record,
                                                      .apply = apply_cast };
    twins.entities = entities;
    twins.commands = commands;
    twins.events = events;
}

/* Sequences of acme's history, newest first, as text. */
static const char *ask(struct rig *g, const char *body, uint32_t limit)
{
    struct reader *r;
    struct reply reply = { 0 };
    struct msg_error error;
    struct msg_buffer b = { .arena = &g->arena };
    struct text all = { 0 };
    json_t *in = json_parse(text_from(body), &error);
    assert_int_equal(json_to_msg(in, &b, &error), 0);
    json_decref(in);
    assert_int_equal(reader_open(g->p, &r), 0);
    do {
        const struct request q = { .type = text_from("tally.history"),
                                   .client = text_from("acme"),
                                   .data = b.at,
                                   .data_size = b.size,
                                   .limit = limit,
                                   .cursor = reply.cursor };
        reader_query(r, &q, rig_now, &g->arena, &reply);
        assert_int_equal(reply.status, STATUS_ok);
        json_t *rows = json_from_msg(reply.result, reply.result_size);
        for (size_t i = 0; i < json_array_size(rows); i++)
            all = arena_printf(
                &g->arena, "%.*s %d", TEXT_ARG(all),
                (int)json_integer_value(json_object_get(json_array_get(rows, i), "sequence")));
        json_decref(rows);
    } while (!text_empty(reply.cursor));
    reader_close(&r);
    return all.length ? all.at : "";
}

static void open_twins(struct rig *g)
{
    struct msg_error error;
    make_twins();
    partition_close(&g->p);
    rig_remove(g, "*");
    g->o.service = &twins;
    assert_int_equal(partition_open(&g->o, &g->p, &error), 0);
}

static void check_whole(struct rig *g)
{
    struct verify_report report;
    struct msg_error error;
    partition_close(&g->p);
    assert_int_equal(partition_verify(&g->o, &report, &error), 0);
    assert_string_equal(report.difference, "");
    assert_true(report.chain_ok && report.state_ok);
    assert_int_equal(partition_open(&g->o, &g->p, &error), 0);
}

static struct reply cast(struct rig *g, bool expects, uint64_t expect)
{
    const struct cast name = { .name = TEXT_OF("mails") };
    struct msg_buffer b = { .arena = &g->arena };
    struct request r = rig_add_request(g, "acme", "mails", 1);
    msg_encode(&cast_record, &name, &b);
    r.type = text_from("shadow.cast");
    r.data = b.at;
    r.data_size = b.size;
    r.has_expect = expects;
    r.expect = expect;
    return rig_say(g, &r);
}

static void one_id_of_two_nouns_has_two_histories(void **state)
{
    struct rig *g = *state;
    open_twins(g);
    for (int i = 0; i < 6; i++)
        assert_int_equal((i % 3 == 2 ? cast(g, false, 0) : rig_add(g, "acme", "mails", 1)).status,
                         STATUS_ok);
    for (uint32_t limit = 1; limit < 8; limit++) {
        assert_string_equal(ask(g, "{\"id\":\"mails\"}", limit), " 6 5 4 3 2 1");
        assert_string_equal(ask(g, "{\"id\":\"mails\",\"noun\":\"counter\"}", limit), " 5 4 2 1");
        assert_string_equal(ask(g, "{\"id\":\"mails\",\"noun\":\"shadow\"}", limit), " 6 3");
        assert_string_equal(ask(g,
                                "{\"id\":\"mails\",\"noun\":\"shadow\",\"also\":"
                                "[{\"id\":\"mails\",\"noun\":\"counter\"}]}",
                                limit),
                            " 6 5 4 3 2 1");
    }
    check_whole(g);
}

/* Cast, removed, cast, removed: its events are one history all the while, though nothing but the
 * version is kept of it; and for who expects something it is not there. */
static void what_was_removed_keeps_its_history(void **state)
{
    static const char *const told[] = { "", " 1", " 2 1", " 3 2 1", " 4 3 2 1" };
    struct rig *g = *state;
    open_twins(g);
    for (uint64_t i = 1; i <= 4; i++) {
        bool there = i % 2 == 0;
        assert_int_equal(cast(g, true, there ? 99 : i - 1 + (i == 1)).status, STATUS_version);
        struct reply reply = cast(g, true, there ? i - 1 : 0);
        assert_int_equal(reply.status, STATUS_ok);
        assert_int_equal(reply.version, i);
        assert_string_equal(ask(g, "{\"id\":\"mails\"}", 1), told[i]);
        check_whole(g);
        assert_string_equal(ask(g, "{\"id\":\"mails\",\"noun\":\"shadow\"}", 9), told[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_id_of_two_nouns_has_two_histories, rig_set_up,
                                        rig_tear_down),
        cmocka_unit_test_setup_teardown(what_was_removed_keeps_its_history, rig_set_up,
                                        rig_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
