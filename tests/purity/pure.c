/* What a service may do: call what service.h and the headers in it declare, itself, and mem*; read
 * constants. */
#include "common/service.h"

int64_t purity_pure(struct decision *d, struct text id);
int64_t purity_due(const struct context *ctx, const struct worktime_spec *spec,
                   void *(*alloc)(void *arg, size_t size), void *arg);

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

/* Time is arithmetic over tables that were read at the start. */
int64_t purity_due(const struct context *ctx, const struct worktime_spec *spec,
                   void *(*alloc)(void *arg, size_t size), void *arg)
{
    struct worktime *w = NULL;
    struct worktime_error error;
    const struct zone *z = zone_find(spec->zone);
    if (worktime_make(spec, alloc, arg, &w, &error) < 0 || !z || text_empty(zones_version()))
        return 0;
    return weekday_of(ctx->now / DAYS) == 0 ? wall_first(z, ctx->now / DAYS, 570)
                                            : worktime_add(w, ctx->now, HOURS);
}
