/* foreign_test: events of another service become copies and reactions, each exactly once. */
#include "tests/unit/rig.h"

#include "common/suite/suite.h"

#include <errno.h>

/* An event of the escalation service about the client's escalation esc-1. */
static struct envelope event(struct rig *g, uint64_t sequence, const char *type, const char *client,
                             int64_t level)
{
    struct msg_buffer data = { .arena = &g->arena };
    msg_put_map(&data, 2);
    msg_put_key(&data, "level");
    msg_put_integer(&data, level);
    msg_put_key(&data, "else"); /* a reader ignores what it does not know */
    msg_put_bool(&data, true);
    return (struct envelope){
        .id = arena_printf(&g->arena, "escalation/000/1/%llu", (unsigned long long)sequence),
        .service = text_from("escalation"),
        .type = text_from(type),
        .subject = arena_printf(&g->arena, "%s/esc-1", client),
        .partition_key = text_from(client),
        .actor = text_from("ann"),
        .epoch = 1,
        .sequence = sequence,
        .time = rig_now,
        .data = data.at,
        .data_size = data.size,
    };
}

static int take(struct rig *g, uint64_t sequence, const char *type, const char *client,
                int64_t level)
{
    const struct envelope e = event(g, sequence, type, client, level);
    assert_int_equal(partition_begin(g->p), 0);
    int r = partition_foreign(g->p, &e, rig_now, MAY_WAIT);
    if (r == -EBADMSG)
        partition_abort(g->p);
    else
        assert_int_equal(partition_commit(g->p), 0);
    return r;
}

static int64_t seen_level(struct rig *g, const char *client)
{
    struct view v;
    MDB_txn *txn;
    assert_int_equal(mdb_txn_begin(g->p->state.env, NULL, MDB_RDONLY, &txn), 0);
    view_begin(&v, &tally_service, &g->p->state, txn, &g->arena, text_from(client));
    v.reading = true;
    const struct seen *s = view_get(&v, ENTITY_seen, text_from("esc-1"));
    int64_t level = s ? s->level : -1;
    view_end(&v);
    mdb_txn_abort(txn);
    return level;
}

static void reactions_happen_once(void **state)
{
    struct rig *g = *state;
    assert_int_equal(take(g, 1, "escalation.raised", "acme", 1), 0);
    assert_int_equal(take(g, 1, "escalation.raised", "acme", 1), 0);
    assert_int_equal(take(g, 2, "escalation.raised", "acme", 1), 0);
    assert_int_equal(rig_total(g), 2);
    rig_check_whole(g);
    assert_int_equal(take(g, 2, "escalation.raised", "acme", 1), 0);
    assert_int_equal(partition_cursor(g->p, "escalation", 0, REACTION), 2);
    assert_int_equal(rig_total(g), 2);
}

static void an_event_names_its_cause(void **state)
{
    struct rig *g = *state;
    const struct published *events;
    struct envelope env;
    struct msg_error error;
    take(g, 1, "escalation.raised", "acme", 1);
    assert_int_equal(partition_published(g->p, &events), 1);
    assert_int_equal(envelope_read(events[0].envelope, events[0].size, &env, &error), 0);
    assert_true(text_equal(env.causation_id, text_from("escalation/000/1/1")));
    assert_true(text_equal(env.actor, text_from("service:tally")));
    assert_true(text_equal(env.subject, text_from("acme/escalations")));
}

/* What a reaction may know of its cause beside its fields. */
static void a_reaction_knows_its_cause(void **state)
{
    struct rig *g = *state;
    const struct published *events;
    struct envelope env;
    struct msg_error error;
    struct counter_added added = { 0 };
    take(g, 1, "escalation.raised", "acme", 1);
    assert_int_equal(partition_published(g->p, &events), 1);
    assert_int_equal(envelope_read(events[0].envelope, events[0].size, &env, &error), 0);
    const struct event_row *row = service_event_named(&tally_service, env.type);
    assert_int_equal(msg_decode(row->record, env.data, env.data_size, &g->arena, &added, &error),
                     0);
    assert_int_equal(added.marks.count, 2);
    assert_true(text_equal(added.marks.at[0].words, text_from("escalation/000/1/1")));
    assert_true(text_equal(added.marks.at[1].words, text_from("ann")));
    assert_true(added.marks.at[0].at == rig_now);
}

