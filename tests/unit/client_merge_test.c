/* client_merge_test: answers of partitions that are one answer when they are settled. */
#include "tests/unit/rig.h"

#include <errno.h>

#include "common/bus/client_merge.h"

enum { PARTS = 3 };

static struct arena arena;

static const struct query_row *spread_row(void)
{
    return service_query(&tally_service, text_from("tally.spread"));
}

/* What a partition answers: its counters small and large, their sum, and what it made of that. */
static struct reply part(int64_t small, int64_t large, int64_t sum, uint32_t bands)
{
    const struct band all[] = { { .name = TEXT_OF("small"), .counters = small },
                                { .name = TEXT_OF("large"), .counters = large } };
    const struct spread spread = { .counters = small + large, .sum = sum, .bands = { all, bands } };
    struct spread *settled = msg_copy(spread_row()->result, &spread, &arena);
    struct msg_buffer b = { .arena = &arena };
    spread_row()->settle(&(const struct tally_spread){ .large = 10 }, settled);
    msg_encode(spread_row()->result, settled, &b);
    return (struct reply){ .status = STATUS_ok, .result = b.at, .result_size = b.size };
}

static struct request question(int64_t large)
{
    struct msg_buffer b = { .arena = &arena };
    msg_encode(spread_row()->parameters, &(const struct tally_spread){ .large = large }, &b);
    return (struct request){
        .query = true, .type = TEXT_OF("tally.spread"), .data = b.at, .data_size = b.size
    };
}

static int merge(const struct request *r, const struct reply *replies, struct reply *ret)
{
    struct request requests[PARTS];
    assert_int_equal(merge_requests(spread_row(), r, PARTS, requests, ret), 0);
    for (uint32_t i = 0; i < PARTS; i++)
        assert_true(text_equal(requests[i].type, r->type));
    return merge_replies(spread_row(), r, requests, replies, PARTS, &arena, ret);
}

static struct spread read_spread(const struct reply *reply)
{
    struct spread all;
    struct msg_error error;
    assert_int_equal(reply->status, STATUS_ok);
    if (msg_decode(spread_row()->result, reply->result, reply->result_size, &arena, &all, &error))
        fail_msg("%s %s", error.field, error.rule);
    return all;
}

/* 3 counters of 12 in all, 1 of 30, and none: the mean is of all, not the sum of three means. */
static void what_follows_from_sums_follows_from_those_of_all(void **state)
{
    const struct reply replies[PARTS] = { part(3, 0, 12, 2), part(0, 1, 30, 2), part(0, 0, 0, 2) };
    const struct request r = question(10);
    struct reply reply;
    (void)state;
    assert_true(read_spread(&replies[1]).beyond);
    assert_int_equal(merge(&r, replies, &reply), 0);
    const struct spread all = read_spread(&reply);
    assert_int_equal(all.counters, 4);
    assert_int_equal(all.sum, 42);
    assert_int_equal(all.mean, 105000);
    assert_true(all.beyond); /* although the first partition's is not */
    assert_int_equal(all.bands.count, 2);
    assert_true(text_equal(all.bands.at[1].name, text_from("large")));
    assert_int_equal(all.bands.at[0].counters, 3);
    assert_int_equal(all.bands.at[0].share, 750000);
    assert_int_equal(all.bands.at[1].share, 250000);
    assert_false(
        read_spread(&replies[2]).has.mean); /* a field that a partition lacks counts as 0 */
}

static void it_is_settled_by_the_parameters(void **state)
{
    const struct reply replies[PARTS] = { part(3, 0, 12, 2), part(0, 1, 30, 2), part(0, 0, 0, 2) };
    const struct request r = question(11);
    struct reply reply;
    (void)state;
    assert_int_equal(merge(&r, replies, &reply), 0);
    assert_false(read_spread(&reply).beyond);
}

