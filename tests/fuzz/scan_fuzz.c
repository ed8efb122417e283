/* scan_fuzz: the scan takes any bytes without harm, and what it takes every other walker can walk:
 * msgpack-c, msg_member, and JSON, from which the same JSON comes back where JSON can say it. */
#include <msgpack.h>
#include <stdlib.h>

#include "common/msg/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void unpacks_whole(const uint8_t *data, size_t size)
{
    msgpack_zone zone;
    msgpack_object object;
    size_t offset = 0;
    must(msgpack_zone_init(&zone, MSGPACK_ZONE_CHUNK_SIZE));
    must(msgpack_unpack((const char *)data, size, &offset, &zone, &object) ==
         MSGPACK_UNPACK_SUCCESS);
    must(offset == size);
    msgpack_zone_destroy(&zone);
}

static void survives_json(const uint8_t *data, size_t size)
{
    struct arena arena = { 0 };
    struct msg_buffer b = { .arena = &arena };
    struct msg_error e = { { 0 }, { 0 } };
    json_t *value = json_from_msg(data, size);
    must(value != NULL);
    if (json_to_msg(value, &b, &e) == 0) {
        must(msg_scan(b.at, b.size, 16 * MSG_FRAME_MAX, &e) == 0);
        json_t *again = json_from_msg(b.at, b.size);
        struct msg_buffer c = { .arena = &arena };
        must(again && json_to_msg(again, &c, &e) == 0);
        must(b.size == c.size && memcmp(b.at, c.at, b.size) == 0);
        json_decref(again);
    } else {
        must(e.rule[0]);
    }
    json_decref(value);
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct msg_error e = { { 0 }, { 0 } };
    const void *at;
    size_t member;
    if (msg_scan(data, size, MSG_FRAME_MAX, &e) < 0) {
        must(e.rule[0]);
        return 0;
    }
    unpacks_whole(data, size);
    if (msg_member(data, size, "data", &at, &member) == 0)
        must(msg_scan(at, member, MSG_FRAME_MAX, &e) == 0);
    survives_json(data, size);
    return 0;
}