static void copies_are_folded_and_not_logged(void **state)
{
    struct rig *g = *state;
    struct position position;
    assert_int_equal(take(g, 1, "escalation.level_raised", "acme", 3), 0);
    assert_int_equal(take(g, 2, "escalation.level_raised", "acme", 2), 0);
    assert_int_equal(seen_level(g, "acme"), 3);
    assert_int_equal(seen_level(g, "beta"), -1);
    partition_position(g->p, &position);
    assert_int_equal(position.head, 0);
    rig_check_whole(g);
    assert_int_equal(seen_level(g, "acme"), 3);
    assert_int_equal(partition_cursor(g->p, "escalation", 0, COPY), 2);
}

/* A state that is folded again starts its copies from the first upstream event, while reactions
 * stay where they were. */
static void copies_start_again_with_the_state(void **state)
{
    struct rig *g = *state;
    take(g, 1, "escalation.raised", "acme", 1);
    take(g, 2, "escalation.level_raised", "acme", 4);
    partition_close(&g->p);
    rig_remove(g, "state");
    rig_remove(g, "checkpoint");
    rig_open(g);
    assert_int_equal(partition_cursor(g->p, "escalation", 0, COPY), 0);
    assert_int_equal(partition_cursor(g->p, "escalation", 0, REACTION), 2);
    take(g, 1, "escalation.raised", "acme", 1);
    take(g, 2, "escalation.level_raised", "acme", 4);
    assert_int_equal(seen_level(g, "acme"), 4);
    assert_int_equal(rig_total(g), 1);
}

static void a_refused_reaction_is_told_and_passed(void **state)
{
    struct rig *g = *state;
    const struct published *events;
    struct envelope env;
    struct msg_error error;
    const void *code;
    size_t size;
    struct text text;
    assert_int_equal(take(g, 1, "escalation.raised", "refused", 1), 0);
    assert_int_equal(partition_published(g->p, &events), 1);
    assert_int_equal(envelope_read(events[0].envelope, events[0].size, &env, &error), 0);
    assert_true(text_equal(env.type, text_from("tally.follow_refused")));
    assert_int_equal(msg_member(env.data, env.data_size, "code", &code, &size), 0);
    assert_int_equal(msg_read_text(code, size, &text), 0);
    assert_true(text_equal(text, text_from("unwanted")));
    assert_int_equal(msg_member(env.data, env.data_size, "cause", &code, &size), 0);
    assert_int_equal(msg_read_text(code, size, &text), 0);
    assert_true(text_equal(text, text_from("escalation/000/1/1")));
    assert_int_equal(take(g, 2, "escalation.raised", "acme", 1), 0);
    assert_int_equal(rig_total(g), 1);
    rig_check_whole(g);
}

static void a_gap_is_not_taken(void **state)
{
    struct rig *g = *state;
    assert_int_equal(take(g, 2, "escalation.raised", "acme", 1), -EBADMSG);
    assert_int_equal(rig_total(g), 0);
    assert_int_equal(take(g, 1, "escalation.raised", "acme", 1), 0);
    assert_int_equal(take(g, 2, "escalation.closed", "acme", 1),
                     0); /* of no interest; the cursors move */
    assert_int_equal(take(g, 3, "escalation.raised", "acme", 1), 0);
    assert_int_equal(rig_total(g), 2);
}

