/* replay_wire_test: every frame there and back, and what is wrong is named. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/bus/replay_wire.h"

static struct arena arena;

static struct replay_frame there_and_back(struct replay_frame f)
{
    struct msg_buffer b = { .arena = &arena };
    struct replay_frame back;
    struct msg_error error;
    replay_write(&f, &b);
    assert_int_equal(msg_scan(b.at, b.size, MSG_FRAME_MAX, &error), 0);
    assert_int_equal(replay_read(b.at, b.size, &arena, &back, &error), 0);
    assert_int_equal(back.op, f.op);
    return back;
}

static void frames(void **state)
{
    static const struct catchup_epoch epochs[] = { { 1, 1 }, { 4, 900 } };
    (void)state;
    struct replay_frame f = there_and_back((struct replay_frame){
        .op = REPLAY_FETCH, .partition = 3, .epoch = 9, .from = 77, .credit = 1000 });
    assert_true(f.partition == 3 && f.epoch == 9 && f.from == 77 && f.credit == 1000);
    f = there_and_back((struct replay_frame){ .op = REPLAY_FETCH, .from = 1, .credit = 1 });
    assert_int_equal(f.epoch, 0);
    f = there_and_back((struct replay_frame){
        .op = REPLAY_BATCH, .partition = 1, .epoch = 2, .from = 5, .count = 3, .head = 99 });
    assert_true(f.partition == 1 && f.epoch == 2 && f.from == 5 && f.count == 3 && f.head == 99);
    f = there_and_back((struct replay_frame){ .op = REPLAY_GAP, .from = 5, .to = 8, .epoch = 2 });
    assert_true(f.from == 5 && f.to == 8 && f.epoch == 2);
    f = there_and_back((struct replay_frame){ .op = REPLAY_SKIP, .from = 5, .to = 8 });
    assert_true(f.from == 5 && f.to == 8);
    f = there_and_back((struct replay_frame){ .op = REPLAY_TOO_OLD, .low = 12 });
    assert_int_equal(f.low, 12);
    f = there_and_back((struct replay_frame){ .op = REPLAY_MOVED, .endpoint = TEXT_OF("ipc://x") });
    assert_true(text_equal(f.endpoint, text_from("ipc://x")));
    f = there_and_back((struct replay_frame){
        .op = REPLAY_ERROR, .code = TEXT_OF("from"), .message = TEXT_OF("No.") });
    assert_true(text_equal(f.code, text_from("from")) && text_equal(f.message, text_from("No.")));
    f = there_and_back((struct replay_frame){
        .op = REPLAY_POSITION, .partition = 2, .consumer = TEXT_OF("kpi/002"), .sequence = 8 });
    assert_true(text_equal(f.consumer, text_from("kpi/002")) && f.sequence == 8);
    f = there_and_back(
        (struct replay_frame){ .op = REPLAY_EPOCHS, .epochs = epochs, .epoch_count = 2 });
    assert_int_equal(f.epoch_count, 2);
    assert_memory_equal(f.epochs, epochs, sizeof epochs);
    arena_reset(&arena);
}

struct wrong {
    const char *op, *key;
    int64_t value;
    const char *field;
};

static void wrong_frames_are_named(void **state)
{
    static const struct wrong rows[] = {
        { "fly", "from", 1, "op" },
        { "fetch", "from", -1, "from" },
        { "fetch", "partition", 0, "from" },
        { "gap", "from", 1, "to" },
        { "moved", "endpoint", 1, "endpoint" },
        { "epochs", "epochs", 1, "epochs" },
        { "position", "partition", 1, "consumer" },
    };
    struct replay_frame f;
    struct msg_error error;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct msg_buffer b = { .arena = &arena };
        msg_put_map(&b, 3);
        msg_put_key(&b, "op");
        msg_put_text(&b, text_from(rows[i].op));
        msg_put_key(&b, rows[i].key);
        msg_put_integer(&b, rows[i].value);
        msg_put_key(&b, strcmp(rows[i].key, "partition") ? "partition" : "other");
        msg_put_integer(&b, 0);
        assert_int_equal(replay_read(b.at, b.size, &arena, &f, &error), -EBADMSG);
        assert_string_equal(error.field, rows[i].field);
    }
    static const uint8_t not_a_map[] = { 0x01 };
    assert_int_equal(replay_read(not_a_map, 1, &arena, &f, &error), -EBADMSG);
    arena_reset(&arena);
}

static void beacons(void **state)
{
    struct beacon h = { .epoch = 3, .head = 1842, .time = 1, .chain = { 7 } }, back;
    struct msg_buffer b = { .arena = &arena };
    (void)state;
    beacon_write(&h, &b);
    assert_int_equal(beacon_read(b.at, b.size, &back), 0);
    assert_true(back.epoch == 3 && back.head == 1842);
    assert_int_equal(beacon_read("\x80", 1, &back), -EBADMSG);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames),
        cmocka_unit_test(wrong_frames_are_named),
        cmocka_unit_test(beacons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
