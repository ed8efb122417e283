/* options: rows to values; see options.h. */
#include "common/suite/options.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>
#include <yaml.h>

enum { OPTION_NAME_MAX = 64, OPTION_SHOWN_MAX = 40 };

/* A value on its way in, with the words that say where it was found. */
struct given {
    const struct option_table *tables;
    size_t count;
    struct msg_error *reterr;
    const char *where; /* "the file", "the environment", "the flag", "its default" */
    const char *section; /* this program's in a file; NULL: there are none, or no more */
};

__attribute__((format(printf, 3, 4))) static int complain(struct msg_error *reterr,
                                                          const char *name, const char *format, ...)
{
    va_list list;
    snprintf(reterr->field, sizeof reterr->field, "%s", name);
    va_start(list, format);
    vsnprintf(reterr->rule, sizeof reterr->rule, format, list);
    va_end(list);
    return -EINVAL;
}

/* --- values --------------------------------------------------------------------------------- */

static int integer_parse(struct text t, int64_t *ret)
{
    char digits[24];
    char *end;
    if (text_empty(t) || t.length >= sizeof digits || isspace((unsigned char)t.at[0]) ||
        t.at[0] == '+')
        return -EINVAL;
    memcpy(digits, t.at, t.length);
    digits[t.length] = 0;
    errno = 0;
    long long v = strtoll(digits, &end, 10);
    if (errno || *end)
        return -EINVAL;
    *ret = v;
    return 0;
}

static int bool_parse(struct text t, int64_t *ret)
{
    bool yes = text_equal(t, text_from("true"));
    if (!yes && !text_equal(t, text_from("false")))
        return -EINVAL;
    *ret = yes;
    return 0;
}

/* "one of day, week": as many words as there is room for. */
static void choices_print(const struct enumeration *e, char out[static OPTION_RANGE_MAX])
{
    int at = snprintf(out, OPTION_RANGE_MAX, "one of");
    for (size_t i = 0; e->values[i].name && at < OPTION_RANGE_MAX; i++)
        at += snprintf(out + at, (size_t)(OPTION_RANGE_MAX - at), "%s%s", i ? ", " : " ",
                       e->values[i].name);
}

void option_range_print(const struct option_row *row, char out[static OPTION_RANGE_MAX])
{
    char least[DURATION_TEXT_MAX], most[DURATION_TEXT_MAX];
    switch (row->kind) {
    case OPTION_INTEGER:
        snprintf(out, OPTION_RANGE_MAX, "an integer from %lld to %lld", (long long)row->min,
                 (long long)row->max);
        return;
    case OPTION_DURATION:
        least[duration_print(row->min, least)] = 0;
        most[duration_print(row->max, most)] = 0;
        snprintf(out, OPTION_RANGE_MAX, "a duration from %s to %s", least, most);
        return;
    case OPTION_BOOL:
        snprintf(out, OPTION_RANGE_MAX, "true or false");
        return;
    case OPTION_TEXT:
        snprintf(out, OPTION_RANGE_MAX, "a text of %lld to %lld bytes", (long long)row->min,
                 (long long)row->max);
        return;
    case OPTION_CHOICE:
        choices_print(row->values, out);
        return;
    case OPTION_DATE:
        snprintf(out, OPTION_RANGE_MAX, "a date like 2026-03-31, or nothing");
        return;
    }
    assert(false);
}

static bool is_bounded(enum option_kind kind)
{
    return kind == OPTION_INTEGER || kind == OPTION_DURATION;
}

static int value_parse(const struct option_row *row, struct text value, void *into)
{
    int64_t v = 0;
    int r = 0;
    switch (row->kind) {
    case OPTION_INTEGER:
        r = integer_parse(value, &v);
        break;
    case OPTION_DURATION:
        r = duration_parse(value, &v);
        break;
    case OPTION_BOOL:
        r = bool_parse(value, &v);
        break;
    case OPTION_TEXT:
        if ((int64_t)value.length < row->min || (int64_t)value.length > row->max)
            return -EINVAL;
        memcpy((char *)into + row->offset, &value, sizeof value);
        return 0;
    case OPTION_CHOICE:
        v = enumeration_value(row->values, value);
        r = v ? 0 : -EINVAL;
        break;
    case OPTION_DATE:
        r = text_empty(value) ? 0 : day_parse(value, &v);
        break;
    }
    if (r || (is_bounded(row->kind) && (v < row->min || v > row->max)))
        return -EINVAL;
    memcpy((char *)into + row->offset, &v, sizeof v);
    return 0;
}

