/* duration: how instants and lengths of time are counted everywhere: in microseconds. */
#ifndef REDRESS_DURATION_H
#define REDRESS_DURATION_H

#include <stdint.h>

#define MICROSECONDS INT64_C(1)
#define SECONDS      INT64_C(1000000)
#define MINUTES      (60 * SECONDS)
#define HOURS        (60 * MINUTES)
#define DAYS         (24 * HOURS)

#endif
