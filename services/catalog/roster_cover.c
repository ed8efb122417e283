/* roster_cover: the hours in which somebody should be on duty. */
#include "services/catalog/roster.h"

#include "services/line/calendar_of.h"

static void *room(void *arg, size_t size)
{
    return view_alloc(arg, size);
}

const struct worktime *rota_cover(const struct rota *p)
{
    struct worktime *made = NULL;
    struct worktime_error wrong;
    const struct calendar *c =
        text_empty(p->roster->cover)
            ? NULL
            : view_get_of(p->view, ENTITY_calendar, PROVIDER_CLIENT, p->roster->cover);
    if (c) /* one that was set can be made, unless tzdata lost its zone: then all hours count */
        (void)calendar_make(c, room, p->view, &made, &wrong);
    return made;
}

bool cover_next(const struct worktime *cover, int64_t from, int64_t to, int64_t *ret_from,
                int64_t *ret_to)
{
    if (from >= to || !worktime_span(cover, from, ret_from, ret_to) || *ret_from >= to)
        return false;
    if (*ret_from < from)
        *ret_from = from;
    if (*ret_to > to)
        *ret_to = to;
    return true;
}
