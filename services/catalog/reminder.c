/* reminder: days of the model that somebody is reminded of. */
#include "services/catalog/catalog.h"

int64_t due_reminder(const void *entity)
{
    (void)entity;
    return 0;
}

void wake_reminder(const struct context *ctx, struct view *v, struct text id, const void *entity,
                   struct decision *d)
{
    (void)ctx, (void)v, (void)id, (void)entity, (void)d;
}

void lapse_reminder(void *entity, int64_t until)
{
    (void)entity, (void)until;
}

void apply_reminder_planned(struct fold *f, const void *event, void *entity)
{
    (void)f, (void)event, (void)entity;
}

void apply_reminder_dropped(struct fold *f, const void *event, void *entity)
{
    (void)f, (void)event, (void)entity;
}

void apply_reminder_due(struct fold *f, const void *event, void *entity)
{
    (void)f, (void)event, (void)entity;
}

bool index_reminder_by_time(struct text client, struct text id, const void *entity, struct key *k)
{
    const struct reminder *r = entity;
    (void)client, (void)id;
    key_integer(k, r->at);
    return true;
}

void query_catalog_reminders(const struct context *ctx, struct view *v, const void *parameters,
                             struct answer *a)
{
    (void)ctx, (void)v, (void)parameters, (void)a;
}
