/* words: the names of enumerated values, from the rows that define them. */
#include "services/notification/notification.h"

#include "common/def_none.h"
#undef ENUMERATION
#undef VALUE
#undef END_ENUMERATION
#define ENUMERATION(e)                                                                             \
    struct text words_##e(int32_t value)                                                           \
    {                                                                                              \
        static const struct text names[] = {
#define VALUE(e, label, number, doc) [number] = TEXT_OF(#label),
#define END_ENUMERATION(e)                                                                         \
    }                                                                                              \
    ;                                                                                              \
    return names[value];                                                                           \
    }
#include DEF_FILE
#include "common/def_none.h"
