/* print: see print.h. */
#include "services/cli/print.h"

#include <errno.h>
#include <stdlib.h>

enum {
    COLUMNS_MAX = 64,
    GAP = 2,
    LIST_MAX = 60 /* columns of a list in a table: its elements are for print_object */
};

int print_json(FILE *out, const json_t *value)
{
    char *line = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    if (!line)
        return -ENOMEM;
    fputs(line, out);
    fputc('\n', out);
    free(line);
    return 0;
}

json_t *print_as_interface(json_t *object)
{
    static const char *const names[] = { "sequence", "epoch" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char text[24];
        const json_t *value = json_object_get(object, names[i]);
        if (!json_is_integer(value))
            continue;
        snprintf(text, sizeof text, "%lld", (long long)json_integer_value(value));
        json_object_set_new(object, names[i], json_string(text));
    }
    return object;
}

void print_instant(int64_t instant, char out[static PRINT_INSTANT_MAX])
{
    char full[INSTANT_TEXT + 1];
    instant_print(instant, full);
    full[10] = ' ';
    snprintf(out, PRINT_INSTANT_MAX, "%.19s", full);
}

struct text print_safe(struct text t, struct arena *a)
{
    char *copy = arena_copy(a, t.at, t.length);
    for (uint32_t i = 0; i < t.length; i++) {
        unsigned char c = (unsigned char)copy[i];
        /* C0, DEL, and C1 as UTF-8 has it (C2 80 to C2 9F) */
        bool c1 = c == 0xc2 && i + 1 < t.length && ((unsigned char)copy[i + 1] & 0xe0) == 0x80;
        if (c < 0x20 || c == 0x7f)
            copy[i] = ' ';
        else if (c1)
            copy[i] = copy[i + 1] = '?';
    }
    return (struct text){ copy, t.length };
}

/* "L1", or "level=1 person=ann" where an element says more than one thing. */
static struct text element(const json_t *value, struct arena *a)
{
    struct text all = { 0 };
    const char *key;
    json_t *member;
    if (!json_is_object(value))
        return print_cell(value, a);
    json_object_foreach((json_t *)(uintptr_t)value, key, member)
    {
        struct text t = print_cell(member, a);
        if (json_object_size(value) == 1)
            return t;
        all = arena_printf(a, "%.*s%s%s=%.*s", TEXT_ARG(all), all.length ? " " : "", key,
                           TEXT_ARG(t));
    }
    return all;
}

/* As many elements as have room, and how many there are when that is not all. */
static struct text list(const json_t *values, struct arena *a)
{
    struct text all = { 0 };
    size_t i, n = json_array_size(values);
    json_t *value;
    json_array_foreach(values, i, value)
    {
        struct text one = element(value, a);
        if (i && all.length + one.length > LIST_MAX)
            return arena_printf(a, "%.*s ... (%zu)", TEXT_ARG(all), n);
        all = arena_printf(a, "%.*s%s%.*s", TEXT_ARG(all), i ? ", " : "", TEXT_ARG(one));
    }
    return all;
}

struct text print_cell(const json_t *value, struct arena *a)
{
    char instant[PRINT_INSTANT_MAX];
    int64_t at;
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_NULL:
        return (struct text){ 0 };
    case JSON_STRING:
        if (json_string_length(value) == INSTANT_TEXT &&
            instant_parse(text_from(json_string_value(value)), &at) == 0) {
            print_instant(at, instant);
            return arena_text(a, text_from(instant));
        }
        return print_safe(text_from(json_string_value(value)), a);
    case JSON_ARRAY:
        return list(value, a);
    default: {
        char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
        struct text t = arena_text(a, text_from(text));
        free(text);
        return print_safe(t, a);
    }
    }
}

/* Columns on a terminal: code points, which is near enough. */
static uint32_t width(struct text t)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < t.length; i++)
        n += ((unsigned char)t.at[i] & 0xc0) != 0x80;
    return n;
}

/* Puts a cell at the end of a line: behind blanks up to its column, which so never end a line. */
static void put_cell(FILE *out, struct text t, uint32_t wide, bool right, uint32_t *blanks)
{
    uint32_t n = width(t), spaces = wide > n ? wide - n : 0;
    if (n)
        fprintf(out, "%*s%.*s", (int)(*blanks + (right ? spaces : 0)), "", TEXT_ARG(t));
    *blanks = n ? (right ? 0 : spaces) : *blanks + wide;
    *blanks += GAP;
}

const char *const *print_columns(const struct record *r, struct arena *a)
{
    struct field_rows rows = r->fields();
    const char **names = arena_alloc(a, (rows.count + 1) * sizeof *names);
    for (size_t i = 0; i < rows.count; i++)
        names[i] = rows.at[i].name;
    return names;
}

struct column {
    const char *name;
    uint32_t width;
    bool right, used;
};

static size_t choose_columns(const json_t *rows, const char *const *names, struct column *ret)
{
    size_t n = 0;
    if (names) {
        for (; n < COLUMNS_MAX && names[n]; n++)
            ret[n] = (struct column){ .name = names[n] };
        return n;
    }
    json_t *first = json_array_get(rows, 0);
    for (void *i = json_object_iter(first); i && n < COLUMNS_MAX;
         i = json_object_iter_next(first, i))
        ret[n++] = (struct column){ .name = json_object_iter_key(i) };
    return n;
}

static void measure(const json_t *rows, struct column *c, struct arena *a)
{
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        const json_t *value = json_object_get(row, c->name);
        uint32_t n = width(print_cell(value, a));
        if (n > c->width)
            c->width = n;
        c->used = c->used || n > 0;
        c->right = c->right || json_is_integer(value);
    }
    uint32_t n = (uint32_t)strlen(c->name);
    if (n > c->width)
        c->width = n;
}

void print_table(FILE *out, const json_t *rows, const char *const *names)
{
    struct column columns[COLUMNS_MAX];
    struct arena a = { 0 };
    size_t used = 0, i, count = choose_columns(rows, names, columns);
    json_t *row;
    for (size_t c = 0; c < count; c++) {
        measure(rows, &columns[c], &a);
        if (columns[c].used)
            columns[used++] = columns[c];
    }
    uint32_t blanks = 0;
    for (size_t c = 0; c < used; c++)
        put_cell(out, text_from(columns[c].name), columns[c].width, columns[c].right, &blanks);
    if (used)
        fputc('\n', out);
    json_array_foreach(rows, i, row)
    {
        blanks = 0;
        for (size_t c = 0; c < used; c++)
            put_cell(out, print_cell(json_object_get(row, columns[c].name), &a), columns[c].width,
                     columns[c].right, &blanks);
        fputc('\n', out);
        arena_reset(&a);
    }
    arena_free(&a);
}

void print_object(FILE *out, const json_t *object)
{
    struct arena a = { 0 };
    const char *key;
    json_t *value;
    int widest = 0;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        int n = (int)strlen(key);
        widest = n > widest ? n : widest;
    }
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        size_t i;
        json_t *one;
        if (!json_is_array(value)) {
            struct text t = print_cell(value, &a);
            fprintf(out, "%-*s  %.*s\n", widest, key, TEXT_ARG(t));
        }
        json_array_foreach(value, i, one)
        {
            struct text t = element(one, &a);
            fprintf(out, "%-*s  %.*s\n", widest, i ? "" : key, TEXT_ARG(t));
        }
    }
    arena_free(&a);
}
