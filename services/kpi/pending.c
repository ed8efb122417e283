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
