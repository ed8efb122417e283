/* worktime_make: a calendar checked and brought into order. It is called for every decision about a
 * ticket, so it does no more than that: what a span is on a certain day, worktime.c finds out. */
#include <errno.h>

#include "common/time/worktime_made.h"

enum { DAY_MINUTES = 24 * 60, EVERY_DAY = (1 << WEEK_DAYS) - 1 };

struct making {
    const struct worktime_spec *spec;
    struct worktime *w;
    struct worktime_week *weeks;
    struct worktime_part *parts; /* the next free one */
    struct worktime_holiday *holidays;
    struct worktime_error *error;
};

static int wrong(struct worktime_error *reterr, const char *list, size_t version, size_t index,
                 const char *rule)
{
    *reterr = (struct worktime_error){ list, (uint32_t)version, (uint32_t)index, rule };
    return -EINVAL;
}

static size_t bits(unsigned v)
{
    size_t n = 0;
    for (; v; v &= v - 1)
        n++;
    return n;
}

/* --- hours --------------------------------------------------------------------------------------
 */

static int check_hours(const struct worktime_version *v, size_t version,
                       struct worktime_error *reterr)
{
    if (v->hours_count > WORKTIME_HOURS_MAX)
        return wrong(reterr, "versions", version, version, "has too many hours");
    for (uint32_t i = 0; i < v->hours_count; i++) {
        const struct worktime_hours *h = &v->hours[i];
        if (h->days == 0 || h->days > EVERY_DAY)
            return wrong(reterr, "hours", version, i, "must be of at least one day of the week");
        if (h->from < 0 || h->to > DAY_MINUTES || h->from >= h->to)
            return wrong(reterr, "hours", version, i,
                         "must end behind their beginning, on the same day");
    }
    return 0;
}

/* The hours of one weekday in their order, into free room. */
static int take_weekday(struct making *m, const struct worktime_version *v, size_t version,
                        int weekday, size_t *ret_count)
{
    size_t n = 0;
    for (uint32_t i = 0; i < v->hours_count; i++) {
        const struct worktime_hours *h = &v->hours[i];
        size_t at = n;
        if (!(h->days >> weekday & 1))
            continue;
        for (; at > 0 && m->parts[at - 1].from >= h->from; at--)
            m->parts[at] = m->parts[at - 1];
        if ((at > 0 && m->parts[at - 1].to > h->from) || (at < n && m->parts[at + 1].from < h->to))
            return wrong(m->error, "hours", version, i,
                         "must not overlap with others of the same day");
        m->parts[at] = (struct worktime_part){ h->from, h->to };
        n++;
    }
    *ret_count = n;
    return 0;
}

static int take_version(struct making *m, size_t version)
{
    const struct worktime_version *v = &m->spec->versions[version];
    uint32_t at = m->w->week_count;
    uint16_t used = 0;
    for (; at > 0 && m->weeks[at - 1].from_day >= v->from_day; at--)
        m->weeks[at] = m->weeks[at - 1];
    if (at < m->w->week_count && m->weeks[at + 1].from_day == v->from_day)
        return wrong(m->error, "versions", version, version, "begins on the day of another one");
    struct worktime_week *week = &m->weeks[at];
    *week = (struct worktime_week){ .from_day = v->from_day, .parts = m->parts };
    m->w->week_count++;
    for (int d = 0; d < WEEK_DAYS; d++) {
        size_t n;
        int r = take_weekday(m, v, version, d, &n);
        if (r < 0)
            return r;
        for (size_t i = 0; i < n; i++)
            week->minutes[d] += m->parts[i].to - m->parts[i].from;
        week->total += week->minutes[d];
        week->first[d] = used;
        used = (uint16_t)(used + n);
        m->parts += n;
    }
    week->first[WEEK_DAYS] = used;
    return 0;
}

/* --- holidays -----------------------------------------------------------------------------------
 */

/* They come in the order of their days as a rule, and then this is a copy. */
static int take_holiday(struct making *m, size_t index)
{
    const struct worktime_holiday *h = &m->spec->holidays[index];
    uint32_t at = m->w->holiday_count;
    if (h->from < 0 || h->to > DAY_MINUTES || h->from > h->to)
        return wrong(m->error, "holidays", 0, index,
                     "must end behind its beginning, on the same day");
    for (; at > 0 && m->holidays[at - 1].day >= h->day; at--)
        m->holidays[at] = m->holidays[at - 1];
    if (at < m->w->holiday_count && m->holidays[at + 1].day == h->day)
        return wrong(m->error, "holidays", 0, index, "is on the day of another one");
    m->holidays[at] = *h;
    m->w->holiday_count++;
    return 0;
}

