/* history_test: every event names the one before it of its subject, whatever happened to the state;
 * and the query that follows those links. */
#include "tests/unit/rig.h"

#include "common/store/history.h"
#include "common/store/partition_reader.h"
#include "common/suite/suite.h"

#include <errno.h>
#include <sodium.h>
#include <zlib.h>

/* --- links ---------------------------------------------------------------------------------- */

enum { EVENTS_MAX = 2048 };

/* The whole log, read without its links. */
struct whole {
    size_t count;
    struct told {
        struct entry entry;
        struct envelope envelope;
        const char *noun; /* NULL: an event of the runtime itself */
    } at[EVENTS_MAX];
};

static const struct whole *read_log(struct rig *g)
{
    struct whole *w = arena_alloc(&g->arena, sizeof *w);
    struct msg_error error;
    MDB_txn *txn;
    assert_int_equal(mdb_txn_begin(g->p->journal.env, NULL, MDB_RDONLY, &txn), 0);
    for (; w->count < g->p->tip.sequence; w->count++) {
        struct told *t = &w->at[w->count];
        assert_true(w->count < EVENTS_MAX);
        assert_int_equal(journal_read(&g->p->journal, txn, w->count + 1, &t->entry), 0);
        t->entry.envelope = arena_copy(&g->arena, t->entry.envelope, t->entry.envelope_size);
        assert_int_equal(
            envelope_read(t->entry.envelope, t->entry.envelope_size, &t->envelope, &error), 0);
        const struct event_row *row = service_event_named(g->o.service, t->envelope.type);
        t->noun = row ? row->noun : NULL;
    }
    mdb_txn_abort(txn);
    return w;
}

/* Every link is what going through the whole log says. */
static size_t check_links(struct rig *g)
{
    const struct whole *w = read_log(g);
    size_t linked = 0;
    for (size_t i = 0; i < w->count; i++) {
        const struct told *t = &w->at[i];
        uint64_t wanted = 0;
        for (size_t k = 0; t->noun && k < i; k++)
            if (w->at[k].noun && strcmp(w->at[k].noun, t->noun) == 0 &&
                text_equal(w->at[k].envelope.subject, t->envelope.subject))
                wanted = k + 1;
        assert_int_equal(t->entry.previous, wanted);
        linked += wanted > 0;
    }
    return linked;
}

static void some_work(struct rig *g)
{
    const struct counter_make twice = { .total = 1000 }; /* two events of one command */
    struct request r = rig_request(g, "counter.make", "acme", &twice);
    for (int i = 0; i < 3; i++) {
        rig_add(g, "acme", "mails", 1);
        rig_add(g, "beta", "mails", 1);
        rig_add_every(g, "rings", 10 * SECONDS);
    }
    assert_int_equal(rig_say(g, &r).status, STATUS_ok);
    rig_wake_until(g, g->p->tip.time + 25 * SECONDS);
    /* In one batch: nothing of it is in the state's file yet. */
    assert_int_equal(partition_begin(g->p), 0);
    for (int i = 0; i < 4; i++) {
        struct reply reply;
        r = rig_add_request(g, "acme", i % 2 ? "mails" : "calls", 1);
        partition_command(g->p, &r, rig_now, &reply);
        assert_int_equal(reply.status, STATUS_ok);
    }
    assert_int_equal(partition_commit(g->p), 0);
}

static void links_are_right_whatever_happens_to_the_state(void **state)
{
    static const char *const lost[][2] = { { NULL, NULL },
                                           { "state", NULL },
                                           { "state", "checkpoint" } };
    struct rig *g = *state;
    some_work(g);
    assert_true(check_links(g) > 10);
    for (size_t i = 0; i < sizeof lost / sizeof *lost; i++) {
        partition_close(&g->p);
        for (int k = 0; k < 2 && lost[i][k]; k++)
            rig_remove(g, lost[i][k]);
        rig_open(g);
        some_work(g);
        check_links(g);
        assert_int_equal(g->p->misled, 0);
    }
    rig_check_whole(g);
}

static void a_refused_command_leaves_no_link(void **state)
{
    struct rig *g = *state;
    rig_add(g, "acme", "mails", 1);
    assert_int_equal(rig_add(g, "acme", "mails", -5).status, STATUS_refused);
    assert_int_equal(rig_add(g, "acme", "mails", 1001).status, STATUS_invalid);
    rig_add(g, "acme", "mails", 1);
    assert_int_equal(check_links(g), 1);
}

