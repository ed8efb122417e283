/* export_yaml: see export_yaml.h. The emitter is libyaml's, and so is the last word on quotes; here
 * only what would be read as something else than a text gets some. */
#include "services/cli/export_yaml.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

enum { FILE_ENOUGH = 512 << 10 /* half of what apply reads */, DIGITS = 24 };

struct writer {
    yaml_emitter_t emitter;
    FILE *out;
    size_t written;
};

static int written(void *arg, unsigned char *bytes, size_t size)
{
    struct writer *w = arg;
    w->written += size;
    return fwrite(bytes, 1, size, w->out) == size;
}

static bool emit(struct writer *w, yaml_event_t *e, int made)
{
    return made && yaml_emitter_emit(&w->emitter, e);
}

/* --- scalars -----------------------------------------------------------------------------------
 */

/* Words that readers of YAML take for something else than themselves. */
static bool is_word(const char *t)
{
    static const char *const words[] = { "null", "true", "false", "yes", "no",
                                         "on",   "off",  "y",     "n",   "~" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(words[i], t) == 0)
            return true;
    return false;
}

static bool is_letter(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

static yaml_scalar_style_t style_of(const char *t)
{
    for (const unsigned char *c = (const unsigned char *)t; *c; c++)
        if (*c < 0x20 || *c == 0x7f)
            return YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    return is_letter((unsigned char)*t) && !is_word(t) ? YAML_PLAIN_SCALAR_STYLE
                                                       : YAML_SINGLE_QUOTED_SCALAR_STYLE;
}

static bool put_text(struct writer *w, const char *t, yaml_scalar_style_t style)
{
    yaml_event_t e;
    return emit(w, &e,
                yaml_scalar_event_initialize(&e, NULL, NULL, (const yaml_char_t *)t, (int)strlen(t),
                                             1, 1, style));
}

static bool put_key(struct writer *w, const char *name)
{
    return put_text(w, name, YAML_PLAIN_SCALAR_STYLE);
}

static bool put_scalar(struct writer *w, const struct field *f, const json_t *v)
{
    char digits[DIGITS];
    if (json_is_integer(v)) {
        snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(v));
        return put_text(w, digits, YAML_PLAIN_SCALAR_STYLE);
    }
    if (json_is_boolean(v))
        return put_text(w, json_is_true(v) ? "true" : "false", YAML_PLAIN_SCALAR_STYLE);
    const char *t = json_string_value(v);
    bool free_text = f->kind == KIND_TEXT || f->kind == KIND_REFERENCE || f->kind == KIND_MAP;
    if (f->kind == KIND_TIME) /* 17:30 is 1050 to some */
        return put_text(w, t ? t : "", YAML_SINGLE_QUOTED_SCALAR_STYLE);
    return put_text(w, t ? t : "", free_text && t ? style_of(t) : YAML_PLAIN_SCALAR_STYLE);
}

/* --- maps and lists ----------------------------------------------------------------------------
 */

static bool open_map(struct writer *w, bool flow)
{
    yaml_event_t e;
    return emit(w, &e,
                yaml_mapping_start_event_initialize(
                    &e, NULL, NULL, 1, flow ? YAML_FLOW_MAPPING_STYLE : YAML_BLOCK_MAPPING_STYLE));
}

static bool close_map(struct writer *w)
{
    yaml_event_t e;
    return emit(w, &e, yaml_mapping_end_event_initialize(&e));
}

static bool open_list(struct writer *w, bool flow)
{
    yaml_event_t e;
    return emit(w, &e,
                yaml_sequence_start_event_initialize(&e, NULL, NULL, 1,
                                                     flow ? YAML_FLOW_SEQUENCE_STYLE
                                                          : YAML_BLOCK_SEQUENCE_STYLE));
}

static bool close_list(struct writer *w)
{
    yaml_event_t e;
    return emit(w, &e, yaml_sequence_end_event_initialize(&e));
}

