/* worktime_given: calendars and instants in a few words, for tests of working hours. */
#ifndef REDRESS_WORKTIME_GIVEN_H
#define REDRESS_WORKTIME_GIVEN_H

#include "common/base/arena.h"
#include "common/msg/msg.h"
#include "common/time/worktime.h"

static inline void *given_room(void *arena, size_t size)
{
    return arena_alloc(arena, size);
}

/* A calendar that can be made. */
static inline struct worktime *made(const struct worktime_spec *s, struct arena *a)
{
    struct worktime *w = NULL;
    struct worktime_error e = { 0 };
    if (worktime_make(s, given_room, a, &w, &e) < 0)
        fail_msg("%s[%u] of version %u %s", e.list, e.index, e.version, e.rule);
    return w;
}

/* "2026-03-29T01:00:00Z", any offset. */
static inline int64_t instant(const char *written)
{
    int64_t ret = 0;
    if (instant_parse(text_from(written), &ret) < 0)
        fail_msg("%s is no instant", written);
    return ret;
}

static inline int64_t day(const char *written)
{
    int64_t ret = 0;
    if (day_parse(text_from(written), &ret) < 0)
        fail_msg("%s is no date", written);
    return ret;
}

#endif
