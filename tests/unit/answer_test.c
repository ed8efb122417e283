/* answer_test: a page of rows is a reply that a peer reads, however many and large the rows are. */
#include "tests/unit/rig.h"

#include <stdio.h>

enum { COUNTERS = 999, MARKS = 4 };

/* Whole counters by their total. */
static void query_whole(const struct context *ctx, struct view *v, const void *parameters,
                        struct answer *a)
{
    struct walk *w = answer_walk(a, v, INDEX_counter_by_total, NULL);
    struct found found;
    (void)ctx, (void)parameters;
    while (view_next(w, &found) && answer_row(a, found.entity))
        ;
}

static struct query_row whole;
static struct service_type twin;

static void open_twin(struct rig *g)
{
    struct msg_error error;
    whole = *service_query(&tally_service, text_from("tally.counters"));
    whole.name = "tally.whole";
    whole.result = service_entity_named(&tally_service, "counter")->record;
    whole.query = query_whole;
    twin = tally_service;
    twin.queries = &whole;
    twin.query_count = 1;
    g->o.service = &twin;
    partition_close(&g->p);
    assert_int_equal(partition_open(&g->o, &g->p, &error), 0);
}

/* Counters with totals from 1, of that many marks each. */
static void make_counters(struct rig *g, uint32_t marks)
{
    static const struct mark mark = { .words = TEXT_OF("at most forty bytes of words"), .at = 1 };
    const struct mark all[MARKS] = { mark, mark, mark, mark };
    assert_int_equal(partition_begin(g->p), 0);
    for (int i = 1; i <= COUNTERS; i++) {
        char name[16];
        struct reply done;
        snprintf(name, sizeof name, "n%d", i);
        const struct counter_add add = { .name = text_from(name),
                                         .amount = i,
                                         .marks = { all, marks } };
        const struct request r = rig_request(g, "counter.add", "acme", &add);
        partition_command(g->p, &r, rig_now, &done);
        assert_int_equal(done.status, STATUS_ok);
    }
    assert_int_equal(partition_commit(g->p), 0);
}

static void expect_readable(struct rig *g, const struct reply *reply)
{
    struct msg_buffer frame = { .arena = &g->arena };
    struct msg_error error = { { 0 }, { 0 } };
    const struct id id = { { 1 } };
    reply_write(&id, reply, &frame);
    if (msg_scan(frame.at, frame.size, MSG_FRAME_MAX, &error) < 0)
        fail_msg("%s %s", error.field, error.rule);
}

/* Pages of at most `limit` rows: how many; every counter is in one of them, in order. */
static int pages_of(struct rig *g, uint32_t limit)
{
    struct reply reply = { 0 };
    int pages = 0, last = 0;
    do {
        json_t *all = rig_ask(g, "tally.whole", "{}", limit, &reply), *row;
        size_t i;
        assert_non_null(all);
        expect_readable(g, &reply);
        assert_true(json_array_size(all) <= limit);
        json_array_foreach(all, i, row)
        {
            assert_int_equal(json_integer_value(json_object_get(row, "total")), ++last);
        }
        json_decref(all);
        pages++;
    } while (!text_empty(reply.cursor));
    assert_int_equal(last, COUNTERS);
    return pages;
}

/* The row that has no room begins the next page. */
static void a_page_has_no_more_values_than_a_frame(void **state)
{
    struct rig *g = *state;
    open_twin(g);
    make_counters(g, MARKS);
    int pages = pages_of(g, 500);
    assert_true(pages > 3 && pages < 20); /* of more than twenty values a row */
    assert_int_equal(pages_of(g, 10), 100);
}

static void small_rows_fill_the_page(void **state)
{
    struct rig *g = *state;
    open_twin(g);
    make_counters(g, 0);
    assert_int_equal(pages_of(g, 500), 2);
    assert_int_equal(pages_of(g, 333), 3);
    assert_int_equal(pages_of(g, 1), COUNTERS);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)
    const struct CMUnitTest tests[] = {
        ROW(a_page_has_no_more_values_than_a_frame),
        ROW(small_rows_fill_the_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