/* Every partition hears what a service with a single one says: all copy it, one reacts. */
static void only_the_client_s_partition_reacts(void **state)
{
    struct rig *g = *state;
    enum { COUNT = 4 };
    struct msg_error error;
    const uint32_t home = partition_of(PROVIDER_CLIENT, COUNT);
    for (uint32_t n = 0; n < COUNT; n++) {
        partition_close(&g->p);
        rig_remove(g, "*");
        g->o.number = n;
        g->o.count = COUNT;
        assert_int_equal(partition_open(&g->o, &g->p, &error), 0);
        assert_int_equal(take(g, 1, "escalation.raised", "provider", 1), 0);
        assert_int_equal(take(g, 2, "escalation.level_raised", "provider", 3), 0);
        assert_int_equal(rig_total(g), n == home ? 1 : 0);
        assert_int_equal(seen_level(g, "provider"), 3);
        assert_int_equal(partition_cursor(g->p, "escalation", 0, REACTION), 2);
    }
}

/* The subject of the event that it appended; "" when it did not. */
static struct text note(struct rig *g, uint64_t sequence, const char *of, const char *named)
{
    const struct published *events;
    struct envelope env = event(g, sequence, "account.noted", of, 0);
    struct msg_error error;
    struct msg_buffer data = { .arena = &g->arena };
    msg_put_map(&data, named ? 1 : 0);
    if (named) {
        msg_put_key(&data, "client");
        msg_put_key(&data, named);
    }
    env.data = data.at;
    env.data_size = data.size;
    assert_int_equal(partition_begin(g->p), 0);
    assert_int_equal(partition_foreign(g->p, &env, rig_now, MAY_WAIT), 0);
    assert_int_equal(partition_commit(g->p), 0);
    if (partition_published(g->p, &events) == 0)
        return (struct text){ 0 };
    assert_int_equal(envelope_read(events[0].envelope, events[0].size, &env, &error), 0);
    assert_true(text_equal(env.type, text_from("counter.added")) ||
                text_equal(env.type, text_from("tally.follow_refused")));
    return arena_text(&g->arena, env.subject);
}

/* What the provider's service says of a client is decided in that client's partition, as its own;
 * whoever names nobody, or has a client of his own, is taken by the event's. */
static void whom_the_provider_names_reacts(void **state)
{
    static const struct {
        const char *of, *named, *reacts, *subject;
    } rows[] = {
        { "provider", "acme", "acme", "acme/accounts" },
        { "provider", "beta", "beta", "beta/accounts" },
        { "provider", "globex", "globex", "globex/accounts" },
        { "provider", NULL, "provider", "provider/accounts" },
        { "provider", "", "provider", "provider/accounts" },
        { "provider", "a-name-of-more-than-64-bytes-cannot-be-that-of-any-client-whatsoever",
          "provider", "provider/accounts" },
        { "acme", "beta", "acme", "acme/accounts" },
    };
    enum { ROWS = sizeof rows / sizeof *rows, COUNT = 4 };
    struct rig *g = *state;
    struct msg_error error;
    int reacted[ROWS] = { 0 };
    for (uint32_t n = 0; n < COUNT; n++) {
        partition_close(&g->p);
        rig_remove(g, "*");
        g->o.number = n;
        g->o.count = COUNT;
        assert_int_equal(partition_open(&g->o, &g->p, &error), 0);
        for (uint32_t i = 0; i < ROWS; i++) {
            struct text subject = note(g, i + 1, rows[i].of, rows[i].named);
            bool mine = partition_of(text_from(rows[i].reacts), COUNT) == n;
            assert_true(text_equal(subject, text_from(mine ? rows[i].subject : "")));
            reacted[i] += mine;
        }
        assert_int_equal(partition_cursor(g->p, "escalation", 0, REACTION), ROWS);
    }
    for (uint32_t i = 0; i < ROWS; i++)
        assert_int_equal(reacted[i], 1);
}

/* What cannot be read names nobody. */
static void what_cannot_be_read_is_refused_once(void **state)
{
    struct rig *g = *state;
    char long_name[100] = { 0 };
    memset(long_name, 'x', sizeof long_name - 1);
    struct text subject = note(g, 1, "provider", long_name);
    assert_true(text_equal(subject, text_from("provider/esc-1")));
}

/* A state that was lost is older than what was known: until it is as new again, reactions to others
 * are not run. */
