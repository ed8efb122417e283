/* sop: standard operating procedures, and that they were followed. */
#include "services/catalog/catalog.h"

static bool same_steps(const struct sop_step_list *a, const struct sop_step_list *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!text_equal(a->at[i].text, b->at[i].text) ||
            !text_equal(a->at[i].evidence, b->at[i].evidence))
            return false;
    return true;
}

void check_sop(const struct context *ctx, struct view *v, const void *now, const void *before,
               struct decision *d)
{
    const struct sop *c = now, *is = before;
    (void)ctx;
    if (!c || !some_stand(c->steps.count, "steps", d) ||
        !provider_stands(v, c->owner, "owner", d) || !is)
        return;
    if (c->version < is->version ||
        (c->version == is->version && !same_steps(&c->steps, &is->steps)))
        REFUSE(d, sop_version, "version");
}

static bool is_done_before(const struct step_done_list *steps, uint32_t i)
{
    for (uint32_t j = 0; j < i; j++)
        if (steps->at[j].step == steps->at[i].step)
            return true;
    return false;
}

/* The steps of older versions are not kept: of their runs only what all runs have is looked at. */
static bool steps_stand(const struct sop_run *c, const struct sop *sop, struct decision *d)
{
    bool is_current = c->version == sop->version;
    for (uint32_t i = 0; i < c->steps.count; i++) {
        const struct step_done *s = &c->steps.at[i];
        if (is_done_before(&c->steps, i)) {
            REFUSE(d, step_twice, "steps");
            return false;
        }
        if (is_current && s->step > sop->steps.count) {
            REFUSE(d, step_unknown, "steps");
            return false;
        }
        if (is_current && says_nothing(s->evidence) &&
            !text_empty(sop->steps.at[s->step - 1].evidence)) {
            REFUSE(d, evidence_missing, "steps");
            return false;
        }
    }
    return true;
}

void check_sop_run(const struct context *ctx, struct view *v, const void *now, const void *is,
                   struct decision *d)
{
    const struct sop_run *c = now;
    (void)ctx, (void)is;
    if (!c)
        return;
    const struct sop *sop = view_get(v, ENTITY_sop, c->sop);
    if (c->version > sop->version)
        REFUSE(d, run_version, "version");
    else
        (void)steps_stand(c, sop, d);
}
