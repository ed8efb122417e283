/* What a service may do: call what service.h declares, itself, and mem*; read constants. */
#include "common/service.h"

int64_t purity_pure(struct decision *d, struct text id);

int64_t purity_pure(struct decision *d, struct text id)
{
    static const char *const names[] = { "one", "two" };
    static const int64_t levels[] = { 15 * MINUTES, 30 * MINUTES };
    struct key k = { 0 };
    key_text(&k, id);
    if (text_equal(id, text_from(names[0])))
        decision_missing(d, names[1]);
    return levels[k.length % 2] / 100 * 75;
}