static void events_of_the_runtime_have_none_before_them(void **state)
{
    struct rig *g = *state;
    partition_close(&g->p);
    rig_remove(g, "*");
    g->o.clock = CLOCK_VIRTUAL;
    rig_open(g);
    some_work(g);
    partition_close(&g->p);
    g->o.clock = CLOCK_REAL;
    g->o.adopt_clock = true;
    rig_open(g);
    const struct whole *w = read_log(g);
    assert_null(w->at[w->count - 1].noun);
    some_work(g);
    check_links(g);
    rig_check_whole(g);
}

/* Changes a link and makes the entry whole again, as a bug would write it. */
static void mislead(struct rig *g, uint64_t sequence, uint64_t previous)
{
    MDB_txn *txn;
    size_t key = sequence;
    MDB_val found;
    uint8_t copy[4096];
    struct journal *j = &g->p->journal;
    assert_int_equal(mdb_txn_begin(j->env, NULL, 0, &txn), 0);
    assert_int_equal(store_get(txn, j->events, &key, sizeof key, &found), 0);
    memcpy(copy, found.mv_data, found.mv_size);
    store_u64(copy + 40, previous);
    store_u32(copy + 4, (uint32_t)crc32(crc32(0, copy, 4), copy + 8, (uInt)(found.mv_size - 8)));
    assert_int_equal(store_put(txn, j->events, &key, sizeof key, copy, found.mv_size), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
}

static void verify_finds_a_wrong_link(void **state)
{
    static const uint64_t wrong[] = { 0, 2, 4, 5, 77 };
    struct rig *g = *state;
    for (int i = 0; i < 5; i++)
        rig_add(g, i == 1 ? "beta" : "acme", "mails", 1);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct verify_report report;
        struct msg_error error;
        mislead(g, 4, wrong[i]);
        partition_close(&g->p);
        assert_int_equal(partition_verify(&g->o, &report, &error), 0);
        assert_false(report.chain_ok);
        assert_true(report.state_ok);
        assert_string_equal(report.difference,
                            "event 4 does not name the event before it of its subject");
        rig_open(g);
        mislead(g, 4, 3);
        rig_check_whole(g);
    }
}

