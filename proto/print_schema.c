/* print_schema: the rows of a service as JSON Schema 2020-12. */
#include "proto/print.h"

#include "common/store/history.h"

#include <inttypes.h>
#include <stdlib.h>

void member(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value))
        abort();
}

void member_text(json_t *object, const char *key, const char *value)
{
    member(object, key, json_string(value));
}

void append(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value))
        abort();
}

void print_name(const struct place *p, const char *service, const char *kind, const char *name,
                char out[static PRINT_NAME_MAX])
{
    snprintf(out, PRINT_NAME_MAX, "%s%s%s.%s", p->with_service ? service : "",
             p->with_service ? "." : "", kind, name);
}

json_t *print_ref(const struct place *p, const char *service, const char *kind, const char *name)
{
    char last[PRINT_NAME_MAX];
    json_t *ref = json_object();
    print_name(p, service, kind, name, last);
    member(ref, "$ref", json_sprintf("%s%s", p->prefix, last));
    return ref;
}

/* --- one field -------------------------------------------------------------------------------- */

static void bounds_integer(const struct field *f, json_t *schema)
{
    if (f->min != INT64_MIN)
        member(schema, "minimum", json_integer(f->min));
    if (f->max != INT64_MAX)
        member(schema, "maximum", json_integer(f->max));
}

static void bounds_duration(const struct field *f, json_t *schema)
{
    char text[DURATION_TEXT_MAX];
    size_t n = duration_print(f->min < 0 ? 0 : f->min, text);
    member(schema, "x-minimum", json_stringn(text, n));
    n = duration_print(f->max, text);
    member(schema, "x-maximum", json_stringn(text, n));
}

static void bounds_decimal(const struct field *f, json_t *schema)
{
    char text[DECIMAL_TEXT_MAX];
    if (f->scale)
        member(schema, "pattern", json_sprintf("^-?[0-9]+(\\.[0-9]{1,%d})?$", f->scale));
    else
        member_text(schema, "pattern", "^-?[0-9]+$");
    member(schema, "x-scale", json_integer(f->scale));
    size_t n = decimal_print(f->min, f->scale, text);
    member(schema, "x-minimum", json_stringn(text, n));
    n = decimal_print(f->max, f->scale, text);
    member(schema, "x-maximum", json_stringn(text, n));
}

static void text_schema(const struct field *f, json_t *schema)
{
    /* A text of so many bytes never has more characters; the bound in bytes is the stricter one. */
    if (f->need == REQUIRED || f->kind == KIND_REFERENCE)
        member(schema, "minLength", json_integer(1));
    member(schema, "maxLength", json_integer(f->max));
    member(schema, "x-max-bytes", json_integer(f->max));
    if (f->kind == KIND_REFERENCE) {
        if (!f->free_form)
            member_text(schema, "pattern", "^[0-9A-Za-z._:-]+$");
        member_text(schema, "x-reference", f->reference);
    }
}

static void enum_schema(const struct field *f, json_t *schema)
{
    json_t *names = json_array(), *docs = json_object();
    for (const struct enumeration_value *v = f->values->values; v->name; v++) {
        append(names, json_string(v->name));
        member_text(docs, v->name, v->doc);
    }
    member(schema, "enum", names);
    member(schema, "x-meaning", docs);
}

static void list_schema(const struct field *f, const struct service_type *s, const struct place *p,
                        json_t *schema)
{
    member(schema, "items", print_ref(p, s->name, "record", f->record->name));
    member(schema, "maxItems", json_integer(f->max));
}

static void map_schema(const struct field *f, json_t *schema)
{
    json_t *value = json_object(), *name = json_object();
    member_text(value, "type", "string");
    member(value, "maxLength", json_integer(TEXT_MAP_TEXT_MAX));
    member(name, "minLength", json_integer(1));
    member(name, "maxLength", json_integer(TEXT_MAP_TEXT_MAX));
    member(schema, "additionalProperties", value);
    member(schema, "propertyNames", name);
    member(schema, "maxProperties", json_integer(f->max));
}

static const char *type_of(enum kind kind)
{
    switch (kind) {
    case KIND_INTEGER:
        return "integer";
    case KIND_BOOL:
        return "boolean";
    case KIND_LIST:
        return "array";
    case KIND_MAP:
        return "object";
    default:
        return "string";
    }
}