/* --- rows by name --------------------------------------------------------------------------- */

static bool name_is(const char *name, size_t length, const struct option_row *row)
{
    for (size_t i = 0; i < length; i++)
        if ((name[i] == '-' ? '_' : name[i]) != row->name[i])
            return false;
    return row->name[length] == 0;
}

static const struct option_row *row_find(const struct given *g, const char *name, size_t length,
                                         void **ret_into)
{
    for (size_t t = 0; t < g->count; t++)
        for (size_t i = 0; i < g->tables[t].count; i++)
            if (name_is(name, length, &g->tables[t].rows[i])) {
                *ret_into = g->tables[t].into;
                return &g->tables[t].rows[i];
            }
    return NULL;
}

static int row_set(const struct given *g, const struct option_row *row, struct text value,
                   void *into)
{
    char range[OPTION_RANGE_MAX];
    if (value_parse(row, value, into) == 0)
        return 0;
    option_range_print(row, range);
    int shown = value.length > OPTION_SHOWN_MAX ? OPTION_SHOWN_MAX : (int)value.length;
    return complain(g->reterr, row->name, "%s gives \"%.*s\"; allowed is %s", g->where, shown,
                    shown ? value.at : "", range);
}

static int name_set(const struct given *g, const char *name, size_t length, struct text value)
{
    void *into;
    const struct option_row *row = row_find(g, name, length, &into);
    char shown[OPTION_NAME_MAX];
    if (row)
        return row_set(g, row, value, into);
    snprintf(shown, sizeof shown, "%.*s", (int)(length < sizeof shown ? length : sizeof shown - 1),
             name);
    return complain(g->reterr, shown, "%s names an option that does not exist", g->where);
}

/* --- the file ------------------------------------------------------------------------------- */

static int file_read(const char *path, struct arena *a, struct text *ret, struct msg_error *reterr)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *bytes = arena_alloc(a, OPTIONS_FILE_MAX + 1);
    size_t size = 0;
    ssize_t n = -1;
    while (fd >= 0 && size <= OPTIONS_FILE_MAX &&
           (n = read(fd, bytes + size, OPTIONS_FILE_MAX + 1 - size)) > 0)
        size += (size_t)n;
    int r = n < 0 ? -errno : 0;
    if (fd >= 0)
        close(fd);
    if (r) {
        complain(reterr, "config", "%s cannot be read: %s", path, strerror(-r));
        return r;
    }
    if (size > OPTIONS_FILE_MAX)
        return complain(reterr, "config", "%s is longer than %d bytes", path, OPTIONS_FILE_MAX);
    *ret = (struct text){ bytes, (uint32_t)size };
    return 0;
}

/* The next event that matters: 0, or -EINVAL with *reterr saying the line. */
static int yaml_next(yaml_parser_t *parser, yaml_event_t *ret, struct msg_error *reterr)
{
    for (;;) {
        if (!yaml_parser_parse(parser, ret))
            return complain(reterr, "config", "line %zu of the file: %s",
                            parser->problem_mark.line + 1, parser->problem);
        if (ret->type != YAML_STREAM_START_EVENT && ret->type != YAML_DOCUMENT_START_EVENT)
            return 0;
        yaml_event_delete(ret);
    }
}

static int not_a_pair(const struct given *g, const yaml_event_t *event)
{
    return complain(g->reterr, "config", "line %zu of the file is not `name: value`",
                    event->start_mark.line + 1);
}

/* Reads a mapping to its end: the section of this program by its pairs, that of another without
 * looking. `depth` is that of what was begun. */
static int pair_take(yaml_parser_t *parser, const yaml_event_t *name, const struct given *g,
                     struct arena *a);
