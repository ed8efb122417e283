/* convert: see convert.h. */
#include "services/edge/convert.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <strings.h>

static int wrong(struct msg_error *e, const struct field *f, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int wrong(struct msg_error *e, const struct field *f, const char *format, ...)
{
    va_list list;
    snprintf(e->field, sizeof e->field, "%s", f->name);
    va_start(list, format);
    vsnprintf(e->rule, sizeof e->rule, format, list);
    va_end(list);
    return -EINVAL;
}

static bool name_equal(const char *name, struct text t)
{
    uint32_t i = 0;
    for (; i < t.length && name[i]; i++)
        if (name[i] != (t.at[i] == '-' ? '_' : t.at[i]))
            return false;
    return i == t.length && name[i] == '\0';
}

const struct field *record_field(const struct record *r, struct text name)
{
    struct field_rows rows = r->fields();
    for (size_t i = 0; i < rows.count; i++)
        if (name_equal(rows.at[i].name, name))
            return &rows.at[i];
    return NULL;
}

void *field_at(const struct field *f, void *record)
{
    return (char *)record + f->offset;
}

void field_given(const struct field *f, void *record)
{
    bool *has = (bool *)((char *)record + f->has_offset);
    *has = true;
}

struct text text_trim(struct text t)
{
    while (t.length && isspace((unsigned char)t.at[0]))
        t.at++, t.length--;
    while (t.length && isspace((unsigned char)t.at[t.length - 1]))
        t.length--;
    return t;
}

int bool_parse(struct text t, bool *ret)
{
    static const char *const no_yes[] = { "false", "true", "no", "yes", "0", "1",
                                          "off",   "on",   "f",  "t",   "n", "y" };
    for (size_t i = 0; i < sizeof no_yes / sizeof *no_yes; i++) {
        if (strlen(no_yes[i]) == t.length && strncasecmp(no_yes[i], t.at, t.length) == 0) {
            *ret = i % 2 == 1;
            return 0;
        }
    }
    return -EINVAL;
}

int integer_parse(struct text t, int64_t *ret)
{
    int64_t value = 0;
    uint32_t i = t.length && (t.at[0] == '-' || t.at[0] == '+') ? 1 : 0;
    bool negative = i && t.at[0] == '-';
    if (i == t.length)
        return -EINVAL;
    for (; i < t.length; i++) {
        int digit = t.at[i] - '0';
        if (digit < 0 || digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, negative ? -digit : digit, &value))
            return -EINVAL;
    }
    *ret = value;
    return 0;
}

/* "+PT30M" and "-P1D" are told from now; anything else is an instant with an offset. */
static int instant_from(struct text t, int64_t now, int64_t *ret)
{
    int64_t away;
    if (t.length < 2 || (t.at[0] != '+' && t.at[0] != '-'))
        return instant_parse(t, ret);
    int r = duration_parse((struct text){ t.at + 1, t.length - 1 }, &away);
    if (r < 0)
        return r;
    return __builtin_add_overflow(now, t.at[0] == '-' ? -away : away, ret) ? -EINVAL : 0;
}

static int set_enum(const struct field *f, struct text t, void *record, struct msg_error *reterr)
{
    int32_t *at = field_at(f, record);
    for (const struct enumeration_value *v = f->values->values; v->name; v++) {
        if (strlen(v->name) == t.length && strncasecmp(v->name, t.at, t.length) == 0) {
            *at = v->value;
            return 0;
        }
    }
    size_t used = (size_t)snprintf(reterr->rule, sizeof reterr->rule, "must be one of");
    for (const struct enumeration_value *v = f->values->values; v->name; v++)
        if (used < sizeof reterr->rule)
            used += (size_t)snprintf(reterr->rule + used, sizeof reterr->rule - used, "%s %s",
                                     v == f->values->values ? "" : ",", v->name);
    snprintf(reterr->field, sizeof reterr->field, "%s", f->name);
    return -EINVAL;
}