static void nothing_anywhere_is_no_mean(void **state)
{
    const struct reply replies[PARTS] = { part(0, 0, 0, 2), part(0, 0, 0, 2), part(0, 0, 0, 2) };
    const struct request r = question(10);
    struct reply reply;
    (void)state;
    assert_int_equal(merge(&r, replies, &reply), 0);
    const struct spread all = read_spread(&reply);
    assert_int_equal(all.counters, 0);
    assert_false(all.has.mean || all.beyond || all.bands.at[0].has.share);
}

static void lists_of_other_lengths_are_no_answer(void **state)
{
    const struct reply whole = part(1, 1, 20, 2), less = part(1, 0, 2, 1);
    const struct request r = question(10);
    struct reply reply;
    (void)state;
    for (int odd = 0; odd < PARTS; odd++) {
        struct reply replies[PARTS] = { whole, whole, whole };
        replies[odd] = less;
        assert_int_equal(merge(&r, replies, &reply), -EBADMSG);
    }
}

static void what_cannot_be_read_is_no_answer(void **state)
{
    struct reply replies[PARTS] = { part(1, 1, 20, 2), part(1, 1, 20, 2), part(1, 1, 20, 2) };
    struct request r = question(10);
    struct reply reply;
    (void)state;
    replies[2].result = "\x80"; /* a map without anything that is required */
    replies[2].result_size = 1;
    assert_int_equal(merge(&r, replies, &reply), -EBADMSG);
    replies[2].result = NULL;
    assert_int_equal(merge(&r, replies, &reply), -EBADMSG);
    replies[2] = replies[1];
    r.data = "\x80";
    r.data_size = 1;
    assert_int_equal(merge(&r, replies, &reply), -EBADMSG);
}

/* What one partition cannot say, all together cannot. */
static void a_no_of_one_is_the_answer(void **state)
{
    struct reply replies[PARTS] = { part(1, 1, 20, 2), part(1, 1, 20, 2), part(1, 1, 20, 2) };
    const struct request r = question(10);
    struct reply reply;
    (void)state;
    replies[1] = (struct reply){ .status = STATUS_refused, .code = TEXT_OF("large_form") };
    assert_int_equal(merge(&r, replies, &reply), 0);
    assert_int_equal(reply.status, STATUS_refused);
    assert_true(text_equal(reply.code, text_from("large_form")));
}

/* --- in a partition --------------------------------------------------------------------------- */

static void a_partition_settles_its_own(void **state)
{
    struct rig *g = *state;
    struct reply reply = { 0 };
    rig_add(g, "acme", "a", 4);
    rig_add(g, "acme", "b", 20);
    json_t *all = rig_ask(g, "tally.spread", "{\"large\":10}", 0, &reply);
    assert_non_null(all);
    assert_string_equal(json_string_value(json_object_get(all, "mean")), "12.0000");
    assert_true(json_is_true(json_object_get(all, "beyond")));
    const json_t *large = json_array_get(json_object_get(all, "bands"), 1);
    assert_string_equal(json_string_value(json_object_get(large, "share")), "50.0000");
    json_decref(all);
}

static void a_question_may_be_refused(void **state)
{
    struct rig *g = *state;
    struct reply reply = { 0 };
    rig_add(g, "acme", "a", 4);
    assert_null(rig_ask(g, "tally.spread", "{\"large\":-1}", 0, &reply));
    assert_int_equal(reply.status, STATUS_refused);
    assert_true(text_equal(reply.code, text_from("large_form")));
    assert_true(text_equal(reply.field, text_from("large")));
    assert_true(text_equal(reply.message, text_from("What is large begins at 0 or more.")));
    assert_null(reply.result);
}

static int forget(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void)
{
#define MERGED(f) cmocka_unit_test_teardown(f, forget)
#define RIGGED(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)
    const struct CMUnitTest tests[] = {
        MERGED(what_follows_from_sums_follows_from_those_of_all),
        MERGED(it_is_settled_by_the_parameters),
        MERGED(nothing_anywhere_is_no_mean),
        MERGED(lists_of_other_lengths_are_no_answer),
        MERGED(what_cannot_be_read_is_no_answer),
        MERGED(a_no_of_one_is_the_answer),
        RIGGED(a_partition_settles_its_own),
        RIGGED(a_question_may_be_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
