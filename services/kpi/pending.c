/* pending: functions of rows whose part is not written yet; each part takes its own out of here. */
#include "services/kpi/kpi.h"

#define PENDING_APPLY(name)                                                                        \
    void apply_##name(struct fold *f, const void *event, void *entity)                             \
    {                                                                                              \
        (void)f;                                                                                   \
        (void)event;                                                                               \
        (void)entity;                                                                              \
    }
PENDING_APPLY(series_closed)
PENDING_APPLY(series_corrected)
PENDING_APPLY(signal_found)

#define PENDING_QUERY(name)                                                                        \
    void query_##name(const struct context *ctx, struct view *v, const void *p, struct answer *a)  \
    {                                                                                              \
        (void)ctx;                                                                                 \
        (void)v;                                                                                   \
        (void)p;                                                                                   \
        (void)a;                                                                                   \
    }                                                                                              \
    void settle_##name(const void *parameters, void *result)                                       \
    {                                                                                              \
        (void)parameters;                                                                          \
        (void)result;                                                                              \
    }
PENDING_QUERY(kpi_value)
PENDING_QUERY(kpi_series)
