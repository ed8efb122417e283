/* audience: see audience.h. */
#include "services/gateway/audience.h"

static const struct field *field_named(const struct record *r, const char *name)
{
    struct field_rows rows = r->fields();
    for (size_t i = 0; i < rows.count; i++)
        if (strcmp(rows.at[i].name, name) == 0)
            return &rows.at[i];
    return NULL;
}

bool audience_any(const struct record *r)
{
    struct field_rows rows = r->fields();
    for (size_t i = 0; i < rows.count; i++)
        if (audience_is_client(rows.at[i].audience))
            return true;
    return false;
}

/* --- what is not for clients as a whole ----------------------------------------------------------
 */

static const char *const internal[] = {
#define INTERNAL(name) #name,
#include "proto/kpi/kpis.def"
};

static bool is_internal(const char *kpi)
{
    for (size_t i = 0; kpi && i < sizeof internal / sizeof *internal; i++)
        if (strcmp(internal[i], kpi) == 0)
            return true;
    return false;
}

/* What may be about a figure, as a programme, is not of it. */
static const struct field *figure_of(const struct record *r)
{
    const struct field *f = field_named(r, "kpi");
    return f && f->kind == KIND_ENUM && f->need == REQUIRED ? f : NULL;
}

static bool names_internal(const json_t *object)
{
    return is_internal(json_string_value(json_object_get(object, "kpi")));
}

bool audience_hides(const struct record *r, const json_t *object)
{
    const struct field *own = field_named(r, "internal");
    return (own && json_is_true(json_object_get(object, "internal"))) ||
           (figure_of(r) && names_internal(object));
}

/* The figure that a question is about, by name; NULL: none. */
static const char *figure_asked(const struct record *r, const void *parameters)
{
    const struct field *f = figure_of(r);
    const struct enumeration_value *v = f ? f->values->values : NULL;
    const int32_t *number = f ? (const void *)((const char *)parameters + f->offset) : NULL;
    while (v && v->name && v->value != *number)
        v++;
    return v ? v->name : NULL;
}

bool audience_hides_question(const struct record *r, const void *parameters)
{
    return is_internal(figure_asked(r, parameters));
}

/* --- what few people answered --------------------------------------------------------------------
 */

static const struct {
    const char *name, *of;
} kpis[] = {
#define KPI(name, measure, good, least, most, of, unit, formula) { #name, #of },
/* NOLINTNEXTLINE(readability-duplicate-include): other columns. */
#include "proto/kpi/kpis.def"
};