/* One more element at the end of an array in the arena. */
static void *grow(struct arena *a, void **at, uint32_t *count, size_t size)
{
    char *bigger = arena_alloc(a, (*count + 1) * size);
    if (*count)
        memcpy(bigger, *at, *count * size);
    *at = bigger;
    return bigger + (*count)++ * size;
}

static int add_pair(const struct field *f, struct text t, struct arena *a, void *record,
                    struct msg_error *reterr)
{
    struct text_map *map = field_at(f, record);
    const char *equals = t.length ? memchr(t.at, '=', t.length) : NULL;
    if (!equals || equals == t.at)
        return wrong(reterr, f, "must be written as key=value");
    uint32_t n = (uint32_t)(equals - t.at);
    void *at = (void *)(uintptr_t)map->at;
    struct text_pair *pair = grow(a, &at, &map->count, sizeof *pair);
    map->at = at;
    *pair = (struct text_pair){ { t.at, n }, { equals + 1, t.length - n - 1 } };
    return 0;
}

/* The field that "name=..." at the beginning of t names, NULL when there is none; *ret_value: where
 * its value begins. */
static const struct field *named(const struct record *r, struct text t, uint32_t *ret_value)
{
    const char *equals = t.length ? memchr(t.at, '=', t.length) : NULL;
    if (!equals)
        return NULL;
    *ret_value = (uint32_t)(equals - t.at) + 1;
    return record_field(r, text_trim((struct text){ t.at, *ret_value - 1 }));
}

static int add_item(const struct field *f, struct text t, int64_t now, struct arena *a,
                    void *record, struct msg_error *reterr)
{
    struct list *list = field_at(f, record);
    struct field_rows rows = f->record->fields();
    void *item = arena_alloc(a, f->record->size);
    uint32_t value = 0;
    if (rows.count == 1 && !named(f->record, t, &value)) {
        int r = field_set_text(&rows.at[0], t, now, a, item, reterr);
        if (r < 0)
            return r;
        t.length = 0;
    }
    while (t.length) {
        const struct field *inner = named(f->record, t, &value);
        if (!inner || inner->kind == KIND_LIST || inner->kind == KIND_MAP)
            return wrong(reterr, f, "\"%.*s\" does not begin with a field of %s and =", TEXT_ARG(t),
                         f->record->name);
        uint32_t end = value, unused;
        while (end < t.length &&
               !(t.at[end] == ',' &&
                 named(f->record, (struct text){ t.at + end + 1, t.length - end - 1 }, &unused)))
            end++;
        struct text inside = { t.at + value, end - value };
        int r = field_set_text(inner, inside, now, a, item, reterr);
        if (r < 0)
            return r;
        uint32_t skip = end < t.length ? end + 1 : end;
        t = (struct text){ t.at + skip, t.length - skip };
    }
    void *at = (void *)(uintptr_t)list->at;
    memcpy(grow(a, &at, &list->count, f->record->size), item, f->record->size);
    list->at = at;
    return 0;
}

int field_set_text(const struct field *f, struct text value, int64_t now, struct arena *a,
                   void *record, struct msg_error *reterr)
{
    void *at = field_at(f, record);
    struct text t = f->kind == KIND_TEXT ? value : text_trim(value);
    int r = 0;
    switch (f->kind) {
    case KIND_TEXT:
    case KIND_REFERENCE:
        *(struct text *)at = t;
        break;
    case KIND_INTEGER:
        r = integer_parse(t, at) < 0 ? wrong(reterr, f, "must be a whole number") : 0;
        break;
    case KIND_DECIMAL:
        r = decimal_parse(t, f->scale, at) < 0
                ? wrong(reterr, f, "must be a number with at most %d decimals", f->scale)
                : 0;
        break;
    case KIND_BOOL:
        r = bool_parse(t, at) < 0 ? wrong(reterr, f, "must be true or false") : 0;
        break;
    case KIND_ENUM:
        r = set_enum(f, t, record, reterr);
        break;
    case KIND_INSTANT:
        r = instant_from(t, now, at) < 0
                ? wrong(reterr, f, "must be an instant with an offset, or told from now: +PT30M")
                : 0;
        break;
    case KIND_DURATION:
        r = duration_parse(t, at) < 0 ? wrong(reterr, f, "must be a duration such as PT1H30M") : 0;
        break;
    case KIND_LOCAL_TIME:
        r = local_time_parse(t, at) < 0
                ? wrong(reterr, f, "must be a local time such as 2026-03-01T09:00:00")
                : 0;
        break;
    case KIND_DATE:
        r = day_parse(t, at) < 0 ? wrong(reterr, f, "must be a date such as 2026-03-01") : 0;
        break;
    case KIND_TIME:
        r = time_parse(t, at) < 0 ? wrong(reterr, f, "must be a time of day such as 09:30") : 0;
        break;
    case KIND_LIST:
        r = add_item(f, t, now, a, record, reterr);
        break;
    case KIND_MAP:
        r = add_pair(f, t, a, record, reterr);
        break;
    }
    if (r == 0)
        field_given(f, record);
    return r;
}