static int section_read(yaml_parser_t *parser, bool own, const struct given *g, struct arena *a)
{
    int r = 0, depth = 1;
    while (r == 0 && depth > 0) {
        yaml_event_t event;
        r = yaml_next(parser, &event, g->reterr);
        if (r)
            break;
        if (event.type == YAML_MAPPING_START_EVENT || event.type == YAML_SEQUENCE_START_EVENT)
            depth++;
        else if (event.type == YAML_MAPPING_END_EVENT || event.type == YAML_SEQUENCE_END_EVENT)
            depth--;
        else if (own)
            r = pair_take(parser, &event, g, a);
        if (own && depth > 1)
            r = not_a_pair(g, &event);
        yaml_event_delete(&event);
    }
    return r;
}

/* One `name: value` or `section:`, whose name is in *name. Within a section there is no other. */
static int pair_take(yaml_parser_t *parser, const yaml_event_t *name, const struct given *g,
                     struct arena *a)
{
    yaml_event_t value;
    if (name->type != YAML_SCALAR_EVENT)
        return not_a_pair(g, name);
    int r = yaml_next(parser, &value, g->reterr);
    if (r)
        return r;
    const char *word = (const char *)name->data.scalar.value;
    if (value.type == YAML_SCALAR_EVENT) {
        struct text t = { (const char *)value.data.scalar.value,
                          (uint32_t)value.data.scalar.length };
        r = name_set(g, word, name->data.scalar.length, arena_text(a, t));
    } else if (value.type == YAML_MAPPING_START_EVENT && g->section) {
        struct given within = *g;
        bool own = strcmp(word, g->section) == 0;
        within.section = NULL;
        r = section_read(parser, own, &within, a);
    } else {
        r = not_a_pair(g, name);
    }
    yaml_event_delete(&value);
    return r;
}

