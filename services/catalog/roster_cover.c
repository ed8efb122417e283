/* roster_cover: the hours in which somebody should be on duty. */
#include "services/catalog/roster.h"

#include "services/line/calendar_of.h"

static void *room(void *arg, size_t size)
{
    return view_alloc(arg, size);
}

static const struct worktime *cover_of(struct view *v, const struct roster *r)
{
    struct worktime *made = NULL;
    struct worktime_error wrong;
    const struct calendar *c =
        text_empty(r->cover) ? NULL : view_get_of(v, ENTITY_calendar, PROVIDER_CLIENT, r->cover);
    if (c) /* one that was set can be made, unless tzdata lost its zone: then all hours count */
        (void)calendar_make(c, room, v, &made, &wrong);
    return made;
}

const struct worktime *rota_cover(const struct rota *p)
{
    return cover_of(p->view, p->roster);
}

bool roster_is_always(struct view *v, const struct roster *r, int64_t now)
{
    const int64_t year = 366 * DAYS;
    return !text_empty(r->fallback) || worktime_between(cover_of(v, r), now, now + year) == year;
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
