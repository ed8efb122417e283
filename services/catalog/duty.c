/* duty: who is on duty for a roster. */
#include "services/catalog/catalog.h"

int64_t due_duty(const void *entity)
{
    (void)entity;
    return 0;
}

void wake_duty(const struct context *ctx, struct view *v, struct text id, const void *entity,
               struct decision *d)
{
    (void)ctx, (void)v, (void)id, (void)entity, (void)d;
}

void lapse_duty(void *entity, int64_t until)
{
    (void)entity, (void)until;
}

void decide_duty_accept(const struct context *ctx, struct view *v, const void *command,
                        struct decision *d)
{
    (void)ctx, (void)v, (void)command, (void)d;
}

void apply_duty_changed(struct fold *f, const void *event, void *entity)
{
    (void)f;
    memcpy(entity, event, sizeof(struct duty));
}

void apply_duty_removed(struct fold *f, const void *event, void *entity)
{
    (void)f, (void)event;
    memset(entity, 0, sizeof(struct duty));
}

#define SAID(verb)                                                                                 \
    void apply_duty_##verb(struct fold *f, const void *event, void *entity)                        \
    {                                                                                              \
        (void)f, (void)event, (void)entity;                                                        \
    }
SAID(handover_asked)
SAID(handover_accepted)
SAID(handover_missed)
SAID(gap_found)
SAID(unreachable_found)
SAID(unqualified_found)
