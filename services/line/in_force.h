/* in_force: contracts and agreements hold from their first day to their last, both included. */
#ifndef REDRESS_LINE_IN_FORCE_H
#define REDRESS_LINE_IN_FORCE_H

#include <stdbool.h>
#include <stdint.h>

/* Whether what begins on the day `start` and ends on the day `end` (0: never) holds on that day. */
static inline bool in_force(int64_t start, int64_t end, int64_t day)
{
    return start <= day && (!end || day <= end);
}

#endif