/* --- all of it ----------------------------------------------------------------------------------
 */

static int check_spec(const struct worktime_spec *spec, struct worktime_error *reterr,
                      const struct zone **ret_zone, size_t *ret_parts)
{
    size_t parts = 0;
    const struct zone *z = zone_find(spec->zone);
    if (!z)
        return wrong(reterr, "zone", 0, 0,
                     "is no time zone that this machine knows; it is named as IANA does, like "
                     "Europe/Berlin");
    if (spec->version_count == 0)
        return wrong(reterr, "versions", 0, 0, "must be at least one");
    if (spec->version_count > WORKTIME_VERSIONS_MAX)
        return wrong(reterr, "versions", 0, WORKTIME_VERSIONS_MAX, "are too many");
    if (spec->holiday_count > WORKTIME_HOLIDAYS_MAX)
        return wrong(reterr, "holidays", 0, WORKTIME_HOLIDAYS_MAX, "are too many");
    for (uint32_t v = 0; v < spec->version_count; v++) {
        int r = check_hours(&spec->versions[v], v, reterr);
        if (r < 0)
            return r;
        for (uint32_t i = 0; i < spec->versions[v].hours_count; i++)
            parts += bits(spec->versions[v].hours[i].days);
    }
    *ret_zone = z;
    *ret_parts = parts;
    return 0;
}

int worktime_make(const struct worktime_spec *spec, void *(*alloc)(void *arg, size_t size),
                  void *arg, struct worktime **ret, struct worktime_error *reterr)
{
    struct worktime_error error = { 0 };
    const struct zone *zone = NULL;
    size_t parts = 0;
    int r = check_spec(spec, &error, &zone, &parts);
    if (r < 0) {
        *reterr = error;
        return r;
    }
    struct making m = { .spec = spec, .error = &error };
    m.w = alloc(arg, sizeof *m.w + spec->version_count * sizeof *m.weeks +
                         spec->holiday_count * sizeof *m.holidays + parts * sizeof *m.parts);
    m.weeks = (struct worktime_week *)(m.w + 1);
    m.holidays = (struct worktime_holiday *)(m.weeks + spec->version_count);
    m.parts = (struct worktime_part *)(m.holidays + spec->holiday_count);
    *m.w = (struct worktime){ .zone = zone, .weeks = m.weeks, .holidays = m.holidays };
    for (uint32_t i = 0; i < spec->version_count && r == 0; i++)
        r = take_version(&m, i);
    for (uint32_t i = 0; i < spec->holiday_count && r == 0; i++)
        r = take_holiday(&m, i);
    if (r < 0)
        *reterr = error;
    else
        *ret = m.w;
    return r;
}

/* --- days of the week ---------------------------------------------------------------------------
 */

static int weekday_take(struct text *t)
{
    static const char names[] = "montuewedthufrisatsun";
    for (int i = 0; i < WEEK_DAYS && t->length >= 3; i++)
        if (memcmp(t->at, names + 3 * (ptrdiff_t)i, 3) == 0) {
            *t = (struct text){ t->at + 3, t->length - 3 };
            return i;
        }
    return -EINVAL;
}

static bool letter_take(struct text *t, char c)
{
    if (t->length == 0 || t->at[0] != c)
        return false;
    *t = (struct text){ t->at + 1, t->length - 1 };
    return true;
}

int worktime_days_parse(struct text t, uint8_t *ret)
{
    unsigned days = 0;
    do {
        int from = weekday_take(&t), to = from;
        if (from >= 0 && letter_take(&t, '-'))
            to = weekday_take(&t);
        if (from < 0 || to < 0)
            return -EINVAL;
        for (int d = from;; d = (d + 1) % WEEK_DAYS) {
            if (days >> d & 1)
                return -EINVAL;
            days |= 1u << d;
            if (d == to)
                break;
        }
    } while (letter_take(&t, ','));
    if (!text_empty(t))
        return -EINVAL;
    *ret = (uint8_t)days;
    return 0;
}
