/* wire_fuzz: any scanned frame is read without harm as each of the three, and what is read is
 * written to a frame that reads and writes alike. */
#include <stdlib.h>

#include "common/msg/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void must_equal(const struct msg_buffer *a, const struct msg_buffer *b)
{
    must(a->size == b->size && memcmp(a->at, b->at, a->size) == 0);
}

static void try_request(const uint8_t *data, size_t size, struct arena *a)
{
    struct msg_buffer first = { .arena = a }, second = { .arena = a };
    struct msg_error e = { { 0 }, { 0 } };
    struct request r;
    if (request_read(data, size, a, &r, &e) < 0) {
        must(e.rule[0]);
        return;
    }
    request_write(&r, &first);
    must(msg_scan(first.at, first.size, 2 * MSG_FRAME_MAX, &e) == 0);
    must(request_read(first.at, first.size, a, &r, &e) == 0);
    request_write(&r, &second);
    must_equal(&first, &second);
}

static void try_envelope(const uint8_t *data, size_t size, struct arena *a)
{
    struct msg_buffer first = { .arena = a }, second = { .arena = a };
    struct msg_error e = { { 0 }, { 0 } };
    struct envelope v;
    if (envelope_read(data, size, &v, &e) < 0) {
        must(e.rule[0]);
        return;
    }
    envelope_write(&v, &first);
    must(msg_scan(first.at, first.size, 2 * MSG_FRAME_MAX, &e) == 0);
    must(envelope_read(first.at, first.size, &v, &e) == 0);
    envelope_write(&v, &second);
    must_equal(&first, &second);
}

static void try_reply(const uint8_t *data, size_t size, struct arena *a)
{
    struct msg_buffer first = { .arena = a }, second = { .arena = a };
    struct msg_error e = { { 0 }, { 0 } };
    struct reply r;
    struct id id;
    if (reply_read(data, size, &id, &r, &e) < 0) {
        must(e.rule[0]);
        return;
    }
    reply_write(&id, &r, &first);
    must(msg_scan(first.at, first.size, 2 * MSG_FRAME_MAX, &e) == 0);
    must(reply_read(first.at, first.size, &id, &r, &e) == 0);
    reply_write(&id, &r, &second);
    must_equal(&first, &second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena arena;
    struct msg_error e;
    if (msg_scan(data, size, MSG_FRAME_MAX, &e) < 0)
        return 0;
    try_request(data, size, &arena);
    try_envelope(data, size, &arena);
    try_reply(data, size, &arena);
    arena_reset(&arena);
    return 0;
}