static bool is_nothing(const json_t *v)
{
    return !v || json_is_null(v) || json_is_false(v) ||
           (json_is_string(v) && json_string_length(v) == 0) ||
           ((json_is_array(v) || json_is_object(v)) && json_array_size(v) == 0 &&
            json_object_size(v) == 0);
}

static bool has_lists(struct field_rows rows)
{
    for (size_t i = 0; i < rows.count; i++)
        if (rows.at[i].kind == KIND_LIST || rows.at[i].kind == KIND_MAP)
            return true;
    return false;
}

static bool put_record(struct writer *w, const struct record *record, const json_t *row, bool flow);

/* Records of one field are said by its value alone: [olga, otto]. */
static bool put_list(struct writer *w, const struct field *f, const json_t *list)
{
    struct field_rows rows = f->record->fields();
    bool bare = rows.count == 1, flow = !has_lists(rows), ok = open_list(w, bare && flow);
    for (size_t i = 0; ok && i < json_array_size(list); i++) {
        const json_t *row = json_array_get(list, i);
        ok = bare && flow ? put_scalar(w, &rows.at[0], json_object_get(row, rows.at[0].name))
                          : put_record(w, f->record, row, flow);
    }
    return ok && close_list(w);
}

static bool put_map(struct writer *w, const struct field *f, const json_t *map)
{
    const char *key;
    json_t *value;
    bool ok = open_map(w, false);
    json_object_foreach((json_t *)(uintptr_t)map, key, value)
    {
        ok = ok && put_text(w, key, style_of(key)) && put_scalar(w, f, value);
    }
    return ok && close_map(w);
}

static bool put_record(struct writer *w, const struct record *record, const json_t *row, bool flow)
{
    struct field_rows rows = record->fields();
    bool ok = open_map(w, flow);
    for (size_t i = 0; ok && i < rows.count; i++) {
        const struct field *f = &rows.at[i];
        const json_t *value = json_object_get(row, f->name);
        if (is_nothing(value))
            continue;
        ok = put_key(w, f->name) && (f->kind == KIND_LIST  ? put_list(w, f, value)
                                     : f->kind == KIND_MAP ? put_map(w, f, value)
                                                           : put_scalar(w, f, value));
    }
    return ok && close_map(w);
}

/* --- files -------------------------------------------------------------------------------------
 */

static bool begin(struct writer *w, const char *plural)
{
    yaml_event_t e;
    return emit(w, &e, yaml_stream_start_event_initialize(&e, YAML_UTF8_ENCODING)) &&
           emit(w, &e, yaml_document_start_event_initialize(&e, NULL, NULL, NULL, 1)) &&
           open_map(w, false) && put_key(w, plural) && open_list(w, false);
}

static bool end(struct writer *w)
{
    yaml_event_t e;
    return close_list(w) && close_map(w) &&
           emit(w, &e, yaml_document_end_event_initialize(&e, 1)) &&
           emit(w, &e, yaml_stream_end_event_initialize(&e)) && yaml_emitter_flush(&w->emitter);
}

int export_kind(FILE *out, const struct apply_kind *kind, const json_t *rows, size_t first,
                size_t *ret_next)
{
    struct writer w = { .out = out };
    if (!yaml_emitter_initialize(&w.emitter))
        return -ENOMEM;
    yaml_emitter_set_output(&w.emitter, written, &w);
    yaml_emitter_set_unicode(&w.emitter, 1);
    yaml_emitter_set_width(&w.emitter, -1);
    yaml_emitter_set_indent(&w.emitter, 2);
    bool ok = begin(&w, kind->entity->plural);
    size_t n = first;
    for (; ok && n < json_array_size(rows) && (n == first || w.written < FILE_ENOUGH); n++)
        ok = put_record(&w, kind->set->record, json_array_get(rows, n), false) &&
             yaml_emitter_flush(&w.emitter);
    ok = ok && end(&w);
    yaml_emitter_delete(&w.emitter);
    *ret_next = n;
    return ok ? 0 : -EIO;
}