void field_set_map(const struct field *f, const struct text_pair *pairs, uint32_t count,
                   void *record)
{
    *(struct text_map *)field_at(f, record) = (struct text_map){ pairs, count };
    if (count)
        field_given(f, record);
}

static struct text range_form(const struct field *f, struct arena *a)
{
    if (f->kind == KIND_DURATION && f->max == INT64_MAX)
        return text_from("a duration such as PT1H30M");
    if (f->kind == KIND_DURATION) {
        char least[DURATION_TEXT_MAX] = "", most[DURATION_TEXT_MAX] = "";
        duration_print(f->min, least);
        duration_print(f->max, most);
        return arena_printf(a, "duration %s to %s", least, most);
    }
    if (f->kind == KIND_DECIMAL) {
        char least[DECIMAL_TEXT_MAX] = "", most[DECIMAL_TEXT_MAX] = "";
        decimal_print(f->min, f->scale, least);
        decimal_print(f->max, f->scale, most);
        return arena_printf(a, "%s to %s", least, most);
    }
    if (f->max == INT64_MAX)
        return f->min == INT64_MIN ? text_from("a whole number")
                                   : arena_printf(a, "%lld or more", (long long)f->min);
    return arena_printf(a, "%lld to %lld", (long long)f->min, (long long)f->max);
}

struct text field_form(const struct field *f, struct arena *a)
{
    struct text all = { 0 };
    switch (f->kind) {
    case KIND_TEXT:
        return arena_printf(a, "at most %lld bytes", (long long)f->max);
    case KIND_INTEGER:
    case KIND_DECIMAL:
    case KIND_DURATION:
        return range_form(f, a);
    case KIND_BOOL:
        return text_from("true or false");
    case KIND_ENUM:
        for (const struct enumeration_value *v = f->values->values; v->name; v++)
            all =
                arena_printf(a, "%.*s%s%s", TEXT_ARG(all), all.length ? ", " : "one of ", v->name);
        return all;
    case KIND_INSTANT:
        return text_from("an instant, or +PT30M from now");
    case KIND_LOCAL_TIME:
        return text_from("a local time such as 2026-03-01T09:00:00");
    case KIND_DATE:
        return text_from("a date such as 2026-03-01");
    case KIND_TIME:
        return text_from("a time of day such as 09:30");
    case KIND_REFERENCE:
        return arena_printf(a, "the id of a%s %s", strchr("aeiou", *f->reference) ? "n" : "",
                            f->reference);
    case KIND_LIST:
        for (size_t i = 0; i < f->record->fields().count; i++)
            all = arena_printf(a, "%.*s%s%s=", TEXT_ARG(all), i ? "," : "",
                               f->record->fields().at[i].name);
        return arena_printf(a, "%.*s; up to %lld times", TEXT_ARG(all), (long long)f->max);
    case KIND_MAP:
        return arena_printf(a, "key=value; up to %lld times", (long long)f->max);
    }
    return all;
}