static void a_log_of_another_format_is_not_opened(void **state)
{
    struct rig *g = *state;
    struct msg_error error;
    MDB_txn *txn;
    static const char old[] = "format 1, service tally, partition 0 of 1";
    assert_int_equal(mdb_txn_begin(g->p->journal.env, NULL, 0, &txn), 0);
    assert_int_equal(store_put(txn, g->p->journal.meta, "identity", 8, old, sizeof old - 1), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    partition_close(&g->p);
    assert_int_equal(partition_open(&g->o, &g->p, &error), -EUCLEAN);
    assert_non_null(strstr(error.rule, "another version"));
    assert_non_null(strstr(error.rule, "format 1"));
}

/* --- asking --------------------------------------------------------------------------------- */

/* Asks; the reply lives until the test ends. */
static struct reply ask(struct rig *g, const char *client, const char *body, uint32_t limit,
                        struct text cursor)
{
    struct reader *r;
    struct reply reply;
    struct msg_error error;
    struct msg_buffer b = { .arena = &g->arena };
    json_t *in = json_parse(text_from(body), &error);
    assert_int_equal(json_to_msg(in, &b, &error), 0);
    json_decref(in);
    const struct request q = { .query = true,
                               .type = text_from("tally.history"),
                               .client = text_from(client),
                               .data = b.at,
                               .data_size = b.size,
                               .limit = limit,
                               .cursor = cursor };
    assert_int_equal(reader_open(g->p, &r), 0);
    reader_query(r, &q, rig_now, &g->arena, &reply);
    reader_close(&r);
    return reply;
}

static void expect_invalid(const struct reply *reply, const char *field)
{
    assert_int_equal(reply->status, STATUS_invalid);
    assert_true(text_equal(reply->field, text_from(field)));
    assert_true(reply->message.length > 0);
}

struct page {
    size_t count;
    uint64_t sequences[EVENTS_MAX];
};

/* Adds an answer's rows: each is an event's bytes as they are stored, in falling order; and the
 * reply is one that a peer reads. */
static void take(struct rig *g, const struct whole *w, const struct reply *reply, struct page *p)
{
    struct msg_error error;
    struct msg_buffer frame = { .arena = &g->arena };
    const struct id id = { { 1 } };
    assert_int_equal(reply->status, STATUS_ok);
    reply_write(&id, reply, &frame);
    assert_int_equal(msg_scan(frame.at, frame.size, MSG_FRAME_MAX, &error), 0);
    json_t *rows = json_from_msg(reply->result, reply->result_size);
    const uint8_t *at = reply->result, *end = at + reply->result_size;
    size_t n = json_array_size(rows);
    at += n < 16 ? 1 : 3; /* the array's own header */
    for (size_t i = 0; i < n; i++) {
        uint64_t s =
            (uint64_t)json_integer_value(json_object_get(json_array_get(rows, i), "sequence"));
        assert_true(s >= 1 && s <= w->count);
        assert_true(p->count == 0 || s < p->sequences[p->count - 1]);
        const struct entry *e = &w->at[s - 1].entry;
        assert_true(e->envelope_size <= (size_t)(end - at));
        assert_memory_equal(at, e->envelope, e->envelope_size);
        at += e->envelope_size;
        p->sequences[p->count++] = s;
    }
    assert_ptr_equal(at, end);
    json_decref(rows);
}

/* All pages of a question: how many there were. */
static int ask_all(struct rig *g, const struct whole *w, const char *client, const char *body,
                   uint32_t limit, struct page *ret)
{
    struct text cursor = { 0 };
    int pages = 0;
    ret->count = 0;
    do {
        size_t before = ret->count;
        struct reply reply = ask(g, client, body, limit, cursor);
        take(g, w, &reply, ret);
        assert_true(ret->count - before <= limit);
        assert_true(ret->count > before || text_empty(reply.cursor));
        cursor = reply.cursor;
        pages++;
    } while (!text_empty(cursor));
    return pages;
}

/* The history of these subjects is what going through the whole log finds, by pages of any size. */
static void expect_history(struct rig *g, const char *client, const char *body,
                           const char *const *subjects, const char *noun)
{
    static const uint32_t limits[] = { 1, 2, 7, 100, 500 };
    const struct whole *w = read_log(g);
    struct page *found = arena_alloc(&g->arena, sizeof *found);
    struct page *wanted = arena_alloc(&g->arena, sizeof *wanted);
    for (size_t i = w->count; i-- > 0;)
        for (const char *const *s = subjects; *s; s++)
            if (text_equal(w->at[i].envelope.subject, text_from(*s)) && w->at[i].noun &&
                (!noun || strcmp(noun, w->at[i].noun) == 0))
                wanted->sequences[wanted->count++] = i + 1;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        int pages = ask_all(g, w, client, body, limits[i], found);
        assert_int_equal(found->count, wanted->count);
        assert_memory_equal(found->sequences, wanted->sequences,
                            wanted->count * sizeof *wanted->sequences);
        assert_true((size_t)pages <= wanted->count / limits[i] + 1);
    }
}

static void tells_what_happened_to_one(void **state)
{
    struct rig *g = *state;
    for (int i = 0; i < 8; i++)
        some_work(g);
    expect_history(g, "acme", "{\"id\":\"mails\"}", (const char *[]){ "acme/mails", NULL }, NULL);
    expect_history(g, "beta", "{\"id\":\"mails\"}", (const char *[]){ "beta/mails", NULL }, NULL);
    expect_history(g, "acme", "{\"id\":\"rings\",\"noun\":\"counter\"}",
                   (const char *[]){ "acme/rings", NULL }, "counter");
}

static void tells_of_several_together(void **state)
{
    struct rig *g = *state;
    for (int i = 0; i < 8; i++)
        some_work(g);
    expect_history(g, "acme", "{\"id\":\"mails\",\"also\":[{\"id\":\"calls\"},{\"id\":\"rings\"}]}",
                   (const char *[]){ "acme/calls", "acme/mails", "acme/rings", NULL }, NULL);
    /* Named twice or unknown: told once, or not at all. */
    expect_history(g, "acme",
                   "{\"id\":\"mails\",\"also\":[{\"id\":\"none\"},{\"id\":\"mails\"},"
                   "{\"id\":\"calls\",\"noun\":\"counter\"}]}",
                   (const char *[]){ "acme/calls", "acme/mails", NULL }, NULL);
}

