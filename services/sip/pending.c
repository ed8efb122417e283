/* pending: functions of rows whose part is not written yet. */
#include "services/sip/sip.h"

void apply_programme_alarmed(struct fold *f, const void *event, void *entity)
{
    (void)f;
    (void)event;
    (void)entity;
}
