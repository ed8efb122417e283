/* given_words: see given_words.h. */
#include "tests/unit/given_words.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/service.h"

static const int64_t FIRST_MIDNIGHT = INT64_C(1767571200) * SECONDS; /* Monday 2026-01-05 */

static int64_t digits(const char **at, const char *end)
{
    int64_t v = 0;
    const char *first = *at;
    for (; *at < end && **at >= '0' && **at <= '9'; (*at)++)
        v = v * 10 + (**at - '0');
    if (*at == first)
        fail_msg("a number is missing in: %.*s", (int)(end - first), first);
    return v;
}

int64_t words_instant(struct text word, int64_t now)
{
    const char *at = word.at, *end = word.at + word.length;
    if (text_equal(word, text_from("now")))
        return now;
    int64_t instant = FIRST_MIDNIGHT + digits(&at, end) * HOURS;
    if (at < end && *at++ == ':')
        instant += digits(&at, end) * MINUTES;
    if (at < end && *at++ == ':')
        instant += digits(&at, end) * SECONDS;
    if (at < end)
        fail_msg("no instant: %.*s", TEXT_ARG(word));
    return instant;
}

int64_t words_duration(struct text word)
{
    const char *at = word.at, *end = word.at + word.length;
    return digits(&at, end) * (at < end && *at == 's' ? SECONDS : MINUTES);
}

void words_print_instant(FILE *out, int64_t instant)
{
    int64_t since = instant - FIRST_MIDNIGHT, rest = since % MINUTES;
    fprintf(out, "%02" PRId64 ":%02" PRId64, since / HOURS, since / MINUTES % 60);
    if (rest)
        fprintf(out, ":%02" PRId64, rest / SECONDS);
    if (rest % SECONDS)
        fprintf(out, "+%" PRId64, rest % SECONDS);
}

static struct text spaced(struct text word, char from, char to, struct arena *a)
{
    char *copy = arena_copy(a, word.at, word.length);
    for (uint32_t i = 0; i < word.length; i++)
        if (copy[i] == from)
            copy[i] = to;
    return (struct text){ copy, word.length };
}

/* The part of a word before the separator; *rest is what is behind it. */
static struct text cut(struct text *rest, char separator)
{
    const char *found = rest->length ? memchr(rest->at, separator, rest->length) : NULL;
    struct text first = *rest;
    first.length = found ? (uint32_t)(found - rest->at) : rest->length;
    rest->length -= found ? first.length + 1 : first.length;
    rest->at += found ? first.length + 1 : first.length;
    return first;
}

static void set_field(const struct field *f, void *record, struct text word, int64_t now,
                      struct arena *a);

/* "a/b+c/d": items and their fields; of a list within a list "a;b&c;d". */
static struct list parse_list(const struct record *r, struct text word, const char separators[2],
                              int64_t now, struct arena *a)
{
    uint32_t count = 1;
    for (uint32_t i = 0; i < word.length; i++)
        count += word.at[i] == separators[0];
    uint8_t *items = arena_alloc(a, count * r->size);
    struct field_rows fields = r->fields();
    for (uint32_t i = 0; i < count; i++) {
        struct text item = cut(&word, separators[0]);
        for (size_t n = 0; n < fields.count && item.length; n++) {
            struct text field = cut(&item, separators[1]);
            uint8_t *at = items + i * r->size;
            if (fields.at[n].kind == KIND_LIST)
                *(struct list *)(void *)(at + fields.at[n].offset) =
                    parse_list(fields.at[n].record, field, "&;", now, a);
            else if (field.length)
                set_field(&fields.at[n], at, field, now, a);
        }
    }
    return (struct list){ items, count };
}

/* 2026-01-05, as days since 1970-01-01. */
static int64_t parse_date(struct text word, struct arena *a)
{
    int64_t midnight;
    if (instant_parse(arena_printf(a, "%.*sT00:00:00Z", TEXT_ARG(word)), &midnight) < 0)
        fail_msg("no date: %.*s", TEXT_ARG(word));
    return midnight / DAYS;
}

static void print_date(FILE *out, int64_t days)
{
    char text[INSTANT_TEXT + 1];
    instant_print(days * DAYS, text);
    fprintf(out, "%.10s", text);
}

static void set_field(const struct field *f, void *record, struct text word, int64_t now,
                      struct arena *a)
{
    void *value = (uint8_t *)record + f->offset;
    const char *at = word.at;
    *((bool *)record + f->has_offset) = word.length > 0; /* "priority=" takes a default away */
    switch (f->kind) {
    case KIND_TEXT:
    case KIND_REFERENCE:
        *(struct text *)value = spaced(spaced(word, '_', ' ', a), '|', '/', a);
        break;
    case KIND_INTEGER:
        *(int64_t *)value = word.length ? digits(&at, word.at + word.length) : 0;
        break;
    case KIND_BOOL:
        *(bool *)value = text_equal(word, text_from("yes"));
        break;
    case KIND_ENUM:
        *(int32_t *)value = enumeration_value(f->values, word);
        if (word.length && !*(int32_t *)value)
            fail_msg("%s knows no %.*s", f->name, TEXT_ARG(word));
        break;
    case KIND_INSTANT:
        *(int64_t *)value = word.length ? words_instant(word, now) : 0;
        break;
    case KIND_DURATION:
        *(int64_t *)value = words_duration(word);
        break;
    case KIND_LIST:
        if (word.length)
            *(struct list *)value = parse_list(f->record, word, "+/", now, a);
        else
            *(struct list *)value = (struct list){ 0 };
        break;
    case KIND_DATE:
        *(int64_t *)value = word.length ? parse_date(word, a) : 0;
        break;
    case KIND_TIME:
        *(int64_t *)value = (words_instant(word, now) - FIRST_MIDNIGHT) / MINUTES;
        break;
    case KIND_DECIMAL:
        if (!word.length)
            *(int64_t *)value = 0;
        else if (decimal_parse(word, f->scale, value) < 0)
            fail_msg("no decimal: %.*s", TEXT_ARG(word));
        break;
    case KIND_LOCAL_TIME:
    case KIND_MAP:
        fail_msg("no words for %s", f->name);
    }
}