static void of_the_unknown_there_is_nothing(void **state)
{
    struct rig *g = *state;
    some_work(g);
    expect_history(g, "acme", "{\"id\":\"none\"}", (const char *[]){ NULL }, NULL);
    expect_history(g, "nobody", "{\"id\":\"mails\"}", (const char *[]){ NULL }, NULL);
}

static void says_what_is_wrong_with_a_question(void **state)
{
    struct rig *g = *state;
    const struct text none = { 0 };
    struct reply reply = ask(g, "", "{\"id\":\"mails\"}", 0, none);
    expect_invalid(&reply, "client");
    reply = ask(g, "acme", "{}", 0, none);
    expect_invalid(&reply, "id");
    reply = ask(g, "acme", "{\"id\":\"mails\",\"noun\":\"sums\"}", 0, none);
    expect_invalid(&reply, "noun"); /* a total has no events about it */
    reply = ask(g, "acme", "{\"id\":\"mails\",\"noun\":\"seen\"}", 0, none);
    expect_invalid(&reply, "noun"); /* a copy's are another service's */
    reply = ask(g, "acme", "{\"id\":\"mails\",\"also\":[{\"id\":\"x\",\"noun\":\"y\"}]}", 0, none);
    expect_invalid(&reply, "also");
    reply = ask(g, "acme", "{\"id\":\"mails\",\"also\":[{\"noun\":\"counter\"}]}", 0, none);
    expect_invalid(&reply, "also[0].id");
}

/* --- cursors and limits ----------------------------------------------------------------------- */

static struct text cursor_of(struct rig *g, const uint64_t *links, size_t count)
{
    uint8_t bytes[64];
    char *out = arena_alloc(&g->arena, 128);
    for (size_t i = 0; i < count; i++)
        store_u64(bytes + 8 * i, links[i]);
    sodium_bin2base64(out, 128, bytes, 8 * count, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return text_from(out);
}

/* A cursor leads to nobody that was not asked for. */
static void a_forged_cursor_is_refused(void **state)
{
    struct rig *g = *state;
    static const char *const own[] = { "acme", "acme", "beta", "acme" };
    static const char *const names[] = { "mails", "mails", "mails", "calls" };
    static const uint64_t bad[][2] = { { 3 }, { 4 }, { 5 }, { 0 }, { 1, 2 }, { 2, 2 }, { 2, 3 } };
    const char *body = "{\"id\":\"mails\"}";
    for (int i = 0; i < 4; i++)
        rig_add(g, own[i], names[i], 1);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct reply reply = ask(g, "acme", body, 0, cursor_of(g, bad[i], bad[i][1] ? 2 : 1));
        expect_invalid(&reply, "cursor");
    }
    struct reply reply = ask(g, "acme", body, 0, text_from("not base64!"));
    expect_invalid(&reply, "cursor");
    reply = ask(g, "acme", body, 0, cursor_of(g, (uint64_t[]){ 1 }, 1));
    assert_int_equal(reply.status, STATUS_ok);
    assert_true(text_empty(reply.cursor));
}

/* What comes after a first page changes none of the later ones. */
static void pages_stay_while_commands_go_on(void **state)
{
    struct rig *g = *state;
    struct page *p = arena_alloc(&g->arena, sizeof *p);
    for (int i = 0; i < 10; i++)
        rig_add(g, "acme", i % 2 ? "mails" : "calls", 1);
    struct text cursor = { 0 };
    do {
        struct reply reply =
            ask(g, "acme", "{\"id\":\"mails\",\"also\":[{\"id\":\"calls\"}]}", 3, cursor);
        take(g, read_log(g), &reply, p);
        cursor = reply.cursor;
        rig_add(g, "acme", "mails", 1);
        rig_add(g, "acme", "new", 1);
    } while (!text_empty(cursor));
    assert_int_equal(p->count, 10);
    assert_int_equal(p->sequences[0], 10);
}