static void lost_copies_are_known_to_be_behind(void **state)
{
    struct rig *g = *state;
    const struct envelope third = event(g, 3, "escalation.raised", "acme", 1);
    take(g, 1, "escalation.level_raised", "acme", 2);
    take(g, 2, "escalation.level_raised", "acme", 4);
    assert_false(partition_copies_behind(g->p, "escalation", 0));
    partition_close(&g->p);
    rig_remove(g, "state");
    rig_remove(g, "checkpoint");
    rig_open(g);
    assert_true(partition_copies_behind(g->p, "escalation", 0));
    assert_false(partition_copies_behind(g->p, "catalog", 0));
    take(g, 1, "escalation.level_raised", "acme", 2);
    assert_true(partition_copies_behind(g->p, "escalation", 0));
    take(g, 2, "escalation.level_raised", "acme", 4);
    assert_false(partition_copies_behind(g->p, "escalation", 0));
    assert_int_equal(partition_begin(g->p), 0);
    assert_int_equal(partition_foreign(g->p, &third, rig_now, COPIES_ONLY), -EAGAIN);
    assert_int_equal(partition_commit(g->p), 0);
    assert_int_equal(partition_cursor(g->p, "escalation", 0, COPY), 3);
    assert_int_equal(rig_total(g), 0);
    assert_int_equal(take(g, 3, "escalation.raised", "acme", 1), 0);
    assert_int_equal(rig_total(g), 1);
    rig_check_whole(g);
}

/* What a publisher says that it has not is passed over; what is missing without a word is not. */
static void a_gap_that_is_told_is_passed_over(void **state)
{
    struct rig *g = *state;
    take(g, 1, "escalation.raised", "acme", 1);
    assert_int_equal(take(g, 5, "escalation.raised", "acme", 1), -EBADMSG);
    assert_int_equal(partition_begin(g->p), 0);
    partition_foreign_skip(g->p, "escalation", 0, 4);
    partition_foreign_skip(g->p, "escalation", 0, 2); /* known already */
    assert_int_equal(partition_commit(g->p), 0);
    partition_close(&g->p);
    rig_open(g);
    assert_int_equal(partition_cursor(g->p, "escalation", 0, COPY), 4);
    assert_int_equal(partition_cursor(g->p, "escalation", 0, REACTION), 4);
    assert_int_equal(take(g, 5, "escalation.raised", "acme", 1), 0);
    assert_int_equal(rig_total(g), 2);
    rig_check_whole(g);
}

/* Nobody can be served by who ends at every start because another service says what it cannot read.
 */
static void what_cannot_be_copied_costs_the_batch_nothing(void **state)
{
    struct rig *g = *state;
    const struct envelope wrong = event(g, 2, "escalation.level_raised", "acme", 9);
    const struct request r = rig_add_request(g, "acme", "mails", 1);
    struct reply reply;
    take(g, 1, "escalation.level_raised", "acme", 2);
    assert_int_equal(partition_begin(g->p), 0);
    partition_command(g->p, &r, rig_now, &reply);
    assert_int_equal(partition_foreign(g->p, &wrong, rig_now, MAY_WAIT), -EBADMSG);
    assert_int_equal(partition_commit(g->p), 0);
    assert_int_equal(reply.status, STATUS_ok);
    assert_int_equal(rig_total(g), 1);
    assert_int_equal(seen_level(g, "acme"), 2);
    assert_int_equal(partition_cursor(g->p, "escalation", 0, COPY), 1);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)
    const struct CMUnitTest tests[] = {
        ROW(reactions_happen_once),
        ROW(an_event_names_its_cause),
        ROW(a_reaction_knows_its_cause),
        ROW(copies_are_folded_and_not_logged),
        ROW(copies_start_again_with_the_state),
        ROW(a_refused_reaction_is_told_and_passed),
        ROW(a_gap_is_not_taken),
        ROW(lost_copies_are_known_to_be_behind),
        ROW(a_gap_that_is_told_is_passed_over),
        ROW(what_cannot_be_copied_costs_the_batch_nothing),
        ROW(only_the_client_s_partition_reacts),
        ROW(whom_the_provider_names_reacts),
        ROW(what_cannot_be_read_is_refused_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