static json_t *field_schema(const struct field *f, const struct service_type *s,
                            const struct place *p)
{
    json_t *schema = json_object();
    member_text(schema, "type", type_of(f->kind));
    member_text(schema, "description", f->doc);
    switch (f->kind) {
    case KIND_TEXT:
    case KIND_REFERENCE:
        text_schema(f, schema);
        break;
    case KIND_INTEGER:
        bounds_integer(f, schema);
        break;
    case KIND_DECIMAL:
        bounds_decimal(f, schema);
        break;
    case KIND_ENUM:
        enum_schema(f, schema);
        break;
    case KIND_INSTANT:
        member_text(schema, "format", "date-time");
        break;
    case KIND_DURATION:
        member_text(schema, "format", "duration");
        bounds_duration(f, schema);
        break;
    case KIND_LOCAL_TIME:
        member_text(schema, "pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$");
        break;
    case KIND_DATE:
        member_text(schema, "format", "date");
        break;
    case KIND_TIME:
        member_text(schema, "pattern", "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$");
        break;
    case KIND_LIST:
        list_schema(f, s, p, schema);
        break;
    case KIND_MAP:
        map_schema(f, schema);
        break;
    case KIND_BOOL:
        break;
    }
    member_text(schema, "x-audience", audience_is_client(f->audience) ? "client" : "provider");
    if (f->audience == PERSONAL || f->audience == CLIENT_PERSONAL)
        member(schema, "x-personal", json_true());
    return schema;
}

/* --- one record, one service ------------------------------------------------------------------ */

/* What clients are told besides, in place of what is left out (services/gateway/audience.h). */
static void withheld_add(const struct field_rows *rows, json_t *properties)
{
    bool may_be = false;
    for (size_t i = 0; i < rows->count; i++)
        may_be = may_be || rows->at[i].audience == CLIENT_COUNTED ||
                 rows->at[i].audience == CLIENT_UNCOUNTED;
    if (!may_be)
        return;
    json_t *schema = json_object();
    member_text(schema, "const", "few_answers");
    member_text(schema, "description",
                "Said to clients alone: figures are left out here, because fewer people answered "
                "than are reported.");
    member_text(schema, "x-audience", "client");
    member(properties, "withheld", schema);
}

static void record_add(const struct record *r, const char *kind, const char *name, const char *doc,
                       const struct service_type *s, const struct place *p, json_t *into)
{
    char key[PRINT_NAME_MAX];
    print_name(p, s->name, kind, name, key);
    if (json_object_get(into, key))
        return;
    json_t *schema = json_object(), *properties = json_object(), *required = json_array();
    member_text(schema, "type", "object");
    if (doc && *doc)
        member_text(schema, "description", doc);
    member(schema, "properties", properties);
    member(into, key, schema);
    struct field_rows rows = r->fields();
    for (size_t i = 0; i < rows.count; i++) {
        const struct field *f = &rows.at[i];
        member(properties, f->name, field_schema(f, s, p));
        if (f->need == REQUIRED)
            append(required, json_string(f->name));
        if (f->kind == KIND_LIST) /* records nest to a small depth only: a list holds what was
                                     declared before it */
            record_add(f->record, "record", f->record->name, f->record->doc, s, p, into);
    }
    withheld_add(&rows, properties);
    if (json_array_size(required))
        member(schema, "required", required);
    else
        json_decref(required);
}

void print_schemas(const struct service_type *s, const struct place *p, json_t *into)
{
    char key[PRINT_NAME_MAX];
    for (size_t i = 0; i < s->command_count; i++) {
        const struct command_row *c = &s->commands[i];
        record_add(c->record, "command", c->name, c->doc, s, p, into);
        print_name(p, s->name, "command", c->name, key);
        member_text(json_object_get(into, key), "x-how", command_how_name(c->how));
    }
    for (size_t i = 0; i < s->event_count; i++)
        record_add(s->events[i].record, "event", s->events[i].name, s->events[i].doc, s, p, into);
    for (size_t i = 0; i < s->query_count; i++) {
        const struct query_row *q = &s->queries[i];
        record_add(q->parameters, "query", q->name, q->doc, s, p, into);
        record_add(q->result, "result", q->name,
                   q->how == MANY ? "One row of the answer" : "The answer", s, p, into);
        print_name(p, s->name, "query", q->name, key);
        member_text(json_object_get(into, key), "x-how", query_how_name(q->how));
    }
    char name[HISTORY_NAME_MAX];
    const struct query_row history = history_row(s, name);
    record_add(history.parameters, "query", history.name, history.doc, s, p, into);
    for (size_t i = 0; i < s->entity_count; i++)
        record_add(s->entities[i].record, "entity", s->entities[i].name, s->entities[i].doc, s, p,
                   into);
}

json_t *print_schema(const struct service_type *s)
{
    static const struct place here = { "#/$defs/", false };
    json_t *schema = json_object(), *defs = json_object(), *refusals = json_object();
    member_text(schema, "$schema", "https://json-schema.org/draft/2020-12/schema");
    member(schema, "$id", json_sprintf("urn:redress:schema:%s", s->name));
    member_text(schema, "title", s->name);
    member_text(schema, "description", s->doc);
    for (size_t i = 1; i <= s->refusal_count; i++)
        member_text(refusals, s->refusals[i].code, s->refusals[i].sentence);
    member(schema, "x-refusals", refusals);
    print_schemas(s, &here, defs);
    member(schema, "$defs", defs);
    return schema;
}

const char *query_how_name(enum query_how how)
{
    static const char *const names[] = { "one", "many", "settled" };
    return names[how];
}

const char *command_how_name(enum command_how how)
{
    static const char *const names[] = { "creates", "on", "natural" };
    return names[how];
}