/* Large events, and events of many values: a page ends where its reply would break a limit. */
static void a_page_is_a_frame_at_most(void **state)
{
    struct rig *g = *state;
    struct page *p = arena_alloc(&g->arena, sizeof *p);
    char *words = arena_alloc(&g->arena, TEXT_MAP_TEXT_MAX + 1);
    memset(words, 'w', TEXT_MAP_TEXT_MAX);
    struct text_pair labels[4];
    for (int i = 0; i < 4; i++)
        labels[i] = (struct text_pair){ arena_printf(&g->arena, "%d%.900s", i, words),
                                        { words, TEXT_MAP_TEXT_MAX } };
    const struct counter_add large = { .name = TEXT_OF("large"),
                                       .amount = 1,
                                       .labels = { labels, 4 } };
    for (int i = 0; i < 300; i++) {
        struct request r = rig_request(g, "counter.add", "acme", &large);
        assert_int_equal(rig_say(g, &r).status, STATUS_ok);
        rig_add(g, "acme", "small", 1);
    }
    const struct whole *w = read_log(g);
    int pages = ask_all(g, w, "acme", "{\"id\":\"large\"}", 500, p);
    assert_int_equal(p->count, 300);
    assert_true(pages >= 3 && pages <= 4); /* 2.4 MB */
    pages = ask_all(g, w, "acme", "{\"id\":\"small\"}", 500, p);
    assert_int_equal(p->count, 300);
    assert_true(pages >= 3 && pages <= 4); /* 33 values each */
}

/* Time is up at once: a page still tells something, and the next goes on. */
static void a_page_ends_in_time(void **state)
{
    struct rig *g = *state;
    const struct whole *w;
    struct page *p = arena_alloc(&g->arena, sizeof *p);
    struct msg_buffer b = { .arena = &g->arena };
    struct reply reply = { 0 };
    int pages = 0;
    for (int i = 0; i < 150; i++)
        rig_add(g, "acme", "mails", 1);
    w = read_log(g);
    msg_put_map(&b, 1);
    msg_put_key(&b, "id");
    msg_put_key(&b, "mails");
    do {
        MDB_txn *state_txn, *log_txn;
        const struct request q = { .client = text_from("acme"),
                                   .data = b.at,
                                   .data_size = b.size,
                                   .limit = 500,
                                   .cursor = reply.cursor };
        assert_int_equal(mdb_txn_begin(g->p->state.env, NULL, MDB_RDONLY, &state_txn), 0);
        assert_int_equal(mdb_txn_begin(g->p->journal.env, NULL, MDB_RDONLY, &log_txn), 0);
        history_answer(&tally_service, &g->p->state, state_txn, &g->p->journal, log_txn, &q, 0,
                       &g->arena, &reply);
        mdb_txn_abort(log_txn);
        mdb_txn_abort(state_txn);
        take(g, w, &reply, p);
        pages++;
    } while (!text_empty(reply.cursor));
    assert_int_equal(p->count, 150);
    assert_int_equal(pages, 3);
}

/* Nobody's events are shown in another's history, even where the log says so; nor for ever. */
static void a_wrong_link_is_not_followed(void **state)
{
    struct rig *g = *state;
    static const uint64_t wrong[] = { 2, 3, 4, 77 };
    for (int i = 0; i < 4; i++)
        rig_add(g, i == 1 ? "beta" : "acme", i == 2 ? "calls" : "mails", 1);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        mislead(g, 4, wrong[i]);
        struct reply reply = ask(g, "acme", "{\"id\":\"mails\"}", 0, (struct text){ 0 });
        assert_int_equal(reply.status, STATUS_busy);
        assert_null(reply.result);
    }
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)
    const struct CMUnitTest tests[] = {
        ROW(links_are_right_whatever_happens_to_the_state),
        ROW(a_refused_command_leaves_no_link),
        ROW(events_of_the_runtime_have_none_before_them),
        ROW(verify_finds_a_wrong_link),
        ROW(a_log_of_another_format_is_not_opened),
        ROW(tells_what_happened_to_one),
        ROW(tells_of_several_together),
        ROW(of_the_unknown_there_is_nothing),
        ROW(says_what_is_wrong_with_a_question),
        ROW(a_forged_cursor_is_refused),
        ROW(pages_stay_while_commands_go_on),
        ROW(a_page_is_a_frame_at_most),
        ROW(a_page_ends_in_time),
        ROW(a_wrong_link_is_not_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
