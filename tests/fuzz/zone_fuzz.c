/* zone_fuzz: any bytes are a zone that can be asked, or refused. */
#include <stdlib.h>

#include "common/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
    }
    zone_free(&z);
    arena_free(&a);
    return 0;
}
