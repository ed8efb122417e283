/* raci: processes, and the rows of the matrix as they may be written. Whether a row holds is
 * another matter (raci_judge.c): a matrix is made row by row, and one that is half done is kept. */
#include "services/catalog/catalog.h"

void check_process(const struct context *ctx, struct view *v, const void *now, const void *is,
                   struct decision *d)
{
    const struct process *c = now;
    (void)ctx, (void)v, (void)is;
    if (!c)
        return;
    for (uint32_t i = 0; i < c->steps.count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (text_equal(c->steps.at[i].step, c->steps.at[j].step))
                REFUSE(d, step_twice, "steps");
}

static bool is_called(const struct raci *c)
{
    uint32_t n = c->component.length, p = c->process.length;
    return c->id.length == n + 1 + p && memcmp(c->id.at, c->component.at, n) == 0 &&
           c->id.at[n] == ':' && memcmp(c->id.at + n + 1, c->process.at, p) == 0;
}

void check_raci(const struct context *ctx, struct view *v, const void *now, const void *is,
                struct decision *d)
{
    const struct raci *c = now;
    (void)ctx, (void)v, (void)is;
    if (!c)
        return;
    if (!is_called(c))
        REFUSE(d, raci_id, "id");
    for (uint32_t i = 0; i < c->cells.count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (text_equal(c->cells.at[i].role, c->cells.at[j].role))
                REFUSE(d, role_twice, "cells");
}
