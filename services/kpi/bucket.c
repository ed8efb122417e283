/* bucket: see bucket.h. */
#include "services/kpi/bucket.h"
#include "services/kpi/period.h"
#include "services/kpi/scope.h"

/* A row's key is its level (day, month), its date, its scope and the scope's name, so that the rows
 * of a client that one day changes lie together; of a late row behind it the day that told it. */
enum { DAY_DIGITS = 7, ROW_KEY_MAX = 1 + DAY_DIGITS + 1 + SCOPE_NAME_MAX + DAY_DIGITS };
_Static_assert((int)ROW_KEY_MAX <= (int)ENTITY_ID_MAX, "the keys of sums are ids");

/* What an aggregate and its late rows look like: whole numbers from `first` to `link`. */
struct layout {
    int sums, late;
    uint32_t first, link, days, size;
};
#define LAYOUT(noun, name)                                                                         \
    {                                                                                              \
        AGGREGATE_##noun##_sums, AGGREGATE_##noun##_late, offsetof(struct noun##_sums, name),      \
            offsetof(struct noun##_sums, late), offsetof(struct noun##_sums, days),                \
            sizeof(struct noun##_sums)                                                             \
    }
static const struct layout layouts[] = {
    LAYOUT(ticket, received),
    LAYOUT(survey, nps_asked),
    LAYOUT(effort, minutes),
};
#define ALIKE(noun, name)                                                                          \
    _Static_assert(offsetof(struct noun##_sums, name) == offsetof(struct noun##_late, name) &&     \
                       offsetof(struct noun##_sums, late) ==                                       \
                           offsetof(struct noun##_late, before) &&                                 \
                       offsetof(struct noun##_sums, name) +                                        \
                               (sizeof(struct noun##_late_has) - 1) * sizeof(int64_t) ==           \
                           offsetof(struct noun##_sums, late),                                     \
                   #noun "_sums and _late are whole numbers and a link")
ALIKE(ticket, received);
ALIKE(survey, nps_asked);
ALIKE(effort, minutes);

static const struct layout *layout_of(int aggregate)
{
    const struct layout *l = layouts;
    while (l->sums != aggregate)
        l++;
    return l;
}

static int64_t *numbers_of(const struct layout *l, void *row)
{
    return (int64_t *)(void *)((uint8_t *)row + l->first);
}

static const int64_t *numbers_in(const struct layout *l, const void *row)
{
    return (const int64_t *)(const void *)((const uint8_t *)row + l->first);
}

static int64_t *link_of(const struct layout *l, void *row)
{
    return (int64_t *)(void *)((uint8_t *)row + l->link);
}

static int64_t link_in(const struct layout *l, const void *row)
{
    return *(const int64_t *)(const void *)((const uint8_t *)row + l->link);
}

static int64_t days_in(const struct layout *l, const void *row)
{
    return *(const int64_t *)(const void *)((const uint8_t *)row + l->days);
}

/* Whether none of them is anything but zero now. */
static bool add_numbers(const struct layout *l, int64_t *to, const int64_t *from, int sign)
{
    int64_t any = 0;
    for (uint32_t i = 0; i < (l->link - l->first) / sizeof *to; i++) {
        to[i] += sign * from[i];
        any |= to[i];
    }
    return !any;
}

static bool all_zero(const struct layout *l, const int64_t *numbers)
{
    int64_t any = 0;
    for (uint32_t i = 0; i < (l->link - l->first) / sizeof *numbers; i++)
        any |= numbers[i];
    return !any;
}

/* --- keys ----------------------------------------------------------------------------------- */

enum level { LEVEL_DAY = 'd', LEVEL_MONTH = 'm' };

struct row_key {
    char at[ROW_KEY_MAX];
    uint32_t length;
};

static void put_day(struct row_key *k, uint32_t at, int64_t day)
{
    int64_t n = day + 1000000; /* of the years 0 to 9999: never negative, seven digits at most */
    for (uint32_t i = DAY_DIGITS; i-- > 0; n /= 10)
        k->at[at + i] = (char)('0' + n % 10);
}

/* Room for level and date is left in front. */
static struct row_key scope_key(char scope, struct text name)
{
    struct row_key k = { .length = 1 + DAY_DIGITS };
    k.at[k.length++] = scope;
    k.length += scope_name(k.at + k.length, name);
    return k;
}

static struct text sums_id(struct row_key *k, enum level level, int64_t day)
{
    k->at[0] = (char)level;
    put_day(k, 1, day);
    return (struct text){ k->at, k->length };
}

/* Behind sums_id: the same row's part that was told late on that day. */
static struct text late_id(struct row_key *k, int64_t told)
{
    put_day(k, k->length, told);
    return (struct text){ k->at, k->length + DAY_DIGITS };
}

/* --- adding --------------------------------------------------------------------------------- */

/* One row of sums, and the key that it has. */
struct row {
    const struct layout *layout;
    struct fold *fold;
    struct text client;
    struct row_key *key;
    void *sums;
};

static void *late_row(const struct row *r, int64_t told)
{
    return fold_aggregate_of(r->fold, r->layout->late, r->client, late_id(r->key, told));
}

/* Late rows are linked from the newest to the oldest. Clients are in several zones, so what all of
 * them told need not come in the order of its days. */
static void add_late(const struct row *r, int64_t told, const int64_t *numbers, int sign)
{
    int64_t *link = link_of(r->layout, r->sums);
    while (*link > told)
        link = link_of(r->layout, late_row(r, *link));
    void *late = late_row(r, told);
    if (*link != told) {
        *link_of(r->layout, late) = *link;
        *link = told;
    }
    if (add_numbers(r->layout, numbers_of(r->layout, late), numbers, sign)) {
        *link = *link_of(r->layout, late); /* it says nothing any more */
        *link_of(r->layout, late) = 0;
    }
}

/* Whether there is nothing in the row any more. */
static bool add_row(const struct row *r, int64_t last, int64_t told, int sign,
                    const int64_t *numbers)
{
    bool none = add_numbers(r->layout, numbers_of(r->layout, r->sums), numbers, sign);
    if (told > last)
        add_late(r, told, numbers, sign);
    return none && !*link_of(r->layout, r->sums);
}

struct date {
    int64_t day;
    struct days month; /* that it is in */
};

static void add_scope(struct fold *f, const struct layout *l, struct text client,
                      struct row_key *key, const struct date *on, int64_t told, int sign,
                      const int64_t *numbers)
{
    int64_t bit = INT64_C(1) << (on->day - on->month.from);
    struct row r = { .layout = l, .fold = f, .client = client, .key = key };
    r.sums = fold_aggregate_of(f, l->sums, client, sums_id(key, LEVEL_DAY, on->day));
    bool none = add_row(&r, on->day, told, sign, numbers);
    r.sums = fold_aggregate_of(f, l->sums, client, sums_id(key, LEVEL_MONTH, on->month.from));
    add_row(&r, on->month.to, told, sign, numbers);
    int64_t *days = (int64_t *)(void *)((uint8_t *)r.sums + l->days);
    *days = none ? *days & ~bit : *days | bit;
}

void bucket_add(struct fold *f, int aggregate, const struct place *p, int64_t day, int64_t told,
                int sign, const void *delta)
{
    const struct layout *l = layout_of(aggregate);
    const int64_t *numbers = numbers_in(l, delta);
    if (all_zero(l, numbers))
        return;
    const struct date on = { day, month_of(day) };
    struct row_key keys[] = { scope_key('a', (struct text){ 0 }), scope_key('s', p->service),
                              scope_key('c', p->component) };
    const bool wanted[] = { true, !text_empty(p->service), !text_empty(p->component) };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (!wanted[i])
            continue;
        add_scope(f, l, p->client, &keys[i], &on, told, sign, numbers);
        add_scope(f, l, (struct text){ 0 }, &keys[i], &on, told, sign, numbers);
    }
}

/* --- summing -------------------------------------------------------------------------------- */

struct sum {
    struct view *view;
    const struct layout *layout;
    struct text client;
    struct row_key key;
    int64_t as_of;
    int64_t *into;
};

/* Adds it as it was known. */
static void sum_row(struct sum *s, const void *row)
{
    const struct layout *l = s->layout;
    add_numbers(l, s->into, numbers_in(l, row), 1);
    int64_t told = s->as_of ? link_in(l, row) : 0;
    while (told > s->as_of) {
        row = view_get_of(s->view, l->late, s->client, late_id(&s->key, told));
        add_numbers(l, s->into, numbers_in(l, row), -1);
        told = link_in(l, row);
    }
}

static const void *row_of(struct sum *s, enum level level, int64_t first)
{
    return view_get_of(s->view, s->layout->sums, s->client, sums_id(&s->key, level, first));
}

/* The days [from, to] of one month. Of a part of it those that have sums are added: most have none
 * in most scopes. */
static void sum_month(struct sum *s, struct days month, int64_t from, int64_t to)
{
    const void *row = row_of(s, LEVEL_MONTH, month.from);
    if (!row)
        return;
    if (from == month.from && to == month.to) {
        sum_row(s, row);
        return;
    }
    int64_t days = days_in(s->layout, row);
    for (int64_t day = from; day <= to; day++)
        if (days >> (day - month.from) & 1)
            sum_row(s, row_of(s, LEVEL_DAY, day));
}

static struct sum sum_of(struct view *v, int aggregate, const struct place *p)
{
    bool component = !text_empty(p->component), service = !component && !text_empty(p->service);
    return (struct sum){ .view = v,
                         .layout = layout_of(aggregate),
                         .client = p->client,
                         .key = component ? scope_key('c', p->component)
                                : service ? scope_key('s', p->service)
                                          : scope_key('a', (struct text){ 0 }) };
}

int64_t bucket_days(struct view *v, int aggregate, const struct place *p, int64_t month)
{
    struct sum s = sum_of(v, aggregate, p);
    const void *row = row_of(&s, LEVEL_MONTH, month);
    return row ? days_in(s.layout, row) : 0;
}

void bucket_sum(struct view *v, int aggregate, const struct place *p, int64_t from, int64_t to,
                int64_t as_of, void *ret)
{
    struct sum s = sum_of(v, aggregate, p);
    memset(ret, 0, s.layout->size);
    s.as_of = as_of;
    s.into = numbers_of(s.layout, ret);
    if (as_of && as_of < to)
        to = as_of;
    while (from <= to) {
        struct days month = month_of(from);
        int64_t last = month.to < to ? month.to : to;
        sum_month(&s, month, from, last);
        from = last + 1;
    }
}

/* --- days ----------------------------------------------------------------------------------- */

int64_t client_day(struct view *v, struct text client, int64_t instant)
{
    const struct client *c = view_get_of(v, ENTITY_client, PROVIDER_CLIENT, client);
    const struct zone *z = c ? zone_find(c->zone) : NULL;
    int64_t day, minutes;
    if (!z)
        z = zone_find((struct text){ 0 });
    wall_at(z, instant, &day, &minutes);
    return day;
}
