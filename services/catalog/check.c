/* check: what several nouns ask for. See catalog.h. */
#include "services/catalog/catalog.h"

bool provider_stands(struct view *v, struct text person, const char *field, struct decision *d)
{
    if (text_empty(person))
        return true;
    const struct person *p = view_get(v, ENTITY_person, person);
    if (p->side != side_provider)
        REFUSE(d, wrong_side, field);
    return p->side == side_provider;
}

bool says_nothing(struct text t)
{
    uint32_t n = 0;
    while (n < t.length && (unsigned char)t.at[n] <= ' ')
        n++;
    return n == t.length;
}

bool some_stand(uint32_t count, const char *field, struct decision *d)
{
    if (count == 0)
        REFUSE(d, none_named, field);
    return count > 0;
}

static const struct text *name_at(const struct list *names, uint32_t i, size_t size, size_t offset)
{
    return (const struct text *)(const void *)((const char *)names->at + i * size + offset);
}

bool names_stand(const struct list *names, size_t size, size_t offset, bool some, const char *field,
                 struct decision *d)
{
    if (some && !some_stand(names->count, field, d))
        return false;
    for (uint32_t i = 0; i < names->count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (text_equal(*name_at(names, i, size, offset), *name_at(names, j, size, offset))) {
                REFUSE(d, named_twice, field);
                return false;
            }
    return true;
}

bool dates_stand(int64_t begin, int64_t end, bool later, const char *field, struct decision *d)
{
    bool stands = !begin || !end || end > begin || (end == begin && !later);
    if (!stands)
        REFUSE(d, ends_before, field);
    return stands;
}

/* --- targets -----------------------------------------------------------------------------------
 */

static bool is_about_same(const struct term *a, const struct term *b)
{
    return a->priority == b->priority && text_equal(a->service, b->service);
}

/* Working time and days cannot be compared without a calendar. */
static bool is_late_response(const struct term *a, const struct term *b)
{
    return a->metric == metric_response && b->metric == metric_resolve && a->within && b->within &&
           a->within > b->within;
}

bool terms_stand(const struct term_list *terms, struct decision *d)
{
    for (uint32_t i = 0; i < terms->count; i++) {
        const struct term *t = &terms->at[i];
        if ((t->within != 0) == (t->days != 0) || (t->end_of_day && !t->days)) {
            REFUSE(d, term_form, "terms");
            return false;
        }
        for (uint32_t j = 0; j < i; j++) {
            const struct term *u = &terms->at[j];
            if (!is_about_same(t, u))
                continue;
            if (t->metric == u->metric) {
                REFUSE(d, term_twice, "terms");
                return false;
            }
            if (is_late_response(t, u) || is_late_response(u, t)) {
                REFUSE(d, target_order, "terms");
                return false;
            }
        }
    }
    return true;
}
