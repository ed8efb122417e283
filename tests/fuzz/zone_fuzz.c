/* zone_fuzz: any bytes are a zone that can be asked, or refused; and whatever its clock does, walls
 * go on as time goes on. */
#include <stdlib.h>

#include "common/service.h"
#include "common/time/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask_wall(const struct zone *z, int64_t around)
{
    int64_t day, minutes, first = INT64_MIN, last = INT64_MIN;
    wall_at(z, around, &day, &minutes);
    if (minutes < 0 || minutes >= 1440)
        abort();
    for (int64_t n = 0; n < 200; n++) {
        int64_t at = minutes + n * 7, later = wall_first(z, day + at / 1440, at % 1440);
        if (later < first || wall_last(z, day + at / 1440, at % 1440) < last)
            abort();
        first = later;
        last = wall_last(z, day + at / 1440, at % 1440);
        if (first > last ||
            (wall_kind(z, day + at / 1440, at % 1440) == WALL_TWICE) != (first < last))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t instants[] = {
        INT64_MIN, -1, 0, INT64_C(1790000000123456), INT64_C(4102444800000000), INT64_MAX
    };
    struct arena a = { 0 };
    struct zone *z;
    if (zone_from_file(data, size, &z) < 0)
        return 0;
    for (size_t i = 0; i < sizeof instants / sizeof *instants; i++) {
        const char *word;
        int32_t offset = zone_offset(z, instants[i], &word);
        if (offset < -200000 || offset > 200000 || strlen(word) > size)
            abort();
        zone_print(z, instants[i], &a);
        ask_wall(z, instants[i]);
    }
    /* where the bytes say that something happens */
    for (size_t i = 0; i + 8 <= size && i < 400; i += 4) {
        int64_t at;
        memcpy(&at, data + i, sizeof at);
        ask_wall(z, (int32_t)__builtin_bswap32((uint32_t)at) * SECONDS);
    }
    zone_free(&z);
    arena_free(&a);
    return 0;
}
