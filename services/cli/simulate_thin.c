/* simulate_thin: the catalog as it may stand at the instant that is simulated: it takes so many
 * overrides and temporary schedules of a roster that are not over yet, and seen from the past that
 * is all that came since. The first of them are kept: the others are far behind the time that is
 * looked at. */
#include <stdlib.h>

#include "proto/catalog.h"
#include "services/cli/simulate.h"

/* An override, or a temporary schedule. */
struct spell {
    struct text roster;
    int64_t from, to;
    uint32_t place; /* among the items */
};

static bool is_kind(const struct apply_item *i, const char *entity)
{
    return strcmp(i->kind->entity->name, entity) == 0;
}

static bool spell_of(const struct apply *a, uint32_t place, const char *entity, struct spell *ret)
{
    const struct apply_item *i = &a->items[place];
    if (!is_kind(i, entity))
        return false;
    if (is_kind(i, "override")) {
        const struct override *o = i->value;
        *ret = (struct spell){ o->roster, o->from, o->to, place };
    } else {
        const struct temporary *t = i->value;
        *ret = (struct spell){ t->roster, t->from, t->to, place };
    }
    return true;
}

static int by_beginning(const void *left, const void *right)
{
    const struct spell *a = left, *b = right;
    int r = text_compare(a->roster, b->roster);
    if (r == 0)
        r = (a->from > b->from) - (a->from < b->from);
    return r ? r : (a->place > b->place) - (a->place < b->place);
}

static void thin(const struct apply *a, const char *entity, uint32_t max, int64_t now, bool *gone)
{
    struct spell *all = calloc(a->count + (size_t)1, sizeof *all);
    size_t count = 0, left = 0;
    for (uint32_t n = 0; all && n < a->count; n++)
        if (spell_of(a, n, entity, &all[count]) && all[count].to > now)
            count++;
    if (all)
        qsort(all, count, sizeof *all, by_beginning);
    for (size_t n = 0; n < count; n++) {
        bool same = n > 0 && text_equal(all[n - 1].roster, all[n].roster);
        left = same ? left + 1 : 1;
        gone[all[n].place] = left > max;
    }
    free(all);
}

void simulate_thin(struct apply *a, int64_t now)
{
    bool *gone = calloc(a->count + (size_t)1, sizeof *gone);
    uint32_t kept = 0;
    if (!gone)
        return; /* then the catalog says no, where there are too many */
    thin(a, "override", CATALOG_OVERRIDES_MAX, now, gone);
    thin(a, "temporary", CATALOG_TEMPORARIES_MAX, now, gone);
    for (uint32_t n = 0; n < a->count; n++)
        if (!gone[n])
            a->items[kept++] = a->items[n];
    a->count = kept;
    apply_index(a);
    free(gone);
}
