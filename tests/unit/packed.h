/* packed: messages of the tests are written as JSON, which has the same names and text forms. */
#ifndef REDRESS_PACKED_H
#define REDRESS_PACKED_H

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "common/msg/json.h"

static inline struct msg_buffer packed(struct arena *a, const char *json)
{
    struct msg_buffer b = { .arena = a };
    struct msg_error e = { { 0 }, { 0 } };
    json_t *value = json_loads(json, JSON_DECODE_ANY, NULL);
    if (!value || json_to_msg(value, &b, &e) < 0)
        fail_msg("%s: %s %s", json, e.field, e.rule);
    json_decref(value);
    return b;
}

#endif
