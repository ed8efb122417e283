/* decode_fuzz: what decodes keeps every rule, and encodes to bytes that decode to the same. */
#include <stdlib.h>

#include "tests/unit/sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void try_record(const struct record *r, const uint8_t *data, size_t size, struct arena *a)
{
    struct msg_error e = { { 0 }, { 0 } };
    struct msg_buffer first = { .arena = a }, second = { .arena = a };
    void *value = arena_alloc(a, r->size), *again = arena_alloc(a, r->size);
    if (msg_decode(r, data, size, a, value, &e) < 0) {
        must(e.rule[0]);
        return;
    }
    must(msg_check(r, value, &e) == 0);
    msg_encode(r, value, &first);
    must(msg_scan(first.at, first.size, 2 * MSG_FRAME_MAX, &e) == 0);
    must(msg_decode(r, first.at, first.size, a, again, &e) == 0);
    msg_encode(r, again, &second);
    must(first.size == second.size && memcmp(first.at, second.at, first.size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena arena;
    struct msg_error e;
    if (msg_scan(data, size, MSG_FRAME_MAX, &e) < 0)
        return 0;
    try_record(&record_every, data, size, &arena);
    try_record(&record_must, data, size, &arena);
    try_record(&record_step, data, size, &arena);
    arena_reset(&arena);
    return 0;
}