static const struct {
    const char *name, *sums;
} parts[] = {
#define PARTS(name, sums, numerator, denominator, seconds, squares, covered, eligible, excluded)   \
    { #name, #sums },
/* NOLINTNEXTLINE(readability-duplicate-include): other columns. */
#include "proto/kpi/kpis.def"
};

/* What is made of sums of surveys, and what is a change of that. */
static bool is_of_answers(const char *kpi)
{
    const char *of = NULL;
    for (size_t i = 0; kpi && i < sizeof kpis / sizeof *kpis; i++)
        of = strcmp(kpis[i].name, kpi) == 0 ? kpis[i].of : of;
    for (size_t i = 0; of && i < sizeof parts / sizeof *parts; i++)
        if (strcmp(parts[i].name, of) == 0)
            return strcmp(parts[i].sums, "survey") == 0;
    return false;
}

bool audience_of_answers(const struct record *r, const void *parameters)
{
    return is_of_answers(figure_asked(r, parameters));
}

/* How much a record says was counted: all of these that it has. */
static const char *const counts[] = { "n", "n_before", "n_after", "now_n", "baseline_denominator" };
enum { COUNTS = sizeof counts / sizeof *counts };

static bool has_counts(const struct record *r)
{
    for (size_t i = 0; i < COUNTS; i++)
        if (field_named(r, counts[i]))
            return true;
    return false;
}

/* What says nowhere how much was counted may be of one answer; what nobody answered tells nothing.
 */
static bool is_few(const struct record *r, const json_t *object)
{
    bool counted = false;
    for (size_t i = 0; i < COUNTS; i++) {
        const json_t *n = field_named(r, counts[i]) ? json_object_get(object, counts[i]) : NULL;
        if (!json_is_integer(n))
            continue;
        if (json_integer_value(n) > 0 && json_integer_value(n) < ANSWERS_LEAST)
            return true;
        counted = true;
    }
    struct field_rows rows = r->fields();
    for (size_t i = 0; i < rows.count; i++) {
        const struct field *f = &rows.at[i];
        const json_t *row, *list = f->kind == KIND_LIST ? json_object_get(object, f->name) : NULL;
        size_t at;
        if (!list || !has_counts(f->record))
            continue;
        json_array_foreach(list, at, row)
        {
            if (is_few(f->record, row))
                return true;
            counted = true;
        }
    }
    return !counted;
}

/* Limits come from rows of a list that are marked as the baseline: who sees all of these learns
 * nothing else by the limits. */
static bool is_beside_baseline(const struct record *r, const json_t *object)
{
    struct field_rows rows = r->fields();
    for (size_t i = 0; i < rows.count; i++) {
        const struct field *mark = NULL, *f = &rows.at[i];
        const json_t *row, *list = f->kind == KIND_LIST ? json_object_get(object, f->name) : NULL;
        size_t at;
        if (list)
            mark = field_named(f->record, "baseline");
        if (!mark || mark->kind != KIND_BOOL)
            continue;
        json_array_foreach(list, at, row)
        {
            if (json_is_true(json_object_get(row, "baseline")))
                return true;
        }
    }
    return false;
}

/* --- what of it is ------------------------------------------------------------------------------
 */

struct sight {
    bool of_answers; /* the figure is made of people's answers */
    bool limits; /* what its limits come from can be seen */
};

static bool is_withheld(const struct field *f, const struct sight *s, bool few)
{
    return s->of_answers && ((f->audience == CLIENT_COUNTED && few) ||
                             (f->audience == CLIENT_UNCOUNTED && (few || !s->limits)));
}

static void strip(const struct record *r, json_t *object, struct sight s);

/* A part of something is of the figure that it names: an objective, a criterion, evidence. */
static void strip_parts(const struct record *r, json_t *rows, struct sight s)
{
    for (size_t i = json_array_size(rows); i-- > 0;)
        if (names_internal(json_array_get(rows, i)))
            json_array_remove(rows, i);
        else
            strip(r, json_array_get(rows, i), s);
}

static void strip(const struct record *r, json_t *object, struct sight s)
{
    const struct field *kpi = field_named(r, "kpi");
    const char *name = kpi ? json_string_value(json_object_get(object, "kpi")) : NULL;
    bool withheld = false;
    void *next;
    if (name)
        s.of_answers = is_of_answers(name);
    bool few = s.of_answers && is_few(r, object);
    s.limits = s.limits || (s.of_answers && !few && is_beside_baseline(r, object));
    for (void *i = json_object_iter(object); i; i = next) {
        const char *member = json_object_iter_key(i);
        const struct field *f = field_named(r, member);
        next = json_object_iter_next(object, i);
        if (!f || !audience_is_client(f->audience)) {
            json_object_del(object, member);
        } else if (is_withheld(f, &s, few)) {
            json_object_del(object, member);
            withheld = true;
        } else if (f->kind == KIND_LIST) {
            strip_parts(f->record, json_object_iter_value(i), s);
        }
    }
    if (withheld)
        json_object_set_new(object, "withheld", json_string("few_answers"));
}

void audience_client(const struct record *r, json_t *object, bool of_answers)
{
    strip(r, object, (struct sight){ .of_answers = of_answers });
}

void audience_client_rows(const struct record *r, json_t *rows, bool of_answers)
{
    for (size_t i = json_array_size(rows); i-- > 0;)
        if (audience_hides(r, json_array_get(rows, i)))
            json_array_remove(rows, i);
        else
            audience_client(r, json_array_get(rows, i), of_answers);
}