static int file_parse(struct text bytes, const struct given *g, struct arena *a)
{
    yaml_parser_t parser;
    yaml_event_t event;
    if (!yaml_parser_initialize(&parser))
        return -ENOMEM;
    yaml_parser_set_input_string(&parser, (const unsigned char *)bytes.at, bytes.length);
    int r = yaml_next(&parser, &event, g->reterr);
    bool is_map = r == 0 && event.type == YAML_MAPPING_START_EVENT;
    if (r == 0 && !is_map && event.type != YAML_STREAM_END_EVENT)
        r = complain(g->reterr, "config", "line %zu of the file is not `name: value`",
                     event.start_mark.line + 1);
    if (event.type != YAML_NO_EVENT)
        yaml_event_delete(&event);
    while (r == 0 && is_map) {
        r = yaml_next(&parser, &event, g->reterr);
        if (r)
            break;
        is_map = event.type != YAML_MAPPING_END_EVENT;
        if (is_map)
            r = pair_take(&parser, &event, g, a);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return r;
}

/* --- the environment and the flags ---------------------------------------------------------- */

static const char *environment_find(char **environment, const char *name)
{
    char variable[OPTION_NAME_MAX + 16] = "REDRESS_";
    size_t n = strlen(variable);
    for (const char *c = name; *c && n + 2 < sizeof variable; c++)
        variable[n++] = (char)toupper((unsigned char)*c);
    variable[n++] = '=';
    for (char **e = environment; e && *e; e++)
        if (strncmp(*e, variable, n) == 0)
            return *e + n;
    return NULL;
}

static int environment_take(const struct given *g, char **environment)
{
    for (size_t t = 0; t < g->count; t++)
        for (size_t i = 0; i < g->tables[t].count; i++) {
            const struct option_row *row = &g->tables[t].rows[i];
            const char *value = environment_find(environment, row->name);
            int r = value ? row_set(g, row, text_from(value), g->tables[t].into) : 0;
            if (r)
                return r;
        }
    return 0;
}

/* Splits argv[*at] (and the word behind it, when it takes one) into name and value. */
static int flag_read(const struct given *g, int argc, char **argv, int *at, struct text *ret_name,
                     struct text *ret_value)
{
    const char *word = argv[*at];
    void *into;
    if (strncmp(word, "--", 2) != 0 || !word[2])
        return complain(g->reterr, word, "is not a flag; flags are --name VALUE");
    const char *equals = strchr(word, '=');
    *ret_name =
        (struct text){ word + 2, (uint32_t)(equals ? equals - word - 2 : (long)strlen(word) - 2) };
    if (equals) {
        *ret_value = text_from(equals + 1);
        return 0;
    }
    const struct option_row *row = row_find(g, ret_name->at, ret_name->length, &into);
    const char *next = *at + 1 < argc ? argv[*at + 1] : NULL;
    int64_t ignored;
    if (row && row->kind == OPTION_BOOL && (!next || bool_parse(text_from(next), &ignored))) {
        *ret_value = text_from("true");
        return 0;
    }
    if (!next && (row || text_equal(*ret_name, text_from("config"))))
        return complain(g->reterr, word + 2, "the flag wants a value behind it");
    *ret_value = text_from(next);
    (*at)++;
    return 0;
}

static int flags_take(const struct given *g, int argc, char **argv)
{
    struct text name = { 0 }, value = { 0 };
    for (int i = 0; i < argc; i++) {
        int r = flag_read(g, argc, argv, &i, &name, &value);
        if (r == 0 && !text_equal(name, text_from("config")))
            r = name_set(g, name.at, name.length, value);
        if (r)
            return r;
    }
    return 0;
}

/* The file to read: --config, REDRESS_CONFIG, or the caller's. Wrong flags are complained of later.
 */
static const char *file_choose(const struct given *g, const struct option_sources *s)
{
    const char *chosen = environment_find(s->environment, "config");
    struct msg_error ignored;
    struct given quiet = { g->tables, g->count, &ignored, g->where, NULL };
    struct text name = { 0 }, value = { 0 };
    if (!chosen)
        chosen = s->file;
    for (int i = 0; i < s->argc; i++)
        if (flag_read(&quiet, s->argc, s->argv, &i, &name, &value) == 0 &&
            text_equal(name, text_from("config")))
            chosen = value.at;
    return chosen;
}

/* --- what the header promises --------------------------------------------------------------- */

int options_default(const struct option_table *table, struct msg_error *reterr)
{
    struct given g = { table, 1, reterr, "its default", NULL };
    int r = 0;
    for (size_t i = 0; r == 0 && i < table->count; i++)
        r = row_set(&g, &table->rows[i], text_from(table->rows[i].fallback), table->into);
    return r;
}

int options_set(const struct option_table *table, const char *name, struct text value,
                struct msg_error *reterr)
{
    struct given g = { table, 1, reterr, "the caller", NULL };
    return name_set(&g, name, strlen(name), value);
}

int options_load(const struct option_table *tables, size_t count,
                 const struct option_sources *sources, struct arena *a, struct msg_error *reterr)
{
    struct given g = { tables, count, reterr, "its default", sources->section };
    struct text bytes = { 0 };
    int r = 0;
    for (int i = 0; i < sources->argc; i++)
        if (strcmp(sources->argv[i], "--help") == 0)
            return 1;
    for (size_t t = 0; r == 0 && t < count; t++)
        r = options_default(&tables[t], reterr);
    const char *file = file_choose(&g, sources);
    g.where = "the file";
    if (r == 0 && file)
        r = file_read(file, a, &bytes, reterr);
    if (r == 0 && bytes.length)
        r = file_parse(bytes, &g, a);
    g.where = "the environment";
    if (r == 0)
        r = environment_take(&g, sources->environment);
    g.where = "the flag";
    if (r == 0)
        r = flags_take(&g, sources->argc, sources->argv);
    return r;
}

void options_help(FILE *out, const struct option_table *tables, size_t count)
{
    for (size_t t = 0; t < count; t++)
        for (size_t i = 0; i < tables[t].count; i++) {
            const struct option_row *row = &tables[t].rows[i];
            char range[OPTION_RANGE_MAX], flag[OPTION_NAME_MAX], variable[OPTION_NAME_MAX];
            size_t n = 0;
            for (; row->name[n] && n + 1 < sizeof flag; n++) {
                flag[n] = row->name[n] == '_' ? '-' : row->name[n];
                variable[n] = (char)toupper((unsigned char)row->name[n]);
            }
            flag[n] = variable[n] = 0;
            option_range_print(row, range);
            fprintf(out, "  --%-24s %s\n  %-26s %s; default %s; REDRESS_%s\n", flag, row->doc, "",
                    range, row->fallback[0] ? row->fallback : "none", variable);
        }
    fprintf(out, "  --%-24s A file of `name: value` lines; REDRESS_CONFIG\n", "config");
}