bool words_set(const struct record *r, void *value, struct text name, struct text word, int64_t now,
               struct arena *a)
{
    struct field_rows fields = r->fields();
    for (size_t i = 0; i < fields.count; i++)
        if (text_equal(name, text_from(fields.at[i].name))) {
            set_field(&fields.at[i], value, word, now, a);
            return true;
        }
    return false;
}

static void print_field(FILE *out, const struct field *f, const void *record);
static bool is_zero(const struct field *f, const void *record);

static void print_list(FILE *out, const struct record *r, const struct list *l)
{
    struct field_rows fields = r->fields();
    for (uint32_t i = 0; i < l->count; i++) {
        const uint8_t *item = (const uint8_t *)l->at + i * r->size;
        size_t said = fields.count;
        while (said > 1 && fields.at[said - 1].need == OPTIONAL &&
               is_zero(&fields.at[said - 1], item))
            said--;
        fputs(i ? "+" : "", out);
        for (size_t n = 0; n < said; n++) {
            const struct field *f = &fields.at[n];
            bool has_zero = f->kind != KIND_DATE && f->kind != KIND_ENUM; /* as a value */
            fputs(n ? "/" : "", out);
            if (has_zero || f->need == REQUIRED || !is_zero(f, item))
                print_field(out, f, item);
        }
    }
}

static void print_text(FILE *out, struct text t)
{
    for (uint32_t i = 0; i < t.length; i++)
        fputc(t.at[i] == ' ' ? '_' : t.at[i], out);
}

static void print_field(FILE *out, const struct field *f, const void *record)
{
    const void *value = (const uint8_t *)record + f->offset;
    switch (f->kind) {
    case KIND_TEXT:
    case KIND_REFERENCE:
        print_text(out, *(const struct text *)value);
        break;
    case KIND_BOOL:
        fputs(*(const bool *)value ? "yes" : "no", out);
        break;
    case KIND_ENUM:
        fputs(enumeration_name(f->values, *(const int32_t *)value), out);
        break;
    case KIND_INSTANT:
        if (*(const int64_t *)value)
            words_print_instant(out, *(const int64_t *)value);
        break;
    case KIND_DURATION:
        fprintf(out, "%" PRId64 "m", *(const int64_t *)value / MINUTES);
        break;
    case KIND_DATE:
        print_date(out, *(const int64_t *)value);
        break;
    case KIND_TIME:
        words_print_instant(out, FIRST_MIDNIGHT + *(const int64_t *)value * MINUTES);
        break;
    case KIND_LIST:
        print_list(out, f->record, value);
        break;
    case KIND_INTEGER:
    default:
        fprintf(out, "%" PRId64, *(const int64_t *)value);
    }
}

static bool is_zero(const struct field *f, const void *record)
{
    const uint8_t *value = (const uint8_t *)record + f->offset;
    switch (f->kind) {
    case KIND_TEXT:
    case KIND_REFERENCE:
        return text_empty(*(const struct text *)(const void *)value);
    case KIND_BOOL:
        return !*(const bool *)(const void *)value;
    case KIND_ENUM:
        return !*(const int32_t *)(const void *)value;
    case KIND_LIST:
        return !((const struct list *)(const void *)value)->count;
    case KIND_MAP:
        return true;
    default:
        return !*(const int64_t *)(const void *)value;
    }
}

void words_set_id(const struct record *r, void *value, struct text id)
{
    const struct field *f = r->fields().at;
    struct text *at = (struct text *)(void *)((uint8_t *)value + f->offset);
    if (strcmp(f->name, "id") != 0 || !text_empty(*at))
        return;
    *at = id;
    *((bool *)value + f->has_offset) = true;
}

void words_print(FILE *out, const struct record *r, const void *value)
{
    struct field_rows fields = r->fields();
    for (size_t i = 0; i < fields.count; i++) {
        bool said = ((const bool *)value)[fields.at[i].has_offset];
        if (is_zero(&fields.at[i], value) && !(fields.at[i].kind == KIND_BOOL && said))
            continue;
        fprintf(out, " %s=", fields.at[i].name);
        print_field(out, &fields.at[i], value);
    }
}

struct text words_next(const char **line)
{
    while (**line == ' ')
        (*line)++;
    struct text word = { .at = *line };
    for (; **line && **line != ' ' && **line != '\n'; (*line)++)
        word.length++;
    return word;
}
